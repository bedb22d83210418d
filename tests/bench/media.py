"""Measures the making of music files: each format against the system's ffmpeg, and a whole album in all eight formats.

    python -m tests.bench.media

The music is the demo's. A format's figure is processor time, ours over ffmpeg's for the same file with the same
settings, in turns. The album is made in a process of its own, whose memory and processor time, with those of its
encoding children, are looked at all the time. What an hour of music takes is its processor time on two cores, for with
neighbours on the machine the clock tells of them as much as of us. Ends with 1 when that is over five minutes, or the
memory over 300 MB.
"""

import argparse
import datetime
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.demo.albums import ALBUMS
from storefront.demo.folders import write_cover, write_master
from storefront.media import child
from storefront.media.encoding import encode
from storefront.media.formats import FOR_LOSSLESS_MASTERS, FORMATS, Format
from storefront.migrations import upgrade
from storefront.models import Edition, Track, make_engine, make_sessions, writing
from storefront.money import Money
from storefront.services.catalogue.importing import import_folder
from storefront.services.catalogue.production import produce
from storefront.storage import make_storage

HOUR = 3600
TWO_CORES = 2
MOST_SECONDS, MOST_MB = 300, 300
LOOKS_EVERY = 0.05

FFMPEG = {
    Format.FLAC: ["-c:a", "flac", "-compression_level", "8"],
    Format.MP3_V0: ["-c:a", "libmp3lame", "-q:a", "0"],
    Format.AAC_256: ["-c:a", "aac", "-b:a", "256k", "-movflags", "+faststart"],
    Format.ALAC: ["-c:a", "alac", "-movflags", "+faststart"],
    Format.MP3_320: ["-c:a", "libmp3lame", "-b:a", "320k"],
    Format.OPUS_128: ["-c:a", "libopus", "-b:a", "128k"],
    Format.WAV: ["-c:a", "pcm_s16le"],
    Format.AIFF: ["-c:a", "pcm_s16be"],
    Format.STREAM: ["-c:a", "libmp3lame", "-b:a", "128k"],
}


def timed_encode(master: Path, target: Path, format: Format) -> float:
    """Encode in the child that waits for work, as production does; return its seconds of processor time."""
    before = child.run(time.process_time)
    child.run(encode, master, target, format)
    return child.run(time.process_time) - before


def timed_ffmpeg(master: Path, target: Path, format: Format) -> float:
    """The same by the command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(master), "-map_metadata", "-1", *FFMPEG[format], str(target)]
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report_formats(folder: Path, rounds: int) -> None:
    """Prints a line a format."""
    master = folder / "master.flac"
    child.run(write_master, 0, 1, master, datetime.date(2026, 11, 24))
    seconds = ALBUMS[0].pieces[0].seconds
    theirs = shutil.which("ffmpeg") is not None
    print(f"\n{'CPU s a minute of music':26}{'ours':>8}{'ffmpeg':>9}{'ratio':>8}")
    for format, spec in ((format, FORMATS[format]) for format in FFMPEG):
        ours, others = [], []
        for _ in range(rounds):
            target = folder / f"out.{spec.extension}"
            ours.append(timed_encode(master, target, format) * 60 / seconds)
            if theirs:
                others.append(timed_ffmpeg(master, target, format) * 60 / seconds)
        beside = f"{median(others):9.2f}{median(ours) / median(others):8.2f}" if theirs else ""
        print(f"{spec.label:26}{median(ours):8.2f}{beside}")
    if not theirs:
        print("there is no ffmpeg in the PATH to compare with")


def write_album(folder: Path) -> None:
    """The demo's tracks as one album."""
    folder.mkdir()
    tracks = [(number, track) for number, album in enumerate(ALBUMS) for track in range(1, len(album.pieces) + 1)]
    with ThreadPoolExecutor(2) as threads:
        for position, (number, track) in enumerate(tracks, 1):
            extension = ALBUMS[number].master.rstrip("0123456789")
            path = folder / f"{position:02}.{extension}"
            threads.submit(child.run, write_master, number, track, path, datetime.date(2026, 11, 24))
    child.run(write_cover, 0, folder / "cover.png")
    (folder / "album.toml").write_text('title = "Everything"\nartist = "Everybody"\n')


def bring_in(session: Session, storage_url: str, folder: Path) -> tuple[str, float]:
    """Imports the album with all formats; returns its edition's public id, and its length in seconds."""
    now = datetime.datetime.now(datetime.UTC)
    imported = import_folder(session, make_storage(storage_url), folder, now=now, price=Money(900, "eur"))
    if imported.problems:
        raise RuntimeError(f"{len(imported.problems)} files were left out")
    with writing(session):
        imported.album.formats = FOR_LOSSLESS_MASTERS
    lengths = session.scalars(select(Track.duration_ms).join(Edition).where(Edition.id == imported.edition.id))
    return imported.edition.public_id, sum(lengths) / 1000


def make(database_url: str, storage_url: str, edition: str) -> None:
    """Produces an edition in this process."""
    with make_sessions(make_engine(database_url))() as session:
        produce(session, make_storage(storage_url), edition)


def family(pid: int) -> Iterator[int]:
    """A process and all that it has started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for started in task.read_text().split():
            yield from family(int(started))


def memory_mb(pid: int) -> float:
    """What a process and its children have in memory together, what they share counted once (proportional set size)."""
    total = 0
    for member in family(pid):
        lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def cpu_seconds(pid: int) -> float:
    """The processor time of a process and its children, also of those that have ended."""
    ticks = 0
    for member in family(pid):
        numbers = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, numbers[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Cost:
    """Of a command, its children counted with it: seconds by the clock and of the processor, and the most memory."""

    clock: float = 0
    cpu: float = 0
    memory_mb: float = 0


def watched(command: list[str]) -> Cost:
    """Runs a command to its end."""
    cost, begun = Cost(), time.monotonic()
    process = subprocess.Popen(command)
    while process.poll() is None:
        with suppress(OSError):  # one of them ended meanwhile
            cost.cpu = max(cost.cpu, cpu_seconds(process.pid))
            cost.memory_mb = max(cost.memory_mb, memory_mb(process.pid))
        time.sleep(LOOKS_EVERY)
    cost.clock = time.monotonic() - begun
    if process.returncode:
        raise RuntimeError("the album could not be made")
    return cost


def report_album(folder: Path) -> bool:
    """Prints what an album costs; says whether that is little enough."""
    write_album(folder / "album")
    database, storage = f"sqlite:///{folder / 'shop.sqlite'}", str(folder / "files")
    engine = make_engine(database)
    upgrade(engine)
    with make_sessions(engine)() as session:
        edition, length = bring_in(session, storage, folder / "album")
    engine.dispose()
    child.end_children()
    cost = watched([sys.executable, "-m", "tests.bench.media", "--make", database, storage, edition])
    hour = cost.cpu / TWO_CORES * HOUR / length
    good = hour <= MOST_SECONDS and cost.memory_mb <= MOST_MB
    print(
        f"\nan album of {length / 60:.1f} minutes in all eight formats, with streams and zips:\n"
        f"{cost.clock:.0f} s by the clock, {cost.cpu:.0f} s of processor, {cost.cpu / cost.clock:.2f} cores busy\n"
        f"an hour of music on two cores: {hour:.0f} s (at most {MOST_SECONDS})\n"
        f"memory, with the children: {cost.memory_mb:.0f} MB (at most {MOST_MB}){'' if good else '  TOO MUCH'}"
    )
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--make", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        make(*options.make)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        report_formats(Path(folder), options.rounds)
        return 0 if report_album(Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
