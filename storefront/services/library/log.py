"""The log of downloads: what was fetched, when and from where; and from it, what somebody likes to fetch."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase, Download, insert_once, writing
from storefront.services.library.ownership import belongs_to
from storefront.services.shop.figures.counting import count_downloads
from storefront.services.store.buyers import Visitor

log = logging.getLogger(__name__)

STREAM = "stream"
_KNOWN = select(Download.purchase_id, Download.last_asked).where(
    Download.purchase_id.in_(bindparam("ids", expanding=True)),
    Download.day == bindparam("day"),
    Download.name == bindparam("name"),
    Download.network == bindparam("network"),
)
#: A file that is fetched in many parts is written down once in so long.
PRECISION = timedelta(minutes=15)


def note_download(session: Session, purchases: Sequence[AlbumPurchase], name: str, network: str, now: datetime) -> None:
    """Writes down that the file `name` of each purchase was asked for from `network`.

    In a step of its own, and mostly in none. A log that cannot be written keeps no music from its owner.
    """
    name = STREAM if name.startswith(f"{STREAM}.") else name
    ids = [purchase.id for purchase in purchases]
    today = {"day": now.date(), "name": name, "network": network}
    try:
        known = dict(session.execute(_KNOWN, {"ids": ids, **today}).all())
        fresh = [id for id in ids if id not in known]
        stale = [id for id, asked in known.items() if asked <= now - PRECISION]
        if fresh or stale:
            _write(session, fresh, stale, today, now)
    except DBAPIError as error:
        session.rollback()
        log.error("a download could not be written down", exc_info=error)


def _write(
    session: Session, fresh: Sequence[int], stale: Sequence[int], today: Mapping[str, Any], now: datetime
) -> None:
    with writing(session):  # step: it is known that the music was fetched
        new = [id for id in fresh if insert_once(session, Download, purchase_id=id, began=now, last_asked=now, **today)]
        if stale:
            lines = update(Download).where(Download.purchase_id.in_(stale)).filter_by(**today)
            session.execute(lines.values(last_asked=now))
        if new and today["name"] != STREAM:
            count_downloads(session, today["name"], len(new), now)


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


def forget_downloads(session: Session, before: datetime) -> None:
    """Deletes the lines of what was asked for before then, and not since."""
    with writing(session):  # step: what no bank will ask about is forgotten
        session.execute(delete(Download).where(Download.last_asked < before))
