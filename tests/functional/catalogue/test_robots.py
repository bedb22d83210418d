"""A search engine reads where it may go, and finds every page."""

from collections.abc import Callable

from webtest import TestApp

from storefront.models import Album, AlbumState

Shelve = Callable[..., Album]


def test_robots_are_kept_from_private_pages(app: TestApp) -> None:
    answer = app.get("/robots.txt")
    assert answer.content_type == "text/plain"
    lines = answer.text.splitlines()
    assert {"User-agent: *", "Disallow: /store/", "Disallow: /library", "Disallow: /admin"} <= set(lines)
    assert lines[-1] == "Sitemap: http://localhost/sitemap.xml"


def test_the_sitemap_has_every_public_page(app: TestApp, shelve: Shelve) -> None:
    shelve()
    shelve(slug="野帳", artists=["Ida & Co"])
    shelve(slug="draft", artists=["Hidden"], state=AlbumState.DRAFT)
    answer = app.get("/sitemap.xml")
    assert answer.content_type == "application/xml"
    addresses = [item.text for item in answer.xml.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert addresses == [
        "http://localhost/",
        "http://localhost/albums",
        "http://localhost/albums/%E9%87%8E%E5%B8%B3",
        "http://localhost/albums/low-tide",
        "http://localhost/artists/ida-%26-co",
        "http://localhost/artists/mara-quist",
    ]
    for address in addresses:
        app.get(address)
