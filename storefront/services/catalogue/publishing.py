"""Putting an album on sale."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from storefront.models import Act, Album, AlbumState, Edition, EditionState, writing
from storefront.money import BadMoney, parse_price
from storefront.services.catalogue.production import how_far
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.version import bump_catalogue, take_catalogue
from storefront.services.shop.audit import COMMAND, Actor, record


class NotReadyForSale(Exception):
    """The album cannot be published; `missing` is a list of sentences, each saying what to do."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


def publish(session: Session, album: Album, now: datetime, by: Actor = COMMAND) -> None:
    """Puts the album into the shop; it is sold from its release day on. Raises NotReadyForSale and changes nothing."""
    if missing := what_is_missing(session, album):
        raise NotReadyForSale(missing)
    with writing(session):  # step: the album is in the shop
        take_catalogue(session)
        if _move(session, album, Album.state != AlbumState.PUBLISHED, AlbumState.PUBLISHED, now):
            record(session, by, Act.ALBUM_ON_SALE, album.public_id, now)
        index_album(session, album.id)
        bump_catalogue(session)


def withdraw(session: Session, album: Album, now: datetime, by: Actor = COMMAND) -> None:
    """Takes the album out of the shop; whoever bought it keeps it. One that is not in the shop stays as it is."""
    with writing(session):  # step: the album is sold no more
        take_catalogue(session)
        if _move(session, album, Album.state == AlbumState.PUBLISHED, AlbumState.WITHDRAWN, now):
            record(session, by, Act.ALBUM_OFF_SALE, album.public_id, now)
        bump_catalogue(session)


def _move(session: Session, album: Album, was: ColumnElement[bool], state: AlbumState, now: datetime) -> bool:
    """Compare-and-set; whether anything changed."""
    moved = update(Album).where(Album.id == album.id, was).values(state=state, updated=now).returning(Album.id)
    return session.scalar(moved) is not None


def what_is_missing(session: Session, album: Album) -> list[str]:
    """Sentences for the owner; an empty list when the album can be sold."""
    edition = session.get(Edition, album.edition_id) if album.edition_id else None
    ready = edition is not None and edition.state == EditionState.READY and how_far(session, edition).complete
    checks = (
        (ready, "Its files are not made yet: the shop's worker does that by itself."),
        (album.title, "It has no title."),
        (
            album.artist_credit and album.artists,
            "It has no artist: name one in the editor, in album.toml or in its tags.",
        ),
        (album.cover_digest, "It has no cover: add a cover.jpg or cover.png to its files."),
    )
    return [*(sentence for good, sentence in checks if not good), *_wrong_price(album)]


def _wrong_price(album: Album) -> list[str]:
    price = album.price_so_far
    if price is None:
        return ["It has no price: name one in its editor or in album.toml, 0 for free."]
    try:
        parse_price(str(price.decimal), price.currency)
    except BadMoney as error:
        return [f"Its price cannot be charged: {error}."]
    return []
