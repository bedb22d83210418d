"""Going on with the music on the next page: offered at its foot, and begun by nothing but a press."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.waiting import wait_until

#: What plays is known to the test, and takes its time: the tracks are two seconds long.
SLOWLY = """(() => {
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    window.playing = this;
    this.defaultPlaybackRate = this.playbackRate = 0.25;
    return play.call(this);
  };
})()"""


def leave_playing(page: Page) -> None:
    page.add_init_script(SLOWLY)
    page.goto("/albums/low-tide")
    page.get_by_role("button", name="Play What the Rain Said").click()
    expect(page.get_by_role("slider", name="Position in")).to_have_attribute(
        "aria-valuetext", "0:01 of 3:02", timeout=15_000
    )
    page.get_by_role("link", name="Artists", exact=True).first.click()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_one_press_goes_on_and_the_album_with_it(
    open_page: Callable[..., Page], axe: Callable[[Page], None], width: int, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    leave_playing(page)
    bar = page.get_by_role("complementary", name="Go on listening")
    play = bar.get_by_role("button", name="Play What the Rain Said")
    expect(play).to_be_visible()
    left_at = float(page.locator("[data-here]").get_attribute("data-from") or 0)
    assert left_at >= 1
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    scrolled = page.evaluate("scrollY")
    play.focus()
    page.keyboard.press("Enter")
    expect(bar.get_by_role("button", name="Pause What the Rain Said")).to_be_visible()
    expect(bar.get_by_role("slider", name="Position in")).to_have_attribute("aria-valuetext", "0:01 of 3:02")
    expect(bar.get_by_role("slider", name="Position in")).not_to_have_value(str(left_at))
    wait_until(page, "playing.played.length")
    assert page.evaluate("playing.played.start(0)") == pytest.approx(left_at, abs=0.05)
    assert page.evaluate("scrollY") == scrolled
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("playing.playbackRate = 4")
    expect(bar.get_by_role("button", name="Pause Slack Water")).to_be_visible()  # the next, when it has ended
    expect(bar.locator("li:visible")).to_have_count(1)


def test_it_is_closed_and_stays_away(page: Page) -> None:
    leave_playing(page)
    bar = page.get_by_role("complementary", name="Go on listening")
    bar.get_by_role("button", name="Close").click()
    expect(bar).to_have_count(0)
    page.goto("/albums")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(bar).to_have_count(0)


def test_what_was_paused_is_not_offered(page: Page) -> None:
    leave_playing(page)
    bar = page.get_by_role("complementary", name="Go on listening")
    bar.get_by_role("button", name="Play What the Rain Said").click()
    bar.get_by_role("button", name="Pause What the Rain Said").click()
    expect(bar.get_by_role("button", name="Play What the Rain Said")).to_be_visible()
    page.goto("/albums")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("complementary")).to_have_count(0)


def test_another_albums_tracks_stay_apart_and_one_plays_at_a_time(page: Page) -> None:
    leave_playing(page)
    page.goto("/albums/long")
    bar = page.get_by_role("complementary", name="Go on listening")
    bar.get_by_role("button", name="Play What the Rain Said").click()
    expect(bar.get_by_role("button", name="Pause What the Rain Said")).to_be_visible()
    page.get_by_role("button", name="Play Part 12").click()
    expect(page.get_by_role("button", name="Pause")).to_have_count(1)
    expect(page.get_by_role("button", name="Next track")).to_be_disabled()
    expect(bar.get_by_role("button", name="Play What the Rain Said")).to_be_visible()


def test_its_own_album_goes_on_in_its_own_row(page: Page) -> None:
    leave_playing(page)
    page.goto("/albums/low-tide")
    expect(page.get_by_role("button", name="Play Harbour")).to_be_visible()
    expect(page.get_by_role("complementary")).to_have_count(0)
    expect(page.locator("[data-from]")).to_contain_text("What the Rain Said")


def test_no_page_fetches_a_player_that_it_does_not_need(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto("/albums", wait_until="networkidle")
    assert [url for url in fetched if "player" in url or "/stream/" in url] == []
