"""What forms say while they are filled in, and the till when Stripe cannot be reached."""

import re

from playwright.sync_api import Page, Request, expect

SENTENCE = "Enter an e-mail address like name@example.com"


def test_a_field_is_judged_when_it_is_left_and_forgiven_at_once(page: Page) -> None:
    page.goto("/sign-in")
    email = page.get_by_label("E-mail address")
    error = page.locator("#email-error")
    email.focus()
    email.blur()
    expect(error).to_be_hidden()  # left empty: nothing to say yet

    email.press_sequentially("ana@")
    expect(error).to_be_hidden()  # never while typing
    email.blur()
    expect(error).to_have_text(SENTENCE)
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description(SENTENCE)

    email.press_sequentially("example.com")
    expect(error).to_be_hidden()
    expect(email).not_to_have_attribute("aria-invalid", "true")


def test_a_form_with_something_wrong_goes_nowhere(page: Page) -> None:
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.goto("/store/buy/low-tide")
    pay = page.get_by_role("button", name="Pay €9.00")
    expect(page.frame_locator("[data-card] iframe").get_by_label("Card number")).to_be_visible()
    pay.click()
    expect(page.get_by_label("E-mail address")).to_be_focused()
    expect(page.locator("#email-error")).to_have_text(SENTENCE)
    expect(pay).to_be_enabled()
    assert [post.url for post in posts if "/store/" in post.url] == []


def test_what_the_server_found_wrong_is_told_first(page: Page) -> None:
    page.goto("/store/buy/low-tide")
    page.locator("[name=stripeToken]").evaluate("field => field.form.submit()")  # a press before any script was there
    problems = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(problems).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    problems.get_by_role("link", name=re.compile("e-mail")).click()
    expect(page.get_by_label("E-mail address")).to_be_focused()


def test_a_press_is_answered_at_once_and_once(page: Page) -> None:
    page.goto("/store/buy/low-tide")
    page.get_by_label("E-mail address").fill("ana@example.com")
    card = page.frame_locator("[data-card] iframe")
    card.get_by_label("Card number").fill("4242424242424242")  # no date, no code: Stripe's fields refuse
    page.evaluate(
        """() => { const button = document.querySelector("[data-pay]"); window.told = [];
                   new MutationObserver(() => told.push([button.disabled, button.textContent]))
                     .observe(button, {attributes: true, childList: true}) }"""
    )
    page.get_by_role("button", name="Pay €9.00").click()
    expect(page.get_by_role("button", name="Pay €9.00")).to_be_enabled()  # it comes back
    assert page.evaluate("told[0]") == [True, "Paying…"]


def test_the_colours_of_the_card_fields_are_the_pages(page: Page) -> None:
    page.goto("/store/buy/low-tide")
    label = page.frame_locator("[data-card] iframe").locator("input").first
    expect(label).to_be_visible()
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        ink = page.get_by_label("E-mail address").evaluate("field => getComputedStyle(field).color")
        expect(label).to_have_css("color", ink)
