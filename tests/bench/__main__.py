"""Measures the public pages of a catalogue of 10,000 albums against hello, in turns, in one run; prints the figures.

Then, how quick the album page is while fifty buyers wait for a slow Stripe, and while 320 people download.

Shares are of processor time, which neighbours on the machine do not bend as they bend the rate: a share of 10 % is ten
times hello's processor time a request. Ends with 1 when a share is less than it should be.

One connection by default: with several, waitress's threads wait for each other, which costs hello four to ten times
what it costs alone and every page about as much more, so that the shares say little of the pages.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from storefront.migrations import upgrade
from storefront.models import make_engine, make_sessions
from tests.bench.catalogue import fill
from tests.bench.client import burst
from tests.bench.downloads import measure_downloads, report_downloads
from tests.bench.servers import Running, running
from tests.bench.waiting import measure_crowded, report_crowded


@dataclass(slots=True)
class Case:
    """Something to ask for; `least` is the share of hello that it should have, in per cent."""

    name: str
    path: str
    least: float | None = None
    conditional: bool = False
    rates: list[float] = field(default_factory=list)
    #: Milliseconds of processor time a request.
    costs: list[float] = field(default_factory=list)
    size: int = 0


def measure(server: Running, case: Case, seconds: float, connections: int) -> None:
    """One burst."""
    header = f"If-None-Match: {etag(server, case.path)}" if case.conditional else ""
    before = server.cpu()
    result = burst(server.host, server.port, case.path, seconds=seconds, connections=connections, header=header)
    expected = 304 if case.conditional else 200
    if result.status != expected:
        raise RuntimeError(f"{case.path} answered {result.status} instead of {expected}")
    case.costs.append((server.cpu() - before) / result.requests * 1000)
    case.rates.append(result.rate)
    case.size = result.size


def etag(server: Running, path: str) -> str:
    """What the page is named now."""
    with urlopen(f"http://{server.host}:{server.port}{path}") as answer:
        return str(answer.headers["ETag"])


def report(hello: Case, cases: list[Case]) -> bool:
    """Prints a line a case; says whether each has its share."""
    print(f"\n{'':34}{'CPU ms':>8}{'share':>9}{'least':>8}{'per s':>8}{'of hello':>9}{'bytes':>8}")
    good = True
    for case in [hello, *cases]:
        share = 100 * median(hello.costs) / median(case.costs)
        rate = 100 * median(case.rates) / median(hello.rates)
        least = f"{case.least:.0f} %" if case.least else ""
        missed = case.least is not None and share < case.least
        good = good and not missed
        print(
            f"{case.name:34}{median(case.costs):8.3f}{share:7.1f} %{least:>8}{median(case.rates):8.0f}{rate:7.1f} %"
            f"{case.size:8}{'  TOO SLOW' if missed else ''}"
        )
    return good


def make_shop(folder: Path, albums: int) -> list[str]:
    """A database of `albums` albums in `folder`; returns the settings of a shop over it."""
    url = f"sqlite:///{folder / 'shop.sqlite'}"
    engine = make_engine(url)
    upgrade(engine)
    with make_sessions(engine)() as session:
        fill(session, albums)
    engine.dispose()
    return [
        f"sqlalchemy.url={url}",
        f"storage.url={folder / 'files'}",
        f"mail.url=spool://{folder / 'mail'}",
        "jobs.inline=false",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--albums", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="a round and case")
    parser.add_argument("--connections", type=int, default=1)
    options = parser.parse_args()
    hello = Case("hello", "/")
    cases = [
        Case("all albums, first page", "/albums", least=10),
        Case("all albums, a late page", f"/albums?page={max(1, options.albums // 48)}"),
        Case("an album", f"/albums/album-{options.albums // 2}", least=10),
        Case("front", "/"),
        Case("an artist", "/artists/artist-7"),
        Case("search, two words", "/search?q=quiet+garden"),
        Case("an album, known (304)", f"/albums/album-{options.albums // 2}", least=35, conditional=True),
    ]
    with tempfile.TemporaryDirectory() as folder:
        print(f"{options.albums} albums; {options.connections} at once", flush=True)
        settings = make_shop(Path(folder), options.albums)
        with running("hello") as bare, running("shop", *settings) as shop:
            for round in range(-1, options.rounds):
                for server, case in [(bare, hello), *((shop, case) for case in cases)]:
                    measure(server, case, options.seconds if round >= 0 else 0.3, options.connections)
                    if round < 0:  # caches are warm now
                        case.costs.clear()
                        case.rates.clear()
        crowded = measure_crowded(Path(folder), settings, seconds=5 * options.seconds)
        downloads = measure_downloads(Path(folder))
    good = [report(hello, cases), report_crowded(crowded), report_downloads(downloads)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
