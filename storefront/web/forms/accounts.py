"""The forms of signing up and in."""

from typing import Any

from wtforms import EmailField, Form, HiddenField, PasswordField, ValidationError

from storefront.services.accounts.addresses import BadEmail, parse_email


class ShopForm(Form):
    """Adds what the summary above a form says."""

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """(the field to go to, what is wrong with it)."""
        errors: dict[str | None, Any] = self.errors
        return [(self[name].id if name else None, messages[0]) for name, messages in errors.items()]


class EmailForm(ShopForm):
    """An address; of a valid form, as it is kept."""

    email = EmailField("E-mail address")

    def validate_email(self, field: EmailField) -> None:
        try:
            field.data = parse_email(field.data or "")
        except BadEmail as error:
            raise ValidationError(str(error)) from error


class SignInForm(EmailForm):
    """Who it is, and where they were going."""

    password = PasswordField("Password")
    next = HiddenField()

    def validate_password(self, field: PasswordField) -> None:
        if not field.data:
            raise ValidationError("Enter your password")


class ChoosePasswordForm(ShopForm):
    """A new password; its rules are the service's."""

    password = PasswordField("Password")
