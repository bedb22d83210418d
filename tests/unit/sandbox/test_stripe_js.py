"""Stripe.js, the card fields and the bank's page in a browser, on a page of another origin with a strict policy."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.unit.sandbox.shop_page import ShopPage, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page whose console stays silent."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.set_default_timeout(10_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


@pytest.fixture
def shop_page(shop: Any, tab: Page) -> Iterator[ShopPage]:
    with serving(shop.sandbox.url) as page:
        tab.goto(page.url)
        expect(tab.locator("#out")).to_have_text("ready")
        yield page


def fields(page: Page) -> FrameLocator:
    return page.frame_locator("#card iframe")


def type_card(page: Page, number: str = "4242424242424242", expiry: str = "1240", cvc: str = "123") -> None:
    fields(page).get_by_label("Card number").press_sequentially(number)
    fields(page).get_by_label("Expiry date").press_sequentially(expiry)
    fields(page).get_by_label("Security code").press_sequentially(cvc)


def token(page: Page) -> str:
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#out")).to_contain_text("ctoken_")
    return page.inner_text("#out")


def axe(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def test_a_card_becomes_a_token(shop: Any, shop_page: ShopPage, tab: Page) -> None:
    tab.get_by_label("E-mail").fill("mara@shop.example")
    type_card(tab)
    expect(tab.locator("#out")).to_have_text("complete")
    made = token(tab)

    paid = shop.v1.payment_intents.confirm(shop.open().id, {"confirmation_token": made, "expand": ["latest_charge"]})
    assert paid.status == "succeeded"
    assert paid.latest_charge.billing_details.email == "mara@shop.example"
    assert paid.latest_charge.payment_method_details.card.exp_year == 2040
    assert "4242424242424242" not in tab.content()
    assert not [body for body in shop_page.bodies if b"4242" in body]


def test_what_is_typed_is_put_in_shape(shop_page: ShopPage, tab: Page) -> None:
    type_card(tab, "378282246310005", "9", "12345")

    assert fields(tab).get_by_label("Card number").input_value() == "3782 822463 10005"
    assert fields(tab).get_by_label("Expiry date").input_value() == "09 / "
    assert fields(tab).get_by_label("Security code").input_value() == "1234"
    expect(fields(tab).get_by_text("Amex")).to_be_visible()


def test_a_digit_in_the_middle_is_mended_in_place(shop_page: ShopPage, tab: Page) -> None:
    number = fields(tab).get_by_label("Card number")
    number.press_sequentially("4242424342424242")
    for _ in range(10):
        number.press("ArrowLeft")
    number.press("Backspace")
    number.press_sequentially("2")

    assert number.input_value() == "4242 4242 4242 4242"


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ({"number": ""}, "Enter your card number."),
        ({"number": "42424242"}, "Your card number is incomplete."),
        ({"number": "4242424242424241"}, "Your card number is not valid."),
        ({"expiry": "1340"}, "The month is a number from 01 to 12."),
        ({"expiry": "0120"}, "Your card's date is in the past."),
        ({"cvc": "12"}, "Enter your card's security code, 3 digits."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(shop_page: ShopPage, tab: Page, card: dict[str, str], words: str) -> None:
    type_card(tab, **card)
    tab.get_by_role("button", name="Pay").click()

    expect(tab.locator("#out")).to_contain_text(f"error: {words}")
    expect(fields(tab).get_by_text(words)).to_be_visible()
    expect(fields(tab).locator("[aria-invalid]")).to_be_focused()
    expect(fields(tab).locator("[aria-invalid]")).to_have_accessible_description(
        fields(tab).locator(".error").all()[["number", "expiry", "cvc"].index(next(iter(card)))].inner_text()
    )


def test_a_press_that_takes_its_time_finds_the_button_where_it_was(shop_page: ShopPage, tab: Page) -> None:
    type_card(tab, cvc="12")
    pay = tab.get_by_role("button", name="Pay")
    before = pay.bounding_box()
    assert before
    tab.mouse.move(before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    tab.mouse.down()
    tab.wait_for_timeout(300)

    assert pay.bounding_box() == before
    tab.mouse.up()
    expect(tab.locator("#out")).to_contain_text("error: Enter your card's security code")


def test_what_is_wrong_is_said_on_the_way_to_the_next_field(shop_page: ShopPage, tab: Page) -> None:
    fields(tab).get_by_label("Card number").press_sequentially("42424242")
    fields(tab).get_by_label("Card number").press("Tab")

    expect(fields(tab).get_by_text("Your card number is incomplete.")).to_be_visible()


def test_by_keyboard_alone(shop_page: ShopPage, tab: Page) -> None:
    tab.get_by_label("E-mail").focus()
    for typed in ("mara@shop.example", "4242424242424242", "1240", "123"):
        tab.keyboard.type(typed)
        tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="Pay")).to_be_focused()
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Enter")

    expect(tab.locator("#out")).to_contain_text("ctoken_")


def test_the_frame_is_as_high_as_its_content_and_dressed_as_the_page(shop_page: ShopPage, tab: Page) -> None:
    frame = tab.frames[1]
    tab.get_by_role("button", name="Pay").click()
    expect(fields(tab).get_by_text("Enter your card number.")).to_be_visible()

    content = frame.evaluate("document.documentElement.scrollHeight")
    expect(tab.locator("#card iframe")).to_have_css("height", f"{content}px")
    expect(fields(tab).locator("body")).to_have_css("background-color", "rgb(1, 2, 3)")


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("Complete", "paid: succeeded"),
        ("Fail", "error: payment_intent_authentication_failure requires_payment_method"),
    ],
)
def test_three_d_secure(shop: Any, shop_page: ShopPage, tab: Page, button: str, told: str) -> None:
    intent = shop.confirm(shop.open(), "pm_card_authenticationRequired")
    tab.evaluate("secret => { next(secret) }", intent.client_secret)
    dialog = tab.get_by_role("dialog", name="Your bank asks you")
    bank = tab.frame_locator("dialog iframe")
    expect(bank.get_by_text("$12.99")).to_be_visible()
    for _ in range(3):
        tab.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    assert shop.v1.payment_intents.retrieve(intent.id).status == "requires_action"

    bank.get_by_role("button", name=button).click()
    expect(tab.locator("#out")).to_have_text(told)
    expect(dialog).to_have_count(0)


def test_nothing_is_asked_of_what_is_paid(shop: Any, shop_page: ShopPage, tab: Page) -> None:
    tab.evaluate("secret => { next(secret) }", shop.confirm(shop.open()).client_secret)

    expect(tab.locator("#out")).to_have_text("paid: succeeded")


def test_redirect_and_back(shop: Any, shop_page: ShopPage, tab: Page) -> None:
    intent = shop.confirm(
        shop.open(), "pm_card_authenticationRequired", use_stripe_sdk=False, return_url=f"{shop_page.url}/return"
    )
    tab.evaluate("secret => { next(secret) }", intent.client_secret)
    tab.get_by_role("button", name="Complete").click()
    tab.wait_for_url(f"{shop_page.url}/return?*redirect_status=succeeded*")


@pytest.mark.parametrize("wrong", ["{paymentMethodTypes: ['card'], mode: 'payment', amount: 1, currency: 'usd'}", "{}"])
def test_options_that_stripe_refuses(shop_page: ShopPage, tab: Page, wrong: str) -> None:
    refused = f"() => {{ try {{ stripe.elements({wrong}) }} catch (error) {{ return error.name }} }}"

    assert tab.evaluate(refused) == "IntegrationError"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(shop: Any, tab: Page, scheme: Literal["light", "dark"]) -> None:
    tab.emulate_media(color_scheme=scheme)
    intent = shop.confirm(shop.open(), "pm_card_authenticationRequired")
    tab.goto(f"{shop.sandbox.url}/elements/inner")
    assert axe(tab) == []
    for place in ("", "&parent=https://shop.example"):  # a page of its own, in a frame
        tab.goto(f"{shop.sandbox.url}/3ds/{intent.id}?client_secret={intent.client_secret}{place}")
        assert axe(tab) == []
    tab.get_by_role("button", name="Complete").click()
    expect(tab.get_by_role("heading", name="Thank you")).to_be_visible()
    assert axe(tab) == []
