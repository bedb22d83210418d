"""What the owner asks the list of albums for; all of it is in the page's address."""

from wtforms import SelectChoice, SelectField, StringField

from storefront.services.catalogue.editing.listing import Standing
from storefront.services.catalogue.editing.stock import StockOrder, StockWish
from storefront.web.forms.accounts import ShopForm

STANDINGS = [SelectChoice("", "In any state"), *(SelectChoice(one.value, one.capitalize()) for one in Standing)]
ORDERS = [
    SelectChoice(StockOrder.NEWEST.value, "Last made first"),
    SelectChoice(StockOrder.RELEASE.value, "Newest release first"),
    SelectChoice(StockOrder.SOLD.value, "Sold most first"),
    SelectChoice(StockOrder.TITLE.value, "By title"),
]
MOST_CHARACTERS = 200


class StockForm(ShopForm):
    """Every field may be empty."""

    q = StringField("Search")
    state = SelectField("State", choices=STANDINGS, default="")
    sort = SelectField("Order", choices=ORDERS, default=StockOrder.NEWEST.value)

    def wish(self, page: int) -> StockWish:
        """A state or an order that there is not is none."""
        valid = self.validate()
        return StockWish(
            words=(self.q.data or "").strip()[:MOST_CHARACTERS],
            standing=Standing(self.state.data) if valid and self.state.data else None,
            order=StockOrder(self.sort.data) if valid else StockOrder.NEWEST,
            page=page,
        )

    @property
    def asked(self) -> dict[str, str]:
        """What is in the address, without what says nothing."""
        return {field.name: field.data for field in self if field.data and field.data != field.default}
