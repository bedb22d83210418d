"""Writes past sales down: each gives its buyer the album.

What a buyer gets is a purchase of the channel "import": paid, for nothing, without a charge, so that library,
downloads, links and accounts treat it like any other, and nothing that counts money sees it. An account that has
proven the address has it at once; a guest's joins when the address is proven, as guests' purchases do.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from storefront.models import (
    Account,
    Album,
    AlbumPurchase,
    Channel,
    MailKind,
    PastSale,
    PurchaseState,
    end_reading,
    insert_once,
    writing,
)
from storefront.services.accounts.tokens import digest
from storefront.services.library.past_sales.matching import Albums, Unmatched
from storefront.services.library.past_sales.reading import Sale
from storefront.services.shop.outbox import write_mail

#: Sales in one step, so that a shop that sells waits for no long one.
AT_ONCE = 100

T = TypeVar("T")


@dataclass(slots=True)
class Given:
    """What became of a list: albums given, those that were there already, and mails that were written."""

    given: int = 0
    there: int = 0
    mailed: int = 0
    #: (title, artist, why) -> how many sales of it gave nothing.
    unmatched: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def give_past_sales(
    session: Session,
    albums: Albums,
    sales: Sequence[Sale],
    now: datetime,
    *,
    tell: bool = False,
    report: Callable[[int], None] = lambda sales: None,
) -> Given:
    """Gives every sale's album to its buyer, once however often it is called; `tell` mails those who were not told yet.

    Nothing is ever taken away. `report` is told how many sales are done each time.
    """
    given = Given()
    matched = list(_matched(albums, sales, given))
    end_reading(session)
    for some in _chunks(matched, AT_ONCE):
        with writing(session):  # step: some buyers have their albums
            _give(session, some, now, given)
        report(len(some))
    if tell:
        references = {_reference(sale) for sale, _ in matched}
        for emails in _chunks(sorted({sale.email for sale, _ in matched}), AT_ONCE):
            with writing(session):  # step: some buyers are told, with the jobs that send the mails
                given.mailed += _tell(session, emails, references, now)
    return given


def plan_past_sales(session: Session, albums: Albums, sales: Sequence[Sale]) -> Given:
    """What give_past_sales would do; nothing is written."""
    given = Given()
    purchases: set[tuple[str, int]] = set()
    for sale, album in _matched(albums, sales, given):
        known = session.scalar(select(PastSale.id).where(PastSale.reference == _reference(sale)))
        if known or (sale.email, album.id) in purchases or session.scalar(_owned(sale, album)):
            given.there += 1
        else:
            given.given += 1
        purchases.add((sale.email, album.id))
    return given


def _matched(albums: Albums, sales: Iterable[Sale], given: Given) -> Iterator[tuple[Sale, Album]]:
    for sale in sales:
        try:
            album = albums.find(sale)
            if album.edition_id is None:
                raise Unmatched("its files are not made yet; bring the list again when they are")
            if album.price_so_far is None:
                raise Unmatched("it has no price yet, and so no currency; bring the list again when it has")
            yield sale, album
        except Unmatched as error:
            given.unmatched[sale.title, sale.artist, str(error)] += 1


def _give(session: Session, sales: Sequence[tuple[Sale, Album]], now: datetime, given: Given) -> None:
    references = [_reference(sale) for sale, _ in sales]
    known = set(session.scalars(select(PastSale.reference).where(PastSale.reference.in_(references))))
    accounts = _accounts(session, {sale.email for sale, _ in sales})
    for reference, (sale, album) in zip(references, sales, strict=True):
        if reference in known:
            given.there += 1
            continue
        known.add(reference)
        purchase_id, new = _purchase(session, sale, album, accounts.get(sale.email), now)
        given.given += new
        given.there += not new
        session.add(
            PastSale(
                reference=reference,
                purchase_id=purchase_id,
                item=sale.title,
                transaction=sale.transaction,
                sold_at=sale.sold_at or now,
                created=now,
            )
        )


def _accounts(session: Session, emails: set[str]) -> dict[str, int]:
    """Those who have proven one of these addresses."""
    proven = select(Account.email, Account.id).where(Account.email.in_(emails), Account.email_proven_at.is_not(None))
    return dict(session.execute(proven).all())


def _purchase(session: Session, sale: Sale, album: Album, account_id: int | None, now: datetime) -> tuple[int, bool]:
    """The number of the buyer's purchase of the album, and whether it is new. Who bought it here too has it already."""
    if purchase_id := session.scalar(_owned(sale, album)):
        return purchase_id, False
    # Of its own day, so that a list of years does not stand before what was bought here today.
    when = min(sale.sold_at or now, now)
    insert_once(
        session,
        AlbumPurchase,
        public_id=secrets.token_hex(16),
        buyer_key=f"import:{digest(sale.email)}",
        account_id=account_id,
        email=sale.email,
        album_id=album.id,
        edition_id=album.edition_id,
        channel=Channel.IMPORT,
        amount=0,
        currency=album.currency,
        shown_amount=0,
        description=f"Album: {album.title}"[:500],
        state=PurchaseState.PAID,
        paid_at=when,
        open_params={},
        created=when,
    )
    return session.scalars(_owned(sale, album)).one(), True


def _owned(sale: Sale, album: Album) -> Select[int]:
    """The number of the buyer's purchase of the album."""
    return (
        select(AlbumPurchase.id)
        .where(
            AlbumPurchase.album_id == album.id,
            AlbumPurchase.email == sale.email,
            AlbumPurchase.state == PurchaseState.PAID,
            AlbumPurchase.is_live(),
        )
        .order_by(AlbumPurchase.id)
        .limit(1)
    )


def _tell(session: Session, emails: Sequence[str], references: set[str], now: datetime) -> int:
    """One mail a buyer, of all that is new to them; how many there are."""
    untold = session.scalars(
        select(PastSale)
        .join(PastSale.purchase)
        .where(AlbumPurchase.email.in_(emails), PastSale.told_at.is_(None))
        .order_by(AlbumPurchase.email, AlbumPurchase.paid_at.desc(), PastSale.id)
        .options(joinedload(PastSale.purchase).joinedload(AlbumPurchase.album))
    )
    mails = 0
    listed = [sale for sale in untold if sale.reference in references and sale.purchase.has_access]
    for email, of_buyer in groupby(listed, key=lambda sale: sale.purchase.email):
        sales = list(of_buyer)
        first, *others = {sale.purchase_id: sale.purchase for sale in sales}.values()
        key = digest("".join(sorted(sale.reference for sale in sales)))
        titles = "\n".join(f"{purchase.album.title}, {purchase.album.artist_credit}" for purchase in others)
        write_mail(session, MailKind.PAST_SALES, f"past_sales:{key}", email, now, purchase=first, detail=titles or None)
        for sale in sales:
            sale.told_at = now
        mails += 1
    return mails


def _reference(sale: Sale) -> str:
    """By the platform's number of the sale where it has one; a cart of several albums may have one number."""
    when = "" if sale.transaction else str(sale.sold_at)
    return hashlib.sha256(
        json.dumps([sale.transaction, when, sale.email, sale.title, sale.artist]).encode()
    ).hexdigest()


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Parts of `items`, each of at most `size`."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
