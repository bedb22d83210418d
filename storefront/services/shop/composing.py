"""A row of the mail table -> a message, in text and HTML, from templates/emails/<kind>.txt and .html."""

import re
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment

from storefront.links import Links
from storefront.models import Mail
from storefront.services.shop.identity.shop import Sender, Shop
from storefront.services.shop.message_ids import message_id

#: ASCII alone goes over the wire, which every server takes (RFC 5322, RFC 2047); a line break in a header is an error.
POLICY = policy.SMTP.clone(cte_type="7bit")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")

#: These are the shop's answer to what the reader just did; no automatic reply is wanted (RFC 3834).
HEADERS = {"Auto-Submitted": "auto-generated"}


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes the shop's mails, under its name and from its sender."""

    templates: Environment
    links: Links
    shop: Shop

    def compose(self, mail: Mail, link: str) -> EmailMessage:
        """The whole message, with `link` in it. The same mail has the same Message-ID and Date at every send."""
        facts: dict[str, object] = {
            "mail": mail,
            "purchase": mail.purchase,
            "link": link,
            "shop": self.shop,
            "address": self.shop.sender.address,
        }
        text = self.templates.get_template(f"emails/{mail.kind}.txt")
        message = EmailMessage(policy=POLICY)
        message["Subject"] = one_line(_block(text, "subject", facts))
        message["From"] = _address(self.shop.sender)
        message["To"] = Address(addr_spec=mail.recipient)
        message["Date"] = mail.created
        message["Message-ID"] = self.message_id(mail.key)
        for name, value in HEADERS.items():
            message[name] = value
        message.set_content(text.render(facts))
        html = self.templates.get_template(f"emails/{mail.kind}.html")
        message.add_alternative(html.render(facts), subtype="html")
        return message

    def message_id(self, key: str) -> str:
        """Of the mail with this key."""
        return message_id(key, urlsplit(self.links.base_url).hostname or "localhost")


def one_line(text: str) -> str:
    """Words that may hold anything, as a header's value: on one line, nothing unprintable."""
    return _UNPRINTABLE.sub(" ", text).strip()[:200]


def _address(sender: Sender) -> Address:
    return Address(display_name=one_line(sender.name), addr_spec=sender.address)


def _block(template: Any, name: str, facts: dict[str, object]) -> str:
    return "".join(template.blocks[name](template.new_context(facts)))
