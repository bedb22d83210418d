"""Measures what a backup costs those who buy meanwhile: a purchase's four commits, alone and beside it.

The database has 200 MB, the backup is on the same disk (the worst place), and one purchase follows another. Ends with 1
when the 99th percentile beside the backup is twice what it is alone, or more.
"""

import argparse
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import quantiles

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storefront.jobs import enqueue
from storefront.migrations import upgrade
from storefront.models import Album, AlbumPurchase, Mail, MailKind, PaymentAttempt, PurchaseState, writing
from storefront.services.shop.outbox import write_mail
from tests.factories import make_album
from tests.support.machines import Machine
from tests.support.people import make_purchase

PAUSE_SECONDS = 0.01


def fill(session: Session, megabytes: int) -> None:
    """Mails with long texts."""
    now = datetime.now(UTC)
    for _ in range(megabytes):
        rows = [
            {
                "key": secrets.token_hex(16),
                "kind": MailKind.ATTENTION,
                "recipient": "a@example.com",
                "created": now,
                "detail": secrets.token_hex(5000),
                "sent_at": now,
                "tries": 1,
                "error": "",
            }
            for _ in range(100)
        ]
        with writing(session):
            session.execute(insert(Mail), rows)


def purchase(session: Session, album: Album) -> float:
    """The four steps of a purchase without Stripe's part; seconds in the database."""
    began = time.perf_counter()
    now = datetime.now(UTC)
    row = make_purchase(session, album, buyer_key=f"browser:{secrets.token_hex(32)}", state=PurchaseState.CREATED)
    mine = update(AlbumPurchase).where(AlbumPurchase.id == row.id)
    with writing(session):
        session.execute(mine.values(state=PurchaseState.OPEN))
    with writing(session):
        attempt = {"token_hash": secrets.token_hex(32), "idempotency_key": secrets.token_hex(16), "sent_at": now}
        session.execute(insert(PaymentAttempt).values(purchase_id=row.id, number=1, **attempt))
        session.execute(mine.values(state=PurchaseState.CONFIRMING))
        enqueue(session, "settle_purchase", key=f"settle:{row.public_id}:1", purchase=row.public_id, attempt=1)
    with writing(session):
        session.execute(mine.values(state=PurchaseState.PAID, paid_at=now))
        write_mail(session, MailKind.RECEIPT, f"receipt:{row.public_id}", row.email, now, purchase=row)
    return time.perf_counter() - began


def buy_while(session: Session, album: Album, go_on: Callable[[int], bool]) -> list[float]:
    times: list[float] = []
    while go_on(len(times)):
        times.append(purchase(session, album))
        time.sleep(PAUSE_SECONDS)
    return times


def is_at_work(process: "subprocess.Popen[str]", count: int) -> bool:
    return process.poll() is None


def show(name: str, times: list[float]) -> float:
    """Prints a line; the 99th percentile in milliseconds."""
    cuts = [cut * 1000 for cut in quantiles(times, n=100)]
    print(
        f"{name:30}{len(times):8}{cuts[49]:9.2f}{cuts[94]:9.2f}{cuts[98]:9.2f}{max(times) * 1000:9.1f}",
        flush=True,
    )
    return cuts[98]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    alone: list[float] = []
    beside: list[float] = []
    disk = Path.cwd() / "var"  # the system's own folder may be in memory
    disk.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=disk) as folder:
        machine = Machine(Path(folder), f"sqlite:///{folder}/shop.sqlite")
        with machine.wired() as wiring, wiring.sessions() as session:
            upgrade(wiring.engine)
            make_album(session, wiring.storage)
            fill(session, options.megabytes)
            album = session.scalars(select(Album)).one()
            size = Path(folder, "shop.sqlite").stat().st_size
            print(f"A database of {size / 1e6:.0f} MB\n")
            print(f"{'milliseconds a purchase':30}{'number':>8}{'p50':>9}{'p95':>9}{'p99':>9}{'most':>9}")
            for number in range(options.rounds):
                alone += buy_while(session, album, lambda count: count < 400)
                process = machine.start("backup", f"{folder}/backups {number}")
                beside += buy_while(session, album, partial(is_at_work, process))
                said, errors = process.communicate()
                if process.returncode:
                    raise RuntimeError(errors)
                print(f"  {said.splitlines()[-1].rpartition(': ')[2]}", flush=True)
            ratio = show("beside the backup", beside) / show("alone", alone)
    print(f"\nThe 99th percentile is {ratio:.1f} times what it is alone (less than 2)")
    return 0 if ratio < 2 else 1


if __name__ == "__main__":
    sys.exit(main())
