"""From masters to all that is sold: what is inside the files, and that being killed changes nothing."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import tinytag
from PIL import Image
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storefront.jobs import Worker
from storefront.media.formats import FOR_LOSSLESS_MASTERS
from storefront.media.probing import probe
from storefront.models import Album, Edition, EditionState, File, FileKind, Job, Track
from storefront.services.catalogue.importing import Imported
from storefront.services.catalogue.production import ProductionFailed, produce
from storefront.storage import MemoryStorage
from storefront.wiring import Wiring
from tests.functional.importing.conftest import NOW, Band
from tests.functional.production.conftest import content, digests, files, saved

BringIn = Callable[..., Imported]
MakeFiles = Callable[[Imported], None]

#: For one track: a stream, a FLAC, an MP3 and an AAC.
FILES_PER_TRACK = 4
ARCHIVES = 3


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, for this test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_an_edition_is_made_whole_and_is_then_sold(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring
) -> None:
    band.album("Harbour", "Slack Water")
    imported = bring_in(band)
    make_files(imported)
    session.expire_all()
    edition = session.scalars(select(Edition)).one()
    assert (edition.state, edition.album.edition_id) == (EditionState.READY, edition.id)
    every = session.scalars(select(File)).all()
    assert len(every) == 2 * FILES_PER_TRACK + ARCHIVES
    for file in every:
        data = content(wiring, file)
        assert (file.size, file.digest) == (len(data), hashlib.sha256(data).hexdigest())
    for track in edition.tracks:
        assert len(bytes.fromhex(track.peaks)) == 300
        assert max(bytes.fromhex(track.peaks)) == 255


@pytest.mark.parametrize("format", ["flac", "mp3-v0"])
def test_tags_and_cover_are_inside(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring, tmp_path: Path, format: str
) -> None:
    band.album("Harbour", "Slack Water", composer="M. Quist", genre="Folk", lyrics="la\nla", isrc="NOHLR2600001")
    band.write("album.toml", 'price = "9.00"\ncurrency = "EUR"\ncredits = ["Recorded at Nordre Boathouse"]')
    make_files(bring_in(band))
    tag = tinytag.TinyTag.get(saved(tmp_path, wiring, files(session, FileKind.TRACK, format)[1]), image=True)
    assert (tag.title, tag.artist, tag.album, tag.albumartist) == (
        "Slack Water", "Mara Quist", "Low Tide", "Mara Quist",
    )  # fmt: skip
    assert (tag.track, tag.track_total, tag.disc, tag.disc_total) == (2, 2, 1, 1)
    assert (tag.genre, tag.composer, tag.comment) == ("Folk", "M. Quist", "Recorded at Nordre Boathouse")
    assert str(tag.year).startswith("2026")
    assert tag.other["isrc"] == ["NOHLR2600001"]
    cover = tag.images.front_cover
    assert cover is not None
    assert Image.open(io.BytesIO(cover.data)).size == (400, 400)


def test_the_flac_is_the_master_sample_for_sample(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring, tmp_path: Path
) -> None:
    import av

    master = band.song("1.wav", title="A", artist="Mara Quist")
    band.write("album.toml", 'price = "9.00"\ncurrency = "EUR"')
    make_files(bring_in(band))

    def samples(path: Path) -> bytes:
        with av.open(str(path)) as container:
            return b"".join(bytes(frame.planes[0])[: frame.samples * 8] for frame in container.decode(audio=0))

    made = saved(tmp_path, wiring, files(session, FileKind.TRACK, "flac")[0])
    assert (probe(made).bit_depth, probe(made).sample_rate) == (24, 44_100)
    assert samples(made) == samples(master)


def test_a_stream_has_a_constant_bit_rate_and_no_tags(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring, tmp_path: Path
) -> None:
    band.album("Harbour")
    make_files(bring_in(band))
    [stream] = files(session, FileKind.STREAM, "stream")
    tag = tinytag.TinyTag.get(saved(tmp_path, wiring, stream), image=True)
    assert (tag.title, tag.images.front_cover) == (None, None)
    assert stream.size == pytest.approx(0.5 * 128_000 / 8, rel=0.2)


def test_the_zip_of_an_album(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring
) -> None:
    band.album("Harbour")
    band.song("2.flac", title="Slack / Water?", artist="Mara Quist", album="Low Tide", track=2)
    make_files(bring_in(band))
    [archive] = files(session, FileKind.ARCHIVE, "flac")
    assert archive.name == "Mara Quist - Low Tide (FLAC).zip"
    with zipfile.ZipFile(io.BytesIO(content(wiring, archive))) as unpacked:
        assert unpacked.testzip() is None
        assert unpacked.namelist() == [
            "Mara Quist - Low Tide/01 Harbour.flac",
            "Mara Quist - Low Tide/02 Slack - Water-.flac",
            "Mara Quist - Low Tide/cover.jpg",
            "Mara Quist - Low Tide/SHA256SUMS",
        ]
        sums = unpacked.read("Mara Quist - Low Tide/SHA256SUMS").decode()
        tracks = {file.name: file.digest for file in files(session, FileKind.TRACK, "flac")}
        for name, digest in tracks.items():
            assert f"{digest}  {name}\n" in sums
            assert hashlib.sha256(unpacked.read(f"Mara Quist - Low Tide/{name}")).hexdigest() == digest
    assert files(session, FileKind.ARCHIVE, "mp3-v0")[0].name == "Mara Quist - Low Tide (MP3).zip"


def test_tracks_of_one_name_and_of_two_discs_do_not_collide(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring
) -> None:
    for disc in (1, 2):
        band.song(f"CD {disc}/1.flac", pitch=110 * disc, title="Intro", artist="Mara Quist", track=1)
        band.song(f"CD {disc}/2.flac", pitch=70 * disc, title="Intro", artist="Guest", track=2)
    band.write("album.toml", 'artist = "Mara Quist"\nprice = "9.00"\ncurrency = "EUR"')
    make_files(bring_in(band))
    with zipfile.ZipFile(io.BytesIO(content(wiring, files(session, FileKind.ARCHIVE, "flac")[0]))) as unpacked:
        assert [name.split("/")[1] for name in unpacked.namelist()] == [
            "1-01 Intro.flac",
            "1-02 Guest - Intro.flac",
            "2-01 Intro.flac",
            "2-02 Guest - Intro.flac",
            "SHA256SUMS",
        ]


def test_the_worker_makes_what_an_import_left(band: Band, bring_in: BringIn, session: Session, worker: Worker) -> None:
    band.album("Harbour")
    bring_in(band)
    assert worker.run_due() == 1
    assert session.scalar(select(Edition.state)) == EditionState.READY
    assert worker.run_due() == 0


def test_progress_is_told_to_the_end_and_again_from_where_it_was(
    band: Band, bring_in: BringIn, session: Session, wiring: Wiring
) -> None:
    band.album("Harbour", "Slack Water")
    imported = bring_in(band)
    told: list[tuple[int, int]] = []
    produce(session, wiring.storage, imported.edition.public_id, lambda done, total: told.append((done, total)))
    total = 2 * (1 + FILES_PER_TRACK) + ARCHIVES
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_ready_edition_is_left_alone(band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session) -> None:
    band.album("Harbour")
    imported = bring_in(band)
    make_files(imported)
    before = digests(session)
    make_files(imported)
    assert digests(session) == before


def test_an_edition_that_an_import_replaced_is_nobodys_work(
    band: Band, bring_in: BringIn, session: Session, worker: Worker
) -> None:
    band.album("Harbour")
    bring_in(band)
    band.write("album.toml", 'title = "High Tide"\nprice = "9.00"\ncurrency = "EUR"')
    bring_in(band, overwrite=True)
    assert worker.run_due() == 2
    assert list(session.scalars(select(Edition.state))) == [EditionState.READY]
    assert session.scalar(select(func.count(Job.id)).where(Job.done.is_(None))) == 0


def test_a_master_that_is_lost_is_named_and_the_job_tries_again(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring, worker: Worker
) -> None:
    band.album("Harbour", "Slack Water")
    imported = bring_in(band)
    lost = imported.edition.tracks[1].master_digest
    wiring.storage.delete(lost)
    with pytest.raises(ProductionFailed, match=r"02 Slack Water\.flac: it is not in the storage"):
        make_files(imported)
    assert session.scalar(select(Album.edition_id)) is None
    session.rollback()
    worker.run_due()
    session.expire_all()
    assert "02 Slack Water.flac: it is not in the storage" in session.scalars(select(Job.error)).one()
    wiring.storage.put(lost, band.folder / "02 Slack Water.flac")
    make_files(imported)
    assert session.scalar(select(Album.edition_id)) == imported.edition.id


def test_nothing_is_left_in_the_temporary_folder(
    band: Band,
    bring_in: BringIn,
    make_files: MakeFiles,
    wiring: Wiring,
    temporary: Path,
) -> None:
    band.album("Harbour", "Slack Water")
    imported = bring_in(band)
    wiring.storage.delete(imported.edition.tracks[1].master_digest)
    with pytest.raises(ProductionFailed):
        make_files(imported)
    assert list(temporary.iterdir()) == []
    wiring.storage.put(imported.edition.tracks[1].master_digest, band.folder / "02 Slack Water.flac")
    make_files(imported)
    assert list(temporary.iterdir()) == []


def test_two_who_make_the_same_edition_at_once_end_with_one_of_each_file(
    band: Band, bring_in: BringIn, session: Session, wiring: Wiring
) -> None:
    band.album("Harbour", "Slack Water")
    imported = bring_in(band)
    session.commit()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with wiring.sessions() as own:
                produce(own, wiring.storage, imported.edition.public_id)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert session.scalar(select(func.count(File.id))) == 2 * FILES_PER_TRACK + ARCHIVES
    assert session.scalar(select(Edition.state).execution_options(populate_existing=True)) == EditionState.READY


def test_what_is_killed_in_the_middle_goes_on_and_ends_the_same(
    band: Band,
    bring_in: BringIn,
    session: Session,
    wiring: Wiring,
    worker: Worker,
    ini: dict[str, str],
    tmp_path: Path,
    temporary: Path,
) -> None:
    for number in (1, 2, 3):
        band.song(f"{number}.flac", seconds=10, pitch=110 * number, title=f"Part {number}", artist="Mara Quist")
    band.write("album.toml", 'price = "9.00"\ncurrency = "EUR"')
    imported = bring_in(band)
    session.execute(update(Album).values(formats=FOR_LOSSLESS_MASTERS))
    session.execute(update(Track).where(Track.position == 2).values(preview_seconds=30))
    session.commit()
    whole = 3 * (len(FOR_LOSSLESS_MASTERS) + 1) + 1 + len(FOR_LOSSLESS_MASTERS)
    section = "[app:main]\nuse = egg:storefront\n" + "".join(f"{key} = {value}\n" for key, value in ini.items())
    (tmp_path / "shop.ini").write_text(section.replace("%", "%%"))
    killed = subprocess.Popen(
        [sys.executable, "-m", "storefront.cli", "--ini", str(tmp_path / "shop.ini"), "worker", "--once"],
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    try:
        deadline = time.monotonic() + 60
        while session.scalar(select(func.count(File.id))) == 0 and time.monotonic() < deadline:
            session.commit()
            assert killed.poll() is None, "it ended by itself"
            time.sleep(0.01)
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    session.commit()
    made = digests(session)
    assert 0 < len(made) < whole, "it was not killed in the middle"
    assert session.scalar(select(Edition.state).execution_options(populate_existing=True)) == EditionState.BUILDING
    left = list(temporary.iterdir())
    assert left, "it was at work on something"
    for folder in left:
        os.utime(folder, (0, 0))
    session.execute(update(Job).values(due=NOW))  # its lease has ended
    session.commit()
    assert worker.run_due() == 1
    again = digests(session)
    assert len(again) == whole
    assert again.items() >= made.items()
    assert list(temporary.iterdir()) == []
    assert again == _made_at_once(session, wiring, imported, band)


def _made_at_once(session: Session, wiring: Wiring, imported: Imported, band: Band) -> dict[tuple[str, str, str], str]:
    """The digests of the same edition, made into an empty storage without any disturbance."""
    session.execute(update(Album).values(edition_id=None))
    session.query(File).delete()
    session.execute(update(Track).values(peaks="", peak=None))
    session.execute(update(Edition).values(state=EditionState.BUILDING))
    session.commit()
    storage = MemoryStorage()
    for track in imported.edition.tracks:
        storage.put(track.master_digest, band.folder / track.master_name)
    produce(session, storage, imported.edition.public_id)
    return digests(session)
