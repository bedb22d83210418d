"""The shop's public pages: its front, lists, albums, artists, and the files that they show and play."""

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.services.catalogue import browsing
from storefront.services.catalogue.read_models import AlbumList, AlbumPage, ArtistPage
from storefront.services.shop.identity.shop import Colours
from storefront.web.assets import YEAR
from storefront.web.caching import catalogue_now, public_page
from storefront.web.contexts.catalogue import Accent, PublicFile, PublicText
from storefront.web.paging import page_number
from storefront.web.request import ShopRequest
from storefront.web.sending import send_stored

DAY = 24 * 3600
MEDIA_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}


def _shelf(request: ShopRequest, listing: AlbumList) -> dict[str, Any]:
    """The variables of a list; one that ended before this page says so with a 404."""
    if listing.page > listing.pages:
        request.response.status_code = 404
    return {"listing": listing}


@view_defaults(route_name="home", decorator=public_page)
class HomeController:
    """The newest album, and the newest others."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET", renderer="catalogue/home.jinja2")
    def get(self) -> dict[str, Any]:
        total = catalogue_now(self.request).albums
        return browsing.home(self.request.reader, self.request.today, total)._asdict()


@view_defaults(route_name="albums", decorator=public_page)
class AlbumsController:
    """All albums, newest first."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET", renderer="catalogue/albums.jinja2")
    def get(self) -> dict[str, Any]:
        total, page = catalogue_now(self.request).albums, page_number(self.request)
        return _shelf(self.request, browsing.albums(self.request.reader, self.request.today, total, page))


@view_defaults(route_name="search", decorator=public_page)
class SearchController:
    """Albums by the words of their artists, titles and tracks."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET", renderer="catalogue/albums.jinja2")
    def get(self) -> dict[str, Any]:
        words, page = self.request.GET.get("q", ""), page_number(self.request)
        return _shelf(self.request, browsing.search(self.request.reader, self.request.today, words, page))


@view_defaults(route_name="album", decorator=public_page)
class AlbumController:
    """An album, to be heard and bought."""

    def __init__(self, album: AlbumPage, request: ShopRequest) -> None:
        self.album = album

    @view_config(request_method="GET", renderer="catalogue/album.jinja2")
    def get(self) -> dict[str, Any]:
        return {"album": self.album}


@view_defaults(route_name="artists", decorator=public_page)
class ArtistsController:
    """Everybody who has an album in the shop."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET", renderer="catalogue/artists.jinja2")
    def get(self) -> dict[str, Any]:
        return {"artists": browsing.artists(self.request.reader)}


@view_defaults(route_name="artist", decorator=public_page)
class ArtistController:
    """An artist and their albums."""

    def __init__(self, artist: ArtistPage, request: ShopRequest) -> None:
        self.artist = artist

    @view_config(request_method="GET", renderer="catalogue/artist.jinja2")
    def get(self) -> dict[str, Any]:
        return {"artist": self.artist}


@view_defaults(route_name="help", decorator=public_page)
class HelpController:
    """How buying works, in plain words."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET", renderer="catalogue/help.jinja2")
    def get(self) -> dict[str, Any]:
        return {}


@view_defaults(route_name="shop_text", decorator=public_page)
class TextController:
    """Terms, imprint, privacy: in the owner's words."""

    def __init__(self, text: PublicText, request: ShopRequest) -> None:
        self.text = text

    @view_config(request_method="GET", renderer="catalogue/text.jinja2")
    def get(self) -> dict[str, Any]:
        return {"text": self.text}


@view_defaults(route_name="stream")
class StreamController:
    """A track, to be played in the shop."""

    def __init__(self, file: PublicFile, request: ShopRequest) -> None:
        self.file = file
        self.request = request

    @view_config(request_method="GET")
    def get(self) -> Response:
        return send_public(self.request, self.file, "audio/mpeg")


@view_defaults(route_name="cover")
class CoverController:
    """A cover in one of its sizes."""

    def __init__(self, file: PublicFile, request: ShopRequest) -> None:
        self.file = file
        self.request = request

    @view_config(request_method="GET")
    def get(self) -> Response:
        return send_public(self.request, self.file, MEDIA_TYPES[self.request.matchdict["extension"]])


def send_public(request: ShopRequest, file: PublicFile, media_type: str) -> Response:
    """A file under its digest's address never changes, so any cache may keep it for a year."""
    return send_stored(request, file.key, digest=file.digest, media_type=media_type, max_age=YEAR)


@view_defaults(route_name="accent")
class AccentController:
    """A cover's own colours, as a stylesheet of two rules: the strict CSP forbids inline styles."""

    def __init__(self, accent: Accent, request: ShopRequest) -> None:
        self.accent = accent

    @view_config(request_method="GET")
    def get(self) -> Response:
        styles = accent_styles(self.accent)
        return Response(styles, content_type="text/css", charset="utf-8", cache_control=f"public, max-age={DAY}")


@view_defaults(route_name="shop_accent")
class OwnAccentController:
    """The shop's own colours."""

    def __init__(self, accent: Colours, request: ShopRequest) -> None:
        self.accent = accent

    @view_config(request_method="GET")
    def get(self) -> Response:
        styles, kept = accent_styles(self.accent), f"public, max-age={YEAR}, immutable"
        return Response(styles, content_type="text/css", charset="utf-8", cache_control=kept)


@view_defaults(route_name="shop_logo")
class LogoController:
    """The shop's logo."""

    def __init__(self, file: PublicFile, request: ShopRequest) -> None:
        self.file = file
        self.request = request

    @view_config(request_method="GET")
    def get(self) -> Response:
        return send_public(self.request, self.file, "image/png")


def accent_styles(accent: Accent | Colours) -> str:
    """A stylesheet of two rules: on light paper, on dark paper."""
    light = f":root {{ --accent: {accent.light}; --on-accent: {accent.on_light}; }}"
    dark = f":root {{ --accent: {accent.dark}; --on-accent: {accent.on_dark}; }}"
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n"
