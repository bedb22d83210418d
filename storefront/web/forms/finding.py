"""What an admin asks the list of purchases for; all of it is in the page's address."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import SelectChoice, SelectField, StringField, ValidationError

from storefront.money import CURRENCIES, BadMoney, parse_amount
from storefront.services.shop.choosing import AlbumChoice
from storefront.services.shop.wishes import Condition, Order, Wish
from storefront.web.forms.accounts import ShopForm
from storefront.web.forms.purchases import amount_words

CONDITIONS = [SelectChoice("", "In any state"), *(SelectChoice(one.value, one.capitalize()) for one in Condition)]
ORDERS = [
    SelectChoice(Order.NEWEST.value, "Newest first"),
    SelectChoice(Order.OLDEST.value, "Oldest first"),
    SelectChoice(Order.MOST.value, "Highest amount first"),
    SelectChoice(Order.LEAST.value, "Lowest amount first"),
]
MOST_CHARACTERS = 300


class FindForm(ShopForm):
    """Every field may be empty; of a valid form `wish()` is what is asked for."""

    q = StringField("Search")
    state = SelectField("State", choices=CONDITIONS, default="")
    #: By its public id; nothing is found of one that is none.
    album = SelectField("Album", choices=[], default="", validate_choice=False)
    since = StringField("From")
    until = StringField("To")
    currency = StringField("Currency")
    least = StringField("At least")
    most = StringField("At most")
    sort = SelectField("Order", choices=ORDERS, default=Order.NEWEST.value)

    def offer(self, albums: Sequence[AlbumChoice]) -> None:
        """Which albums can be chosen: of a shop with one, or with too many for a list, there is nothing to choose."""
        if len(albums) > 1:
            names = [SelectChoice(one.public_id, f"{one.title}, {one.artists}"[:80]) for one in albums]
            self.album.choices = [SelectChoice("", "Any album"), *names]

    def validate_since(self, field: StringField) -> None:
        _day(field)

    def validate_until(self, field: StringField) -> None:
        _day(field)

    def validate_currency(self, field: StringField) -> None:
        if _text(field) and _text(field).lower() not in CURRENCIES:
            raise ValidationError("Enter a currency like EUR")
        if not _text(field) and (_text(self.least) or _text(self.most)):
            raise ValidationError("Say in which currency the amounts are, like EUR")

    def validate_least(self, field: StringField) -> None:
        self._units(field)

    def validate_most(self, field: StringField) -> None:
        self._units(field)

    def wish(self, zone: ZoneInfo, before: str) -> Wish:
        """Days begin and end in the shop's time zone; the last one is included."""
        since, until = _day(self.since), _day(self.until)
        return Wish(
            words=_text(self.q)[:MOST_CHARACTERS],
            condition=Condition(self.state.data) if self.state.data else None,
            album=self.album.data or "",
            currency=_text(self.currency).lower(),
            since=datetime.combine(since, time(), zone) if since else None,
            until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
            least=self._units(self.least),
            most=self._units(self.most),
            order=Order(self.sort.data),
            before=before,
        )

    @property
    def asked(self) -> dict[str, str]:
        """What is in the address, without what says nothing."""
        return {field.name: field.data for field in self if field.data and field.data != field.default}

    @property
    def of_every_album(self) -> dict[str, str]:
        """What is asked, but for the album."""
        return {name: text for name, text in self.asked.items() if name != "album"}

    def _units(self, field: StringField) -> int | None:
        if not _text(field):
            return None
        if _text(self.currency).lower() not in CURRENCIES:
            return None  # which is said once, at its own field
        try:
            return parse_amount(_text(field), _text(self.currency)).amount
        except BadMoney as error:
            words = amount_words(error, _text(self.currency).lower())
            raise ValidationError(f"{field.label.text}: {words[:1].lower()}{words[1:]}") from error


def _text(field: StringField) -> str:
    return (field.data or "").strip()


def no_day(field: StringField) -> str:
    """What to say of words that are no day; at the head of the page, too, it is told which."""
    return f"Enter the {'first' if field.short_name == 'since' else 'last'} day like 2026-11-24"


def _day(field: StringField) -> date | None:
    try:
        day = date.fromisoformat(_text(field)) if _text(field) else None
        if day is not None:
            day.replace(year=day.year + 1)  # there is a day after it, in every zone
    except ValueError as error:
        raise ValidationError(no_day(field)) from error
    return day


def periods(today: date) -> list[tuple[str, dict[str, str]]]:
    """What books are kept by, and what the form is asked for it: ("Last month", {"since": ..., "until": ...})."""
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    last_month, last_year = (month - timedelta(days=1)).replace(day=1), year.replace(year=year.year - 1)
    begins = [
        ("This month", month, (month + timedelta(days=31)).replace(day=1)),
        ("Last month", last_month, month),
        ("This year", year, year.replace(year=year.year + 1)),
        ("Last year", last_year, year),
    ]
    return [
        (name, {"since": since.isoformat(), "until": (end - timedelta(days=1)).isoformat()})
        for name, since, end in begins
    ]
