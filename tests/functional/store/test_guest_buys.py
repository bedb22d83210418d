"""A guest buys an album: two actions, one field, and every outcome on a page of its own."""

from urllib.request import urlopen

from storefront.models import Channel, PurchaseState
from tests.factories import make_album
from tests.functional.store.conftest import Counter


def location(response) -> str:
    return response.headers["Location"].removeprefix("http://localhost")


def test_paid(counter: Counter) -> None:
    answer = counter.buy()

    assert answer.status_code == 303
    assert location(answer) == f"/store/success/{counter.purchase.public_id}"
    page = answer.follow()
    assert "is yours" in page
    assert "ana@example.com" in page
    assert len(counter.till.sandbox.charges) == 1
    download = page.click(href="/flac")
    assert download.content_type == "application/zip"


def test_declined_and_paid_with_another_card(counter: Counter) -> None:
    failure = counter.buy("pm_card_visa_chargeDeclinedInsufficientFunds").follow()
    assert "/store/failure/" in failure.request.path
    assert "Nothing was charged" in failure
    assert "not enough money" in failure

    again = failure.click("Try again")
    assert again.forms["till"]["email"].value == "ana@example.com", "what was typed is kept"
    assert "Nothing was charged" in again

    assert "is yours" in counter.buy("pm_card_mastercard").follow()
    assert len(counter.till.rows) == 1


def test_three_d_secure_done(counter: Counter) -> None:
    bank = counter.buy("pm_card_threeDSecure2Required").follow()
    assert "/store/authenticate/" in bank.request.path
    counter.till.answer_bank(counter.purchase)

    success = bank.click("Continue").follow()

    assert "is yours" in success


def test_three_d_secure_failed(counter: Counter) -> None:
    bank = counter.buy("pm_card_threeDSecure2Required").follow()
    counter.till.answer_bank(counter.purchase, "fail")

    failure = bank.click("Continue").follow()

    assert "/store/failure/" in failure.request.path
    assert "did not confirm" in failure


def test_three_d_secure_another_card(counter: Counter) -> None:
    bank = counter.buy("pm_card_threeDSecure2Required").follow()

    form = bank.forms[0]
    buy = form.submit().follow()

    assert buy.request.path == f"/store/buy/{counter.slug}"
    assert "Nothing was charged" in buy
    assert counter.purchase.state == PurchaseState.CANCELED
    assert "is yours" in counter.buy().follow()


def test_in_doubt(counter: Counter) -> None:
    counter.till.sandbox.fault("drop_before", ".*/confirm")

    status = counter.buy().follow()

    assert "/store/status/" in status.request.path
    assert "checking" in status
    assert "not charged" not in status.text.lower().replace("not charged twice", "")
    assert 'http-equiv="refresh"' in status


def test_the_status_page_asks_stripe_nothing(counter: Counter) -> None:
    counter.till.sandbox.fault("drop_before", ".*/confirm")
    status = counter.buy().headers["Location"]
    before = len(counter.till.sandbox.ledger()["requests"])

    for _ in range(5):
        counter.app.get(status, status=200)

    assert len(counter.till.sandbox.ledger()["requests"]) == before


def test_a_free_album_needs_no_card(counter: Counter) -> None:
    counter.till.album = make_album(counter.till.session, counter.till.wiring.storage, slug="gift", amount=0)
    page = counter.open()
    assert "stripe.js" not in page
    assert "Get the album" in page

    success = counter.post(counter.form(None)).follow()

    assert "is yours" in success
    assert (counter.purchase.channel, counter.purchase.state) == (Channel.FREE, PurchaseState.PAID)
    assert counter.sent_nothing()


def test_the_back_button_and_a_reload_lead_to_the_same_purchase(counter: Counter) -> None:
    form = counter.form()
    first = counter.post(form)
    second = counter.post(form)

    assert location(first) == location(second)
    assert location(counter.open()) == location(first), "the form is not shown again"
    assert len(counter.till.sandbox.charges) == 1


def test_two_tabs_give_one_charge(counter: Counter) -> None:
    one, other = counter.form(), counter.form()

    assert location(counter.post(one)) == location(counter.post(other))
    assert len(counter.till.sandbox.charges) == len(counter.till.rows) == 1


def test_two_browsers_are_two_buyers(counter: Counter, stranger: Counter) -> None:
    counter.buy()
    stranger.buy()

    assert len(counter.till.sandbox.charges) == len(counter.till.rows) == 2


def test_the_page_loads_stripe_and_nothing_else_does(counter: Counter) -> None:
    buy, album = counter.open(), counter.app.get(f"/albums/{counter.slug}")

    assert counter.till.sandbox.url in buy.headers["Content-Security-Policy"]
    assert counter.till.sandbox.url not in album.headers["Content-Security-Policy"]
    assert "unsafe" not in buy.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in album.headers
    assert buy.headers["Cache-Control"] == "no-store"
    with urlopen(f"{counter.till.sandbox.url}/endive/stripe.js", timeout=10) as script:
        assert script.status == 200


def test_who_comes_at_the_wrong_time_is_sent_on(counter: Counter) -> None:
    counter.till.sandbox.fault("drop_before", ".*/confirm")
    counter.buy()
    public_id = counter.purchase.public_id
    for page in ("success", "failure", "authenticate"):
        assert location(counter.app.get(f"/store/{page}/{public_id}", status=303)) == f"/store/status/{public_id}"

    counter.till.service.cancel(counter.till.session.merge(counter.purchase))

    status = counter.app.get(f"/store/status/{public_id}", status=303)
    assert location(status) == f"/store/failure/{public_id}"
