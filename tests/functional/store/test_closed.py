"""After a restored backup nothing is sold for a while: the shelves are as they were, and what was typed is not lost."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from storefront.models import CheckoutClosure, PurchaseState, writing
from tests.factories import make_album
from tests.functional.store.conftest import Counter


def close(counter: Counter) -> None:
    now = datetime.now(UTC)
    with writing(counter.till.session):
        counter.till.session.add(CheckoutClosure(since=now, backup_made=now))


def reopen(counter: Counter) -> None:
    with writing(counter.till.session):
        counter.till.session.execute(delete(CheckoutClosure))


def test_a_form_that_was_sent_too_late_is_kept(counter: Counter) -> None:
    form = counter.form()
    close(counter)

    page = counter.post(form, status=503)

    assert "Back in a moment" in page
    assert "This was not sent" in page
    assert int(page.headers["Retry-After"]) > 0
    assert counter.sent_nothing()
    assert counter.till.rows == []
    again = page.forms["again"]
    assert {name: again[name].value for name in form} == form
    again.submit(status=503)
    reopen(counter)
    assert "is yours" in again.submit(status=303).follow()
    assert len(counter.till.sandbox.charges) == 1


def test_nobody_enters_a_card_in_vain(counter: Counter) -> None:
    close(counter)
    page = counter.app.get(f"/store/buy/{counter.slug}?price=12.00", status=503)
    assert "Back in a moment" in page
    assert int(page.headers["Retry-After"]) > 0
    assert "stripe" not in page.headers["Content-Security-Policy"]
    reopen(counter)
    assert page.click("Try again", index=0).forms["till"]


def test_the_shelves_are_as_they_were(counter: Counter) -> None:
    paid = counter.buy().location
    session = counter.till.session
    make_album(session, counter.till.wiring.storage, slug="gift", title="Gift", amount=0)
    free = counter.app.get("/store/buy/gift").forms["till"]
    free["email"] = "ana@example.com"
    close(counter)

    for path in ("/", "/albums", f"/albums/{counter.slug}", "/library"):
        counter.app.get(path, status=200)
    assert "is yours" in counter.app.get(paid)
    assert counter.app.get(f"/store/buy/{counter.slug}", status=303).location == paid
    assert "Back in a moment" in free.submit(status=503), "what is free is given by the same books"


@pytest.mark.parametrize("card", ["pm_card_visa_chargeDeclined", "pm_card_threeDSecure2Required"])
def test_what_was_begun_before(counter: Counter, card: str) -> None:
    """A declined card cannot be tried again now; who is at the bank comes back as ever."""
    counter.buy(card)
    close(counter)
    if card == "pm_card_visa_chargeDeclined":
        counter.app.get(f"/store/failure/{counter.purchase.public_id}", status=200)
        counter.app.get(f"/store/buy/{counter.slug}", status=503)
        assert counter.purchase.state == PurchaseState.OPEN
    else:
        counter.till.answer_bank(counter.purchase)
        back = counter.app.get(f"/store/return/{counter.purchase.public_id}", status=303)
        assert "is yours" in back.follow()
