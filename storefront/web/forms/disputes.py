"""The evidence that an owner sends to a buyer's bank."""

import re
from ipaddress import ip_address

from wtforms import Field, HiddenField, StringField, TextAreaField

from storefront.services.shop.disputes.fields import FIELDS, LONGEST_OF_ALL, EvidenceField
from storefront.web.forms.accounts import ShopForm

#: What no text holds; tabs and line breaks may be.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class EvidenceForm(ShopForm):
    """A field for each of FIELDS, by its name at Stripe; `version` is that of the draft that was shown."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version as a number; one that is none fits no draft."""
        text = self.version.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else -1

    @property
    def texts(self) -> dict[str, str]:
        """Of a valid form."""
        return {field.name: self[field.name].data or "" for field in FIELDS}

    def validate(self, extra_validators: object = None) -> bool:
        """Each of its own; then all together."""
        for field in FIELDS:
            text = self[field.name].data = _clean(self[field.name].data)
            if wrong := _problem(field, text):
                self[field.name].errors = [wrong]
        texts = self.texts
        longest: Field = self[max(texts, key=lambda name: len(texts[name]))]
        if not self.errors and sum(map(len, texts.values())) > LONGEST_OF_ALL:
            longest.errors = [
                f"All texts together can have {LONGEST_OF_ALL:,} characters: shorten some, first this one"
            ]
        if not self.errors and not any(texts.values()):
            self.product_description.errors = ["Write something: a bank that reads nothing decides for the buyer"]
        return not self.errors


def _clean(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


def _problem(field: EvidenceField, text: str) -> str | None:
    if len(text) > field.longest:
        return f"{field.label}: use at most {field.longest:,} characters; these are {len(text):,}"
    if _NO_TEXT.search(text):
        return f"{field.label}: this holds characters that are no text; type it anew"
    if field.name == "customer_purchase_ip" and text:
        try:
            ip_address(text)
        except ValueError:
            return "Enter an address like 198.51.100.7, or leave it empty"
    return None


for _field in FIELDS:
    setattr(EvidenceForm, _field.name, (StringField if _field.lines == 1 else TextAreaField)(_field.label))
