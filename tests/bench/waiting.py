"""How quick the album page is while fifty buyers wait for a slow Stripe, beside the same page alone."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from storefront.cli.processes import Processes
from storefront.settings import child_environment
from tests.bench.client import latencies
from tests.bench.servers import running
from tests.support.buying import open_form
from tests.support.sandbox import Sandbox
from tests.support.shop import free_ports

BUYERS = 50
#: Seconds that Stripe takes for each of its two calls.
SLOWNESS = 2.0
#: The album page's 99th percentile may be so many milliseconds.
MOST = 100.0
#: Seconds between two questions of whoever looks at the album.
EVERY = 0.02


@dataclass(frozen=True, slots=True)
class Crowded:
    """The album page's 99th percentile in milliseconds, and what became of the buyers meanwhile."""

    alone: float
    meanwhile: float
    served: int
    busy: int
    others: int

    @property
    def good(self) -> bool:
        return self.meanwhile <= MOST and not self.others and self.served > 0 and self.busy > 0


def measure_crowded(folder: Path, settings: list[str], seconds: float) -> Crowded:
    """Runs the shop of those settings beside a sandbox of its own."""
    with slow_stripe(folder) as sandbox, running("shop", *settings, f"stripe.api_base={sandbox.url}") as shop:
        url = f"http://{shop.host}:{shop.port}"
        slug = next(slug for slug in map("album-{}".format, range(100)) if open_form(url, slug)[1]["amount"] != "0")
        question = (shop.host, shop.port, f"/albums/{slug}")
        latencies(*question, seconds=1, every=EVERY)  # caches are warm now
        alone = percentile_99(latencies(*question, seconds=seconds, every=EVERY))
        sandbox.fault("delay", "/v1/payment_intents.*", method="POST", count=1_000_000, seconds=SLOWNESS)
        command = [sys.executable, "-W", "ignore", "-m", "tests.bench.buyers", url, sandbox.url, slug, str(BUYERS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as crowd:
            assert crowd.stdout is not None
            crowd.stdout.readline()  # everybody has the form
            meanwhile = percentile_99(latencies(*question, seconds=seconds, every=EVERY))
            crowd.terminate()
            served, busy, all_answers = map(int, crowd.stdout.read().split())
    return Crowded(alone, meanwhile, served, busy, all_answers - served - busy)


@contextmanager
def slow_stripe(folder: Path) -> Iterator[Sandbox]:
    """A sandbox, as a process of its own."""
    [port] = free_ports(1)
    processes = Processes(child_environment())
    try:
        processes.start("sandbox", "sandbox", "--port", str(port), "--database", str(folder / "sandbox.sqlite"))
        processes.wait_until_answers("sandbox", f"http://127.0.0.1:{port}/_sandbox/health")
        yield Sandbox(f"http://127.0.0.1:{port}")
    finally:
        processes.stop()


def percentile_99(seconds: list[float]) -> float:
    """In milliseconds."""
    return quantiles(seconds, n=100)[98] * 1000


def report_crowded(crowded: Crowded) -> bool:
    """Prints the figures; says whether they are as they should be."""
    print(
        f"\n99th percentile of an album page: {crowded.alone:.1f} ms alone, {crowded.meanwhile:.1f} ms while {BUYERS} "
        f"buyers wait for a Stripe that takes {SLOWNESS:.0f} s a call (at most {MOST:.0f} ms)"
        f"\n{crowded.served} buyers served, {crowded.busy} told to press again, {crowded.others} others"
        f"{'' if crowded.good else '  NOT AS IT SHOULD BE'}"
    )
    return crowded.good
