"""Bytes flipped in valid files: readers of music, tags and pictures give a value or our own error, and nothing else.

The same mutants come first in every run; then, for some seconds, those of a seed that no run has had. A failure names
the seed, which STOREFRONT_FUZZ_SEED chooses again (STOREFRONT_FUZZ_SECONDS: for how long), and keeps the bytes.
Each call runs in a child process, as in production.
"""

import hashlib
import os
import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
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

#: Of the mutants that every run has, and of those that only this one has.
FIXED, FRESH = 1, int(os.environ.get("STOREFRONT_FUZZ_SEED") or secrets.randbits(32))
#: So many fixed mutants of each file.
SONGS, PICTURES = 25, 60
#: For how long fresh ones follow, in each of the two tests.
SECONDS = float(os.environ.get("STOREFRONT_FUZZ_SECONDS") or 10)
KEPT = Path(__file__).parents[2] / "artifacts" / "fuzz"
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


def bred(files: Mapping[str, bytes], rounds: int) -> Iterator[tuple[str, bytes]]:
    """(name of a file, mutant of it): so many fixed rounds of all files, and fresh ones until the time is over."""
    for seed in (FIXED, FRESH):
        chance = random.Random(seed)
        breeders = {name: mutants(whole, chance) for name, whole in files.items()}
        begun, done = time.monotonic(), 0
        while done < rounds if seed == FIXED else time.monotonic() - begun < SECONDS:
            done += 1
            yield from ((name, next(breeder)) for name, breeder in breeders.items())


def give_up(name: str, mutant: bytes, what: str) -> None:
    """Fails the test, with the mutant kept."""
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{hashlib.sha256(mutant).hexdigest()[:16]}-{name}"
    kept.write_bytes(mutant)
    pytest.fail(f"{what}; seed {FRESH}; the file is kept as {kept}")


def told(function: Callable[..., object], argument: object, name: str, mutant: bytes) -> object:
    """What the function returned, or None for our own error; a crash, a hang or any other error fails the test."""
    try:
        with suppress(MediaError, child.ChildOutOfMemory):
            return child.run(function, argument, memory_mb=512, seconds=PATIENCE)
    except Exception as error:
        give_up(name, mutant, f"{function.__name__}: {type(error).__name__}: {error}")
    return None


def both_sides(seen: Mapping[str, int]) -> bool:
    """A fuzz that only sees one side of the wall is none."""
    return min(seen.values()) > 10


def test_music(tmp_path: Path) -> None:
    seen = {"read": 0, "refused": 0, "titled": 0}
    for name, mutant in bred(songs(tmp_path), SONGS):
        path = tmp_path / f"mutant{Path(name).suffix}"
        path.write_bytes(mutant)
        tags, found = told(read_tags, path, name, mutant), told(probe, path, name, mutant)
        if not isinstance(tags, Tags) or len(tags.title) > MAX_TEXT:
            give_up(name, mutant, f"read_tags gives {tags!r:.200}")
        else:
            seen["titled"] += bool(tags.title)
        seen["read" if isinstance(found, Probe) else "refused"] += 1
    assert both_sides(seen), seen


def test_pictures() -> None:
    whole = {
        "a.jpg": picture("JPEG", (48, 48)),
        "b.jpg": picture("JPEG", (48, 48), progressive=True),
        "c.jpg": picture("JPEG", (40, 40), mode="CMYK"),
        "a.png": picture("PNG", (48, 48)),
        "b.png": picture("PNG", (48, 48), mode="P"),
        "a.webp": picture("WEBP", (48, 48)),
        "b.webp": picture("WEBP", (48, 48), lossless=True),
    }
    seen = {"read": 0, "refused": 0}
    for name, mutant in bred(whole, PICTURES):
        good = told(check_cover, mutant, name, mutant)
        seen["read" if good else "refused"] += 1
        for function in (accent, tag_cover, renditions) if good else ():
            if not told(function, mutant, name, mutant):
                give_up(name, mutant, f"{function.__name__} gives nothing of what was checked")
    assert both_sides(seen), seen
