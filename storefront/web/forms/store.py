"""The form of /store/complete/{slug}."""

import re
from typing import Any

from wtforms import EmailField, Form, HiddenField, ValidationError
from wtforms.validators import Regexp

from storefront.money import CURRENCIES, Money
from storefront.services.accounts.addresses import BadEmail, parse_email

CARD_MISSING = "Enter your card details"
BROKEN = "The form came incomplete. Please load the page again; nothing was charged."
#: Digits of 0 to 9 only: \d would take other alphabets' as well.
AMOUNT = r"^[0-9]{1,12}\Z"
TOKEN = re.compile(r"ctoken_[A-Za-z0-9]{8,200}\Z", re.ASCII)
HOST = re.compile(r"[A-Za-z0-9.-]{1,253}", re.ASCII)


class BuyForm(Form):
    """Hidden are what the page showed, and what Stripe's script added: `stripeToken`, a ConfirmationToken's id."""

    email = EmailField("E-mail address")
    amount = HiddenField(validators=[Regexp(AMOUNT, message=BROKEN)])
    currency = HiddenField(validators=[Regexp(r"^[a-z]{3}\Z", message=BROKEN)])
    stripeToken = HiddenField()
    referrer_host = HiddenField()

    def validate_email(self, field: EmailField) -> None:
        try:
            field.data = parse_email(field.data or "")
        except BadEmail as error:
            raise ValidationError(str(error)) from error

    def validate_currency(self, field: HiddenField) -> None:
        if field.data not in CURRENCIES:
            raise ValidationError(BROKEN)

    def validate_stripeToken(self, field: HiddenField) -> None:
        token = (field.data or "").strip()
        if not token and (self.amount.data or "").strip("0"):
            raise ValidationError(CARD_MISSING)
        if token and not TOKEN.match(field.data):
            raise ValidationError(BROKEN)

    @property
    def shown(self) -> Money:
        """The price that the buyer saw; of a valid form."""
        return Money(int(self.amount.data), self.currency.data)

    @property
    def referrer(self) -> str:
        """The host that the buyer came from; whatever else stands in the field is nothing."""
        host = self.referrer_host.data or ""
        return host if HOST.fullmatch(host) else ""

    @property
    def token(self) -> str | None:
        return self.stripeToken.data or None

    @property
    def typed(self) -> dict[str, str]:
        """All that the buyer's browser sent, to be sent again as it is."""
        return {field.name: field.data for field in self if field.data}

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """(the field to go to, what is wrong with it) for the summary above the form."""
        anchors: dict[str, str] = {"email": "email", "stripeToken": "card"}
        errors: dict[str, Any] = self.errors
        return [(anchors.get(name), messages[0]) for name, messages in errors.items()]
