"""What the admin reads: the newest purchases and mails, a page of 100 at a time, from column tuples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumPurchase, Channel, LedgerEntry, Mail, MailKind, PurchaseState
from storefront.money import Balance, Money

PAGE = 100
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One purchase, as the list shows it."""

    public_id: str
    created: datetime
    state: PurchaseState
    channel: Channel
    refunded: Money | None
    dispute: str | None
    price: Money
    #: What Stripe kept for the charge and for disputes, and what is left; None until it is booked.
    fees: Balance | None
    net: Balance | None
    email: str
    album: str
    album_slug: str
    card: str
    payment_id: str | None
    charge_id: str | None
    flags: list[str]

    @property
    def condition(self) -> str:
        """One word for all of it: refunded, disputed, paid, canceled, unpaid, or checking while the bank decides.

        "elsewhere" is what was bought at another platform: no money of this shop's.
        """
        if self.refunded:
            return "refunded" if self.refunded == self.price else "partly refunded"
        if self.dispute:
            return "disputed"
        if self.channel == Channel.IMPORT:
            return "elsewhere"
        if self.state in (PurchaseState.CREATED, PurchaseState.OPEN):
            return "unpaid"
        return str(self.state) if self.state in (PurchaseState.PAID, PurchaseState.CANCELED) else "checking"


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail, as the list shows it."""

    key: str
    kind: MailKind
    recipient: str
    created: datetime
    sent_at: datetime | None
    tries: int
    error: str


_P = AlbumPurchase
_PURCHASES: Select[*tuple[Any, ...]] = select(
    _P.id, _P.public_id, _P.created, _P.state, _P.channel, _P.refunded, _P.dispute, _P.amount, _P.currency, _P.email,
    _P.card_brand, _P.card_last4, _P.stripe_payment_id, _P.stripe_charge_id, _P.flags, Album.title, Album.slug,
).join(Album, Album.id == _P.album_id)  # fmt: skip
_MAIL = (Mail.key, Mail.kind, Mail.recipient, Mail.created, Mail.sent_at, Mail.tries, Mail.error)


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """Lines, newest first; `older` names the last one when there are more."""

    lines: Sequence[Line]
    older: str | None


def newest_purchases(session: Session, before: str | None = None) -> Page[PurchaseLine]:
    """`before` is the public id of the last line of the page before."""
    p = AlbumPurchase
    query = _PURCHASES.order_by(p.created.desc(), p.id.desc()).limit(PAGE + 1)
    if before:
        edge = session.execute(select(p.created, p.id).where(p.public_id == before)).first()
        query = query.where(tuple_(p.created, p.id) < tuple_(*edge)) if edge else query
    lines = _lines(session, query)
    return Page(lines[:PAGE], lines[PAGE - 1].public_id if len(lines) > PAGE else None)


def purchase_line(session: Session, purchase: AlbumPurchase) -> PurchaseLine:
    """One of them."""
    return _lines(session, _PURCHASES.where(AlbumPurchase.id == purchase.id))[0]


def _lines(session: Session, query: Select[*tuple[Any, ...]]) -> list[PurchaseLine]:
    rows = session.execute(query).all()
    books = _books(session, [row.id for row in rows])
    return [
        PurchaseLine(
            public_id=row.public_id,
            created=row.created,
            state=row.state,
            channel=row.channel,
            refunded=Money(row.refunded, row.currency) if row.refunded else None,
            dispute=None if row.dispute == "none" else row.dispute,
            price=Money(row.amount, row.currency),
            fees=books.get(row.id, (None, None))[0],
            net=books.get(row.id, (None, None))[1],
            email=row.email,
            album=row.title,
            album_slug=row.slug,
            card=f"{(row.card_brand or '').capitalize()} {row.card_last4 or ''}".strip(),
            payment_id=row.stripe_payment_id,
            charge_id=row.stripe_charge_id,
            flags=row.flags,
        )
        for row in rows
    ]


def _books(session: Session, purchases: Sequence[int]) -> dict[int, tuple[Balance, Balance]]:
    """Row number -> fees and net, from the ledger, in the currency that the purchase was first booked in."""
    entry = LedgerEntry
    sums = (
        select(entry.purchase_id, entry.currency, func.sum(entry.fee).label("fees"), func.sum(entry.net).label("net"))
        .where(entry.purchase_id.in_(purchases))
        .group_by(entry.purchase_id, entry.currency)
        .order_by(func.min(entry.id).desc())
    )
    return {
        row.purchase_id: (Balance(int(row.fees), row.currency), Balance(int(row.net), row.currency))
        for row in session.execute(sums)
    }


def find_mail(session: Session, key: str) -> MailLine | None:
    """The mail of this key."""
    row = session.execute(select(*_MAIL).where(Mail.key == key)).first()
    return MailLine(*row) if row else None


def newest_mails(session: Session, before: str | None = None) -> Page[MailLine]:
    """`before` is the key of the last line of the page before."""
    query = select(*_MAIL).order_by(Mail.created.desc(), Mail.id.desc()).limit(PAGE + 1)
    if before:
        edge = session.execute(select(Mail.created, Mail.id).where(Mail.key == before)).first()
        query = query.where(tuple_(Mail.created, Mail.id) < tuple_(*edge)) if edge else query
    rows = session.execute(query).all()
    lines = [MailLine(*row) for row in rows[:PAGE]]
    return Page(lines, lines[-1].key if len(rows) > PAGE else None)
