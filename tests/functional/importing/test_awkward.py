"""Everything awkward at once: what can be used is used, what cannot is named, and nothing gets into the shop raw."""

import re
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storefront.media.names import MAX_BYTES
from storefront.models import Album
from storefront.money import Money
from storefront.services.catalogue.importing import Imported
from storefront.services.catalogue.production.names import folder_name, track_name
from tests.functional.importing.conftest import Band
from tests.support.awkward import HOSTILE_NAMES, id3v2, info, picture, sound, wav, without_length

BringIn = Callable[..., Imported]
PRICE = Money(900, "eur")

UNSHOWABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def texts(album: Album, imported: Imported) -> list[str]:
    tracks = [word for track in imported.edition.tracks for word in (track.title, track.artist_credit, track.lyrics)]
    problems = [word for problem in imported.problems for word in (problem.file, problem.reason)]
    return [album.title, album.artist_credit, album.slug, *filter(None, tracks), *problems]


def test_hostile_names_become_titles_and_safe_names(band: Band, bring_in: BringIn) -> None:
    for number, name in enumerate(HOSTILE_NAMES):
        sound(band.folder / name, seconds=0.1 + number / 100)
    imported = bring_in(band, price=PRICE)
    assert imported.problems == []
    assert len(imported.edition.tracks) == len(HOSTILE_NAMES)
    assert not [text for text in texts(imported.album, imported) if UNSHOWABLE.search(text)]
    for track in imported.edition.tracks:
        name = track_name(imported.edition, track, "flac")
        assert len(name.encode()) <= MAX_BYTES
        assert not re.search(r'[<>:"/\\|?*]|^\.|[. ]\.flac$', name), name


def test_hostile_tags(band: Band, bring_in: BringIn) -> None:
    bad = (
        "../../etc/passwd",
        "CON",
        "x" * 300,
        "\u202eevil\u2066",
        "a\x00b\x1b[2Jc\r\nd",
        "👩‍👩‍👧‍👦🎸",
        "<img src=x onerror=alert(1)>",
        "{{ 7*7 }} %s ${x} '; DROP TABLE album; --",
    )
    for number, text in enumerate(bad, 1):
        band.song(f"{number}.flac", pitch=100 + number, title=text, artist=text, album=text, label=text, lyrics=text)
    imported = bring_in(band, price=PRICE)
    assert len(imported.edition.tracks) == len(bad)
    assert not [text for text in texts(imported.album, imported) if UNSHOWABLE.search(text)]
    assert max(map(len, texts(imported.album, imported))) <= 500
    assert "/" not in folder_name(imported.edition)


def test_old_encodings_in_a_whole_album(band: Band, bring_in: BringIn) -> None:
    bare = sound(band.folder / "bare.mp3", "libmp3lame", options={"id3v2_version": "0"})
    for number, title in enumerate(("夜の海", "テスト"), 1):
        words = {b"TIT2": title, b"TPE1": "東京", b"TALB": "野帳", b"TRCK": str(number)}
        frames = {name: b"\0" + text.encode("cp932") for name, text in words.items()}
        (band.folder / f"{number}.mp3").write_bytes(id3v2(frames) + bare.read_bytes() + bytes(number * 417))
    bare.unlink()
    imported = bring_in(band, price=PRICE)
    assert (imported.album.title, imported.album.artist_credit) == ("野帳", "東京")
    assert [track.title for track in imported.edition.tracks] == ["夜の海", "テスト"]


def test_good_and_bad_side_by_side(band: Band, bring_in: BringIn) -> None:
    good = {
        "01 VBR.mp3": without_length,
        "02 Eight bits.wav": lambda path: sound(path, "pcm_u8", rate=8_000, layout="mono"),
        "03 Float.wav": lambda path: sound(path, "pcm_f32le", rate=96_000),
        "04 High.flac": lambda path: sound(path, rate=192_000),
        "05 Info.wav": lambda path: path.write_bytes(wav(b"\1\2" * 8_000, chunks=info({b"INAM": b"By its INFO"}))),
    }
    bad = {
        "06 Surround.flac": lambda path: sound(path, layout="5.1"),
        "07 Phone.wav": lambda path: sound(path, "pcm_mulaw"),
        "08 Misnamed.flac": lambda path: sound(path, "pcm_s16le", container="wav"),
        "09 Nothing.mp3": Path.touch,
        "10 Cut.opus": lambda path: path.write_bytes(
            sound(path, "libopus", rate=48_000, seconds=3).read_bytes()[:9_000]
        ),
    }
    for name, make in {**good, **bad}.items():
        make(band.folder / name)
    imported = bring_in(band, price=PRICE)
    assert [track.master_name for track in imported.edition.tracks] == list(good)
    assert [problem.file for problem in imported.problems] == list(bad)
    assert imported.edition.tracks[4].title == "By its INFO"


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_covers_of_ten_megabytes_in_every_track_fill_no_memory(
    band: Band, bring_in: BringIn, session: Session, tmp_path: Path, mode: str
) -> None:
    large = picture("JPEG", (3_200, 3_200), mode=mode, quality=100)
    assert len(large) > 10_000_000
    first = band.song("01.flac", cover=large)
    for number in range(2, 13):
        shutil.copy(first, band.folder / f"{number:02}.flac")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    imported = bring_in(band, price=PRICE)
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert grown < 7 * len(large), "two are read at once, each on its way through a pipe; twelve are not kept"
    assert (imported.problems, imported.album.cover_width) == ([], 3_200)
