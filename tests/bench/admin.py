"""How quick the desk is with a million purchases: `python -m tests.bench.admin`.

Each page is asked for over HTTP by a signed-in admin, again and again for different rows, warm, on SQLite and on
PostgreSQL: the median and the 99th percentile by the clock, then what neighbours on the machine bend less (the slowest
page of a kind at its best, the server's processor time a request), and the statements that it costs. Then the table of
purchases: lines a second, and the most memory that the server took. Ends with 1 when any page is never as quick as it
should be.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.bench.data import Size, large_shop
from tests.bench.desk_pages import Case, cases
from tests.bench.servers import Running, running
from tests.bench.signed_in import SignedIn, in_process
from tests.support.databases import KINDS

ROUNDS = 5
#: Lines a second of the table for a spreadsheet, at the least.
LEAST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of a request, by the clock and of the server's processor."""

    #: Of each round, each page's.
    rounds: list[list[float]]
    processor: float
    statements: int

    @property
    def times(self) -> list[float]:
        return [time for one in self.rounds for time in one]

    @property
    def slowest(self) -> float:
        """The slowest page's quickest answer."""
        return max(map(min, zip(*self.rounds, strict=True)))


def measure(server: Running, admin: SignedIn, case: Case, statements: int) -> Measured:
    """Warm: what is counted comes after a round that is not."""
    for path in case.paths:
        admin.get(path)
    before = server.cpu()
    rounds = [[admin.get(path).seconds * 1000 for path in case.paths] for _ in range(ROUNDS)]
    return Measured(rounds, (server.cpu() - before) * 1000 / ROUNDS / len(case.paths), statements)


def report(case: Case, measured: Measured) -> bool:
    """Prints a line; says whether it is as it should be."""
    middle, late = median(measured.times), quantiles(measured.times, n=100)[98]
    slow = measured.slowest > case.most
    print(
        f"{case.name:52}{middle:9.1f}{late:9.1f}{measured.slowest:9.1f}{measured.processor:9.1f}{case.most:8.0f}{measured.statements:8}"
        f"{'  TOO SLOW' if slow else ''}",
        flush=True,
    )
    return not slow


def report_tables(server: Running, admin: SignedIn, tables: dict[str, str]) -> bool:
    """The tables for a spreadsheet: a name for each, and its address."""
    good = True
    print(f"\n{'as CSV':52}{'lines':>9}{'a second':>9}{'CPU/1000':>9}{'RSS MB':>8}")
    for name, path in tables.items():
        before = server.cpu()
        answer = admin.get(path)
        used, lines = server.cpu() - before, answer.body.count(b"\n") - 1
        slow = lines / answer.seconds < LEAST_LINES
        good = good and not slow
        print(
            f"{name:52}{lines:9}{lines / answer.seconds:9.0f}{used / lines * 1e6:9.1f}{_most_memory(server):8.0f}"
            f"{'  TOO SLOW' if slow else ''}",
            flush=True,
        )
    return good


def _most_memory(server: Running) -> float:
    """The most that it has had until now, in MB, from Linux's /proc."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


@contextmanager
def shop_over(url: str) -> Iterator[tuple[Running, dict[str, str]]]:
    """A server of the shop over that database, and its settings."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "sqlalchemy.url": url,
            "storage.url": f"{folder}/files",
            "mail.url": f"spool://{folder}/mail",
            "jobs.inline": "false",
        }
        with running("shop", *map("=".join, settings.items())) as server:
            yield server, settings


def measure_desk(kind: str, size: Size, words: str) -> bool:
    """Prints all of one database's; says whether all is as it should be."""
    good = True
    with large_shop(kind, size) as url, shop_over(url) as (server, settings):
        asked, tables = cases(url)
        asked = [case for case in asked if words in case.name]
        with in_process(settings) as count:
            statements = {case.name: count(case.paths[-1]) for case in asked}
        admin = SignedIn(server.host, server.port)
        print(f"\n{kind + ', milliseconds':52}{'median':>9}{'p99':>9}{'slowest':>9}{'CPU':>9}{'most':>8}{'asks':>8}")
        for case in asked:
            good = report(case, measure(server, admin, case, statements[case.name])) and good
        if words in "table CSV":
            good = report_tables(server, admin, tables) and good
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Size()
    parser.add_argument("--purchases", type=int, default=usual.purchases)
    parser.add_argument("--albums", type=int, default=usual.albums)
    parser.add_argument("--customers", type=int, default=usual.customers)
    parser.add_argument("--database", choices=KINDS, help="one alone")
    parser.add_argument("--only", default="", help="pages with these words in their name")
    options = parser.parse_args()
    size = Size(options.purchases, options.albums, options.customers)
    kinds = [options.database] if options.database else KINDS
    good = [measure_desk(kind, size, options.only) for kind in kinds]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
