"""An album's page as visitors will see it, for its owner: of whatever state, with the edition that is being made."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Album, File, FileKind
from storefront.services.catalogue.album_pages import format_lines, make_page, track_line
from storefront.services.catalogue.editing.drafts import newest_music
from storefront.services.catalogue.production import formats_on_offer
from storefront.services.catalogue.read_models import AlbumPage, ArtistLink
from storefront.services.catalogue.showing import more_by_its_artists

#: Where its owner has what will be heard of it.
STREAMS = "/admin/streams"


def preview_album(session: Session, today: date, album: Album) -> AlbumPage:
    """The page that its words and its newest edition will make, as far as the files of that are there.

    What will be heard is heard before the release too, from an address of the owner's own.
    """
    edition = newest_music(session, album)
    files = session.scalars(select(File).where(File.edition_id == edition.id)).all() if edition else []
    digests = {(file.track_id, file.kind): file.digest for file in files}
    sizes = {file.format: file.size for file in files if file.kind == FileKind.ARCHIVE}
    tracks = edition.tracks if edition else []
    return make_page(
        album,
        artists=[ArtistLink(credit.artist.name, credit.artist.slug) for credit in album.artists],
        price=album.price_so_far,
        available=album.release_day <= today,
        tracks=[
            track_line(
                track, digests.get((track.id, FileKind.STREAM)), digests.get((track.id, FileKind.PREVIEW)), STREAMS
            )
            for track in tracks
        ],
        formats=format_lines(formats_on_offer(edition), sizes, tracks) if edition else [],
        more=more_by_its_artists(session.connection(), today, album.id),
    )


def is_heard(session: Session, digest: str) -> bool:
    """Whether a file is the stream of some track, or the beginning of one, of whatever album."""
    kinds = (FileKind.STREAM, FileKind.PREVIEW)
    return session.scalar(select(File.id).where(File.digest == digest, File.kind.in_(kinds)).limit(1)) is not None
