"""The pages of the shop's settings: what an owner types, over what is saved."""

from typing import Any, ClassVar

from wtforms import FileField, HiddenField, StringField, TextAreaField, ValidationError

from storefront.models import TextKind
from storefront.services.accounts.addresses import BadEmail, parse_email
from storefront.services.shop.identity import wording
from storefront.services.shop.identity.look import USUAL, make_accent, read_colour
from storefront.services.shop.identity.saving import fingerprint
from storefront.web.forms.accounts import ShopForm
from storefront.web.forms.albums import kept_as


class SettingsForm(ShopForm):
    """One page. `seen` names what was saved when it was opened."""

    #: In the audit list.
    page: ClassVar[str]
    #: Of ShopSettings, that the page shows and saves.
    columns: ClassVar[tuple[str, ...]] = ()
    seen = HiddenField()

    @classmethod
    def shown(cls, values: dict[str, Any]) -> dict[str, str]:
        """What is saved, as it is typed."""
        raise NotImplementedError

    @property
    def values(self) -> dict[str, Any]:
        """What is to be saved; of a valid form."""
        raise NotImplementedError

    @classmethod
    def of(cls, values: dict[str, Any], post: Any = None) -> "SettingsForm":
        """Filled with what is saved, or with what was typed."""
        return cls(post, data={**cls.shown(values), "seen": fingerprint(values)})

    def see(self, values: dict[str, Any]) -> list[tuple[str, str]]:
        """Takes note of what somebody else saved: (field, what it is now) where that is not what was typed."""
        self.seen.data = fingerprint(values)
        theirs = self.shown(values)
        return [(self[name].label.text, text) for name, text in theirs.items() if text != _unix(self[name].data)]


def _unix(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class NameForm(SettingsForm):
    """What the shop is called, and where else its people are."""

    page = "shop"
    columns = ("name", "links", "currencies")
    name = StringField("Name", [kept_as(wording.line)])
    links = TextAreaField("Links", [kept_as(wording.links)])
    currencies = StringField("Currencies", [kept_as(wording.currencies)])

    @classmethod
    def shown(cls, values: dict[str, Any]) -> dict[str, str]:
        return {
            "name": values["name"] or "",
            "links": "\n".join(" ".join(link) for link in values["links"]),
            "currencies": ", ".join(values["currencies"] or ()).upper(),
        }

    @property
    def values(self) -> dict[str, Any]:
        return {
            "name": self.name.value or None,
            "links": [list(link) for link in self.links.value],
            "currencies": self.currencies.value,
        }


class MailForm(SettingsForm):
    """Who the mails are from."""

    page = "mail"
    columns = ("sender_name", "sender_address")
    sender_name = StringField("Sender's name", [kept_as(wording.line)])
    sender_address = StringField("Sender's address")

    def validate_sender_address(self, field: StringField) -> None:
        try:
            field.value = parse_email(field.data or "") if (field.data or "").strip() else None
        except BadEmail as error:
            raise ValidationError(str(error)) from error
        if field.value is None and (self.sender_name.data or "").strip():
            raise ValidationError("A name alone is no sender: enter its address")

    @classmethod
    def shown(cls, values: dict[str, Any]) -> dict[str, str]:
        return {name: values[name] or "" for name in cls.columns}

    @property
    def values(self) -> dict[str, Any]:
        return {"sender_name": self.sender_name.value or None, "sender_address": self.sender_address.value}


class LookForm(SettingsForm):
    """The accent, once for light paper and once for dark. "Usual" is that of the look, which is no setting."""

    page = "look"
    columns = ("accent",)
    light = StringField("On light paper", [kept_as(read_colour)])
    dark = StringField("On dark paper", [kept_as(read_colour)])
    do = HiddenField()

    @classmethod
    def shown(cls, values: dict[str, Any]) -> dict[str, str]:
        saved = (values["accent"] or "").split()
        light, dark = saved[::2] if saved else USUAL
        return {"light": light, "dark": dark}

    @property
    def values(self) -> dict[str, Any]:
        light, dark = self.light.value, self.dark.value
        usual = self.do.data == "usual" or (light, dark) == USUAL
        return {"accent": None if usual else " ".join(make_accent(light, dark))}


class LogoForm(SettingsForm):
    """A picture instead of the name."""

    page = "look"
    columns = ("logo_digest", "logo_width", "logo_height")
    logo = FileField("Logo")

    @classmethod
    def shown(cls, values: dict[str, Any]) -> dict[str, str]:
        return {}


class TextsForm(SettingsForm):
    """Terms, imprint, privacy."""

    page = "texts"
    terms = TextAreaField("Terms", [kept_as(wording.prose)])
    privacy = TextAreaField("Privacy", [kept_as(wording.prose)])
    imprint = TextAreaField("Imprint", [kept_as(wording.prose)])

    @classmethod
    def shown(cls, values: dict[str, Any]) -> dict[str, str]:
        return {kind.value: values[kind.value] for kind in TextKind}

    @property
    def values(self) -> dict[str, Any]:
        return {kind.value: self[kind.value].value for kind in TextKind}
