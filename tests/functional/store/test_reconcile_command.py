"""`storefront reconcile`, as somebody types it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click
import pytest
import time_machine

from storefront.cli.reconcile import parse_since
from storefront.models import CheckoutClosure, writing
from storefront.services.store.nets.reconciliation import ALL_TIME
from tests.functional.store.conftest import Till
from tests.support.reconciling import forget
from tests.support.terminal import Storefront

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _later(till: Till):
    """So that nothing is young."""
    till.buy()
    till.worker.run_due()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10), tick=True):
        yield


def test_all_is_well(till: Till, storefront: Storefront) -> None:
    storefront("reconcile")
    result = storefront("reconcile", "--check")
    assert (result.exit_code, result.stdout) == (0, "Stripe and the shop agree.\n")
    assert result.stderr.splitlines() == [
        "payments: 1",
        "charges: 1",
        "refunds: 0",
        "disputes: 0",
        "fraud warnings: 0",
        "bookings: 1",
    ]


def test_a_difference_is_printed_and_then_mended(till: Till, storefront: Storefront) -> None:
    lost = till.row
    forget(till.session, lost)

    result = storefront("reconcile", "--check")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"charge_without_purchase: {lost.stripe_charge_id} of 9.00 EUR was paid for the purchase {lost.public_id}, "
        "which is lost.",
        "1 differences",
    ]
    assert till.rows == []

    result = storefront("reconcile", "--since", "all")
    assert result.exit_code == 0
    assert result.stdout.startswith("mended: charge_without_purchase: ")
    assert result.stdout.endswith("\n1 mended, 0 to look at\n")
    assert till.row.public_id == lost.public_id
    assert storefront("reconcile", "--check").exit_code == 0


def test_what_a_person_must_look_at(till: Till, storefront: Storefront) -> None:
    till.sandbox.reset()
    result = storefront("reconcile")
    assert result.exit_code == 1
    assert "charge_missing: " in result.stdout
    assert till.row.flags == ["charge_missing"]


def test_a_silent_stripe_is_one_sentence(till: Till, storefront: Storefront) -> None:
    till.sandbox.fault("drop_before", "/v1/charges", count=3)
    result = storefront("reconcile", "--check")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("Stripe does not answer: ")


def test_it_says_whether_the_checkout_is_open_again(till: Till, storefront: Storefront) -> None:
    with writing(till.session):
        now = datetime.now(UTC)
        till.session.add(CheckoutClosure(since=now, backup_made=now))
    result = storefront("reconcile", "--since", "1d")
    assert "had closed, stays closed: go back further" in result.stdout
    result = storefront("reconcile")
    assert "had closed, is open again." in result.stdout


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("30d", datetime(2026, 2, 8, 12, tzinfo=UTC)),
        ("2026-01-31", datetime(2026, 1, 30, 23, tzinfo=UTC)),
        ("ALL", ALL_TIME),
        ("9999d", ALL_TIME),
        ("1999-01-01", ALL_TIME),
    ],
)
def test_how_far_back(text: str, begin: datetime) -> None:
    assert parse_since(text, NOW, BERLIN) == begin


@pytest.mark.parametrize("text", ["", "30", "d", "-3d", "²d", "1e3d", "2026-02-30", "31.1.2026", "2026-03-11", "x" * 9])
def test_no_time(text: str) -> None:
    with pytest.raises(click.BadParameter):
        parse_since(text, NOW, BERLIN)
