"""Which index a wish for purchases is found by, so that a page of a million of them is quick whatever is asked.

Four indexes, by time, by amount, by album and by state, have all columns that a wish asks for, and so do the small ones
of rare purchases: whichever is walked, only the rows that are shown are read. Which one is decided here and not by the
databases, which guess: SQLite would walk all amounts to find an album's few rows, and PostgreSQL all times to find that
no album has such a name.
"""

from dataclasses import fields, replace
from enum import Enum, auto
from typing import Any, TypeVarTuple

from sqlalchemy import Select, false, func, select, tuple_
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase
from storefront.services.shop.wishes import Condition, Restrictions, Wish, restrictions

P = AlbumPurchase
Row = TypeVarTuple("Row")
#: So many entries of an index are read and put into order. Among more, what is wished is met soon on the way through
#: the order itself.
MANY = 35_000


class Path(Enum):
    """What is walked: the rows of a name, or an index that begins with this."""

    NAME = auto()
    CONDITION = auto()
    ALBUM = auto()
    AMOUNT = auto()
    TIME = auto()


#: The restrictions that an index answers, by their names.
_ANSWERED = {
    Path.NAME: {"name"},
    Path.CONDITION: {"condition", "days"},
    Path.ALBUM: {"albums", "days"},
    Path.AMOUNT: {"money"},
    Path.TIME: {"days"},
}


def wished(session: Session, query: Select[*Row], wish: Wish) -> Select[*Row]:
    """The rows of a query for purchases that are wished, in the order that is wished, after the line that the wish
    names."""
    path = _path(session, wish)
    walked = _in_order(path, wish)
    order = _order(wish, unindexed=not walked)
    edge = _edge(session, wish)
    if edge is None or _begins_later(wish, edge):
        return query.where(*_conditions(wish, path)).order_by(*_directed(order, wish))
    # Of two bounds at one end SQLite might begin at the one that is farther away.
    near, far = _without_begin(wish) if walked else (wish, Wish())
    place, last = tuple_(*order), tuple_(*edge)
    query = query.where(*_conditions(near, path), *_conditions(far, None))
    return query.where(place < last if wish.order.falling else place > last).order_by(*_directed(order, wish))


def in_order(query: Select[*Row], wish: Wish) -> Select[*Row]:
    """Rows that were found, in the order that is wished."""
    return query.order_by(*_directed(_order(wish, unindexed=True), wish))


def _path(session: Session, wish: Wish) -> Path:
    asked = restrictions(wish)
    if asked.name:
        return Path.NAME
    narrow = [path for path, wanted in _narrow(asked, wish) if wanted]
    if len(narrow) == 1 and _in_order(narrow[0], wish):
        return narrow[0]
    for path in narrow:
        if _few(session, asked, path):
            return path
    return Path.AMOUNT if wish.order.by_amount else Path.TIME


def _narrow(asked: Restrictions, wish: Wish) -> list[tuple[Path, bool]]:
    """The paths that may lead to few rows, the likeliest first."""
    return [
        (Path.CONDITION, bool(asked.condition) and wish.condition != Condition.PAID),
        (Path.ALBUM, bool(asked.albums)),
        (Path.TIME, bool(asked.days) and wish.order.by_amount),
        (Path.AMOUNT, bool(asked.money) and not wish.order.by_amount),
    ]


def _in_order(path: Path, wish: Wish) -> bool:
    """Whether the index has its rows in the order that is wished."""
    if wish.order.by_amount:
        return path is Path.AMOUNT
    if path is Path.CONDITION:
        return wish.condition != Condition.UNPAID  # which is two states
    return path is Path.TIME or (path is Path.ALBUM and not wish.words)


def _few(session: Session, asked: Restrictions, path: Path) -> bool:
    """Whether the path leads past few rows."""
    answered = [one for name in _ANSWERED[path] for one in getattr(asked, name)]
    return session.scalar(select(P.id).where(*answered).offset(MANY).limit(1)) is None


def _conditions(wish: Wish, path: Path | None) -> list[Any]:
    """All of a wish's; no index is looked into for those that the path does not answer."""
    asked, answered = restrictions(wish), _ANSWERED[path] if path else set()
    return [
        one if field.name in answered else func.coalesce(one, false())
        for field in fields(asked)
        for one in getattr(asked, field.name)
    ]


def _order(wish: Wish, *, unindexed: bool = False) -> list[Any]:
    """What the rows are ordered by, all in one direction; `unindexed` for the same values without an index."""
    amounts = [P.amount] if wish.currency else [P.currency, P.amount]
    columns: list[Any] = [*amounts, P.created] if wish.order.by_amount else [P.created]
    return [*(func.coalesce(column, column) if unindexed else column for column in columns), P.id]


def _directed(order: list[Any], wish: Wish) -> list[Any]:
    return [column.desc() for column in order] if wish.order.falling else order


def _edge(session: Session, wish: Wish) -> Any:
    """Where the line before stands in the order; None at its beginning."""
    if not wish.before:
        return None
    return session.execute(select(*_order(wish)).where(P.public_id == wish.before)).first()


def _begins_later(wish: Wish, edge: Any) -> bool:
    """Whether all that is wished comes after the line before in any case: by its days, or by its amounts."""
    if wish.order.by_amount and not wish.currency:
        return False
    begin: Any
    if wish.order.by_amount:
        begin = wish.most if wish.order.falling else wish.least
    else:
        begin = wish.until if wish.order.falling else wish.since
    return begin is not None and bool(edge[0] > begin if wish.order.falling else edge[0] < begin)


def _without_begin(wish: Wish) -> tuple[Wish, Wish]:
    """The wish without the bounds that are at the beginning of its order, and a wish of these alone."""
    if wish.order.falling:
        return replace(wish, until=None, most=None), Wish(until=wish.until, most=wish.most)
    return replace(wish, since=None, least=None), Wish(since=wish.since, least=wish.least)
