"""From purchases to the zip: the archives of their albums, each in a folder of its own."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storefront.media.formats import FORMATS, Format
from storefront.media.names import FALLBACK, unique_names
from storefront.models import AlbumPurchase, File, end_reading
from storefront.services.library.delivery import SOLD, Address, DownloadChoice, archives
from storefront.services.library.everything.contents import Contents, read_contents
from storefront.services.library.everything.joined_file import JoinedFile, Piece
from storefront.services.library.everything.zip_records import Entry, directory, local_header
from storefront.storage import Storage

#: Changes with the way that the zip is made, so that no download goes on with bytes of another.
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Everything:
    """The zip as a file to be read, which its taker closes; `digest` names its bytes, `label` its format."""

    file: JoinedFile
    size: int
    digest: str
    label: str


def everything_choices(session: Session, purchases: Sequence[AlbumPurchase], address: Address) -> list[DownloadChoice]:
    """In which formats all of the purchases' albums can be had; an album that has not this one comes in its best.

    The sizes are those of the albums' own archives, which are within a few kilobytes.
    """
    of_purchase = list(archives(session, purchases).values())
    formats = [format for format in SOLD if any(format in offered for offered in of_purchase)]
    return [
        DownloadChoice(
            format=format,
            label=FORMATS[format].label,
            advice=FORMATS[format].advice,
            size=sum(_preferred(offered, format).size for offered in of_purchase if offered),
            url=address(format),
        )
        for format in formats
    ]


def join_everything(
    session: Session, storage: Storage, purchases: Sequence[AlbumPurchase], format: str
) -> Everything | None:
    """The zip of the purchases' albums, the same bytes for the same albums; None when no album is offered in `format`.

    Raises MissingFile.
    """
    offered = archives(session, sorted(purchases, key=lambda purchase: purchase.id)).values()
    if not any(format in by_format for by_format in offered):
        return None
    end_reading(session)  # the archives may lie far away
    digests = list(dict.fromkeys(_preferred(by_format, format).digest for by_format in offered if by_format))
    albums = [read_contents(storage, digest) for digest in digests]  # type: ignore[arg-type]  # any object is hashable
    folders = unique_names(album.folder or FALLBACK for album in albums)
    joined = JoinedFile(_pieces(albums, folders), storage.open)
    names = "\n".join([VERSION, *digests])
    return Everything(joined, joined.size, hashlib.sha256(names.encode()).hexdigest(), FORMATS[Format(format)].label)


def _preferred(offered: Mapping[str, File], format: str) -> File:
    return offered.get(format) or next(offered[other] for other in SOLD if other in offered)


def _pieces(albums: Sequence[Contents], folders: Sequence[str]) -> list[Piece]:
    pieces: list[Piece] = []
    entries, offsets, end = [], [], 0
    for album, folder in zip(albums, folders, strict=True):
        for file in album.files:
            entry = Entry(f"{folder}/{file.path}", file.crc, file.bytes.length)
            header = local_header(entry)
            entries.append(entry)
            offsets.append(end)
            pieces += [header, file.bytes]
            end += len(header) + file.bytes.length
    return [*pieces, directory(entries, offsets, end)]
