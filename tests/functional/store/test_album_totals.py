"""What an album sold and brought in equals its purchases and the ledger, whatever became of them, counted once."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from storefront.models import AlbumTotal, LedgerEntry, writing
from storefront.services.shop.figures.of_albums import recount_albums
from storefront.services.store.buyers import Visitor
from tests.factories import make_album
from tests.functional.store.conftest import Counter, Till
from tests.support.reconciling import Reconciler, forget_jobs
from tests.support.terminal import Storefront


def totals(till: Till) -> list[tuple[Any, ...]]:
    till.session.commit()
    columns = AlbumTotal.currency, AlbumTotal.sold, AlbumTotal.income
    return [tuple(row) for row in till.session.execute(select(*columns).order_by(AlbumTotal.currency))]


def left(till: Till) -> int:
    """What the ledger leaves."""
    return int(till.session.scalar(select(func.sum(LedgerEntry.net))) or 0)


def sold(till: Till) -> None:
    """A purchase that is booked, with nothing left to do."""
    till.buy()
    till.worker.run_due()
    Reconciler(till.wiring).run()
    forget_jobs(till.session)


def test_a_sale_counts_when_it_is_paid_and_its_income_when_it_is_booked(till: Till) -> None:
    till.buy("pm_card_chargeDeclined")
    assert totals(till) == []
    till.buy()
    assert totals(till)[0][:2] == ("eur", 1)
    till.worker.run_due()
    Reconciler(till.wiring).run()
    assert totals(till) == [("eur", 1, left(till))]
    assert 0 < left(till) < 900
    till.buy()  # the same buyer has it
    Reconciler(till.wiring).run()
    assert totals(till) == [("eur", 1, left(till))]


def test_what_is_given_back_or_taken_back_is_no_income(till: Till) -> None:
    sold(till)
    till.sandbox.refund(till.row.stripe_payment_id or "", 300)
    Reconciler(till.wiring).run()
    assert totals(till) == [("eur", 1, left(till))]
    till.visitor = Visitor.of(None, "c" * 43)
    till.buy()
    till.sandbox.dispute(till.rows[1].stripe_charge_id or "")
    Reconciler(till.wiring).run()
    assert totals(till) == [("eur", 2, left(till))]
    assert left(till) < 600
    assert list(recount_albums(till.session, check=True)) == []


def test_a_booking_that_was_nobodys_is_income_when_its_purchase_is_found(till: Till) -> None:
    sold(till)
    with writing(till.session):
        till.session.execute(update(LedgerEntry).values(purchase_id=None))
    [_] = recount_albums(till.session)
    assert totals(till) == [("eur", 1, 0)]
    Reconciler(till.wiring).run()
    assert totals(till) == [("eur", 1, left(till))]


def test_a_free_album_is_sold_too(counter: Counter) -> None:
    counter.till.album = make_album(counter.till.session, counter.till.wiring.storage, slug="gift", amount=0)
    counter.post(counter.form(None)).follow()
    assert totals(counter.till) == [("eur", 1, 0)]


def test_what_does_not_add_up_is_named_and_mended(till: Till, storefront: Storefront) -> None:
    sold(till)
    right = totals(till)
    assert storefront("figures", "--check").exit_code == 0
    with writing(till.session):
        till.session.execute(update(AlbumTotal).values(sold=7, income=AlbumTotal.income + 5))
    wrong = storefront("figures", "--check")
    assert wrong.exit_code == 1
    assert '"Low Tide" in eur: -6 sold and -5 of income were not in its sums' in wrong.output
    assert totals(till) != right
    assert storefront("figures").exit_code == 0
    assert totals(till) == right


@pytest.mark.usefixtures("till")
def test_a_shop_without_sales_adds_up(storefront: Storefront) -> None:
    assert storefront("figures", "--check").exit_code == 0
