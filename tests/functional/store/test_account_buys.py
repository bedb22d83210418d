"""Somebody who is signed in buys: no field but the card, and the album is in the library at once."""

import pytest

from storefront.models import Account
from tests.functional.store.conftest import Counter
from tests.support.people import make_customer, sign_in


@pytest.fixture
def ana(counter: Counter) -> Account:
    account = make_customer(counter.till.session)
    sign_in(counter.app, account.email)
    return account


def test_the_card_is_all_that_is_asked(counter: Counter, ana: Account) -> None:
    page = counter.open()
    assert "email" not in page.forms["till"].fields
    assert ana.email in page

    counter.buy(email="mallory@example.com")

    purchase = counter.purchase
    assert (purchase.account_id, purchase.buyer_key) == (ana.id, f"account:{ana.public_id}")
    assert purchase.email == ana.email, "a signed-in buyer's receipt goes to the account's address"
    assert "Low Tide" in counter.app.get("/library")


def test_it_is_theirs_in_every_browser(counter: Counter, stranger: Counter, ana: Account) -> None:
    counter.buy()
    sign_in(stranger.app, ana.email)

    assert "/store/success/" in stranger.app.get(f"/store/buy/{stranger.slug}", status=303).headers["Location"]
    assert len(counter.till.sandbox.charges) == 1


def test_what_was_begun_as_a_guest_goes_on_signed_in(counter: Counter) -> None:
    counter.buy("pm_card_visa_chargeDeclined")
    account = make_customer(counter.till.session)
    sign_in(counter.app, account.email)

    counter.buy()

    [purchase] = counter.till.rows
    assert purchase.account_id == account.id
    assert purchase.buyer_key.startswith("browser:"), "a buyer's key never changes"
    assert len(counter.till.sandbox.ledger()["payment_intents"]) == 1


def test_signed_in_without_the_browsers_cookie(counter: Counter, ana: Account) -> None:
    form = counter.form()
    [cookie] = [cookie for cookie in counter.app.cookiejar if cookie.name == "buyer"]
    counter.app.cookiejar.clear(cookie.domain, cookie.path, cookie.name)

    assert "is yours" in counter.post(form).follow()


def test_another_account_sees_nothing_of_it(counter: Counter, stranger: Counter, ana: Account) -> None:
    counter.buy()
    make_customer(counter.till.session, "bob@example.com")
    sign_in(stranger.app, "bob@example.com")

    stranger.app.get(f"/store/success/{counter.purchase.public_id}", status=404)
    stranger.app.get(f"/library/{counter.purchase.public_id}", status=404)
    stranger.app.get(f"/library/{counter.purchase.public_id}/flac", status=404)
