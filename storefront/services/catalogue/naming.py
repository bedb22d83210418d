"""What an album is called, where it is found, and whose it is: the same whoever says so, an import or its editor."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumArtist, AlbumSlug, Artist, ArtistSlug
from storefront.services.catalogue.slugs import free_slug


def name_album(session: Session, album: Album, title: str, artist_credit: str) -> None:
    """Title and address; a new title brings a new address, which keep_address writes down."""
    album.artist_credit = artist_credit
    if album.title == title:
        return
    album.title = title
    owner = select(AlbumSlug.album_id)
    album.slug = free_slug(
        title, lambda slug: session.scalar(owner.where(AlbumSlug.slug == slug)) not in (None, album.id)
    )


def keep_address(session: Session, album: Album) -> None:
    """An address that it had stays its own, and leads to today's. The album has its number by now."""
    if session.get(AlbumSlug, album.slug) is None:
        session.add(AlbumSlug(slug=album.slug, album_id=album.id))


def credit_artists(session: Session, album: Album, names: Iterable[str], now: datetime) -> bool:
    """The artists in their order; whether that changed anything."""
    names = list(names)
    if [credited.artist.name for credited in album.artists] == names:
        return False
    session.execute(delete(AlbumArtist).where(AlbumArtist.album_id == album.id))
    session.expire(album, ["artists"])
    for position, name in enumerate(names, 1):
        artist = _artist(session, name, now)
        session.add(AlbumArtist(album_id=album.id, position=position, artist_id=artist.id))
    session.flush()  # index_album reads them
    return True


def _artist(session: Session, name: str, now: datetime) -> Artist:
    artist = session.scalar(select(Artist).where(Artist.name == name))
    if artist is None:
        slug = free_slug(name, lambda slug: owner_of_address(session, slug) is not None)
        artist = Artist(
            public_id=secrets.token_hex(16),
            slug=slug,
            name=name,
            biography="",
            created=now,
        )
        session.add(artist)
        session.flush()  # its number, for the credit
    return artist


def owner_of_address(session: Session, slug: str) -> int | None:
    """The number of the artist who has this address, or had it."""
    for column, owner in ((Artist.slug, Artist.id), (ArtistSlug.slug, ArtistSlug.artist_id)):
        if found := session.scalar(select(owner).where(column == slug)):
            return found
    return None
