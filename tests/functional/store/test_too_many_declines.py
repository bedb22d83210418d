"""Declines in a row are slowed, by buyer, by card and by address; nobody else waits for them."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from webtest import TestApp

from storefront.models import CountedTry, PurchaseState, writing
from storefront.payments.errors import PaymentRefused
from storefront.services.store.buyers import Visitor
from storefront.services.store.declining import MOST_OF_A_BUYER, MOST_OF_A_NETWORK, PERIOD
from storefront.services.store.errors import TooManyDeclines
from tests.factories import make_album
from tests.functional.store.conftest import Counter, Till
from tests.support.people import make_customer

BAD = "pm_card_visa_chargeDeclined"
EMPTY = "pm_card_visa_chargeDeclinedInsufficientFunds"
LOST = "pm_card_visa_chargeDeclinedLostCard"

Pass = Callable[[timedelta], None]


@pytest.fixture
def clock() -> Iterator[Pass]:
    """Time passes when the test says so; Stripe's too, whose tokens would be too young else."""
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller.shift


@pytest.fixture
def visit(counter: Counter) -> Callable[[str], Counter]:
    """A browser of its own, that comes from an address."""

    def come(address: str = "127.0.0.1") -> Counter:
        return Counter(TestApp(counter.app.app, {"REMOTE_ADDR": address}), counter.till)

    return come


Visit = Callable[..., Counter]


def decline(counter: Counter, times: int, *cards: str) -> None:
    for number in range(times):
        counter.buy(cards[number % len(cards)])


def asked(till: Till) -> list[str]:
    """What was sent to Stripe since the sandbox began, but for the tests' own tokens."""
    paths = [f"{r['method']} {r['path']}" for r in till.sandbox.ledger()["requests"]]
    return [path for path in paths if "test_helpers" not in path]


def test_a_browser_that_tries_one_card_after_the_other(counter: Counter, visit: Visit, clock: Pass) -> None:
    decline(counter, MOST_OF_A_BUYER, BAD, EMPTY)
    before = asked(counter.till)

    page = counter.buy(email="ana.other@example.com", status=429)

    assert asked(counter.till) == before, "nothing was sent"
    assert "Nothing was charged" in page
    assert "10 minutes" in page
    assert 0 < int(page.headers["Retry-After"]) <= PERIOD.total_seconds()
    assert page.forms["till"]["email"].value == "ana.other@example.com"
    assert page.html.title.text.startswith("Error: ")

    assert "is yours" in visit().buy().follow(), "who sits beside, at the same address"
    clock(PERIOD)
    assert "is yours" in counter.buy().follow()
    assert len(counter.till.sandbox.charges) == 2


def test_starting_again_is_no_way_round(counter: Counter) -> None:
    decline(counter, MOST_OF_A_BUYER, BAD, EMPTY)
    purchase = counter.purchase
    token = counter.open().forms["till"]["csrf_token"].value
    counter.app.post(f"/store/cancel/{purchase.public_id}", {"csrf_token": token}, status=303)
    assert counter.purchase.state == PurchaseState.CANCELED

    counter.buy(status=429)


def test_what_is_paid_stays_paid(counter: Counter) -> None:
    form = counter.form()
    paid = counter.post(form)
    first, session = counter.till.album, counter.till.session
    counter.till.album = make_album(session, counter.till.wiring.storage, slug="ebb", title="Ebb")
    decline(counter, MOST_OF_A_BUYER, BAD, EMPTY)
    counter.buy(status=429)

    counter.till.album = first
    assert counter.post(form).location == paid.location
    assert "is yours" in counter.app.get(paid.location)


def test_a_card_that_is_tried_everywhere(counter: Counter, visit: Visit, clock: Pass) -> None:
    for number in range(5):
        decline(visit(f"192.0.2.{number}"), 2, BAD)
    assert not [path for path in asked(counter.till) if "confirmation_tokens" in path], "nobody asked which card it is"
    before = len(counter.till.confirms())

    assert visit("192.0.2.99").buy(BAD, status=429).headers["Retry-After"]
    assert len(counter.till.confirms()) == before
    assert "is yours" in visit("192.0.2.98").buy().follow(), "another card"
    clock(PERIOD)
    assert "/store/failure/" in visit("192.0.2.97").buy(BAD).location


def test_a_card_that_is_looked_up_in_vain(counter: Counter, visit: Visit) -> None:
    for number in range(5):
        decline(visit(f"192.0.2.{number}"), 2, BAD)
    counter.till.sandbox.fault("status_500_unsaved", "/v1/confirmation_tokens/.*", method="GET")
    assert "is yours" in counter.buy().follow()


def count_at(till: Till, network: str, times: int) -> None:
    with writing(till.session):
        at = datetime.now(UTC)
        till.session.add_all(CountedTry(subject=f"decline network {network}", at=at) for _ in range(times))


def test_an_address_with_very_many_browsers(counter: Counter, visit: Visit, clock: Pass) -> None:
    count_at(counter.till, "192.0.2.1", MOST_OF_A_NETWORK - 1)
    assert "is yours" in visit("192.0.2.1").buy().follow(), "a success is not counted"
    visit("192.0.2.1").buy(BAD)

    page = visit("192.0.2.1").buy(status=429)

    assert "Nothing was charged" in page
    assert "is yours" in visit("192.0.2.2").buy().follow()
    clock(PERIOD)
    assert "is yours" in visit("192.0.2.1").buy().follow()


def test_a_network_of_the_new_kind_is_one_address(counter: Counter, visit: Visit) -> None:
    count_at(counter.till, "2001:db8:0:1::", MOST_OF_A_NETWORK - 1)
    visit("2001:db8:0:1::5").buy(BAD)
    visit("2001:db8:0:1:ffff::6").buy(status=429)
    assert "is yours" in visit("2001:db8:0:2::5").buy().follow()


def test_many_that_succeed(till: Till) -> None:
    for number in range(MOST_OF_A_BUYER + 1):
        till.album = make_album(till.session, till.wiring.storage, slug=f"album-{number}", cover=None)
        assert till.buy().state == PurchaseState.PAID


def test_ten_at_once_after_nine(till: Till) -> None:
    """What is in the air counts, or whoever is quick would have as many tries as threads."""
    for number in range(MOST_OF_A_BUYER - 1):
        till.buy((BAD, EMPTY)[number % 2])
    albums = [make_album(till.session, till.wiring.storage, slug=f"album-{n}", cover=None) for n in range(10)]
    tokens = [till.sandbox.token(LOST) for _ in albums]
    before = len(till.confirms())
    together, slowed = threading.Barrier(len(albums)), []

    def buy(number: int) -> None:
        with till.wiring.sessions() as session:
            mine = replace(till, session=session, album=albums[number])
            together.wait(20)
            try:
                mine.buy(token=tokens[number])
            except TooManyDeclines as error:
                slowed.append(error)

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(len(albums))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(till.confirms()) == before + 1
    assert len(slowed) == 9


def test_another_account_in_the_same_browser_is_not_slowed(till: Till) -> None:
    ana, bob = (make_customer(till.session, f"{name}@example.com") for name in ("ana", "bob"))
    browser = till.visitor.browser
    till.visitor = Visitor(ana, browser)
    for number in range(MOST_OF_A_BUYER):
        till.buy((BAD, EMPTY)[number % 2])
    with pytest.raises(TooManyDeclines):
        till.buy()
    till.visitor = Visitor(bob, browser)
    assert till.buy().state == PurchaseState.PAID


def test_the_card_behind_a_token(till: Till) -> None:
    card = till.wiring.processor.find_card(till.sandbox.token("pm_card_mastercard"))
    assert card is not None
    assert (card.brand, card.last4, card.wallet) == ("mastercard", "4444", None)
    assert card.fingerprint
    with pytest.raises(PaymentRefused):
        till.wiring.processor.find_card("ctoken_1234567890")
