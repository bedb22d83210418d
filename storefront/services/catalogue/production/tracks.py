"""The files of one track: made of its master in a child process, with its tags and the cover inside."""

from storefront.media import child
from storefront.media.digests import sha256
from storefront.media.encoding import encode
from storefront.media.formats import FORMATS, Format
from storefront.media.peaks import peaks
from storefront.media.tagging import write_tags
from storefront.media.tags import Tags
from storefront.models import Album, Edition, FileKind, Track
from storefront.services.catalogue.production.errors import naming
from storefront.services.catalogue.production.made import MadeFile
from storefront.services.catalogue.production.names import track_name
from storefront.services.catalogue.workplace import workplace
from storefront.storage import Storage

#: Decoding and encoding go many times faster than the music.
START_SECONDS = 120


def make_track_file(
    storage: Storage, edition: Edition, track: Track, kind: FileKind, format: Format, cover: bytes | None
) -> MadeFile:
    """Encodes a track and stores the file. A stream carries no tags: it is heard on the page that shows them."""
    extension = FORMATS[format].extension
    with (
        naming(track.master_name),
        workplace() as folder,
        storage.local_path(track.master_digest) as master,
    ):
        target = folder / f"track.{extension}"
        child.run(encode, master, target, format, seconds=_seconds(track))
        if kind != FileKind.STREAM:
            child.run(write_tags, target, tags_of(edition, track), cover)
        digest = sha256(target)
        storage.put(digest, target)
        return MadeFile(track.id, kind, format, digest, target.stat().st_size, track_name(edition, track, extension))


def make_peaks(storage: Storage, track: Track) -> tuple[int, str]:
    """The track's number, and the outline of its loudness as hex bytes."""
    with naming(track.master_name), storage.local_path(track.master_digest) as master:
        return track.id, bytes(child.run(peaks, master, seconds=_seconds(track))).hex()


def tags_of(edition: Edition, track: Track) -> Tags:
    """What a file of the track says about itself. Numbers of tracks count within a disc, as players expect."""
    album: Album = edition.album
    positions = [other.position for other in edition.tracks if other.disc == track.disc]
    discs = max(other.disc for other in edition.tracks)
    return Tags(
        title=track.title,
        artist=track.artist_credit or album.artist_credit,
        album=album.title,
        album_artist=album.artist_credit,
        track=track.position,
        track_total=max(positions),
        disc=track.disc,
        disc_total=discs,
        date=album.released,
        isrc=track.isrc or "",
        lyrics=track.lyrics,
        composer=track.composer,
        genre=album.genre,
        label=album.label,
        copyright=album.copyright,
        comment=album.credits,
    )


def _seconds(track: Track) -> float:
    return START_SECONDS + track.duration_ms / 1000
