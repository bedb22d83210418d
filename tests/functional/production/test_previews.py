"""How much of a track anybody may hear is set track by track, and holds at once."""

import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import av
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storefront.jobs import Worker
from storefront.models import File, FileKind, Track, writing
from storefront.services.catalogue.importing import Imported
from storefront.services.catalogue.production import how_far, produce, set_previews
from storefront.services.catalogue.production.made import MadeFile
from storefront.services.catalogue.production.plan import track_steps
from storefront.services.catalogue.production.records import read_edition, record_file
from storefront.wiring import Wiring
from tests.functional.importing.conftest import PRICE, Band
from tests.functional.production.conftest import content, files

BringIn = Callable[..., Imported]


@pytest.fixture
def imported(band: Band, bring_in: BringIn, session: Session, worker: Worker) -> Imported:
    """An edition of two tracks of 62 s, made."""
    for number in (1, 2):
        band.song(f"{number}.flac", seconds=62, pitch=110 * number, title=f"Part {number}", artist="Mara Quist")
    band.write("album.toml", PRICE)
    imported = bring_in(band)
    with writing(session):
        imported.album.formats = ("flac",)
    assert worker.run_due() == 1
    return imported


def set_to(session: Session, imported: Imported, *seconds: int | None) -> None:
    session.expire_all()
    tracks = [track.id for track in imported.edition.tracks]
    with writing(session):
        set_previews(session, imported.edition, dict(zip(tracks, seconds, strict=True)))
    session.expire_all()


def heard(session: Session, wiring: Wiring) -> list[float]:
    """How long each preview is, in seconds, track by track."""
    lengths = []
    for file in files(session, FileKind.PREVIEW, "stream"):
        with av.open(io.BytesIO(content(wiring, file))) as container:
            samples = sum(frame.samples for frame in container.decode(audio=0))
            lengths.append(samples / container.streams.audio[0].rate)
    return lengths


def test_a_cut_is_a_file_of_its_own(session: Session, wiring: Wiring, worker: Worker, imported: Imported) -> None:
    assert files(session, FileKind.PREVIEW, "stream") == []
    set_to(session, imported, 30, 0)
    assert worker.run_due() == 1
    assert heard(session, wiring) == pytest.approx([30], abs=0.03)
    assert files(session, FileKind.PREVIEW, "stream")[0].track_id == imported.edition.tracks[0].id
    set_to(session, imported, 30, 60)
    assert worker.run_due() == 1
    assert heard(session, wiring) == pytest.approx([30, 60], abs=0.03)
    assert how_far(session, imported.edition).complete


def test_the_longer_cut_is_gone_at_once(session: Session, wiring: Wiring, worker: Worker, imported: Imported) -> None:
    set_to(session, imported, 60, None)
    worker.run_due()
    set_to(session, imported, 30, None)
    assert heard(session, wiring) == []
    assert not how_far(session, imported.edition).complete
    session.commit()
    worker.run_due()
    assert heard(session, wiring) == pytest.approx([30], abs=0.03)
    set_to(session, imported, 0, None)
    worker.run_due()
    assert heard(session, wiring) == []
    assert how_far(session, imported.edition).complete


def test_what_is_set_as_it_was_makes_no_work(session: Session, worker: Worker, imported: Imported) -> None:
    set_to(session, imported, None, None)
    assert worker.run_due() == 0


def test_a_cut_that_was_made_for_an_older_setting_is_dropped(
    session: Session, wiring: Wiring, worker: Worker, imported: Imported
) -> None:
    """A worker was cutting 60 seconds while the owner chose 30."""
    set_to(session, imported, 60, None)
    edition = read_edition(session, imported.edition.public_id)
    assert edition is not None
    [step] = [step for step in track_steps(edition) if step.kind == FileKind.PREVIEW]
    session.expunge_all()
    with writing(session):
        set_previews(session, session.merge(edition, load=False), {edition.tracks[0].id: 30})
    with writing(session):
        record_file(session, edition, MadeFile(step, "0" * 64, 1, "late.mp3"))
    assert session.scalars(select(File).where(File.kind == FileKind.PREVIEW)).all() == []
    produce(session, wiring.storage, edition.public_id)
    assert heard(session, wiring) == pytest.approx([30], abs=0.03)


def test_seconds_that_no_page_offers_are_refused(session: Session, imported: Imported) -> None:
    for seconds in (10, 29, 91, -1):
        with pytest.raises(IntegrityError, match=r"preview_seconds"):
            set_to(session, imported, seconds, None)
    assert session.scalars(select(Track.preview_seconds)).all() == [None, None]


def test_a_cut_that_is_written_down_while_another_is_chosen_is_forgotten(
    session: Session, wiring: Wiring, imported: Imported
) -> None:
    """Neither of the two sees what the other has not committed yet."""
    set_to(session, imported, 60, None)
    edition = read_edition(session, imported.edition.public_id)
    assert edition is not None
    [step] = [step for step in track_steps(edition) if step.kind == FileKind.PREVIEW]

    def choose() -> None:
        with wiring.sessions() as other:
            theirs = read_edition(other, imported.edition.public_id)
            assert theirs is not None
            with writing(other):
                set_previews(other, theirs, {theirs.tracks[0].id: 30})

    with ThreadPoolExecutor(1) as threads:
        with writing(session):
            record_file(session, edition, MadeFile(step, "0" * 64, 1, "late.mp3"))
            chosen = threads.submit(choose)
            time.sleep(0.3)
        chosen.result()
    assert session.scalars(select(File).where(File.kind == FileKind.PREVIEW)).all() == []
