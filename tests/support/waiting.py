"""Waiting for what only a script in the page can tell."""

import time

from playwright.sync_api import Page


def wait_until(page: Page, expression: str, seconds: float = 20) -> None:
    """Until it is true. Playwright's own wait_for_function asks by eval, which the shop's policy refuses."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)
