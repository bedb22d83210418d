"""What a buyer did, as the text that banks call the access activity log.

https://docs.stripe.com/disputes/evidence-best-practices
"""

import re
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Account, AccountSession, AlbumPurchase, Download, Mail, PaymentAttempt
from storefront.services.shop.disputes.fields import LONGEST_TEXT

_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
#: The first line stands for what does not fit: the oldest.
_LEFT_OUT = "({count} earlier lines do not fit here)"


def access_log(session: Session, purchase: AlbumPurchase) -> str:
    """A line for each thing, oldest first, with its time in UTC; the newest when not all of them fit."""
    lines = [f"{moment(at)}  {words}" for at, words in sorted(_happened(session, purchase))]
    kept, room = list[str](), LONGEST_TEXT - 100
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            kept.append(_LEFT_OUT.format(count=len(lines) - len(kept)))
            break
        kept.append(line)
    return "\n".join(reversed(kept))


def moment(at: datetime) -> str:
    """`2026-11-28 10:05:30 UTC`."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def plain(words: str, most: int = 200) -> str:
    """On one line, nothing unprintable: titles and names of browsers may hold anything."""
    return _UNPRINTABLE.sub(" ", words).strip()[:most]


def paid_from(session: Session, purchase: AlbumPurchase) -> str | None:
    """The network address of the browser that paid, while it is kept.

    None for one that is nobody's on the internet: of a shop at home, or of a proxy that the shop was not told of.
    """
    address = session.scalar(
        select(PaymentAttempt.address).where(
            PaymentAttempt.purchase_id == purchase.id, PaymentAttempt.number == purchase.attempt
        )
    )
    return address if address and ip_address(address).is_global else None


def _happened(session: Session, purchase: AlbumPurchase) -> Iterator[tuple[datetime, str]]:
    yield purchase.created, f"Order {purchase.public_id} begun with the e-mail address {purchase.email}"
    if purchase.paid_at:
        address = paid_from(session, purchase)
        yield purchase.paid_at, f"Paid: {purchase.price}{f', from the IP address {address}' if address else ''}"
    yield from _mails(session, purchase)
    yield from _downloads(session, purchase)
    yield from _sign_ins(session, purchase)


def _mails(session: Session, purchase: AlbumPurchase) -> Iterator[tuple[datetime, str]]:
    """What was mailed to the buyer."""
    sent = select(Mail.sent_at, Mail.kind, Mail.recipient).where(
        Mail.purchase_id == purchase.id, Mail.recipient == purchase.email, Mail.sent_at.is_not(None)
    )
    for at, kind, recipient in session.execute(sent):
        assert at is not None
        yield at, f"Mail to {recipient}: {'receipt with the link to the music' if kind == 'receipt' else kind}"


def _downloads(session: Session, purchase: AlbumPurchase) -> Iterator[tuple[datetime, str]]:
    """A line for each file, day and network."""
    for row in session.scalars(select(Download).where(Download.purchase_id == purchase.id)):
        whole, _, track = row.name.partition(".")
        what = f"track {track} as {whole}" if track else f"the album as {whole}"
        did = "Listened to tracks in the library" if row.name == "stream" else f"Downloaded {what}"
        again = f", last at {moment(row.last_asked)}" if row.last_asked != row.began else ""
        yield row.began, f"{did} from {_network(row.network)}{again}"


def _sign_ins(session: Session, purchase: AlbumPurchase) -> Iterator[tuple[datetime, str]]:
    """Of the account that owns the purchase: when its address was proven, and its sign-ins that are kept."""
    if purchase.account_id is None:
        return
    account = session.get_one(Account, purchase.account_id)
    if account.email_proven_at:
        yield account.email_proven_at, f"Proved to own {account.email} by opening a link that was mailed there"
    for row in session.scalars(select(AccountSession).where(AccountSession.account_id == account.id)):
        browser = f" with {plain(row.user_agent)}" if row.user_agent else ""
        yield row.created, f"Signed in as {account.email}{browser}, last seen {moment(row.last_seen)}"


def _network(network: str) -> str:
    return f"the network {network}/64" if ":" in network else f"the IP address {network}"
