"""From the masters of an edition to every file that is sold or heard.

Each file is a step of its own: encoded in a child process, stored under its digest, then written down. So production
that was killed goes on where it was, and ends the same. The edition is ready, and sold, when nothing is missing; one
that is ready already and is to have another format or preview gets what it lacks.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from storefront.media import child
from storefront.media.pictures import tag_cover
from storefront.models import Edition, EditionState, end_reading, writing
from storefront.services.catalogue.machine import CORES
from storefront.services.catalogue.production.archives import make_archive
from storefront.services.catalogue.production.errors import ProductionFailed, naming
from storefront.services.catalogue.production.measuring import is_measured, level_of, measure_track
from storefront.services.catalogue.production.plan import archive_steps, formats_on_offer, track_steps
from storefront.services.catalogue.production.records import (
    copy_measures,
    earlier_files,
    made_so_far,
    make_ready,
    read_edition,
    record_file,
    record_measures,
    track_files,
)
from storefront.services.catalogue.production.requests import Progress, how_far, request_files, set_previews
from storefront.services.catalogue.production.tracks import Sleeve, make_track_file
from storefront.services.catalogue.workplace import clear_workplaces
from storefront.storage import Storage

__all__ = [
    "ProductionFailed",
    "Progress",
    "formats_on_offer",
    "how_far",
    "produce",
    "request_files",
    "set_previews",
]

T = TypeVar("T")

Report = Callable[[int, int], None]


def produce(session: Session, storage: Storage, public_id: str, report: Report = lambda done, total: None) -> None:
    """Makes all files of the edition of this public id that are not there yet, on every core, and then makes it ready.

    `report` is told how many of the edition's steps are done, and of how many. An edition that lacks nothing, or was
    deleted for a newer one, is left alone. Raises ProductionFailed; what was made until then is kept.
    """
    edition = read_edition(session, public_id)
    if edition is None or _lacks_nothing(session, edition):
        return
    clear_workplaces()
    counter = _Counter(edition, report)
    _measure(session, storage, edition, counter)
    edition = read_edition(session, public_id)
    if edition is None:
        return
    sleeve = Sleeve(_cover(storage, edition), level_of(edition))
    _make_track_files(session, storage, edition, sleeve, counter)
    _make_archives(session, storage, edition, sleeve, counter)
    with writing(session):  # step: the edition is sold from now on
        make_ready(session, edition)


class _Counter:
    """Counts the steps of an edition: for each track its measures and files, then the archives."""

    def __init__(self, edition: Edition, report: Report) -> None:
        self._done = 0
        self._total = len(edition.tracks) + len([*track_steps(edition), *archive_steps(edition)])
        self._report = report

    def add(self, steps: int = 1) -> None:
        self._done += steps
        self._report(self._done, self._total)


def _lacks_nothing(session: Session, edition: Edition) -> bool:
    progress = how_far(session, edition)
    end_reading(session)
    return edition.state == EditionState.READY and progress.done == progress.total


def _cover(storage: Storage, edition: Edition) -> bytes | None:
    """The album's cover as it goes into music files."""
    if edition.album.cover_digest is None:
        return None
    with naming("the cover"), storage.open(edition.album.cover_digest) as file:
        return child.run(tag_cover, file.read())


def _measure(session: Session, storage: Storage, edition: Edition, counter: _Counter) -> None:
    with writing(session):  # step: the same music in an earlier edition was measured
        known = is_measured(edition) or copy_measures(session, edition)
    if known:
        counter.add(len(edition.tracks))
        return
    measured = []
    for track in _all_at_once(partial(measure_track, storage, track) for track in edition.tracks):
        measured.append(track)
        counter.add()
    with writing(session):  # step: it is known how loud the edition is
        record_measures(session, edition, measured)


def _make_track_files(session: Session, storage: Storage, edition: Edition, sleeve: Sleeve, counter: _Counter) -> None:
    steps, made = list(track_steps(edition)), made_so_far(session, edition)
    earlier = earlier_files(session, edition)
    end_reading(session)
    wanted = [step for step in steps if step.key not in made]
    counter.add(len(steps) - len(wanted))
    for file in _all_at_once(
        partial(make_track_file, storage, edition, step, sleeve, earlier.get(step.key)) for step in wanted
    ):
        with writing(session):  # step: a track's file is there
            record_file(session, edition, file)
        counter.add()


def _make_archives(session: Session, storage: Storage, edition: Edition, sleeve: Sleeve, counter: _Counter) -> None:
    steps, made = list(archive_steps(edition)), made_so_far(session, edition)
    wanted = [step for step in steps if step.key not in made]
    parts = {step: track_files(session, edition, step.format) for step in wanted}
    end_reading(session)
    counter.add(len(steps) - len(wanted))
    for file in _all_at_once(
        partial(make_archive, storage, edition, step, parts[step], sleeve.cover) for step in wanted
    ):
        with writing(session):  # step: the whole album in one format is there
            record_file(session, edition, file)
        counter.add()


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
