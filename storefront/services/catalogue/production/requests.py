"""Asking for the files of an edition, and how far their making is."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.models import Edition, File, FileKind, Job, Track
from storefront.services.catalogue.production.measuring import is_measured
from storefront.services.catalogue.production.plan import archive_steps, track_steps
from storefront.services.catalogue.production.records import made_so_far
from storefront.services.catalogue.version import bump_catalogue


@dataclass(frozen=True, slots=True)
class Progress:
    """The steps of an edition's production; `failure` says in words what went wrong, if something did."""

    done: int
    total: int
    failure: str

    @property
    def complete(self) -> bool:
        """Whether every file that the edition is offered in is there."""
        return self.done == self.total


def how_far(session: Session, edition: Edition) -> Progress:
    """By what is written down: the same for whoever makes the files, and after a crash."""
    steps = [*track_steps(edition), *archive_steps(edition)]
    made = made_so_far(session, edition)
    measured = len(edition.tracks) if is_measured(edition) else 0
    done = measured + sum(step.key in made for step in steps)
    return Progress(done, len(edition.tracks) + len(steps), _failure(session, edition))


def request_files(session: Session, edition: Edition) -> None:
    """Queues the job that makes whatever the edition lacks, in the caller's step.

    To be asked for whenever Album.formats or a track's preview changes; a new edition has its own job.
    """
    key = f"{_key(edition)}:{secrets.token_hex(8)}"
    enqueue(session, "produce", key=key, edition=edition.public_id)


def set_previews(session: Session, edition: Edition, seconds: Mapping[int, int | None]) -> None:
    """Sets how much of tracks, by their numbers, is heard by who has not bought them, in the caller's step.

    As Track.preview_seconds: None for all, 0 for nothing, 30 to 90. A shorter one holds from now on: the old cut is
    forgotten here, and the new one heard when its job is done.
    """
    changed = [track for track in edition.tracks if track.id in seconds and track.preview_seconds != seconds[track.id]]
    for track in changed:
        session.execute(update(Track).where(Track.id == track.id).values(preview_seconds=seconds[track.id]))
        session.execute(delete(File).where(File.track_id == track.id, File.kind == FileKind.PREVIEW))
    if changed:
        bump_catalogue(session)
        request_files(session, edition)


def _key(edition: Edition) -> str:
    """Of the job that an edition is born with; those that are asked for later have more after it."""
    return f"produce:{edition.public_id}"


def _failure(session: Session, edition: Edition) -> str:
    newest = select(Job).where(Job.key.startswith(_key(edition))).order_by(Job.id.desc()).limit(1)
    job = session.scalar(newest)
    return job.error if job and not job.done else ""
