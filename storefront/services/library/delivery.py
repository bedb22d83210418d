"""What of a purchase can be downloaded, and the file behind an address.

A buyer gets the edition that is sold now, and keeps the one that was bought. A file's name in addresses is its format's
("flac") for the whole album, or with a track's number ("flac.3", and "stream.3" to listen to), and with "@1" of the
first edition ("flac@1").
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storefront.media.formats import FORMATS, Format, track_media_type
from storefront.models import AlbumPurchase, File, FileKind, Track
from storefront.services.catalogue.outlines import outline

_NAME = re.compile(r"([a-z0-9-]{1,16})(?:\.([1-9][0-9]{0,2}))?(?:@([1-9][0-9]{0,2}))?", re.ASCII)
#: The order in which buyers are offered them.
SOLD = tuple(format for format, spec in FORMATS.items() if spec.advice)

#: Made once, since making it costs as much as asking.
_WANTED = select(File).where(
    File.edition_id == bindparam("edition"),
    File.format == bindparam("format"),
    File.kind == bindparam("kind"),
    File.track_id.is_not_distinct_from(bindparam("track")),
)

#: Makes the URL of a file from its name.
Address = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class DownloadChoice:
    """A file that a buyer may choose; `size` in bytes, `digest` the SHA-256 of what arrives, where it is known."""

    format: str
    label: str
    advice: str
    size: int
    url: str
    name: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class TrackChoices:
    """A track with its files, one for each format; `position` is its number in addresses.

    `stream` is the address where all of it is heard, `peaks` its outline, a hexadecimal digit a bar.
    """

    position: int
    title: str
    artist_credit: str | None
    duration_ms: int
    peaks: str
    stream: str | None
    choices: Sequence[DownloadChoice]
    preview_ms: None = None


def delivered_edition(purchase: AlbumPurchase) -> int:
    """The row number of the edition that a buyer gets: the one that is sold now, or else the one bought."""
    return purchase.album.edition_id or purchase.edition_id


def choices(session: Session, purchase: AlbumPurchase, address: Address) -> list[DownloadChoice]:
    """The whole album, in each format."""
    return choices_of_all(session, [purchase], lambda _: address)[purchase.public_id]


def choices_of_all(
    session: Session, purchases: Sequence[AlbumPurchase], addresses: Callable[[AlbumPurchase], Address]
) -> dict[str, list[DownloadChoice]]:
    """The same for many purchases, by their public ids, in one statement."""
    offered = archives(session, purchases)
    return {purchase.public_id: _in_order(offered[purchase.public_id], addresses(purchase)) for purchase in purchases}


def archives(session: Session, purchases: Sequence[AlbumPurchase]) -> dict[str, dict[str, File]]:
    """The albums of the purchases as they are delivered now, by their public ids, and then by format."""
    editions = {delivered_edition(purchase) for purchase in purchases}
    of_edition: dict[int, dict[str, File]] = {edition: {} for edition in editions}
    for file in session.scalars(select(File).where(File.edition_id.in_(editions), File.kind == FileKind.ARCHIVE)):
        of_edition[file.edition_id][file.format] = file
    return {purchase.public_id: of_edition[delivered_edition(purchase)] for purchase in purchases}


def choices_as_bought(session: Session, purchase: AlbumPurchase, address: Address) -> list[DownloadChoice]:
    """The album as it was when it was bought, where there is a newer edition now."""
    if purchase.edition_id == delivered_edition(purchase):
        return []
    files = session.scalars(select(File).where(File.edition_id == purchase.edition_id, File.kind == FileKind.ARCHIVE))
    return _in_order({file.format: file for file in files}, address, f"@{purchase.edition.number}")


def tracks(session: Session, purchase: AlbumPurchase, address: Address) -> list[TrackChoices]:
    """Each track by itself, in each format, in the album's order."""
    edition = delivered_edition(purchase)
    wanted = (FileKind.TRACK, FileKind.STREAM)
    of_track: dict[int | None, dict[str, File]] = {}
    for file in session.scalars(select(File).where(File.edition_id == edition, File.kind.in_(wanted))):
        of_track.setdefault(file.track_id, {})[file.format] = file
    return [
        _track_choices(number, track, of_track.get(track.id, {}), address)
        for number, track in enumerate(_tracks(session, edition), 1)
    ]


def _track_choices(number: int, track: Track, files: Mapping[str, File], address: Address) -> TrackChoices:
    return TrackChoices(
        position=number,
        title=track.title,
        artist_credit=track.artist_credit,
        duration_ms=track.duration_ms,
        peaks=outline(track.peaks),
        stream=address(f"{Format.STREAM}.{number}") if Format.STREAM in files else None,
        choices=_in_order(files, address, f".{number}"),
    )


def last_first(choices: Sequence[DownloadChoice], last: str | None) -> list[DownloadChoice]:
    """The choices with the format that was taken last in front."""
    return sorted(choices, key=lambda choice: choice.format != last)


def find_file(session: Session, purchase: AlbumPurchase, name: str) -> File | None:
    """The file of this name in addresses; None for what was never sold."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    format, number, of_edition = match.groups()
    if of_edition is not None and int(of_edition) != purchase.edition.number:
        return None
    edition = purchase.edition_id if of_edition else delivered_edition(purchase)
    asked = {"edition": edition, "format": format}
    if number is None:
        return session.scalar(_WANTED, {**asked, "kind": FileKind.ARCHIVE, "track": None})
    all_tracks = _tracks(session, edition)
    if int(number) > len(all_tracks):
        return None
    kind = FileKind.STREAM if format == Format.STREAM else FileKind.TRACK
    return session.scalar(_WANTED, {**asked, "kind": kind, "track": all_tracks[int(number) - 1].id})


def media_type(file: File) -> str:
    """Of the file's bytes; from our own table, never from whoever uploaded it."""
    return "application/zip" if file.kind == FileKind.ARCHIVE else track_media_type(Format(file.format), file.name)


def _tracks(session: Session, edition_id: int) -> Sequence[Track]:
    return session.scalars(
        select(Track).where(Track.edition_id == edition_id).order_by(Track.disc, Track.position)
    ).all()


def _in_order(files: Mapping[str, File], address: Address, suffix: str = "") -> list[DownloadChoice]:
    return [
        DownloadChoice(
            format=format,
            label=FORMATS[format].label,
            advice=FORMATS[format].advice,
            size=file.size,
            url=address(format + suffix),
            name=file.name,
            digest=file.digest,
        )
        for format in SOLD
        if (file := files.get(format))
    ]
