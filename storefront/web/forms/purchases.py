"""What an admin fills in about a purchase: a refund, who may have the music and why, a note."""

import re

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError

from storefront.models import AccessOverride
from storefront.money import BadMoney, Money, NoAmount, decimals, parse_amount
from storefront.web.forms.accounts import ShopForm

MOST_CHARACTERS = 2_000
REFERENCE = re.compile(r"[0-9a-f]{32}", re.ASCII)
#: Stripe's word -> ours.
REASONS = [
    SelectChoice("requested_by_customer", "The customer asked for it"),
    SelectChoice("duplicate", "Bought twice"),
    SelectChoice("fraudulent", "A stolen card"),
]
ACCESS = [
    SelectChoice("", "As the payment says"),
    SelectChoice(AccessOverride.GIVEN.value, "Give the music, whatever became of the payment"),
    SelectChoice(AccessOverride.WITHDRAWN.value, "Withdraw the music"),
]


def _words(field: StringField, missing: str) -> None:
    field.data = (field.data or "").replace("\r\n", "\n").strip()
    if not field.data:
        raise ValidationError(missing)
    if len(field.data) > MOST_CHARACTERS:
        raise ValidationError(f"Use at most {MOST_CHARACTERS:,} characters")


def amount_words(error: BadMoney, currency: str) -> str:
    """What to say at a field for an amount."""
    if isinstance(error, NoAmount):
        return f"Write the amount like {'450' if decimals(currency) == 0 else '4.50'}"
    return f"{str(error)[:1].upper()}{str(error)[1:]}"


class RefundForm(ShopForm):
    """`reference` names the wish, so that a second press of the button is the same refund."""

    amount = StringField("Amount")
    reason = SelectField("Reason", choices=REASONS)
    reference = HiddenField()
    #: The purchase's.
    currency: str
    #: Of a valid form.
    money: Money

    def validate_amount(self, field: StringField) -> None:
        try:
            self.money = parse_amount(field.data or "", self.currency)
        except BadMoney as error:
            raise ValidationError(amount_words(error, self.currency)) from error
        if self.money.amount == 0:
            raise ValidationError("0 is nothing to give back")


class AccessForm(ShopForm):
    """Who may have the music, and why."""

    access = SelectField("Music", choices=ACCESS)
    reason = TextAreaField("Reason")

    @property
    def override(self) -> AccessOverride | None:
        return AccessOverride(self.access.data) if self.access.data else None

    def validate_reason(self, field: TextAreaField) -> None:
        _words(field, "Say why: whoever looks at this purchase next wants to know")


class NoteForm(ShopForm):
    """Something to remember."""

    note = TextAreaField("Note")

    def validate_note(self, field: TextAreaField) -> None:
        _words(field, "Enter a note")
