"""A band's album in a real browser: uploaded, interrupted by a reload, gone on with, edited, put in order, and sold."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from storefront.models import AlbumState, writing
from storefront.services.catalogue.production import request_files
from tests.browser.test_look import add_style, overflow
from tests.factories import make_album
from tests.functional.importing.conftest import picture, tone
from tests.support.people import make_owner
from tests.support.shop import Shop
from tests.support.signing_in import open_signed_in

OpenPage = Callable[..., Page]
OWNER = "editor@example.com"
LARGE = "html { font-size: 200% !important }"


@pytest.fixture(scope="module")
def band(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two songs (the second of two megabytes), what is no music but is called so, a cover, a booklet."""
    folder = tmp_path_factory.mktemp("band")
    tone(folder / "01 Harbour.flac", "flac", 0.5, 220)
    tone(folder / "02 Slack Water.wav", "pcm_s24le", 9, 330)
    (folder / "03 Broken.flac").write_bytes(b"no music at all" * 1000)
    (folder / "cover.png").write_bytes(picture())
    (folder / "booklet.pdf").write_bytes(b"%PDF")
    return folder


@pytest.fixture(scope="module")
def owner(shop: Shop) -> str:
    with shop.wiring.sessions() as session:
        make_owner(session, OWNER)
    return OWNER


@pytest.fixture
def desk(open_page: OpenPage, owner: str) -> Callable[..., Page]:
    """The list of albums, signed in."""

    return lambda **options: open_signed_in(open_page(**options), owner, "/admin/albums")


class Hold:
    """Lets so many chunks of files through, and then none: a connection that stopped."""

    def __init__(self, page: Page, most: int) -> None:
        self._left = most
        self.held: list[Route] = []
        self._page = page
        page.route("**/files/*?offset=*", self._chunk)

    def _chunk(self, route: Route) -> None:
        self._left -= 1
        if self._left >= 0:
            route.continue_()
        else:
            self.held.append(route)

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while not self.held and time.monotonic() < deadline:
            self._page.wait_for_timeout(20)
        assert self.held


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-file]", has_text=name)


def choose(page: Page, band: Path, *names: str) -> None:
    page.locator("[data-choose]").first.set_input_files([band / name for name in names])


ALL = ("01 Harbour.flac", "02 Slack Water.wav", "03 Broken.flac", "cover.png")


def test_from_a_bands_folder_to_the_shop(desk: Callable[..., Page], band: Path, axe: Callable[[Page], None]) -> None:
    page = desk()
    page.get_by_role("button", name="New album").click()
    hold = Hold(page, most=3)
    choose(page, band, *ALL, "booklet.pdf")
    expect(row(page, "booklet.pdf")).to_contain_text("It is neither music nor a cover.")
    hold.wait()
    finish = page.get_by_role("button", name="Make the album")
    expect(finish).to_be_disabled()
    axe(page)

    # The page is loaded again in the middle: the shop says what it has, and the same files go on from there.
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute("**/files/*?offset=*")
    unfinished = page.locator("[data-state]", has_text="choose this file again")
    expect(unfinished.first).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "offset=" in request.url else None)
    choose(page, band, *ALL)
    expect(page.locator("[role=status][data-said]")).to_have_text("All files are here: 4")
    expect(page.locator("[data-file]")).to_have_count(4)
    sizes = sum((band / name).stat().st_size for name in ALL)
    assert len(sent) < sizes / 1_000_000 + 4, "what was here already was sent again"
    expect(finish).to_be_enabled()
    page.get_by_label("Price").fill("7.00")
    finish.click()

    # The job reads them; what is wrong is named, and the rest is an album.
    page.get_by_role("link", name="Go on to the album").wait_for(timeout=60_000)
    expect(page.locator(".report .wrong")).to_contain_text("03 Broken.flac")
    axe(page)
    page.get_by_role("link", name="Go on to the album").click()

    # Edited: the words, and the order by the keyboard.
    page.get_by_label("Title", exact=True).fill("Low Water")
    page.get_by_label("Artist", exact=True).fill("Mara Quist")
    page.get_by_label("The cover in words").fill("A moon")
    down = page.get_by_role("button", name="Move Harbour down")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-order-said]")).to_have_text("Harbour is number 2 of 2 now")
    expect(page.get_by_role("button", name="Move Harbour up")).to_be_focused()
    axe(page)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Low Water")

    # Sold as soon as its files are made.
    expect(page.locator(".making")).to_contain_text("All its files are made", timeout=90_000)
    page.reload()
    page.get_by_role("button", name="Put it on sale").click()
    expect(page.locator(".state").first).to_have_text("on sale")
    page.get_by_role("link", name="See it in the shop").click()
    page.wait_for_url(re.compile(r"//[^/]+/albums/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Low Water")
    titles = page.locator(".tracks .title, .tracks [dir=auto]").all_inner_texts()
    assert [title for title in titles if title in ("Harbour", "Slack Water")] == ["Slack Water", "Harbour"]


def test_a_file_is_paused_and_goes_on(desk: Callable[..., Page], band: Path) -> None:
    page = desk()
    page.get_by_role("button", name="New album").click()
    hold = Hold(page, most=1)
    choose(page, band, "02 Slack Water.wav")
    hold.wait()
    page.get_by_role("button", name="Pause 02 Slack Water.wav").click()
    expect(row(page, "02 Slack Water.wav")).to_contain_text("paused")
    page.unroute("**/files/*?offset=*")
    page.get_by_role("button", name="Resume 02 Slack Water.wav").click()
    expect(page.locator("[data-said]")).to_have_text("All files are here: 1")
    page.locator("summary").filter(has_text="Leave out 02 Slack Water.wav").click()
    page.get_by_role("button", name="Yes, leave out 02 Slack Water.wav").click()
    expect(page.locator("[data-file]")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-file]")).to_have_count(0)


def expect_titles(page: Page, *titles: str) -> None:
    """The editor's tracks are these, in this order, as soon as they are there."""
    fields = page.locator("[data-track] input[name$=-title]")
    expect(fields).to_have_count(len(titles))
    for number, title in enumerate(titles):
        expect(fields.nth(number)).to_have_value(title)


def test_tracks_are_dragged_to_their_places(desk: Callable[..., Page]) -> None:
    page = desk(height=2400)  # all of it is in view
    page.get_by_role("link", name="Low Tide", exact=True).click()
    handles = page.locator("[data-handle]")
    start, end = handles.nth(0).bounding_box(), page.locator("[data-track]").nth(2).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, end["y"] + end["height"] - 4, steps=8)
    page.mouse.up()
    expect_titles(page, "What the Rain Said", "Slack Water", "Harbour")
    expect(page.locator("[data-order-said]")).to_have_text("Harbour is number 3 of 3 now")
    page.reload()
    expect_titles(page, "Harbour", "What the Rain Said", "Slack Water")  # nothing is saved before Save


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_desks_pages_are_for_everybody(desk: Callable[..., Page], axe: Callable[[Page], None], dark: bool) -> None:
    page = desk(width=360, height=780, dark=dark)
    axe(page)
    add_style(page, LARGE)
    assert overflow(page) <= 0
    page.get_by_role("link", name="What We Found When We Went Down").click()
    expect(page.locator("[data-track]").first).to_be_visible()
    page.locator("summary").first.click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        """[...document.querySelectorAll("button, .button, summary, select, input")]
           .filter(e => e.checkVisibility() && !e.matches(".unseen, [type=hidden], [type=checkbox], [type=radio]"))
           .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""
    )
    assert small == []
    add_style(page, LARGE)
    assert overflow(page) <= 0
    page.get_by_label("Title", exact=True).fill("")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("[data-problems]")).to_be_focused()
    axe(page)


def test_the_order_without_javascript(open_page: OpenPage, owner: str) -> None:
    page = open_signed_in(open_page(javascript=False), owner, "/admin/albums")
    page.get_by_role("link", name="Low Tide", exact=True).click()
    page.get_by_role("button", name="Move Harbour down").click()
    expect_titles(page, "What the Rain Said", "Harbour", "Slack Water")
    expect(page.get_by_text("not saved yet")).to_be_visible()


def test_a_production_that_fails_is_told_where_its_progress_was(desk: Callable[..., Page], shop: Shop) -> None:
    """Without a reload: somebody may be typing."""
    with shop.wiring.sessions() as session:
        album = make_album(session, shop.wiring.storage, slug="fails", title="Fails", state=AlbumState.DRAFT)
        for track in album.edition.tracks if album.edition else ():
            shop.wiring.storage.delete(track.master_digest)
        page = desk()
        page.goto(f"/admin/albums/{album.public_id}")
        page.get_by_label("Title", exact=True).fill("Typed meanwhile")
        expect(page.locator(".making")).to_contain_text("Its files are being made")
        with writing(session):
            assert album.edition
            request_files(session, album.edition)
    expect(page.locator(".making")).to_contain_text("Its files cannot be made", timeout=20_000)
    expect(page.get_by_label("Title", exact=True)).to_have_value("Typed meanwhile")
