"""The files that anybody may have: what is heard of what is sold, covers and accents of what is or was public."""

from datetime import date

from sqlalchemy import Connection, and_, bindparam, or_, select

from storefront.models import Album, AlbumState, File, FileKind, Track
from storefront.services.catalogue.cards import PUBLIC

_STREAM = (
    select(File.id)
    .join(Album, Album.edition_id == File.edition_id)
    .join(Track, Track.id == File.track_id)
    .where(File.digest == bindparam("digest"))
    .where(
        or_(
            and_(File.kind == FileKind.STREAM, Track.preview_seconds.is_(None)),
            and_(File.kind == FileKind.PREVIEW, Track.preview_seconds > 0),
        )
    )
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
    """Whether anybody may hear a file: a whole track, or the preview of one, of what is sold from its release on."""
    return connection.execute(_STREAM, {"digest": digest, "today": today}).first() is not None


def is_public_cover(connection: Connection, digest: str) -> bool:
    """Whether a cover may be shown."""
    return connection.execute(_COVER, {"digest": digest}).first() is not None


def find_accent(connection: Connection, digest: str) -> list[str] | None:
    """A cover's colours: on light paper, under the label there, on dark paper, under the label there."""
    found = connection.execute(_COVER, {"digest": digest}).first()
    return found.accent.split() if found and found.accent else None
