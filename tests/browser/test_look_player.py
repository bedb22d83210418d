"""The player: heard from the first click, one track at a time, by mouse and by keyboard."""

from collections.abc import Callable

from playwright.sync_api import Page, Request, expect


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
    volume = page.get_by_role("slider", name="Volume")
    expect(volume).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(volume).to_have_value("0.95")


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
