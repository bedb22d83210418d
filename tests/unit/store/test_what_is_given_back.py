"""What a purchase's refunds come to together, and which of several disputes decides."""

from datetime import UTC, datetime, timedelta

import pytest

from storefront.models import Refund
from storefront.services.store.aftermath.mirrors import requested, worst

START = datetime(2026, 3, 1, tzinfo=UTC)


def refund(amount: int, status: str = "succeeded", *, day: int = 0, failed_on: int | None = None) -> Refund:
    failed_at = None if failed_on is None else START + timedelta(days=failed_on)
    return Refund(amount=amount, status=status, created=START + timedelta(days=day), failed_at=failed_at)


def test_nothing_was_asked_for() -> None:
    assert requested(900, []) == 0


def test_parts_add_up() -> None:
    assert requested(900, [refund(300), refund(200, "requested"), refund(100, "pending")]) == 600


def test_what_stripe_refused_counts_no_more() -> None:
    assert requested(900, [refund(300), refund(600, "refused")]) == 300


def test_a_refund_that_failed_is_still_owed() -> None:
    assert requested(900, [refund(900, "failed", failed_on=3)]) == 900


def test_a_refund_after_a_failed_one_is_instead_of_it() -> None:
    assert requested(900, [refund(500, "failed", failed_on=3), refund(500, day=4)]) == 500


def test_a_refund_from_before_the_failure_is_not_instead_of_it() -> None:
    assert requested(900, [refund(300, "failed", failed_on=5), refund(300, day=1)]) == 600


def test_never_more_than_was_paid() -> None:
    failed_twice = [refund(900, "failed", failed_on=3), refund(900, "failed", day=4, failed_on=7)]
    assert requested(900, failed_twice) == 900


@pytest.mark.parametrize(
    ("statuses", "decides"),
    [
        ([], "none"),
        (["won"], "won"),
        (["warning_closed", "needs_response"], "needs_response"),
        (["lost", "won"], "lost"),
        (["won", "warning_needs_response"], "warning_needs_response"),
        (["a word of tomorrow", "won"], "a word of tomorrow"),
    ],
)
def test_the_dispute_that_decides(statuses: list[str], decides: str) -> None:
    assert worst(statuses) == decides
