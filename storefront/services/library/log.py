"""The log of downloads: what was fetched, when and from where; and from it, what somebody likes to fetch."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase, Download, insert_once, writing
from storefront.services.library.ownership import belongs_to
from storefront.services.store.buyers import Visitor

log = logging.getLogger(__name__)

STREAM = "stream"
#: A file that is fetched in many parts is written down once in so long.
PRECISION = timedelta(minutes=15)


def note_download(session: Session, purchases: Sequence[AlbumPurchase], name: str, network: str, now: datetime) -> None:
    """Writes down that the file `name` of each purchase was asked for from `network`.

    In a step of its own, and mostly in none. A log that cannot be written keeps no music from its owner.
    """
    name = STREAM if name.startswith(f"{STREAM}.") else name
    try:
        known = select(Download.purchase_id).where(
            Download.purchase_id.in_(purchase.id for purchase in purchases),
            Download.day == now.date(),
            Download.name == name,
            Download.network == network,
            Download.last_asked > now - PRECISION,
        )
        fresh = {purchase.id for purchase in purchases} - set(session.scalars(known))
        if fresh:
            _write(session, sorted(fresh), name, network, now)
    except DBAPIError as error:
        session.rollback()
        log.error("a download could not be written down", exc_info=error)


def _write(session: Session, ids: Sequence[int], name: str, network: str, now: datetime) -> None:
    fetched = {"day": now.date(), "name": name, "network": network}
    with writing(session):  # step: it is known that the music was fetched
        for id in ids:
            insert_once(session, Download, purchase_id=id, began=now, last_asked=now, **fetched)
        session.execute(
            update(Download).where(Download.purchase_id.in_(ids)).filter_by(**fetched).values(last_asked=now)
        )


def last_format(session: Session, visitor: Visitor, purchase: AlbumPurchase | None = None) -> str | None:
    """The format that this visitor fetched last, of whatever they own, or of `purchase`: "flac"."""
    whose = [belongs_to(visitor), *([AlbumPurchase.id == purchase.id] if purchase else [])]
    name = session.scalar(
        select(Download.name)
        .join(AlbumPurchase)
        .where(or_(*whose), Download.name != STREAM)
        .order_by(Download.last_asked.desc())
        .limit(1)
    )
    return name.partition(".")[0].partition("@")[0] if name else None
