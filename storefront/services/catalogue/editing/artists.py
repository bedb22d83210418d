"""The artists as the desk has them: listed, renamed and moved, made one of two, and deleted when nothing is theirs.

Who made an album is a row beside it: whatever is done here, no album, edition or purchase is touched.
"""

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from storefront.models import Act, Album, AlbumArtist, AlbumState, Artist, ArtistSlug, writing
from storefront.services.catalogue.naming import owner_of_address
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.version import bump_catalogue, take_catalogue
from storefront.services.shop.audit import COMMAND, Actor, record

PAGE = 100


class ArtistChanged(Exception):
    """Somebody saved the artist meanwhile; nothing was written."""


class NameTaken(Exception):
    """`artist` has the name already: the two may be one."""

    def __init__(self, artist: Artist) -> None:
        super().__init__(artist.name)
        self.artist = artist


class AddressTaken(Exception):
    """Another artist has the address, or had it."""


class HasAlbums(Exception):
    """An artist of an album is not deleted."""


@dataclass(frozen=True, slots=True)
class ArtistWords:
    """What an owner says of an artist; the biography is Markdown."""

    name: str
    slug: str
    biography: str

    @property
    def version(self) -> str:
        """A name for just this, by which an editor says what it saw."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class ListedArtist:
    """An artist of the desk's list, with the number of their albums, public or not."""

    public_id: str
    name: str
    slug: str
    albums: int
    #: Of these, how many are in the shop.
    public: int
    has_words: bool


@dataclass(frozen=True, slots=True)
class ListedArtists:
    """Page `page` of `pages`, counted from 1, of `total` artists."""

    lines: list[ListedArtist]
    page: int
    pages: int
    total: int


def words_of(artist: Artist) -> ArtistWords:
    return ArtistWords(artist.name, artist.slug, artist.biography)


def list_artists(session: Session, words: str = "", page: int = 1) -> ListedArtists:
    """By name as people sort it; `words` is a part of the name, capitals and accents not counted."""
    albums = func.count(Album.id.distinct())
    public = albums.filter(Album.state == AlbumState.PUBLISHED)
    counted = (
        select(Artist.public_id, Artist.name, Artist.slug, albums, public, Artist.biography != "")
        .outerjoin(AlbumArtist, AlbumArtist.artist_id == Artist.id)
        .outerjoin(Album, Album.id == AlbumArtist.album_id)
        .group_by(Artist.id)
    )
    wanted = _sorted_as(words)
    found = (ListedArtist(*row) for row in session.execute(counted))
    lines = sorted((line for line in found if wanted in _sorted_as(line.name)), key=lambda line: _sorted_as(line.name))
    pages = max(1, -(-len(lines) // PAGE))
    return ListedArtists(lines[(page - 1) * PAGE : page * PAGE], page, pages, len(lines))


def albums_of(session: Session, artist: Artist) -> list[Album]:
    """The newest release first, whatever its state."""
    theirs = Album.id.in_(_ids_of_albums(artist))
    return list(session.scalars(select(Album).where(theirs).order_by(Album.release_day.desc(), Album.id.desc())))


def others(session: Session, artist: Artist) -> list[tuple[str, str]]:
    """(public id, name) of everybody else, by name."""
    rows = session.execute(select(Artist.public_id, Artist.name).where(Artist.id != artist.id))
    return sorted(((row.public_id, row.name) for row in rows), key=lambda row: _sorted_as(row[1]))


def find_artist(session: Session, public_id: str) -> Artist | None:
    return session.scalar(select(Artist).where(Artist.public_id == public_id))


def save_artist(
    session: Session, artist: Artist, words: ArtistWords, seen: str, now: datetime, by: Actor = COMMAND
) -> None:
    """Writes what is said of them; their old address leads to the new one.

    `seen` is the version of what the editor saw. Raises ArtistChanged, NameTaken, AddressTaken.
    """
    with writing(session):  # step: the artist as the owner wants it
        take_catalogue(session)
        session.refresh(artist)
        before = words_of(artist)
        if before.version != seen:
            raise ArtistChanged
        changed = [name for name, value in asdict(words).items() if value != getattr(before, name)]
        if not changed:
            return
        _expect_free(session, artist, words)
        _move(session, artist, words.slug)
        artist.name, artist.biography = words.name, words.biography
        record(session, by, Act.ARTIST_SAVED, artist.public_id, now, name=words.name, fields=changed)
        _tell_visitors(session, artist)


def merge_artists(session: Session, artist: Artist, into: Artist, now: datetime, by: Actor = COMMAND) -> None:
    """Two are one: the albums and addresses of `artist` are those of `into`, whose name and words stay."""
    with writing(session):  # step: one artist in the place of two
        take_catalogue(session)
        shared = _ids_of_albums(into)
        session.execute(delete(AlbumArtist).where(AlbumArtist.artist_id == artist.id, AlbumArtist.album_id.in_(shared)))
        moves = (
            update(AlbumArtist).where(AlbumArtist.artist_id == artist.id).values(artist_id=into.id),
            update(ArtistSlug).where(ArtistSlug.artist_id == artist.id).values(artist_id=into.id),
        )
        for move in moves:
            session.execute(move.execution_options(synchronize_session=False))
        session.add(ArtistSlug(slug=artist.slug, artist_id=into.id))
        session.execute(delete(Artist).where(Artist.id == artist.id))
        record(session, by, Act.ARTISTS_MERGED, into.public_id, now, name=into.name, other=artist.name)
        _tell_visitors(session, into)


def delete_artist(session: Session, artist: Artist, now: datetime, by: Actor = COMMAND) -> None:
    """Forgets somebody who has no album, with their addresses. Raises HasAlbums."""
    with writing(session):  # step: the artist is gone
        take_catalogue(session)
        if session.scalar(_ids_of_albums(artist).limit(1)) is not None:
            raise HasAlbums
        record(session, by, Act.ARTIST_DELETED, artist.public_id, now, name=artist.name)
        session.execute(delete(ArtistSlug).where(ArtistSlug.artist_id == artist.id))
        session.execute(delete(Artist).where(Artist.id == artist.id))
        bump_catalogue(session)


def _ids_of_albums(artist: Artist) -> Select[int]:
    return select(AlbumArtist.album_id).where(AlbumArtist.artist_id == artist.id)


def _expect_free(session: Session, artist: Artist, words: ArtistWords) -> None:
    other = session.scalar(select(Artist).where(Artist.name == words.name, Artist.id != artist.id))
    if other is not None:
        raise NameTaken(other)
    if owner_of_address(session, words.slug) not in (None, artist.id):
        raise AddressTaken


def _move(session: Session, artist: Artist, slug: str) -> None:
    """Who goes back to an address of theirs leaves the one between behind."""
    if slug == artist.slug:
        return
    session.execute(delete(ArtistSlug).where(ArtistSlug.slug == slug))
    session.add(ArtistSlug(slug=artist.slug, artist_id=artist.id))
    artist.slug = slug


def _tell_visitors(session: Session, artist: Artist) -> None:
    """What is public of them is found by its new words, and its pages are new."""
    session.flush()  # index_album reads it
    public = _ids_of_albums(artist).join(Album).where(Album.state == AlbumState.PUBLISHED)
    for album in session.scalars(public).all():
        index_album(session, album)
    bump_catalogue(session)


def _sorted_as(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
