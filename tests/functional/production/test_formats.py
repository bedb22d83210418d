"""What an album is sold in: what its owner ticked, if its masters allow."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import av
import pytest
import tinytag
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storefront.jobs import Worker
from storefront.media.digests import sha256
from storefront.media.formats import FOR_LOSSLESS_MASTERS, FORMATS
from storefront.models import Album, Edition, File, FileKind, Track, writing
from storefront.services.catalogue.importing import Imported
from storefront.services.catalogue.production import how_far, request_files
from storefront.wiring import Wiring
from tests.functional.importing.conftest import PRICE, Band
from tests.functional.production.conftest import content, digests, files, saved

BringIn = Callable[..., Imported]
MakeFiles = Callable[[Imported], None]


def tick(session: Session, *formats: str) -> None:
    with writing(session):
        session.execute(update(Album).values(formats=formats))
    session.expire_all()


def test_all_eight_carry_the_tags_the_cover_and_the_loudness(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring, tmp_path: Path
) -> None:
    band.album("Harbour", "Slack Water", genre="Folk", lyrics="la\nla", isrc="NOHLR2600001")
    imported = bring_in(band)
    tick(session, *FOR_LOSSLESS_MASTERS)
    make_files(imported)
    edition = session.scalars(select(Edition).execution_options(populate_existing=True)).one()
    assert edition.loudness_lufs == pytest.approx(-9, abs=1)
    for format in FOR_LOSSLESS_MASTERS:
        _, second = files(session, FileKind.TRACK, format)
        assert second.name == f"02 Slack Water.{FORMATS[format].extension}"
        tag = tinytag.TinyTag.get(saved(tmp_path, wiring, second), image=True)
        assert (tag.title, tag.artist, tag.album, tag.track, tag.genre) == (
            "Slack Water", "Mara Quist", "Low Tide", 2, "Folk",
        )  # fmt: skip
        assert (tag.other["lyrics"], tag.other["isrc"]) == (["la\nla"], ["NOHLR2600001"])
        assert tag.duration == pytest.approx(0.5, abs=0.06)
        assert tag.images.front_cover is not None
        assert tag.images.front_cover.data[:3] == b"\xff\xd8\xff"
        assert any(name.endswith("album_gain") for name in tag.other)
        [archive] = files(session, FileKind.ARCHIVE, format)
        with zipfile.ZipFile(io.BytesIO(content(wiring, archive))) as unpacked:
            assert unpacked.read(f"Mara Quist - Low Tide/{second.name}") == content(wiring, second)
    assert len({file.name for file in session.scalars(select(File).where(File.kind == FileKind.ARCHIVE))}) == 8


def test_a_format_that_is_ticked_later_is_made_beside_the_others(
    band: Band, bring_in: BringIn, session: Session, worker: Worker
) -> None:
    band.album("Harbour")
    imported = bring_in(band)
    tick(session, "flac")
    worker.run_due()
    before = digests(session)
    assert {format for _, _, format in before} == {"flac", "stream"}

    tick(session, "flac", "opus-128")
    with writing(session):
        request_files(session, imported.edition)
    assert not how_far(session, imported.edition).complete
    session.commit()
    assert worker.run_due() == 1

    after = digests(session)
    assert after.items() > before.items()
    assert {format for _, _, format in after} == {"flac", "opus-128", "stream"}
    session.expire_all()
    assert how_far(session, imported.edition).complete


def test_with_one_lossy_track_the_album_is_sold_as_its_originals(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring, tmp_path: Path
) -> None:
    band.album("Finished", "Slack Water")
    imported = bring_in(band)
    finished = band.song("finished.mp3", title="Something else", comment="bought by buyer@example.com")
    wiring.storage.put(sha256(finished), finished)
    with writing(session):
        session.execute(
            update(Track)
            .where(Track.position == 1)
            .values(master_digest=sha256(finished), master_name="01 Finished.mp3", bit_depth=None)
        )
    make_files(imported)

    made = digests(session)
    assert {(kind, format) for _, kind, format in made} == {
        ("track", "original"),
        ("stream", "stream"),
        ("archive", "original"),
    }
    lossy, lossless = files(session, FileKind.TRACK, "original")
    assert (lossy.name, lossless.name) == ("01 Finished.mp3", "02 Slack Water.flac")
    for file, master in ((lossy, "finished.mp3"), (lossless, "02 Slack Water.flac")):
        path = saved(tmp_path, wiring, file)
        assert packets(path) == packets(band.folder / master)
        tag = tinytag.TinyTag.get(path, image=True)
        assert (tag.title, tag.albumartist, tag.comment) == (file.name[3:].split(".")[0], "Mara Quist", None)
        assert tag.images.front_cover is not None
    [archive] = files(session, FileKind.ARCHIVE, "original")
    assert archive.name == "Mara Quist - Low Tide (Original files).zip"


def test_new_tags_alone_encode_nothing_again(
    band: Band, bring_in: BringIn, make_files: MakeFiles, session: Session, wiring: Wiring, tmp_path: Path
) -> None:
    """It is proved by taking the masters away: nothing could be encoded from them."""
    band.album("Harbour", "Slack Water")
    make_files(bring_in(band))
    before = {format: files(session, FileKind.TRACK, format)[1] for format in ("flac", "mp3-v0", "aac-256")}
    streams = [file.digest for file in files(session, FileKind.STREAM, "stream")]
    band.write("album.toml", PRICE + 'title = "High Tide"')
    imported = bring_in(band, overwrite=True)
    assert imported.edition.number == 2
    for track in imported.edition.tracks:
        wiring.storage.delete(track.master_digest)

    make_files(imported)

    assert [file.digest for file in files(session, FileKind.STREAM, "stream")] == sorted(streams * 2, key=streams.index)
    for format, old in before.items():
        new = files(session, FileKind.TRACK, format)[3]
        assert (new.edition_id, new.track_id) == (imported.edition.id, imported.edition.tracks[1].id)
        assert new.digest != old.digest
        (tmp_path / "old").mkdir(exist_ok=True)
        path, old_path = saved(tmp_path, wiring, new), saved(tmp_path / "old", wiring, old)
        assert tinytag.TinyTag.get(path).album == "High Tide"
        assert packets(path) == packets(old_path)
    session.expire_all()
    assert session.scalar(select(func.count(Track.id)).where(Track.peak.is_(None))) == 0
    assert imported.edition.loudness_lufs is not None


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]
