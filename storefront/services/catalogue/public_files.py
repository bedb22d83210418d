"""The files that anybody may have: the streams of what is sold, the covers and accents of what is or was public."""

from datetime import date

from sqlalchemy import Connection, bindparam, select

from storefront.models import Album, AlbumState, File, FileKind
from storefront.services.catalogue.cards import PUBLIC

_STREAM = (
    select(File.id)
    .join(Album, Album.edition_id == File.edition_id)
    .where(File.digest == bindparam("digest"), File.kind == FileKind.STREAM)
    .where(PUBLIC, Album.release_day <= bindparam("today"))
    .limit(1)
)
#: A withdrawn album's too, for the library of whoever has it shows it.
_COVER = (
    select(Album.id, Album.accent)
    .where(Album.cover_digest == bindparam("digest"), Album.state != AlbumState.DRAFT)
    .limit(1)
)


def is_public_stream(connection: Connection, today: date, digest: str) -> bool:
    """Whether a file is a stream that may be heard: of an album's present edition, from its release on."""
    return connection.execute(_STREAM, {"digest": digest, "today": today}).first() is not None


def is_public_cover(connection: Connection, digest: str) -> bool:
    """Whether a cover may be shown."""
    return connection.execute(_COVER, {"digest": digest}).first() is not None


def find_accent(connection: Connection, digest: str) -> list[str] | None:
    """A cover's colours: on light paper, under the label there, on dark paper, under the label there."""
    found = connection.execute(_COVER, {"digest": digest}).first()
    return found.accent.split() if found and found.accent else None
