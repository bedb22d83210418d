"""Bytes flipped in valid files: readers of music, tags and pictures give a value or our own error, and nothing else.

Every day has a seed of its own, which a failure names; STOREFRONT_FUZZ_SEED chooses another. Each call runs in a child
process, as in production.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from storefront.media import child
from storefront.media.accents import accent
from storefront.media.errors import MediaError
from storefront.media.pictures import check_cover, renditions, tag_cover
from storefront.media.probing import Probe, probe
from storefront.media.tagging import write_tags
from storefront.media.tags import MAX_TEXT, Tags, read_tags
from tests.support.awkward import id3v1, info, picture, sound, wav

SEED = int(os.environ.get("STOREFRONT_FUZZ_SEED") or date.today().toordinal())
#: So many mutants of each file.
SONGS, PICTURES = 100, 250
#: A mutant that takes longer hangs.
PATIENCE = 20

TAGS = Tags(title="Low Tide 野帳", artist="Mara", album="Low Tide", track=3, disc=1, date="2026-11-01", lyrics="la\nla")


def mutants(whole: bytes, chance: random.Random) -> Iterator[bytes]:
    """Endless: bytes changed, most of them near the ends, where headers are; cut, doubled, lengths made huge."""
    while True:
        mutant = bytearray(whole)
        for _ in range(chance.randrange(1, 12)):
            place = chance.randrange(chance.choice((64, 600, 4_000, len(mutant)))) % len(mutant)
            match chance.randrange(6):
                case 0 | 1:
                    mutant[place] = chance.randrange(256)
                case 2:
                    mutant[place] ^= 1 << chance.randrange(8)
                case 3:
                    mutant[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4)))
                case 4:
                    mutant[-1 - place % len(mutant)] = chance.randrange(256)
                case 5:
                    mutant[place:place] = mutant[place : place + chance.randrange(1, 64)]
        yield bytes(mutant[: chance.randrange(1, len(mutant))] if chance.random() < 0.1 else mutant)


def songs(folder: Path) -> dict[str, bytes]:
    """A small valid file of each kind, with tags and a picture inside."""
    cover = picture(size=(24, 24))
    kinds = {
        "a.flac": ("flac", 44_100),
        "a.mp3": ("libmp3lame", 44_100),
        "a.m4a": ("aac", 44_100),
        "b.m4a": ("alac", 44_100),
        "a.opus": ("libopus", 48_000),
        "a.ogg": ("vorbis", 44_100),
        "a.wav": ("pcm_s16le", 44_100),
        "a.aiff": ("pcm_s16be", 44_100),
    }
    made = {}
    for name, (codec, rate) in kinds.items():
        path = sound(folder / name, codec, seconds=0.05, rate=rate)
        write_tags(path, TAGS, cover)
        made[name] = path.read_bytes()
    made["b.mp3"] = made["a.mp3"] + id3v1("Café".encode("latin-1"), "テスト".encode("cp932"))
    made["b.wav"] = wav(b"\1\2" * 500, chunks=info({b"INAM": b"Harbour", b"ITRK": b"3/9", b"ICRD": b"2026-11"}))
    return made


def told(function: Callable[..., object], argument: object, mutant: bytes) -> object:
    """What the function returned, or None for our own error; a crash, a hang or any other error fails the test."""
    try:
        with suppress(MediaError, child.ChildOutOfMemory):
            return child.run(function, argument, memory_mb=512, seconds=PATIENCE)
    except Exception as error:
        pytest.fail(f"seed {SEED}: {function.__name__} of {mutant[:64]!r}...: {type(error).__name__}: {error}")
    return None


def test_music(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    breeders = {name: mutants(whole, chance) for name, whole in songs(tmp_path).items()}
    seen = {"read": 0, "refused": 0, "titled": 0}
    for _ in range(SONGS):
        for name, breeder in breeders.items():
            mutant = next(breeder)
            path = tmp_path / f"mutant{Path(name).suffix}"
            path.write_bytes(mutant)
            tags, found = told(read_tags, path, mutant), told(probe, path, mutant)
            assert isinstance(tags, Tags), f"seed {SEED}"
            assert len(tags.title) <= MAX_TEXT
            seen["titled"] += bool(tags.title)
            seen["read" if isinstance(found, Probe) else "refused"] += 1
    assert min(seen.values()) > 10, f"a fuzz that only sees one side of the wall is none: {seen}"


def test_pictures() -> None:
    chance = random.Random(SEED)
    whole = [
        picture("JPEG", (48, 48)),
        picture("JPEG", (48, 48), progressive=True),
        picture("JPEG", (40, 40), mode="CMYK"),
        picture("PNG", (48, 48)),
        picture("PNG", (48, 48), mode="P"),
        picture("WEBP", (48, 48)),
        picture("WEBP", (48, 48), lossless=True),
    ]
    breeders = [mutants(one, chance) for one in whole]
    seen = {"read": 0, "refused": 0}
    for _ in range(PICTURES):
        for breeder in breeders:
            mutant = next(breeder)
            good = told(check_cover, mutant, mutant)
            seen["read" if good else "refused"] += 1
            if good:
                for function in (accent, tag_cover, renditions):
                    assert told(function, mutant, mutant), f"seed {SEED}: {function.__name__} of what was checked"
    assert min(seen.values()) > 10, seen
