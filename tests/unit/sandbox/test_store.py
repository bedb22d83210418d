"""The file survives the process, and a file of an older version is no reason to fail."""

import sqlite3
from pathlib import Path
from typing import Any

from storefront.sandbox.store import Store
from tests.support.in_process import InProcessSandbox


def test_what_was_to_happen_happens_after_a_restart(till: Any) -> None:
    refund = till.sandbox.refund(till.pay("pendingRefund").id)
    till.sandbox.close()
    again = InProcessSandbox(till.sandbox.service.settings.database)
    again.shift_clock(61)
    again.settle_due()

    [found] = again.ledger()["refunds"]
    assert (found["id"], found["status"]) == (refund["id"], "succeeded")


def test_a_file_of_another_version_is_begun_anew(till: Any) -> None:
    path = till.sandbox.service.settings.database
    till.pay()
    till.sandbox.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE scheduled")
        connection.execute("PRAGMA user_version = 1")
    connection.close()

    store = Store(path)
    assert store.count() == 0
    assert store.connection.execute("SELECT count(*) FROM scheduled").fetchone()[0] == 0
    store.close()


def test_a_file_of_this_version_is_kept(till: Any) -> None:
    till.pay()
    count = till.sandbox.service.store.count()
    store = Store(till.sandbox.service.settings.database)

    assert store.count() == count > 0
    store.close()


def test_synchronous(tmp_path: Path) -> None:
    for name, level in (("OFF", 0), ("NORMAL", 1), ("FULL", 2)):
        store = Store(str(tmp_path / f"{name}.sqlite"), name)
        assert store.connection.execute("PRAGMA synchronous").fetchone()[0] == level
        store.close()
