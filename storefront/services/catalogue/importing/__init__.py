"""A band's folder -> a draft album: masters into storage, words and cover into rows, and the job that makes the files.

The folder is read first, and completely; then the masters are stored; then one step writes it all. So an import that
is killed can be run again, and so can one that was not: the same folder is the same album, changed where it changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from storefront.models import Album, Edition, end_reading, writing
from storefront.money import Money
from storefront.services.catalogue.importing.album_file import read_album_file
from storefront.services.catalogue.importing.covers import read_cover, store_cover
from storefront.services.catalogue.importing.errors import BadAlbumFile, ImportRefused, Problem, shown
from storefront.services.catalogue.importing.folders import album_folders, find_music, stray_folders
from storefront.services.catalogue.importing.masters import read_masters
from storefront.services.catalogue.importing.ordering import in_order
from storefront.services.catalogue.importing.saving import Outcome, Reading, find_album, save_album
from storefront.services.catalogue.importing.words import gather_words
from storefront.storage import Storage

__all__ = ["BadAlbumFile", "ImportRefused", "Imported", "Outcome", "Problem", "album_folders", "import_folder"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a folder; `problems` are the files that were left out."""

    album: Album
    edition: Edition
    outcome: Outcome
    problems: list[Problem]


def import_folder(
    session: Session,
    storage: Storage,
    folder: Path,
    *,
    now: datetime,
    price: Money | None = None,
    produce_at: datetime | None = None,
    report: Callable[[str], None] = lambda file: None,
) -> Imported:
    """Imports one album (see album_folders) as a draft, or updates the album that came from this folder before.

    `now` is in the shop's time zone: where nobody says a date, the album is of today. `price` is for a folder that
    says none. `produce_at` is when the job that makes the files is due, at once by default. `report` is told the name
    of each file that was looked at. Raises ImportRefused, with nothing written, where there is no music that can be
    used or no price, and BadAlbumFile for what album.toml says wrongly.
    """
    folder = folder.absolute()
    reading, problems = _read(folder, price, report)
    if reading.price is None and find_album(session, reading) is None:
        raise ImportRefused(
            f'{shown(folder)}: nobody says what it costs; write price = "9.00" and currency = "EUR" into '
            "its album.toml, or give --price and --currency"
        )
    end_reading(session)
    for track in reading.words.tracks:
        storage.put(track.placed.master.digest, track.placed.master.file.path)
    if reading.cover:
        store_cover(storage, reading.cover)
    with writing(session):  # step: the draft, its edition, and the job that makes its files
        album, edition, outcome = save_album(session, reading, now, produce_at or now)
    return Imported(album, edition, outcome, problems)


def _read(folder: Path, price: Money | None, report: Callable[[str], None]) -> tuple[Reading, list[Problem]]:
    said = read_album_file(folder)
    masters, problems = read_masters(find_music(folder), report)
    for name in stray_folders(folder):
        problems.append(Problem(f"{name}/", 'only folders called like "CD 2" belong to the album; import it by itself'))
    if not masters:
        raise ImportRefused(*(f"{shown(folder.name)}/{problem}" for problem in problems))
    cover, spoilt = read_cover(folder, masters)
    words = gather_words(folder.name, said, in_order(masters))
    return Reading(words, said, said.price or price, cover), [*problems, *spoilt]
