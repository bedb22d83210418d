"""What the list of customers is asked for; and another address."""

from wtforms import SelectChoice, SelectField, StringField, ValidationError

from storefront.services.shop.customers import Order
from storefront.web.forms.accounts import EmailForm, ShopForm

LONGEST = 254
ORDERS = [
    SelectChoice(Order.NEWEST.value, "Who bought last"),
    SelectChoice(Order.NAME.value, "By address"),
]


class FindCustomersForm(ShopForm):
    """The beginning of an address, or all of it."""

    q = StringField("Search")
    sort = SelectField("Order", choices=ORDERS, default=Order.NEWEST.value)

    @property
    def begins(self) -> str:
        return (self.q.data or "").strip()[:LONGEST]

    @property
    def asked(self) -> dict[str, str]:
        """What is in the address of the page, without what says nothing."""
        return {field.name: field.data for field in self if field.data and field.data != field.default}


class CorrectForm(EmailForm):
    """The right address; `was` is the one that is not."""

    was = ""

    def validate_email(self, field: StringField) -> None:
        super().validate_email(field)
        if field.data == self.was:
            raise ValidationError("This is the address that is there already")
