"""How the shop holds when 300 people with slow lines download albums of 500 MB, and 20 more all that they own.

Real sockets over loopback, real (sparse) files, waitress alone. They come within ten seconds; half of the 300 break off
later and resume. The album page is asked for all the while, from the first one on, beside the same page alone.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from time import sleep
from typing import Any
from zlib import crc32

from sqlalchemy import select, update

from storefront.migrations import upgrade
from storefront.models import Album, File, FileKind, make_engine, make_sessions, writing
from storefront.services.library.everything.zip_records import Entry, directory, local_header
from storefront.services.library.signing import sign
from storefront.services.store.buyers import account_key
from storefront.settings import DEVELOPMENT_SECRET
from tests.bench.catalogue import fill
from tests.bench.client import latencies
from tests.bench.servers import Running, running
from tests.bench.speed import measure_speed
from tests.support.people import make_customer, make_purchase

FILES = "files-to-download"
ALBUMS = 20
TRACKS = 12
TRACK_SIZE = 41_666_667
SLOW, GREEDY = 300, 20
#: Bytes a second that a slow line takes.
RATE = 50_000
#: Seconds within which all come.
COMING = 10
EVERY = 0.02
PAGE = "/albums/album-5"

#: Milliseconds, MB, MB, and the share of their rate that the clients must get.
MOST_P99, MOST_RSS, MOST_SOCKETS, LEAST_SHARE = 100.0, 300.0, 150.0, 0.9


@dataclass(frozen=True, slots=True)
class Crowded:
    """The page's times are in milliseconds, memory is in MB; `share` is what the slowest client got of its rate."""

    alone: tuple[float, float]
    meanwhile: tuple[float, float]
    longest: float
    rss: float
    sockets: float
    share: float
    resumed: int
    cpu: float
    problems: list[str]
    #: MB a second for one client with a fast line, by what it asks for; a plain file server's first.
    speed: dict[str, float]

    @property
    def good(self) -> bool:
        limits = self.meanwhile[1] <= MOST_P99 and self.rss <= MOST_RSS and self.sockets <= MOST_SOCKETS
        return limits and self.share >= LEAST_SHARE and self.resumed >= SLOW // 2 and not self.problems


def measure_downloads(folder: Path, seconds: float = 30) -> Crowded:
    """Makes a shop in `folder`; then five seconds of the page alone, and `seconds` of it beside the crowd."""
    settings, paths = make_shop(folder)
    with running("shop", *settings) as shop:
        question = (shop.host, shop.port, PAGE)
        latencies(*question, seconds=1, every=EVERY)  # caches are warm now
        alone = latencies(*question, seconds=5, every=EVERY)
        files = folder / FILES
        archive = min(files.iterdir())
        speed = measure_speed(shop, files, archive.name, paths[0], paths[-1], archive.stat().st_size)
        before = shop.cpu()
        with watching(shop) as peaks, crowd(shop, paths, seconds) as pullers:
            meanwhile = latencies(*question, seconds=seconds, every=EVERY)
            cpu = (shop.cpu() - before) / seconds
        told = pullers.told
    problems = [client["problem"] for client in told if client["problem"]]
    return Crowded(
        alone=percentiles(alone),
        meanwhile=percentiles(meanwhile),
        longest=max(meanwhile) * 1000,
        rss=peaks["rss"],
        sockets=peaks["sockets"],
        share=min(client["share"] for client in told),
        resumed=sum(client["resumed"] for client in told),
        cpu=cpu,
        problems=problems,
        speed=speed,
    )


def make_shop(folder: Path) -> tuple[list[str], list[str]]:
    """A shop whose albums have sparse archives, and somebody who owns them all: settings, and addresses to download.

    The last address is that of everything.
    """
    url = f"sqlite:///{folder / 'downloads.sqlite'}"
    files = folder / FILES
    files.mkdir()
    engine = make_engine(url)
    upgrade(engine)
    now = datetime.now(UTC)
    with make_sessions(engine)() as session:
        fill(session, ALBUMS, TRACKS)
        ana = make_customer(session)
        purchases = [
            make_purchase(session, album, buyer_key=account_key(ana), account=ana)
            for album in session.scalars(select(Album))
        ]
        archives = session.scalars(select(File).where(File.kind == FileKind.ARCHIVE, File.format == "flac")).all()
        sizes = {file.id: write_archive(files / file.digest, f"Album {file.edition_id}") for file in archives}
        with writing(session):
            for id, size in sizes.items():
                session.execute(update(File).where(File.id == id).values(size=size))
        keys = [sign(DEVELOPMENT_SECRET, purchase.public_id, "flac", now) for purchase in purchases]
        whose = account_key(ana)
        everything = sign(DEVELOPMENT_SECRET, f"everything {whose}", "flac", now)
    engine.dispose()
    paths = [f"/library/{purchase.public_id}/flac?key={key}" for purchase, key in zip(purchases, keys, strict=True)]
    settings = [
        f"sqlalchemy.url={url}",
        f"storage.url={files}",
        f"mail.url=spool://{folder / 'mail'}",
        "jobs.inline=false",
    ]
    return settings, [*paths, f"/library/everything/flac?of={whose}&key={everything}"]


def write_archive(path: Path, folder: str) -> int:
    """A stored zip of zeros, which take no room on the disk; its size."""
    crc = crc32(bytes(TRACK_SIZE))
    entries = [Entry(f"{folder}/{number:02}.flac", crc, TRACK_SIZE) for number in range(1, TRACKS + 1)]
    offsets = []
    with path.open("wb") as file:
        for entry in entries:
            offsets.append(file.tell())
            file.write(local_header(entry))
            file.seek(entry.size, 1)
        file.write(directory(entries, offsets, file.tell()))
        return file.tell()


@dataclass
class Crowd:
    """The process of all who download; `told` is what it said at its end."""

    process: subprocess.Popen[str]
    told: list[dict[str, Any]]


@contextmanager
def crowd(shop: Running, paths: list[str], seconds: float) -> Iterator[Crowd]:
    """Everybody begins to download, and stops at the block's end. Half of the slow ones break off in the middle."""
    everybody = SLOW + GREEDY
    clients = []
    for number in range(everybody):
        begins, greedy = COMING * number / everybody, number % (everybody // GREEDY) == 0
        breaks = begins + seconds / 2 if not greedy and number % 2 else None
        clients.append({"path": paths[-1] if greedy else paths[number % ALBUMS], "begins": begins, "breaks": breaks})
    order = {"host": shop.host, "port": shop.port, "rate": RATE, "clients": clients}
    command = [sys.executable, "-m", "tests.bench.pullers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        crowd = Crowd(process, [])
        yield crowd
        crowd.told = json.loads(process.communicate()[0])


@contextmanager
def watching(shop: Running) -> Iterator[dict[str, float]]:
    """The most memory that the server has meanwhile, and that the kernel adds for TCP, at both ends; in MB."""
    peaks, over, before = {"rss": 0.0, "sockets": 0.0}, threading.Event(), tcp_memory()

    def watch() -> None:
        while not over.is_set():
            peaks["rss"] = max(peaks["rss"], rss(shop.process.pid))
            peaks["sockets"] = max(peaks["sockets"], tcp_memory() - before)
            sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


def rss(pid: int) -> float:
    """https://man7.org/linux/man-pages/man5/proc_pid_status.5.html"""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


def tcp_memory() -> float:
    """Of the whole machine, in pages of 4096 bytes there. https://man7.org/linux/man-pages/man5/proc_net.5.html"""
    [line] = [line for line in Path("/proc/net/sockstat").read_text().splitlines() if line.startswith("TCP:")]
    return int(line.split()[-1]) * 4096 / 1e6


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile, in milliseconds."""
    return median(seconds) * 1000, quantiles(seconds, n=100)[98] * 1000


def report_downloads(crowded: Crowded) -> bool:
    """Prints the figures; says whether they are as they should be."""
    missed = "" if crowded.good else "  NOT AS IT SHOULD BE"
    print(
        f"\n{SLOW} people download 500 MB at {RATE // 1000} kB/s, {crowded.resumed} of them break off and resume; "
        f"{GREEDY} more download all they own\n{'':24}{'median':>10}{'99th':>10}{'longest':>10}"
        f"\n{'an album page alone':24}{crowded.alone[0]:7.1f} ms{crowded.alone[1]:7.1f} ms"
        f"\n{'meanwhile':24}{crowded.meanwhile[0]:7.1f} ms{crowded.meanwhile[1]:7.1f} ms{crowded.longest:7.1f} ms"
        f"{missed}"
        f"\nmemory: {crowded.rss:.0f} MB of the server, {crowded.sockets:.0f} MB of the kernel's sockets at both ends"
        f"\nprocessor: {crowded.cpu:.2f} of one; the slowest client got {crowded.share:.0%} of its rate"
        f"\none fast line, MB a second: {', '.join(f'{name} {speed:.0f}' for name, speed in crowded.speed.items())}"
        f"\nat most {MOST_P99:.0f} ms at the 99th percentile, {MOST_RSS:.0f} MB and {MOST_SOCKETS:.0f} MB; at least "
        f"{LEAST_SHARE:.0%}"
    )
    for problem in sorted(set(crowded.problems)):
        print(f"{crowded.problems.count(problem)} downloads ended: {problem}")
    return crowded.good


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        sys.exit(0 if report_downloads(measure_downloads(Path(made))) else 1)
