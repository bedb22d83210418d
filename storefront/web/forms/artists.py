"""The fields of an artist: who they are, and the two acts that cannot be undone."""

from collections.abc import Iterable, Mapping

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField, ValidationError

from storefront.services.catalogue.editing import wording
from storefront.services.catalogue.editing.artists import ArtistWords
from storefront.services.catalogue.slugs import slugify
from storefront.web.forms.accounts import ShopForm
from storefront.web.forms.albums import kept_as, required

ADDRESS = "Write an address in small letters, digits and hyphens, like mara-quist"


def _address(text: str) -> str:
    """A slug as the shop makes them; raises ValueError."""
    if text.strip() != slugify(text.strip()):
        raise ValueError(ADDRESS)
    return text.strip()


class ArtistForm(ShopForm):
    """Name, address and words; `version` is what the editor saw."""

    version = HiddenField()
    name = StringField("Name", [required("Enter a name"), kept_as(wording.line)])
    slug = StringField("Address", [kept_as(_address)])
    biography = TextAreaField("About them", [kept_as(wording.prose)])

    @property
    def words(self) -> ArtistWords:
        """Of a valid form."""
        return ArtistWords(*(getattr(field, "value", "") for field in (self.name, self.slug, self.biography)))


class _SureForm(ShopForm):
    """What cannot be undone asks for the name of whom it is done to."""

    expected = ""
    sure = StringField("Their name")

    def validate_sure(self, field: StringField) -> None:
        if " ".join((field.data or "").split()).casefold() != " ".join(self.expected.split()).casefold():
            raise ValidationError(f"Type their name, {self.expected}, to say that you mean it")


class MergeForm(_SureForm):
    """Whose albums these are from now on: a public id."""

    into = SelectField("The same as")


class DeleteForm(_SureForm):
    """Of somebody without an album."""


def merge_form(name: str, others: Iterable[tuple[str, str]], post: Mapping[str, str] | None = None) -> MergeForm:
    """`others` are (public id, name)."""
    form = MergeForm(post, prefix="merge-")
    form.expected = name
    form.into.choices = [SelectChoice(*other) for other in others]
    return form


def delete_form(name: str, post: Mapping[str, str] | None = None) -> DeleteForm:
    form = DeleteForm(post, prefix="delete-")
    form.expected = name
    return form
