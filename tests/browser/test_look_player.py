"""The player: heard from the first click, one track at a time, by mouse and by keyboard."""

import hashlib
import math
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect
from sqlalchemy import select

from storefront.models import Album
from storefront.services.store.buyers import browser_key
from tests.support.people import make_purchase
from tests.support.shop import Shop


def test_it_plays_from_the_first_click_and_fetches_nothing_before(page: Page) -> None:
    streams: list[Request] = []
    page.on("request", lambda request: streams.append(request) if "/stream/" in request.url else None)
    page.goto("/albums/low-tide", wait_until="networkidle")
    assert streams == []

    page.get_by_role("button", name="Play Harbour").click()
    expect(page.get_by_role("button", name="Pause Harbour")).to_be_visible()
    seek = page.get_by_role("slider", name="Position in Harbour")
    expect(seek).not_to_have_attribute("aria-valuetext", "0:00 of 3:01")
    assert len({request.url for request in streams}) == 1

    page.get_by_role("button", name="Pause Harbour").click()
    expect(page.get_by_role("button", name="Play Harbour")).to_be_visible()


def test_one_track_at_a_time_and_then_the_next(page: Page) -> None:
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play Harbour").click()
    expect(page.get_by_role("button", name="Pause Harbour")).to_be_visible()
    page.get_by_role("button", name="Play What the Rain Said").click()
    expect(page.get_by_role("button", name="Pause")).to_have_count(1)
    expect(page.locator(".tracks [aria-current]")).to_contain_text("What the Rain Said")

    expect(page.get_by_role("button", name="Pause Slack Water")).to_be_visible()  # after two seconds
    expect(page.get_by_role("slider", name="Position in")).to_have_count(1)


def test_a_keyboard_plays_seeks_and_sets_the_volume(page: Page) -> None:
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play Slack Water").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pause Slack Water")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play Slack Water")).to_be_visible()

    page.keyboard.press("Tab")
    seek = page.get_by_role("slider", name="Position in Slack Water")
    expect(seek).to_be_focused()
    page.keyboard.press("Home")
    expect(seek).to_have_attribute("aria-valuetext", "0:00 of 3:03")
    page.keyboard.press("ArrowRight")  # five seconds, but this sound has two
    expect(seek).to_have_attribute("aria-valuetext", "0:02 of 3:03")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Previous track")).to_be_focused()
    page.keyboard.press("Tab")  # there is no next one
    volume = page.get_by_role("slider", name="Volume")
    expect(volume).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(volume).to_have_value("0.95")


def test_next_and_previous_lead_on_and_keep_the_keyboards_place(page: Page) -> None:
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play Harbour").click()
    expect(page.get_by_role("button", name="Previous track")).to_be_disabled()
    page.get_by_role("button", name="Next track").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pause What the Rain Said")).to_be_visible()
    expect(page.get_by_role("button", name="Next track")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Playing What the Rain Said")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Next track")).to_be_disabled()
    expect(page.get_by_role("button", name="Pause Slack Water")).to_be_focused()
    page.get_by_role("button", name="Previous track").click()
    expect(page.locator(".tracks [aria-current]")).to_contain_text("What the Rain Said")


def test_the_waveform_is_where_one_seeks(page: Page) -> None:
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play Harbour").click()
    expect(page.get_by_role("button", name="Pause Harbour")).to_be_visible()
    page.get_by_role("button", name="Pause Harbour").click()
    seek = page.get_by_role("slider", name="Position in Harbour")
    place = seek.bounding_box()
    assert place is not None
    # About a second of three minutes: beyond the thumb's own width, and within the two that this sound has.
    seek.click(position={"x": place["width"] * 0.0085, "y": place["height"] / 2})
    expect(seek).to_have_attribute("aria-valuetext", re.compile("^0:0[012] of 3:01$"))
    expect(seek).not_to_have_value("0")


def test_the_systems_own_controls_know_what_plays(page: Page) -> None:
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play Harbour").click()
    expect(page.get_by_role("button", name="Pause Harbour")).to_be_visible()
    told = page.evaluate(
        "(({title, artist, album, artwork}) => [title, artist, album, artwork.length])(navigator.mediaSession.metadata)"
    )
    assert told == ["Harbour", "Mara Quist", "Low Tide", 1]


def test_a_click_is_heard_at_once(page: Page) -> None:
    """Within 300 ms, in the best of up to twelve: the machine may be busy with other tests."""
    page.goto("/albums/long", wait_until="networkidle")
    page.evaluate(
        """() => { window.took = [];
                   const play = HTMLMediaElement.prototype.play;
                   document.addEventListener("click", () => { window.clicked = performance.now() }, true);
                   HTMLMediaElement.prototype.play = function () {
                     const heard = () => window.took.push(performance.now() - window.clicked);
                     this.addEventListener("playing", heard, {once: true});
                     return play.call(this) } }"""
    )
    took = [math.inf]
    for number in range(1, 13):
        page.get_by_role("button", name=f"Play Part {number}", exact=True).click()
        page.evaluate(
            """number => new Promise(done => { const look = () => took.length >= number ? done() : setTimeout(look, 5);
                                                look() })""",
            number,
        )
        took = page.evaluate("window.took")
        if min(took) <= 300:
            break
    print("from click to sound, ms:", [round(one) for one in took])
    assert min(took) <= 300


def test_the_page_does_not_jump_when_one_track_follows_another(page: Page) -> None:
    """As browsers count it: what moves by itself, not what a click moved. https://web.dev/articles/cls"""
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play Harbour").click()
    page.evaluate(
        """() => { window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries())
                   if (!e.hadRecentInput) moved += e.value }).observe({type: "layout-shift"}) }"""
    )
    expect(page.get_by_role("button", name="Pause What the Rain Said")).to_be_visible()
    expect(page.get_by_role("button", name="Pause Slack Water")).to_be_visible()
    assert page.evaluate("moved") <= 0.02


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_while_it_plays(
    open_page: Callable[..., Page], axe: Callable[[Page], None], width: int, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play Harbour").click()
    expect(page.get_by_role("button", name="Pause Harbour")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.locator(".wave :is(button, input)").evaluate_all(
        "all => all.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).length"
    )
    assert small == 0


def test_without_scripts_each_track_has_the_browsers_own_player(open_page: Callable[..., Page]) -> None:
    page = open_page(javascript=False)
    page.goto("/albums/low-tide")
    expect(page.locator(".tracks audio[controls]")).to_have_count(3)
    expect(page.get_by_role("button", name="Play")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_an_owner_listens_in_the_library(
    open_page: Callable[..., Page], axe: Callable[[Page], None], shop: Shop, width: int, dark: bool
) -> None:
    token = secrets.token_urlsafe(32)
    with shop.wiring.sessions() as session:
        for slug in ("low-tide", "long"):
            album = session.scalars(select(Album).where(Album.slug == slug)).one()
            purchase = make_purchase(session, album, buyer_key=browser_key(token))
    page = open_page(width=width, dark=dark)
    page.context.add_cookies([{"name": "buyer", "value": token, "url": shop.url}])
    page.goto("/library")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"/library/{purchase.public_id}")
    page.get_by_role("button", name="Play Part 1", exact=True).click()
    expect(page.get_by_role("button", name="Pause Part 1", exact=True)).to_be_visible()
    expect(page.get_by_role("slider", name="Position in Part 1")).not_to_have_attribute(
        "aria-valuetext", "0:00 of 3:01"
    )
    page.get_by_text("Did it arrive whole?").click()
    page.get_by_text("Download single tracks").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as download:
        page.locator(".choices a").first.click()
    arrived = hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest()
    assert arrived == page.locator(".checksums code").first.inner_text()


def test_a_track_that_cannot_be_played_says_so_and_can_be_tried_again(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.route("**/stream/**", lambda route: route.fulfill(status=200, content_type="audio/mpeg", body="no sound"))
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play Harbour").click()
    expect(page.get_by_role("alert")).to_have_text("Harbour cannot be played just now. Try again in a moment.")

    page.unroute("**/stream/**")
    page.get_by_role("button", name="Play Harbour").click()
    expect(page.get_by_role("button", name="Pause Harbour")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_album_that_is_not_out_has_nothing_to_play(page: Page) -> None:
    page.goto("/albums/soon")
    expect(page.locator(".tracks li")).to_have_count(3)
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    expect(page.get_by_role("link", name="Buy")).to_have_count(0)
