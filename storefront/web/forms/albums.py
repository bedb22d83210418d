"""The fields of the owner's albums: what a new one costs, an album's own words, its formats, a track's words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)

from storefront.models import Pricing
from storefront.money import CURRENCIES, BadMoney, Money, parse_price
from storefront.services.catalogue.editing import wording
from storefront.web.forms.accounts import ShopForm

#: Before any album has a price.
LIKELY_CURRENCY = "eur"
PRICE_MISSING = "Enter a price like 9.00, or 0 for free"

#: Value of a choice -> how much is heard.
PREVIEWS: Mapping[str, int | None] = {"all": None, "30": 30, "45": 45, "60": 60, "75": 75, "90": 90, "none": 0}
_WORDS = {"all": "The whole track", "none": "Nothing"}


def kept_as(read: Callable[[str], Any]) -> Callable[[Form, Field], None]:
    """A validator that puts into the field's `value` what a function of services' wording makes of it."""

    def check(form: Form, field: Field) -> None:
        try:
            field.value = read(field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error

    return check


def required(sentence: str) -> Callable[[Form, Field], None]:
    """A validator for what must say something that can be seen."""

    def check(form: Form, field: Field) -> None:
        if wording.says_nothing(field.data or ""):
            raise ValidationError(sentence)

    return check


def preview_choices(seconds: int | None = None) -> list[SelectChoice]:
    values = list(PREVIEWS)
    if seconds and str(seconds) not in PREVIEWS:
        values.insert(-1, str(seconds))
    return [SelectChoice(value, _WORDS.get(value, f"The first {value} seconds")) for value in values]


def _choices(currencies: Iterable[str]) -> list[SelectChoice]:
    return [SelectChoice(code, code.upper()) for code in sorted(currencies)]


class PriceForm(ShopForm):
    """What a new album costs; that may be said later."""

    price = StringField("Price")
    currency = SelectField("Currency", choices=_choices(CURRENCIES))
    #: Whether there may be none.
    optional = True
    #: Of a valid form.
    money: Money | None

    def offer(self, currencies: Iterable[str] | None, also: str | None = None) -> None:
        """Leaves these to choose from, and the one that it has; None is any."""
        if currencies is not None:
            self.currency.choices = _choices({*currencies, *([also] if also else [])})

    def validate_price(self, field: StringField) -> None:
        if self.optional and not (field.data or "").strip():
            self.money = None
            return
        try:
            self.money = parse_price(field.data or "", self.currency.data or "")
        except BadMoney as error:
            words = str(error) if (field.data or "").strip() else PRICE_MISSING
            raise ValidationError(words[:1].upper() + words[1:]) from error


class AlbumForm(PriceForm):
    """The album's own fields; `version` is what its editor saw."""

    version = HiddenField()
    title = StringField("Title", [required("Enter a title"), kept_as(wording.line)])
    artist_credit = StringField("Artist", [required("Enter an artist"), kept_as(wording.line)])
    artists = TextAreaField("Artists with a page of their own", [kept_as(wording.names)])
    description = TextAreaField("Description", [kept_as(wording.prose)])
    credits = TextAreaField("Credits", [kept_as(wording.prose)])
    label = StringField("Label", [kept_as(wording.line)])
    genre = StringField("Genre", [kept_as(wording.line)])
    copyright = StringField("Copyright", [kept_as(wording.line)])
    released = StringField("Release date", [kept_as(wording.release_date)])
    pricing = RadioField(
        "Pricing",
        choices=[SelectChoice(Pricing.FIXED.value, "Fixed"), SelectChoice(Pricing.MINIMUM.value, "At least this")],
    )
    cover_alt = StringField("The cover in words", [kept_as(wording.line)])
    preview_all = SelectField("Previews", choices=[SelectChoice("", "As each track says"), *preview_choices()])


class FormatsForm(ShopForm):
    """A tick for each format; its fields are made below."""


for _name, _label, _advice in wording.FORMAT_CHOICES:
    setattr(FormatsForm, _name, BooleanField(_label, description=_advice))


class TrackForm(ShopForm):
    """The words of a track, and whether it stays."""

    title = StringField("Title", [required("Enter a title"), kept_as(wording.line)])
    artist_credit = StringField("Artist, if another", [kept_as(wording.line)])
    disc = StringField("Disc", [kept_as(wording.disc)])
    isrc = StringField("ISRC", [kept_as(wording.isrc)])
    composer = StringField("Composer", [kept_as(wording.line)])
    lyrics = TextAreaField("Lyrics", [kept_as(wording.lyrics)])
    preview = SelectField("Heard before buying", choices=preview_choices())
    remove = BooleanField("Take this track off the album")
