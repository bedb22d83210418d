"""What a person must look at: words on the purchase, in the log, and in a mail to the shop's admins."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.models import Account, AlbumPurchase, Dispute, MailKind, Role
from storefront.services.shop.outbox import write_mail

log = logging.getLogger(__name__)

#: Each flag, and what it says to the shop's owner. docs/payments.md says what to do.
MEANINGS = {
    "amount_differs": "Stripe charged another amount than the purchase says.",
    "reference_differs": "The payment at Stripe names another purchase.",
    "payment_differs": "Stripe answered with another payment than the purchase's.",
    "charged_while_created": "A payment succeeded that the shop had not begun.",
    "charged_while_canceled": "A payment succeeded after the purchase had been canceled.",
    "charge_missing": "The purchase is paid, but Stripe has no such charge: another account or mode, or a false row.",
    "refund_failed": "A refund did not reach the buyer: the money is with the shop again, and owed.",
    "refund_refused": "Stripe refuses a refund that the shop had promised to go on asking for. Nothing was given back.",
    "payment_unknown": "Stripe does not know the payment, so nobody knows if it was charged. Are the keys right?",
    "refund_unanswered": "Stripe has not answered for an hour whether it makes a refund; the shop goes on asking.",
    "disputed": "The buyer's bank takes the payment back. You can answer with evidence, once, before the deadline.",
    "inquiry": "The buyer's bank asks about the payment. Nothing was taken back; answer before the deadline.",
    "unknown_dispute": "The dispute is in a state that this shop does not know; the music is closed meanwhile.",
    "answer_refused": "Stripe did not take an answer to a dispute that the shop had promised to go on sending.",
    "fraud_warning": "The card's issuer suspects fraud. A refund now may spare a dispute and its fee.",
    "address_missing": "Stripe knows no e-mail address of the buyer, so no receipt could be sent.",
    "bought_twice": "The buyer has paid for this album in another purchase too.",
}


@dataclass(frozen=True, slots=True)
class Attention:
    """A word of MEANINGS, and what it is about where a purchase can have several of such: each is told by itself."""

    word: str
    about: str = ""
    dispute: Dispute | None = None


def flag(session: Session, purchase: AlbumPurchase, found: Iterable[Attention], now: datetime) -> None:
    """Adds the words to the purchase, each once, and tells the admins of what is new; in the caller's transaction."""
    session.refresh(purchase, with_for_update={"of": AlbumPurchase})  # others may have flagged it since it was read
    found = list(found)
    new = sorted({attention.word for attention in found} - set(purchase.flags))
    if new:
        log.error("ATTENTION purchase %s: %s", purchase.public_id, ", ".join(new))
        session.execute(
            update(AlbumPurchase)
            .where(AlbumPurchase.id == purchase.id)
            .values(flags=sorted({*purchase.flags, *new}))
            .execution_options(synchronize_session=False)
        )
        session.refresh(purchase)
    for attention in found:
        if attention.about or attention.word in new:
            subject = f"{purchase.public_id}:{attention.word}:{attention.about}".rstrip(":")
            tell_admins(session, subject, MEANINGS[attention.word], now, purchase, attention.dispute)


def tell_admins(
    session: Session,
    subject: str,
    detail: str,
    now: datetime,
    purchase: AlbumPurchase | None = None,
    dispute: Dispute | None = None,
) -> None:
    """Mails each admin once about `subject`; in the caller's transaction."""
    admins = session.scalars(select(Account).where(Account.role == Role.ADMIN, Account.disabled_at.is_(None))).all()
    for admin in admins:
        key = f"attention:{subject}:{admin.public_id}"
        about: Any = {"purchase": purchase, "account": admin, "dispute": dispute, "detail": detail}
        write_mail(session, MailKind.ATTENTION, key, admin.email, now, **about)
