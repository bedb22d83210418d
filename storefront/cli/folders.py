"""`storefront import FOLDER...`: what becomes of each album is said while it is read."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from storefront.cli.configuration import Configuration
from storefront.cli.progress import progress
from storefront.models import make_sessions
from storefront.money import Money
from storefront.services.catalogue.importing import (
    FoundAlbum,
    Imported,
    ImportRefused,
    Outcome,
    ReadAlbum,
    by_source,
    find_albums,
    plan,
    read_album,
    save,
)
from storefront.services.catalogue.production import ProductionFailed, produce
from storefront.services.catalogue.publishing import NotReadyForSale, publish

#: A command that makes the files itself still leaves the job, later, in case it does not come to its end.
GRACE = timedelta(minutes=10)
WOULD = {Outcome.CREATED: "would be created", Outcome.UPDATED: "would be updated", Outcome.UNCHANGED: "would stay"}


class FolderDesk:
    """Takes folder after folder, says what became of each album, and counts what was wrong."""

    def __init__(
        self,
        configuration: Configuration,
        engine: Engine,
        price: Money | None,
        dry_run: bool,
        publishing: bool,
        overwrite: bool,
    ) -> None:
        self._configuration = configuration
        self._sessions = make_sessions(engine)
        self._price = price
        self._dry_run = dry_run
        self._publishing = publishing
        self._overwrite = overwrite
        #: What was taken in this run, by artist and title and by the recordings.
        self._taken: dict[object, ReadAlbum] = {}
        self._files = 0
        self.complaints = 0

    def take_all(self, folders: Iterable[Path]) -> None:
        """Imports every album in `folders`, with a bar that counts their files where somebody watches."""
        albums = [album for folder in folders for album in self._find(folder)]
        with click.progressbar(
            length=sum(len(album.files) for album in albums),
            label="Reading",
            show_pos=True,
            item_show_func=lambda file: file,
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as bar:
            for album in albums:
                with self._sessions() as session:
                    self._take(session, album, lambda file: bar.update(1, file))
        if len(albums) > 1:
            taken = len({id(read) for read in self._taken.values()})
            wrong = f", {_counted(self.complaints, 'thing')} wrong" if self.complaints else ""
            _say(f"In all: {_counted(taken, 'album')}, {_counted(self._files, 'track')}{wrong}.")

    def _find(self, folder: Path) -> tuple[FoundAlbum, ...]:
        try:
            found = find_albums(folder)
        except ImportRefused as refused:
            self._complain(*refused.problems)
            return ()
        self._complain(*map(str, found.problems))
        return found.albums

    def _take(self, session: Session, found: FoundAlbum, report: Callable[[str], None]) -> None:
        now = datetime.now(self._configuration.settings.shop_timezone)
        try:
            read = read_album(found, price=self._price, report=report)
            if self._is_there(read):
                return
            if self._dry_run:
                outcome, kept = plan(session, read, now=now, overwrite=self._overwrite)
                self._tell(read, outcome, kept)
            else:
                imported = self._save(session, read, now)
        except ImportRefused as refused:
            self._complain(*refused.problems)
            return
        self._taken.update(dict.fromkeys(_known_by(read), read))
        self._files += len(read.tracks)
        self._complain(*(f"{_name(read)}: {problem}" for problem in read.problems))
        if self._publishing and read.problems:
            self._complain(f"{_name(read)} is not published, because files were left out.")
        elif self._publishing:
            self._publish(session, imported, read, now)

    def _is_there(self, read: ReadAlbum) -> bool:
        """Whether another folder of this run was this album; the lossy copy of a lossless one needs no complaint."""
        earlier = next((self._taken[key] for key in _known_by(read) if key in self._taken), None)
        if earlier is None:
            return False
        sentence = f"{read.folder}: it is {_name(earlier)}, which was taken from {earlier.folder} already"
        if read.lossless or not earlier.lossless:
            self._complain(sentence)
        else:
            _say(f"{sentence}, in a lossless form")
        return True

    def _save(self, session: Session, read: ReadAlbum, now: datetime) -> Imported:
        produce_at = now + GRACE if self._publishing else now
        storage = self._configuration.wiring.storage
        imported = save(session, storage, read, now=now, produce_at=produce_at, overwrite=self._overwrite)
        self._tell(read, imported.outcome, imported.kept)
        return imported

    def _tell(self, read: ReadAlbum, outcome: Outcome, kept: Sequence[str]) -> None:
        _say(f"{_name(read)}: {WOULD[outcome] if self._dry_run else outcome}, {_counted(len(read.tracks), 'track')}")
        if self._dry_run:
            for track in read.tracks:
                seconds = track.placed.master.probe.duration_ms // 1000
                artist = f"{track.artist_credit} - " if track.artist_credit else ""
                _say(
                    f"  {track.disc}-{track.position:02} {artist}{track.title} ({seconds // 60}:{seconds % 60:02}), "
                    f"{track.placed.master.file.name}"
                )
        if outcome == Outcome.CREATED and read.reading.price is None:
            _say("  nobody says what it costs, so it has no price yet")
        if outcome != Outcome.UNCHANGED:
            for source, what in by_source(read.taken).items():
                _say(f"  from {source}: {', '.join(what)}")
        if kept:
            _say(f"  kept yours: {', '.join(kept)} (--overwrite takes the folder's)")
        if read.twins:
            _say(f"  left out, because the same is there in a lossless form: {', '.join(read.twins)}")

    def _publish(self, session: Session, imported: Imported, read: ReadAlbum, now: datetime) -> None:
        try:
            with progress("  making its files") as report:
                produce(session, self._configuration.wiring.storage, imported.edition.public_id, report)
            publish(session, imported.album, now)
        except ProductionFailed as error:
            self._complain(f"{_name(read)} is not published: {error}.")
        except NotReadyForSale as error:
            self._complain(f"{_name(read)} is not published. {error}")
        else:
            click.echo(f"  on sale at {self._configuration.wiring.links.album(imported.album.slug)}")

    def _complain(self, *sentences: str) -> None:
        self.complaints += len(sentences)
        for sentence in sentences:
            _say(sentence, err=True)


def _say(sentence: str, *, err: bool = False) -> None:
    """Prints a line in the place of the bar, which comes again below it."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    click.echo(sentence, err=err)


def _known_by(read: ReadAlbum) -> tuple[object, object]:
    """Artist and title, and the recordings."""
    return (read.artist_credit, read.title), frozenset(read.reading.sounds)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _name(read: ReadAlbum) -> str:
    return f"{read.artist_credit or 'Nobody'}, {read.title}"
