"""What a buyer, a broken browser or a stranger may send to the till: a clear answer, nothing lost, nothing charged."""

import pytest
from sqlalchemy import update

from storefront.models import Album, AlbumPurchase, AlbumState, Pricing, PurchaseState, writing
from storefront.web.pace import MOST
from tests.factories import make_album
from tests.functional.store.conftest import Counter

LONG = "x" * 10_000


def test_a_purchase_of_somebody_else_is_not_there(counter: Counter, stranger: Counter) -> None:
    counter.buy("pm_card_visa_chargeDeclined")
    public_id = counter.purchase.public_id
    stranger.open()

    for page in ("success", "failure", "status", "authenticate", "return"):
        missing = stranger.app.get(f"/store/{page}/{'0' * 32}", status=404)
        assert stranger.app.get(f"/store/{page}/{public_id}", status=404).status == missing.status
    token = stranger.open().forms["till"]["csrf_token"].value
    stranger.app.post(f"/store/cancel/{public_id}", {"csrf_token": token}, status=404)
    assert counter.purchase.state == PurchaseState.OPEN


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
def test_without_the_forms_own_secret(counter: Counter, token: str | None) -> None:
    form = counter.form()
    form.pop("csrf_token")
    if token is not None:
        form["csrf_token"] = token

    page = counter.post(form, status=403)

    assert "form is too old" in page
    assert counter.sent_nothing()
    assert counter.till.rows == []


def test_with_the_secret_of_another_browser(counter: Counter, stranger: Counter) -> None:
    counter.open()
    counter.post(stranger.form(), status=403)
    assert counter.till.rows == []


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_from_another_site(counter: Counter, headers: dict[str, str]) -> None:
    counter.app.post(f"/store/complete/{counter.slug}", counter.form(), headers=headers, status=403)
    assert counter.till.rows == []


def test_complete_is_not_a_page(counter: Counter) -> None:
    assert "POST" in counter.app.get(f"/store/complete/{counter.slug}", status=405).headers["Allow"]


@pytest.mark.parametrize("slug", ["nothing", LONG, "%00", "..%2f..%2fetc", "%ff", "low-tide%0a"])
def test_an_album_that_never_was(counter: Counter, slug: str) -> None:
    assert counter.app.get(f"/store/buy/{slug}", expect_errors=True).status_code in (400, 404)


def test_the_address_that_an_album_had(counter: Counter) -> None:
    from storefront.models import AlbumSlug

    session = counter.till.session
    with writing(session):
        session.add(AlbumSlug(slug="ebb", album_id=counter.till.album.id))

    moved = counter.app.get("/store/buy/ebb", status=301)

    assert moved.headers["Location"].endswith("/store/buy/low-tide")


def set_album(counter: Counter, **values: object) -> None:
    session = counter.till.session
    with writing(session):
        session.execute(update(Album).where(Album.id == counter.till.album.id).values(**values))


def test_an_album_that_is_not_published(counter: Counter) -> None:
    form = counter.form()
    set_album(counter, state=AlbumState.WITHDRAWN)
    counter.app.get(f"/store/buy/{counter.slug}", status=410)
    counter.post(form, status=410)
    set_album(counter, state=AlbumState.DRAFT)
    counter.app.get(f"/store/buy/{counter.slug}", status=404)
    assert counter.sent_nothing()


def test_an_album_that_is_not_released_yet(counter: Counter) -> None:
    form = counter.form()
    counter.till.album = make_album(
        counter.till.session, counter.till.wiring.storage, slug="soon", released="2999-01-01"
    )
    counter.app.get("/store/buy/soon", status=410)
    counter.post(form, status=410)
    assert counter.till.rows == []


@pytest.mark.parametrize(
    "token",
    [None, "", "   ", LONG, "ctoken_1234567\n8", "ctoken_\x0012345678", "ctoken_12345678\n", "ctoken_short",
     "ctoken_12345678\u00e9", "tok_visa", "pm_card_visa", "ch_1", "seti_123456"],
)  # fmt: skip
def test_a_token_that_is_none(counter: Counter, token: str | None) -> None:
    form = counter.form(None)
    if token is not None:
        form["stripeToken"] = token

    counter.post(form, status=400)

    assert counter.sent_nothing()
    assert counter.till.rows == []


def test_a_missing_card_is_told(counter: Counter) -> None:
    page = counter.post(counter.form(None), status=400)
    assert "Enter your card details" in page
    assert page.forms["till"]["email"].value == "ana@example.com"
    assert page.html.title.text.startswith("Error: ")


def test_a_token_that_stripe_does_not_know(counter: Counter) -> None:
    page = counter.buy(stripeToken="ctoken_1234567890", status=422)

    assert "enter your card again" in page
    assert counter.purchase.state == PurchaseState.OPEN
    assert "is yours" in counter.buy().follow()


@pytest.mark.parametrize("field", ["stripeToken", "amount", "email"])
def test_a_field_that_comes_twice(counter: Counter, field: str) -> None:
    form = [*counter.form().items(), (field, "1")]
    counter.app.post(f"/store/complete/{counter.slug}", form, status=400)
    assert counter.till.rows == []


@pytest.mark.parametrize(
    "email", ["", " ", "mara@", "a b@example.com", "a@b@c.de", LONG + "@example.com", "a@example.com\nBcc: x"]
)
def test_an_address_that_is_none(counter: Counter, email: str) -> None:
    page = counter.buy(email=email, status=422)
    assert page.html.find(id="email")["aria-invalid"] == "true"
    assert page.html.title.text.startswith("Error: ")
    assert counter.sent_nothing()
    assert counter.till.rows == []


@pytest.mark.parametrize("amount", ["9.99", "1e3", "١٢٩٩", "-1", "", "NaN", "1" + "0" * 20, " 900", "0x384", "900\n"])
def test_an_amount_that_is_none(counter: Counter, amount: str) -> None:
    counter.buy(amount=amount, status=400)
    assert counter.till.rows == []


@pytest.mark.parametrize(("currency", "status"), [("usd", 409), ("XXX", 400), ("usd ", 400), ("", 400), ("eurx", 400)])
def test_another_currency(counter: Counter, currency: str, status: int) -> None:
    counter.buy(currency=currency, status=status)
    assert counter.till.rows == []


@pytest.mark.parametrize("field", ["amount", "currency"])
def test_a_form_without_its_price(counter: Counter, field: str) -> None:
    form = counter.form()
    del form[field]
    counter.post(form, status=400)
    assert counter.till.rows == []


def test_the_price_changed_in_between(counter: Counter) -> None:
    form = counter.form()
    set_album(counter, amount=1100)

    page = counter.post(form, status=409)

    assert "€11.00" in page
    assert page.forms["till"]["amount"].value == "1100"
    assert page.forms["till"]["email"].value == "ana@example.com"
    assert counter.till.rows == []


def test_the_price_changed_after_a_decline(counter: Counter) -> None:
    counter.buy("pm_card_visa_chargeDeclined")
    set_album(counter, amount=1100)

    counter.buy()

    assert [row.state for row in counter.till.rows] == [PurchaseState.CANCELED, PurchaseState.PAID]
    assert [charge["amount"] for charge in counter.till.sandbox.charges] == [1100]


def test_pay_what_you_want(counter: Counter) -> None:
    set_album(counter, pricing=Pricing.MINIMUM, amount=500)
    counter.buy(amount="499", status=400)
    counter.buy("pm_card_visa_chargeDeclined", amount="700")
    counter.buy(amount="1500")

    assert [charge["amount"] for charge in counter.till.sandbox.charges] == [1500]
    assert [(row.amount, row.state) for row in counter.till.rows] == [
        (700, PurchaseState.CANCELED),
        (1500, PurchaseState.PAID),
    ]


def test_less_than_stripe_charges(counter: Counter) -> None:
    set_album(counter, pricing=Pricing.MINIMUM, amount=0)
    page = counter.buy(amount="10", status=400)

    assert "€0.50" in page
    assert counter.sent_nothing()
    assert "is yours" in counter.buy(amount="0").follow()


@pytest.mark.parametrize(
    ("typed", "status", "amount"), [("12.00", 200, "1200"), ("4.99", 400, "500"), ("x", 400, "500")]
)
def test_the_price_that_a_buyer_chooses(counter: Counter, typed: str, status: int, amount: str) -> None:
    set_album(counter, pricing=Pricing.MINIMUM, amount=500)
    page = counter.app.get(f"/store/buy/{counter.slug}", {"price": typed}, status=status)
    assert page.forms["till"]["amount"].value == amount


def test_fields_that_a_buyer_has_no_say_in(counter: Counter) -> None:
    counter.buy(price="1", user_id="2", state="paid", account_id="1", edition_id="7", public_id="f" * 32)

    purchase = counter.purchase
    assert (purchase.amount, purchase.account_id, purchase.edition_id) == (900, None, counter.till.album.edition_id)
    assert purchase.public_id != "f" * 32


def test_bought_but_closed(counter: Counter) -> None:
    counter.buy()
    session = counter.till.session
    with writing(session):
        session.execute(update(AlbumPurchase).values(dispute="needs_response"))

    page = counter.app.get(f"/store/buy/{counter.slug}", status=409)
    assert "Nothing was charged now" in page
    assert len(counter.till.sandbox.charges) == 1


def test_without_the_shops_cookie(counter: Counter) -> None:
    form = counter.form()
    [cookie] = [cookie for cookie in counter.app.cookiejar if cookie.name == "buyer"]
    counter.app.cookiejar.clear(cookie.domain, cookie.path, cookie.name)

    counter.post(form, status=400)

    assert counter.sent_nothing()


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"email=" + b"x" * 70_000, 413),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\n--b--", 415),
        ("application/json", b"{}", 415),
        ("application/x-www-form-urlencoded; charset=utf-16", b"email=a", 400),
        ("application/x-www-form-urlencoded", b"email=%ff%fe", 400),
        ("application/x-www-form-urlencoded", b"email=\xff", 400),
        ("application/x-www-form-urlencoded", b"email=100%&amount=%zz", 400),
    ],
)
def test_a_body_that_is_no_form_of_ours(counter: Counter, content_type: str, body: bytes, status: int) -> None:
    counter.open()
    page = counter.app.post(
        f"/store/complete/{counter.slug}", body, headers={"Content-Type": content_type}, status=status
    )
    assert "masthead" in page, "in the shop's look"
    assert counter.till.rows == []


@pytest.mark.parametrize(
    "query",
    ["", "?redirect_status=succeeded", "?payment_intent=pi_other&payment_intent_client_secret=x", "?next=//evil.test"],
)
def test_coming_back_from_the_bank_with_other_words(counter: Counter, query: str) -> None:
    counter.buy("pm_card_threeDSecure2Required")
    back = f"/store/return/{counter.purchase.public_id}{query}"

    answer = counter.app.get(back, status=303)

    assert answer.headers["Location"].endswith(f"/store/authenticate/{counter.purchase.public_id}")
    assert counter.purchase.state == PurchaseState.ACTION_REQUIRED
    counter.till.answer_bank(counter.purchase)
    for _ in range(2):
        assert "/store/success/" in counter.app.get(back, status=303).headers["Location"]


@pytest.mark.parametrize("name", ["wav", "..", "%2e%2e%2fflac", "flac.99", "flac.0", "stream"])
def test_a_download_that_never_was(counter: Counter, name: str) -> None:
    counter.buy()
    counter.app.get(f"/library/{counter.purchase.public_id}/{name}", status=404)


def test_a_range_beyond_the_end(counter: Counter) -> None:
    counter.buy()
    address = f"/library/{counter.purchase.public_id}/flac"
    counter.app.get(address, headers={"Range": "bytes=999999999-"}, status=416)
    part = counter.app.get(address, headers={"Range": "bytes=0-3"}, status=206)
    assert part.body == b"PK\x03\x04"


def test_a_status_page_that_is_asked_for_without_end(counter: Counter) -> None:
    counter.buy("pm_card_threeDSecure2Required")
    purchase, session = counter.purchase, counter.till.session
    with writing(session):
        session.execute(update(AlbumPurchase).values(state=PurchaseState.PROCESSING))
    asked = len(counter.till.sandbox.ledger()["requests"])

    answers = [counter.app.get(f"/store/status/{purchase.public_id}", expect_errors=True) for _ in range(100)]

    assert [answer.status_int for answer in answers] == [200] * MOST + [429] * (100 - MOST)
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "a little too often" in answers[-1]
    assert len(counter.till.sandbox.ledger()["requests"]) == asked, "no poll asks Stripe"
    counter.app.get("/help", status=200)


def test_a_token_that_is_too_old(counter: Counter) -> None:
    form = counter.form()
    counter.till.sandbox.shift_clock(13 * 3600)
    page = counter.post(form, status=422)
    assert "enter your card again" in page
    assert counter.purchase.state == PurchaseState.OPEN
    assert counter.till.sandbox.charges == []


def test_a_token_that_was_sent_before(counter: Counter, stranger: Counter) -> None:
    form = counter.form()
    counter.post(form)
    shown = counter.post(form)
    assert "/store/success/" in shown.location

    page = stranger.buy(stripeToken=form["stripeToken"], status=400)
    assert "Nothing was charged" in page
    assert stranger.purchase.state == PurchaseState.OPEN
    assert len(counter.till.sandbox.charges) == 1


def test_a_shop_of_another_mode_takes_no_token(counter: Counter) -> None:
    """A token of other keys is one that Stripe does not have for these."""
    form = counter.form()
    counter.till.sandbox.reset()
    page = counter.post(form, status=422)
    assert "enter your card again" in page
    assert counter.till.sandbox.charges == []


def test_success_of_what_is_not_paid(counter: Counter) -> None:
    counter.buy("pm_card_threeDSecure2Required")
    public_id = counter.purchase.public_id
    assert counter.app.get(f"/store/success/{public_id}", status=303).location.endswith(f"/store/status/{public_id}")
