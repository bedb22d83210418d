"""Whether what the shop is set up with works: asked by a button, never by a page that is only looked at."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from storefront.models import Act, Mail, end_reading, writing
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError
from storefront.services.shop.audit import Actor, record
from storefront.services.shop.composing import Composer
from storefront.services.shop.mailer import Mailer, MailError
from storefront.storage import Storage

#: What is written and read again.
PROBE = b"This file may be deleted."


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at ("stripe", "storage"), whether it works, and why not, in words."""

    what: str
    works: bool
    reason: str = ""


def check_stripe(processor: CreditCardProcessor) -> Finding:
    """Asks Stripe for the balance, which every key may that the shop can work with."""
    try:
        processor.records.balance()
    except PaymentError as error:
        return Finding("stripe", False, str(error))
    return Finding("stripe", True)


def check_storage(storage: Storage) -> Finding:
    """Writes a small file, reads it, and deletes it."""
    key = f"probe-{secrets.token_hex(8)}"
    try:
        storage.put_bytes(key, PROBE)
        with storage.open(key) as file:
            same = file.read() == PROBE
        storage.delete(key)
    except (OSError, LookupError) as error:
        return Finding("storage", False, str(error))
    return Finding("storage", same, "" if same else "what was written is not what is read")


def note_check(session: Session, findings: list[Finding], now: datetime, by: Actor) -> None:
    """In the audit list."""
    with writing(session):  # step: who asked, and what came of it
        record(session, by, Act.SETTINGS_CHECKED, "machine", now, works={each.what: each.works for each in findings})


def send_test_mail(
    session: Session, mailer: Mailer, composer: Composer, recipient: str, now: datetime, by: Actor
) -> str:
    """Sends a mail at once, without a row or a job; why it did not leave, or nothing when it did."""
    mail = Mail(key=f"test:{secrets.token_hex(8)}", kind="test", recipient=recipient, created=now)
    message = composer.compose(mail, composer.links.home())
    end_reading(session)
    try:
        mailer.send(message)
        reason = ""
    except MailError as error:
        reason = str(error)
    with writing(session):  # step: who asked, and what came of it
        record(session, by, Act.SETTINGS_TEST_MAIL, "mail", now, to=recipient, sent=not reason)
    return reason
