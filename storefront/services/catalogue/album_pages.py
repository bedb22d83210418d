"""What an album's page is put together from, whoever it is for: its tracks, its formats, its words."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from storefront.media.formats import FORMATS, Format
from storefront.money import Money
from storefront.services.catalogue.cards import cover_of
from storefront.services.catalogue.outlines import outline
from storefront.services.catalogue.read_models import AlbumCard, AlbumPage, ArtistLink, Disc, FormatLine, TrackLine


def make_page(
    album: Any,
    *,
    artists: list[ArtistLink],
    price: Money | None,
    available: bool,
    tracks: list[TrackLine],
    formats: list[FormatLine],
    more: list[AlbumCard],
) -> AlbumPage:
    """The page of an album; `album` is its row, or has the same columns."""
    return AlbumPage(
        slug=album.slug,
        title=album.title,
        artist_credit=album.artist_credit,
        artists=artists,
        price=price,
        pricing=album.pricing,
        available=available,
        release_day=album.release_day,
        released=album.released,
        cover=cover_of(album),
        description=album.description,
        credits=[line.strip() for line in album.credits.splitlines() if line.strip()],
        label=album.label,
        copyright=album.copyright,
        genre=album.genre,
        tracks=tracks,
        discs=[Disc(number, list(theirs)) for number, theirs in groupby(tracks, key=lambda track: track.disc)],
        duration_ms=sum(track.duration_ms for track in tracks),
        formats=formats,
        more=more,
    )


def track_line(track: Any, whole: str | None, beginning: str | None, address: str | None) -> TrackLine:
    """A track as it is heard by who does not own it; `track` is its row, or has the same columns.

    `whole` and `beginning` are the digests of its stream and of its preview, as far as they are made. `address` is
    where streams are had ("/stream"), None where nothing is to be heard.
    """
    digest = whole if track.preview_seconds is None else beginning
    heard = track.duration_ms if track.preview_seconds is None else min(1000 * track.preview_seconds, track.duration_ms)
    return TrackLine(
        disc=track.disc,
        position=track.position,
        title=track.title,
        artist_credit=track.artist_credit,
        duration_ms=track.duration_ms,
        stream=f"{address}/{digest}.mp3" if digest and address and heard else None,
        preview_ms=heard if heard < track.duration_ms else None,
        peaks=outline(track.peaks, heard / max(1, track.duration_ms)),
    )


def format_lines(formats: Iterable[Format], sizes: Mapping[str, int], tracks: Sequence[Any]) -> list[FormatLine]:
    """A line for each of `formats`; `sizes` (in bytes) has those that are made."""
    fine = _depth(tracks)
    return [
        FormatLine(format, FORMATS[format].label, fine if FORMATS[format].lossless else "", sizes.get(format))
        for format in formats
    ]


def _depth(tracks: Sequence[Any]) -> str:
    """How fine the finest of the masters is: "24 bit, 44.1 kHz"."""
    bits, rate = max(((track.bit_depth or 0, track.sample_rate) for track in tracks), default=(0, 0))
    return f"{bits} bit, {rate / 1000:g} kHz" if bits else ""
