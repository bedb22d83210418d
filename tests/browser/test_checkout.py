"""A guest buys in a real browser, with the sandbox's own card fields: every way that it can end."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, Request, expect

from tests.support.shop import Shop

VISA = "4242424242424242"
DECLINED = "4000000000000002"
THREE_D_SECURE = "4000000000003220"


class Till:
    """A buyer in front of the buy page."""

    def __init__(self, page: Page, slug: str = "low-tide") -> None:
        self.page = page
        page.goto(f"/albums/{slug}")
        page.get_by_role("link", name=re.compile("Buy")).click()
        expect(page).to_have_url(re.compile(f"/store/buy/{slug}$"))

    @property
    def card(self) -> FrameLocator:
        return self.page.frame_locator("[data-card] iframe")

    @property
    def bank(self) -> FrameLocator:
        return self.page.frame_locator("iframe[title='3-D Secure authentication']")

    def fill(self, number: str = VISA, email: str | None = "ana@example.com") -> None:
        if email is not None:
            self.page.get_by_label("E-mail address").fill(email)
        self.card.get_by_label("Card number").fill(number)
        self.card.get_by_label("Expiry date").fill("1234")
        self.card.get_by_label("Security code").fill("123")

    def pay(self, number: str = VISA, email: str | None = "ana@example.com") -> None:
        self.fill(number, email)
        self.page.get_by_role("button", name=re.compile("Pay ")).click()


@pytest.fixture
def charges(shop: Shop) -> Callable[[], list[dict[str, Any]]]:
    """The charges since the test began: the shop is shared."""
    before = {charge["id"] for charge in shop.sandbox.charges}
    return lambda: [charge for charge in shop.sandbox.charges if charge["id"] not in before]


def expect_success(page: Page, title: str = "Low Tide") -> None:
    expect(page).to_have_url(re.compile("/store/success/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{title} is yours")


def test_a_guest_buys_and_takes_the_album_home(
    page: Page, axe: Callable[[Page], None], charges: Callable[[], list[Any]]
) -> None:
    till = Till(page)
    expect(till.card.get_by_label("Card number")).to_be_visible()
    axe(page)
    till.pay()

    expect_success(page)
    axe(page)
    assert [charge["amount"] for charge in charges()] == [900]
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("FLAC")).first.click()
    assert download.value.suggested_filename.endswith(".zip")


def test_the_shop_never_sees_a_card_number(page: Page, shop: Shop) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    till = Till(page)
    till.pay()
    expect_success(page)

    to_shop = [request for request in sent if request.url.startswith(shop.url)]
    assert any(request.method == "POST" for request in to_shop)
    for request in to_shop:
        text = f"{request.url} {request.post_data or ''} {request.headers}"
        assert VISA not in text.replace(" ", "").replace("+", "").replace("%20", "")
    assert VISA not in page.content().replace(" ", "")


def test_declined_and_paid_with_another_card(
    page: Page, axe: Callable[[Page], None], charges: Callable[[], list[Any]]
) -> None:
    till = Till(page)
    till.pay(DECLINED)

    expect(page).to_have_url(re.compile("/store/failure/"))
    expect(page.get_by_text("Your bank refused this card")).to_be_visible()
    axe(page)
    assert charges() == []

    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_label("E-mail address")).to_have_value("ana@example.com")
    till.pay(email=None)
    expect_success(page)
    assert len(charges()) == 1


def test_three_d_secure_passed(page: Page, axe: Callable[[Page], None], charges: Callable[[], list[Any]]) -> None:
    till = Till(page)
    till.pay(THREE_D_SECURE)

    expect(page).to_have_url(re.compile("/store/authenticate/"))
    expect(till.bank.get_by_role("button", name="Complete authentication")).to_be_visible()
    axe(page)
    assert charges() == []
    till.bank.get_by_role("button", name="Complete authentication").click()

    expect_success(page)
    assert len(charges()) == 1


def test_three_d_secure_failed(page: Page, charges: Callable[[], list[Any]]) -> None:
    till = Till(page)
    till.pay(THREE_D_SECURE)
    till.bank.get_by_role("button", name="Fail authentication").click()

    expect(page).to_have_url(re.compile("/store/failure/"))
    expect(page.get_by_text("did not confirm")).to_be_visible()
    assert charges() == []


def test_three_d_secure_left_for_another_card(page: Page, charges: Callable[[], list[Any]]) -> None:
    till = Till(page)
    till.pay(THREE_D_SECURE)
    expect(till.bank.get_by_role("button", name="Complete authentication")).to_be_visible()
    page.reload()  # walks away from the bank's window
    expect(page.get_by_role("button", name="Open the bank's window")).to_be_visible()
    expect(page.locator("iframe[title='3-D Secure authentication']")).to_have_count(0)
    page.get_by_role("button", name="Another card").click()

    expect(page).to_have_url(re.compile("/store/buy/low-tide$"))
    expect(page.get_by_text("Nothing was charged.", exact=True)).to_be_visible()
    till.pay(email=None)
    expect_success(page)
    assert len(charges()) == 1


def test_in_doubt_settles_by_itself(
    page: Page, shop: Shop, axe: Callable[[Page], None], charges: Callable[[], list[Any]]
) -> None:
    till = Till(page)
    shop.sandbox.fault("drop_after", ".*/confirm")
    # More than one look's worth: the worker also asks after the fees of other tests' purchases.
    shop.sandbox.fault("drop_before", "/v1/payment_intents/pi_[A-Za-z0-9]+", method="GET", count=9)
    till.pay()

    expect(page).to_have_url(re.compile("/store/status/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("We are checking with your bank")
    axe(page)
    expect(page).to_have_url(re.compile("/store/success/"), timeout=60_000)
    assert len(charges()) == 1


def test_by_keyboard_alone(page: Page, charges: Callable[[], list[Any]]) -> None:
    page.goto("/albums/low-tide")
    buy = page.get_by_role("link", name=re.compile("Buy"))
    for _ in range(30):
        page.keyboard.press("Tab")
        if buy.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    card = page.frame_locator("[data-card] iframe")
    expect(card.get_by_label("Card number")).to_be_visible()
    email = page.get_by_label("E-mail address")
    for _ in range(30):
        page.keyboard.press("Tab")
        if email.evaluate("field => field === document.activeElement"):
            break
    page.keyboard.type("ana@example.com")
    for text in (VISA, "1234", "123"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=re.compile("Pay "))).to_be_focused()
    page.keyboard.press("Enter")

    expect_success(page)
    assert len(charges()) == 1


def test_a_double_click_is_one_charge(page: Page, charges: Callable[[], list[Any]]) -> None:
    till = Till(page)
    till.fill()
    page.get_by_role("button", name=re.compile("Pay ")).dblclick()

    expect_success(page)
    assert len(charges()) == 1


def test_back_and_reload_after_paying(page: Page, charges: Callable[[], list[Any]]) -> None:
    till = Till(page)
    till.pay()
    expect_success(page)
    page.reload()
    expect_success(page)
    page.go_back()
    expect_success(page)
    assert len(charges()) == 1


def test_a_wrong_card_number_is_told_beside_its_field(page: Page, charges: Callable[[], list[Any]]) -> None:
    till = Till(page)
    till.pay("4242424242424241")

    expect(till.card.get_by_text(re.compile("card number", re.I)).nth(1)).to_be_visible()
    expect(page).to_have_url(re.compile("/store/buy/"))
    expect(page.get_by_role("button", name=re.compile("Pay "))).to_be_enabled()
    till.card.get_by_label("Card number").fill(VISA)
    page.get_by_role("button", name=re.compile("Pay ")).click()
    expect_success(page)
    assert len(charges()) == 1


def test_a_wrong_address_costs_no_card(page: Page, charges: Callable[[], list[Any]]) -> None:
    """What is wrong with the form is told before the card is sent to Stripe, and nothing typed is lost."""
    till = Till(page)
    till.pay(email="ana@")

    expect(page.get_by_text("Enter an e-mail address like name@example.com")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_be_focused()
    expect(till.card.get_by_label("Card number")).to_have_value(re.compile("4242"))
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_role("button", name=re.compile("Pay ")).click()
    expect_success(page)
    assert len(charges()) == 1


def test_a_free_album_has_no_card_fields(page: Page, charges: Callable[[], list[Any]]) -> None:
    page.goto("/store/buy/free")
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_role("button", name="Get the album").click()
    expect_success(page, "A Free Album")
    assert charges() == []


def test_without_javascript_the_page_says_what_it_needs(open_page: Callable[..., Page]) -> None:
    page = open_page(javascript=False)
    page.goto("/store/buy/low-tide")
    expect(page.locator("noscript .notice")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 768])
def test_the_card_fields_fit_a_small_screen(open_page: Callable[..., Page], width: int) -> None:
    page = open_page(width=width, height=700)
    till = Till(page)
    expect(till.card.get_by_label("Card number")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    frame = page.frames[-1]
    assert frame.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_the_way(open_page: Callable[..., Page], axe: Callable[[Page], None], dark: bool) -> None:
    page = open_page(dark=dark)
    till = Till(page)
    till.pay(THREE_D_SECURE)
    expect(till.bank.get_by_role("button", name="Complete authentication")).to_be_visible()
    axe(page)
    till.bank.get_by_role("button", name="Fail authentication").click()
    expect(page).to_have_url(re.compile("/store/failure/"))
    axe(page)
    page.get_by_role("link", name="Try again").click()
    expect(till.card.get_by_label("Card number")).to_be_visible()
    axe(page)
    till.pay(email=None)
    expect_success(page)
    axe(page)
