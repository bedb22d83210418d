"""From the masters of an edition to every file that is sold or heard.

Each file is a step of its own: encoded in a child process, stored under its digest, then written down. So production
that was killed goes on where it was, and ends the same. The edition is ready, and sold, when nothing is missing.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from itertools import product
from typing import TypeVar

from sqlalchemy.orm import Session

from storefront.media import child
from storefront.media.formats import Format
from storefront.media.pictures import tag_cover
from storefront.models import Edition, FileKind, end_reading, writing
from storefront.services.catalogue.machine import CORES
from storefront.services.catalogue.production.archives import make_archive
from storefront.services.catalogue.production.errors import ProductionFailed, naming
from storefront.services.catalogue.production.records import (
    made_so_far,
    make_ready,
    read_edition,
    record_file,
    record_peaks,
    track_files,
)
from storefront.services.catalogue.production.tracks import make_peaks, make_track_file
from storefront.services.catalogue.workplace import clear_workplaces
from storefront.storage import Storage

__all__ = ["ProductionFailed", "produce"]

T = TypeVar("T")

#: What an edition is sold in, as a whole and by track.
SOLD = (Format.FLAC, Format.MP3_V0)
PER_TRACK = ((FileKind.STREAM, Format.STREAM), *((FileKind.TRACK, format) for format in reversed(SOLD)))

Report = Callable[[int, int], None]


def produce(session: Session, storage: Storage, public_id: str, report: Report = lambda done, total: None) -> None:
    """Makes all files of the edition of this public id that are not there yet, on every core, and then makes it ready.

    `report` is told how many of the edition's steps are done, and of how many. An edition that is ready, or was deleted
    for a newer one, is left alone. Raises ProductionFailed; what was made until then is kept.
    """
    edition = read_edition(session, public_id)
    if edition is None:
        return
    clear_workplaces()
    progress = _Progress(edition, report)
    cover = _cover(storage, edition)
    _make_peaks(session, storage, edition, progress)
    _make_track_files(session, storage, edition, cover, progress)
    _make_archives(session, storage, edition, cover, progress)
    with writing(session):  # step: the edition is sold from now on
        make_ready(session, edition)


class _Progress:
    """Counts the steps of an edition: for each track its peaks and files, then the archives."""

    def __init__(self, edition: Edition, report: Report) -> None:
        self._done = 0
        self._total = len(edition.tracks) * (1 + len(PER_TRACK)) + len(SOLD)
        self._report = report

    def add(self, steps: int = 1) -> None:
        self._done += steps
        self._report(self._done, self._total)


def _cover(storage: Storage, edition: Edition) -> bytes | None:
    """The album's cover as it goes into music files."""
    if edition.album.cover_digest is None:
        return None
    with naming("the cover"), storage.open(edition.album.cover_digest) as file:
        return child.run(tag_cover, file.read())


def _make_peaks(session: Session, storage: Storage, edition: Edition, progress: _Progress) -> None:
    tracks = [track for track in edition.tracks if not track.peaks]
    progress.add(len(edition.tracks) - len(tracks))
    for track_id, outline in _all_at_once(partial(make_peaks, storage, track) for track in tracks):
        with writing(session):  # step: a track has its outline
            record_peaks(session, track_id, outline)
        progress.add()


def _make_track_files(
    session: Session, storage: Storage, edition: Edition, cover: bytes | None, progress: _Progress
) -> None:
    made = made_so_far(session, edition)
    end_reading(session)
    # The longest first, so that no core has to wait for another at the end.
    longest_first = sorted(edition.tracks, key=lambda track: -track.duration_ms)
    every = product(PER_TRACK, longest_first)
    wanted = [(kind, format, track) for (kind, format), track in every if (track.id, kind, format) not in made]
    progress.add(len(edition.tracks) * len(PER_TRACK) - len(wanted))
    jobs = (partial(make_track_file, storage, edition, track, kind, format, cover) for kind, format, track in wanted)
    for file in _all_at_once(jobs):
        with writing(session):  # step: a track's file is there
            record_file(session, edition, file)
        progress.add()


def _make_archives(
    session: Session, storage: Storage, edition: Edition, cover: bytes | None, progress: _Progress
) -> None:
    made = made_so_far(session, edition)
    wanted = [format for format in SOLD if (None, FileKind.ARCHIVE, format) not in made]
    parts = {format: track_files(session, edition, format) for format in wanted}
    end_reading(session)
    progress.add(len(SOLD) - len(wanted))
    for file in _all_at_once(
        partial(make_archive, storage, edition, format, parts[format], cover) for format in wanted
    ):
        with writing(session):  # step: the whole album in one format is there
            record_file(session, edition, file)
        progress.add()


def _all_at_once(jobs: Iterable[Callable[[], T]]) -> Iterator[T]:
    """What the jobs return, as they end, as many at once as there are cores. After an error no other is begun."""
    with ThreadPoolExecutor(CORES, thread_name_prefix="produce") as threads:
        futures = [threads.submit(job) for job in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
