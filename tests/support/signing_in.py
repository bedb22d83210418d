"""Somebody signs in, in a real browser."""

from playwright.sync_api import Page

from tests.support.people import PASSWORD


def open_signed_in(page: Page, email: str, path: str) -> Page:
    """At that page, by way of the form."""
    page.goto(f"/sign-in?next={path}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{path}")
    return page
