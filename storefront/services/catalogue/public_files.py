"""The files that anybody may have: the streams of what is sold, the covers and accents of what is or was public."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumState, File, FileKind
from storefront.services.catalogue.cards import PUBLIC


def is_public_stream(session: Session, today: date, digest: str) -> bool:
    """Whether a file is a stream that may be heard: of an album's present edition, from its release on."""
    found = session.scalar(
        select(File.id)
        .join(Album, Album.edition_id == File.edition_id)
        .where(File.digest == digest, File.kind == FileKind.STREAM, PUBLIC, Album.release_day <= today)
        .limit(1)
    )
    return found is not None


def is_public_cover(session: Session, digest: str) -> bool:
    """Whether a cover may be shown; a withdrawn album's may, for the library of who has it shows it."""
    found = session.scalar(
        select(Album.id).where(Album.cover_digest == digest, Album.state != AlbumState.DRAFT).limit(1)
    )
    return found is not None


def find_accent(session: Session, digest: str) -> list[str] | None:
    """A cover's colours: on light paper, under the label there, on dark paper, under the label there."""
    colours = session.scalar(
        select(Album.accent).where(Album.cover_digest == digest, Album.state != AlbumState.DRAFT).limit(1)
    )
    return colours.split() if colours else None
