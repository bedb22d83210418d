"""Finding one's way on a shelf of many albums."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from storefront.models import AlbumPurchase
from storefront.services.catalogue.words import asked, fold, indexed


class Order(StrEnum):
    """What a shelf is sorted by."""

    NEWEST = "newest"
    ARTIST = "artist"
    TITLE = "title"


_KEYS: dict[Order, Callable[[AlbumPurchase], Any]] = {
    Order.ARTIST: lambda purchase: (fold(purchase.album.artist_credit), fold(purchase.album.title)),
    Order.TITLE: lambda purchase: (fold(purchase.album.title), fold(purchase.album.artist_credit)),
}


def arrange(purchases: Sequence[AlbumPurchase], words: str, order: Order) -> list[AlbumPurchase]:
    """Those whose artist or title has a word that begins with each of `words`, of purchases that come newest first."""
    wanted = asked(words)
    found = [purchase for purchase in purchases if all(map(_has(purchase), wanted))]
    return sorted(found, key=_KEYS[order]) if order in _KEYS else found


def _has(purchase: AlbumPurchase) -> Callable[[str], bool]:
    known = indexed(purchase.album.title, purchase.album.artist_credit)
    return lambda word: any(one.startswith(word) for one in known)
