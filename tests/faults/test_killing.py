"""A short form of killing.py: the whole is part of `make faults`."""

from pathlib import Path

import pytest
from sqlalchemy import select

from storefront.models import AlbumPurchase, PurchaseState
from tests.faults.killing import run
from tests.support.shop import Shop


def test_processes_are_killed_while_people_buy(database: str, tmp_path: Path) -> None:
    outcome = run(tmp_path, purchases=25, database_url=database)
    assert outcome.wrong == []
    assert sum(outcome.kills.values()) >= 3
    assert outcome.charges >= 5


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_must_not_be_is_found(database: str, tmp_path: Path) -> None:
    """The check itself: a paid purchase that the shop thinks unpaid, and a receipt that nobody got."""

    def spoil(shop: Shop) -> None:
        with shop.wiring.sessions() as session:
            paid = session.scalars(select(AlbumPurchase).where(AlbumPurchase.state == PurchaseState.PAID)).all()
            paid[0].state = PurchaseState.CANCELED
            session.commit()
        for mail in shop.mailbox.folder.rglob("*.eml"):
            if paid[1].email in mail.read_text():
                mail.unlink()

    wrong = run(tmp_path, purchases=12, database_url=database, spoil=spoil).wrong
    assert any("took money for nothing" in what for what in wrong)
    assert any("got no receipt" in what for what in wrong)
