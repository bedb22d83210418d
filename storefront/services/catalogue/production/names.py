"""What the files of an album are called on the buyer's disk."""

from storefront.media.formats import FORMATS, Format
from storefront.media.names import safe_name
from storefront.models import Edition, Track


def track_name(edition: Edition, track: Track, extension: str) -> str:
    """ "02 Slack Water.flac"; "1-02 ..." where there are several discs, "02 Somebody - ..." if the artist differs."""
    disc = f"{track.disc}-" if any(other.disc != track.disc for other in edition.tracks) else ""
    artist = f"{track.artist_credit} - " if track.artist_credit else ""
    return safe_name(f"{disc}{track.position:02} {artist}{track.title}", extension)


def folder_name(edition: Edition) -> str:
    """ "Mara Quist - Low Tide"."""
    return safe_name(_whole(edition))


def archive_name(edition: Edition, format: Format) -> str:
    """ "Mara Quist - Low Tide (FLAC).zip"."""
    return f"{folder_name(edition)} ({FORMATS[format].label}).zip"


def _whole(edition: Edition) -> str:
    album = edition.album
    return f"{album.artist_credit} - {album.title}" if album.artist_credit else album.title
