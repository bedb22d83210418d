"""What pages weigh and show first, and that they hold: small, enlarged, by keyboard, without scripts, on paper."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.factories import make_album
from tests.support.shop import Shop

OpenPage = Callable[..., Page]

#: Every kind of page that needs neither a purchase nor an account.
PAGES = ("/", "/albums", "/albums/long", "/artists", "/search?q=nothingatall", "/help", "/store/buy/low-tide", "/nope")

#: https://www.w3.org/TR/WCAG22/#text-spacing
TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
                  p { margin-bottom: 2em !important }"""


def add_style(page: Page, css: str) -> None:
    """As a reader's own style does, in spite of the page's policy."""
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets.push(s) }", css
    )


def overflow(page: Page) -> int:
    """How far the page scrolls sideways, in pixels."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_an_album_page_is_light(open_page: OpenPage, shop: Shop) -> None:
    page = open_page(width=360, height=780)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/albums/long", wait_until="networkidle")

    assert all(answer.url.startswith(shop.url) for answer in answers)
    further_down = page.locator("img[loading=lazy]").evaluate_all("images => images.map(image => image.currentSrc)")
    assert len([answer for answer in answers if answer.url not in further_down]) <= 12
    weights: dict[str, int] = {}
    for answer in answers:
        kind = answer.request.resource_type
        weights[kind] = weights.get(kind, 0) + len(gzip.compress(answer.body()))
    assert weights["document"] <= 20_000
    assert weights["stylesheet"] <= 15_000
    assert weights["script"] <= 40_000
    assert 0 < weights["font"] <= 30_000
    assert "media" not in weights


def test_the_first_screen_of_a_phone_sells_the_album(open_page: OpenPage) -> None:
    page = open_page(width=360, height=640)
    page.goto("/albums/low-tide")
    for part in (
        page.locator("article img").first,
        page.get_by_role("link", name="Mara Quist").first,
        page.get_by_role("heading", level=1, name="Low Tide"),
        page.get_by_text("€9.00"),
        page.get_by_role("link", name="Buy the album"),
    ):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 640


@pytest.mark.parametrize("address", PAGES)
def test_larger_text_does_not_scroll_sideways(open_page: OpenPage, address: str) -> None:
    page = open_page(width=360, height=640)
    page.goto(address)
    for css in (TEXT_SPACING, "html { font-size: 200% !important }"):
        add_style(page, css)
        assert overflow(page) <= 0, css


def test_a_keyboard_sees_where_it_is(page: Page) -> None:
    page.goto("/albums/low-tide")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    stops = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => { const e = document.activeElement, whole = e.closest(".record") ?? e, s = getComputedStyle(whole);
                       return [e.outerHTML.slice(0, 80), s.outlineStyle, parseFloat(s.outlineWidth)] }"""
        )
        if stop[0].startswith("<body"):
            break
        assert stop[1:] == ["solid", 3], stop[0]
        stops.add(stop[0])
    assert any("/store/buy/low-tide" in stop for stop in stops)
    assert sum("Play " in stop for stop in stops) == 3


@pytest.mark.parametrize("address", ["/albums", "/albums/low-tide", "/albums/long", "/store/buy/low-tide", "/sign-in"])
def test_a_thumb_hits_what_it_means(open_page: OpenPage, address: str) -> None:
    """Buttons, and links that stand alone, are 44 px high or more; https://www.w3.org/TR/WCAG22/#target-size-enhanced."""
    page = open_page(width=360, height=640)
    page.goto(address)
    small = page.evaluate(
        """[...document.querySelectorAll("button, .button, nav a, footer a, input:not([type=hidden])")]
           .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""
    )
    assert small == []


def test_nothing_jumps_when_the_font_is_late(page: Page) -> None:
    late: list[Route] = []
    page.route(re.compile("woff2"), lambda route: late.append(route))
    page.add_init_script(
        """window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) moved += e.value })
           .observe({type: "layout-shift", buffered: true})"""
    )
    page.goto("/albums/long", wait_until="commit")  # its title takes several lines
    expect(page.get_by_role("button", name="Play Part 1", exact=True)).to_be_visible()
    page.evaluate("new Promise(done => new PerformanceObserver(done).observe({type: 'paint', buffered: true}))")
    assert late
    for route in late:
        route.continue_()
    page.evaluate("document.fonts.load('16px \"Instrument Serif\"')")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    stand_in = (
        """new FontFace("any", 'local("Times New Roman"), local("Liberation Serif"), local("Noto Serif Regular")')"""
    )
    if not page.evaluate(f"{stand_in}.load().then(() => true, () => false)"):
        pytest.skip("none of the serifs that tokens.css fits to the display face is installed here")
    assert page.evaluate("window.moved") <= 0.005  # the budget of a page is 0.02


def test_machines_read_the_album(page: Page, shop: Shop) -> None:
    page.goto("/albums/low-tide")
    album: dict[str, Any] = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    assert album["@type"] == "MusicAlbum"
    assert album["name"] == "Low Tide"
    assert album["offers"]["price"] == "9.00"
    assert album["offers"]["priceCurrency"] == "EUR"
    meta = {
        element.get_attribute("property"): element.get_attribute("content")
        for element in page.locator("meta[property]").all()
    }
    address = f"{shop.url}/albums/low-tide"
    assert meta["og:url"] == album["url"] == address
    assert page.locator("link[rel=canonical]").get_attribute("href") == address
    image = page.request.get(str(meta["og:image"]))
    assert image.headers["content-type"] == "image/jpeg"


def test_every_address_on_a_page_leads_somewhere(page: Page) -> None:
    """The parts write their addresses out; this holds them against the routes."""
    for start in ("/", "/albums", "/albums/long", "/artists", "/help"):
        page.goto(start)
        addresses = page.evaluate(
            """[...document.querySelectorAll("a[href], link[href], img[srcset], [data-stream], script[src]")].flatMap(
                 e => [e.getAttribute("href"), e.getAttribute("src"), e.dataset.stream,
                       ...(e.getAttribute("srcset") ?? "").split(",").map(each => each.trim().split(" ")[0])])
               .filter(address => address && !address.startsWith("#"))"""
        )
        assert len(addresses) > 8
        for address in set(addresses):
            assert page.request.get(address).ok, address


def test_without_scripts_there_is_the_browsers_own_player(open_page: OpenPage) -> None:
    page = open_page(javascript=False)
    page.goto("/albums/low-tide")
    players = page.locator(".tracks audio[controls][preload=none]")
    expect(players).to_have_count(3)
    box = players.first.bounding_box()
    assert box is not None
    assert box["width"] > 250
    page.goto("/store/buy/low-tide")
    expect(page.locator("noscript .notice")).to_be_visible()
    expect(page.get_by_role("button", name="Pay")).to_be_hidden()  # it could not work


@pytest.mark.parametrize(
    "title", ["On Paper", "All of Us Went Down to the Printer and the Printer Had No Paper Left for Anybody"]
)
def test_a_receipt_is_one_sheet_of_paper(page: Page, shop: Shop, title: str) -> None:
    slug = f"paper-{len(title)}"
    with shop.wiring.sessions() as session:
        make_album(session, shop.wiring.storage, slug=slug, title=title, amount=0)
    page.goto(f"/store/buy/{slug}")
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_role("button", name="Get the album").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{title} is yours")
    page.goto("/library")
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
