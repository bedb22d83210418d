"""What of a purchase can be downloaded, and the file behind an address.

A buyer gets the edition that is sold now, and keeps the one that was bought. A file's name in addresses is its format's
("flac") for the whole album, or with a track's number ("flac.3"), and with "@1" of the first edition ("flac@1").
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from storefront.media.formats import FORMATS, Format
from storefront.models import AlbumPurchase, File, FileKind, Track

_NAME = re.compile(r"([a-z0-9-]{1,16})(?:\.([1-9][0-9]{0,2}))?(?:@([1-9][0-9]{0,2}))?", re.ASCII)
#: The order in which buyers are offered them.
SOLD = tuple(format for format, spec in FORMATS.items() if spec.advice)


#: Makes the URL of a file from its name.
Address = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class DownloadChoice:
    """A file that a buyer may choose; `size` in bytes."""

    format: str
    label: str
    advice: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class TrackChoices:
    """A track with its files, one for each format."""

    number: int
    title: str
    duration_ms: int
    choices: Sequence[DownloadChoice]


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
    editions = {delivered_edition(purchase) for purchase in purchases}
    of_edition: dict[int, list[File]] = {}
    for file in session.scalars(select(File).where(File.edition_id.in_(editions), File.kind == FileKind.ARCHIVE)):
        of_edition.setdefault(file.edition_id, []).append(file)
    return {
        purchase.public_id: _in_order(of_edition.get(delivered_edition(purchase), []), addresses(purchase))
        for purchase in purchases
    }


def choices_as_bought(session: Session, purchase: AlbumPurchase, address: Address) -> list[DownloadChoice]:
    """The album as it was when it was bought, where there is a newer edition now."""
    if purchase.edition_id == delivered_edition(purchase):
        return []
    files = session.scalars(select(File).where(File.edition_id == purchase.edition_id, File.kind == FileKind.ARCHIVE))
    return _in_order(files, address, f"@{purchase.edition.number}")


def tracks(session: Session, purchase: AlbumPurchase, address: Address) -> list[TrackChoices]:
    """Each track by itself, in each format, in the album's order."""
    files = session.scalars(
        select(File)
        .where(File.edition_id == delivered_edition(purchase), File.kind == FileKind.TRACK)
        .options(joinedload(File.track))
    )
    of_track: dict[int | None, list[File]] = {}
    for file in files:
        of_track.setdefault(file.track_id, []).append(file)
    listed = enumerate(_tracks(session, delivered_edition(purchase)), 1)
    return [
        TrackChoices(
            number, track.title, track.duration_ms, _in_order(of_track.get(track.id, []), address, f".{number}")
        )
        for number, track in listed
    ]


def find_file(session: Session, purchase: AlbumPurchase, name: str) -> File | None:
    """The file of this name in addresses; None for what was never sold."""
    match = _NAME.fullmatch(name)
    if match is None or match[1] not in SOLD:
        return None
    if match[3] is not None and int(match[3]) != purchase.edition.number:
        return None
    edition = purchase.edition_id if match[3] else delivered_edition(purchase)
    wanted = select(File).where(File.edition_id == edition, File.format == match[1])
    if match[2] is None:
        return session.scalar(wanted.where(File.kind == FileKind.ARCHIVE))
    all_tracks = _tracks(session, edition)
    if int(match[2]) > len(all_tracks):
        return None
    track = all_tracks[int(match[2]) - 1]
    return session.scalar(wanted.where(File.kind == FileKind.TRACK, File.track_id == track.id))


def media_type(file: File) -> str:
    """Of the file's bytes; from our own table, never from whoever uploaded it."""
    return "application/zip" if file.kind == FileKind.ARCHIVE else FORMATS[Format(file.format)].media_type


def _tracks(session: Session, edition_id: int) -> Sequence[Track]:
    return session.scalars(
        select(Track).where(Track.edition_id == edition_id).order_by(Track.disc, Track.position)
    ).all()


def _in_order(files: Iterable[File], address: Address, suffix: str = "") -> list[DownloadChoice]:
    of_format = {file.format: file for file in files}
    return [
        DownloadChoice(format, FORMATS[format].label, FORMATS[format].advice, file.size, address(format + suffix))
        for format in SOLD
        if (file := of_format.get(format))
    ]
