"""Which days the owner's figures are of; the page's address carries them."""

from datetime import date, timedelta

from wtforms import SelectChoice, SelectField, StringField, ValidationError

from storefront.services.shop.figures.periods import Period, Unit
from storefront.web.forms.accounts import ShopForm
from storefront.web.forms.finding import no_day

#: Days that end today, each a link on the page.
SPANS = (1, 7, 30, 365)
USUAL = 30
#: Of a range that somebody types.
MOST_DAYS = 3660
EARLIEST = date(2010, 1, 1)
UNITS = [SelectChoice("", "As it fits"), *(SelectChoice(unit.value, f"By {unit.value}") for unit in Unit)]


class PeriodForm(ShopForm):
    """From a day to a day, or so many days until today; of a valid form `period()` is what is asked for."""

    since = StringField("From")
    until = StringField("To")
    by = SelectField("Chart", choices=UNITS, default="")

    def validate_since(self, field: StringField) -> None:
        day = _day(field)
        if day is None and _day(self.until):
            raise ValidationError("Enter the first day too, like 2026-11-01")

    def validate_until(self, field: StringField) -> None:
        until = _day(field)
        try:
            since = _day(self.since)
        except ValidationError:
            return
        if since is None or until is None:
            return
        if until < since:
            raise ValidationError("Enter a day that is not before the first one")
        if (until - since).days >= MOST_DAYS:
            raise ValidationError("Enter at most ten years")

    def period(self, today: date, days: str) -> Period:
        """`days`: how many until today, as the address has it; a range that was typed goes before it."""
        since, until = _day(self.since), _day(self.until)
        if since is not None:
            return Period(since, until or max(today, since))
        count = int(days) if days in map(str, SPANS) else USUAL
        return Period(today - timedelta(days=count - 1), today)

    def unit(self, period: Period) -> Unit:
        return Unit(self.by.data) if self.by.data else period.unit


def _day(field: StringField) -> date | None:
    text = (field.data or "").strip()
    try:
        day = date.fromisoformat(text) if text else None
        if day is not None and not EARLIEST <= day <= date(2200, 1, 1):
            raise ValueError
    except ValueError as error:
        raise ValidationError(no_day(field)) from error
    return day
