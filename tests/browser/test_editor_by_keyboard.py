"""An owner without a mouse: an upload and a save that are refused and put right, the order of the tracks, the sale."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.functional.importing.conftest import picture, tone
from tests.support.people import PASSWORD, make_owner
from tests.support.shop import Shop

OWNER = "keyboard@example.com"

#: -> the element that has the focus, its outline, and whether nothing lies over it (the bar with Save stays in view).
STOP = """() => {
  const e = document.activeElement, unseen = e.matches(".unseen"), s = getComputedStyle(unseen ? e.parentElement : e);
  const box = e.getBoundingClientRect(), top = document.elementFromPoint(box.x + box.width / 2, box.y + 3);
  return [e.outerHTML.slice(0, 90), s.outlineStyle, parseFloat(s.outlineWidth), unseen || e.contains(top)];
}"""


def tab_to(page: Page, goal: Locator) -> None:
    """Presses Tab until `goal` has the focus; every stop on the way is seen."""
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop[0].startswith("<body"):
            continue
        assert stop[1:] == ["solid", 3, True], stop
        if goal.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {goal}")


def press(page: Page, goal: Locator, key: str = "Enter") -> None:
    tab_to(page, goal)
    page.keyboard.press(key)


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def put_right(page: Page, axe: Callable[[Page], None], label: str, wrong: str, right: str) -> None:
    """From the summary of what is wrong to the field, where what was typed still stands."""
    problems, field = page.locator("[data-problems]"), page.get_by_label(label)
    expect(page).to_have_title(re.compile("^Error: "))
    expect(problems).to_be_focused()
    axe(page)
    press(page, problems.get_by_role("link"))
    expect(field).to_be_focused()
    expect(field).to_have_value(wrong)
    expect(field).to_have_accessible_description(re.compile("."))
    page.keyboard.press("Control+A")
    page.keyboard.type(right)


def test_from_files_to_the_shop(
    open_page: Callable[..., Page], shop: Shop, tmp_path: Path, axe: Callable[[Page], None]
) -> None:
    for number, name in enumerate(("One", "Two"), 1):
        tone(tmp_path / f"{number:02} {name}.flac", "flac", 0.5, 500 + number)
    (tmp_path / "cover.png").write_bytes(picture())
    with shop.wiring.sessions() as session:
        make_owner(session, OWNER)

    page = open_page(width=360, height=760)
    page.goto("/admin")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(OWNER)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Overview")
    press(page, page.get_by_label("The shop's desk").get_by_role("link", name="Albums"))
    heading(page, "Albums")
    press(page, page.get_by_role("button", name="New album"))
    heading(page, "A new album")

    files = page.locator("[data-choose]").first
    tab_to(page, files)
    files.set_input_files(list(tmp_path.iterdir()))  # in place of the system's own window
    expect(page.get_by_role("button", name="Make the album")).to_be_enabled()
    tab_to(page, page.get_by_label("Price"))
    page.keyboard.type("cheap")
    page.keyboard.press("Enter")
    put_right(page, axe, "Price", "cheap", "8.00")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Go on to the album").wait_for(timeout=60_000)
    press(page, page.get_by_role("link", name="Go on to the album"))

    expect(page.get_by_label("Title", exact=True)).to_be_visible()

    # Enter in a field saves, as in any form.
    tab_to(page, page.get_by_label("Title", exact=True))
    page.keyboard.type("Keys")
    tab_to(page, page.get_by_label("Artist", exact=True))
    page.keyboard.type("Mara Quist")
    tab_to(page, page.get_by_label("Release date"))
    page.keyboard.type("soon")
    page.keyboard.press("Enter")
    put_right(page, axe, "Release date", "soon", "2026-10")

    # The focus goes with the track that moves.
    press(page, page.get_by_role("button", name="Move One down"))
    expect(page.locator("[data-order-said]")).to_have_text("One is number 2 of 2 now")
    expect(page.get_by_role("button", name="Move One up")).to_be_focused()
    press(page, page.locator("summary", has_text="One"))
    tab_to(page, page.get_by_label("Composer").nth(1))
    page.keyboard.type("M. Quist")
    press(page, page.get_by_role("button", name="Save", exact=True).last)
    expect(page.get_by_text("Saved.")).to_be_visible()
    heading(page, "Keys")

    expect(page.locator(".making")).to_contain_text("All its files are made", timeout=90_000)
    page.reload()
    press(page, page.get_by_role("button", name="Put it on sale"))
    expect(page.locator(".state").first).to_have_text("on sale")
    press(page, page.get_by_role("link", name="See it in the shop"))
    page.wait_for_url(re.compile(r"//[^/]+/albums/"))  # the desk's page has the same heading
    heading(page, "Keys")
    expect(page.locator(".tracks .title, .tracks [dir=auto]").first).to_have_text("Two")
