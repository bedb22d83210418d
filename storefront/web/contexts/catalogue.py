"""What the public pages and files are about: only what everybody may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pyramid.httpexceptions import HTTPGone, HTTPMovedPermanently, HTTPNotFound

from storefront.models import TextKind
from storefront.services.catalogue import browsing, public_files, showing
from storefront.services.catalogue.errors import AlbumMoved, AlbumWithdrawn, ArtistMoved, NoSuchAlbum
from storefront.services.catalogue.read_models import AlbumPage, ArtistPage
from storefront.services.shop.identity.shop import Colours, Shop
from storefront.services.shop.identity.texts import public_text as find_text
from storefront.web.caching import catalogue_now
from storefront.web.request import ShopRequest


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A file that may be sent: its key in the storage, and the digest that names its bytes."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Accent:
    """A cover's colours, "#rrggbb": on light and on dark paper, and the labels that stand on them."""

    light: str
    on_light: str
    dark: str
    on_dark: str


def public_album(request: ShopRequest) -> AlbumPage:
    """The album of /albums/{slug}: 404 for what never was public, 410 for what was, 301 from an old address."""
    catalogue_now(request)  # read first: its version names what is read next
    try:
        return showing.show_album(request.reader, request.today, request.matchdict["slug"])
    except NoSuchAlbum:
        raise HTTPNotFound from None
    except AlbumWithdrawn:
        raise HTTPGone from None
    except AlbumMoved as moved:
        raise HTTPMovedPermanently(request.route_path("album", slug=moved.slug)) from None


def public_artist(request: ShopRequest) -> ArtistPage:
    """The artist of /artists/{slug} with their albums: 404 for who has none in the shop, 301 from an old address."""
    catalogue_now(request)  # read first: its version names what is read next
    try:
        artist = browsing.artist(request.reader, request.today, request.matchdict["slug"])
    except ArtistMoved as moved:
        raise HTTPMovedPermanently(request.route_path("artist", slug=moved.slug)) from None
    if artist is None:
        raise HTTPNotFound
    return artist


@dataclass(frozen=True, slots=True)
class PublicText:
    """The shop's terms, imprint or privacy notice: Markdown, and since when it holds."""

    kind: TextKind
    words: str
    since: datetime


def public_text(request: ShopRequest) -> PublicText:
    """The text of /terms, /imprint or /privacy; 404 while nobody has written it."""
    catalogue_now(request)  # read first: its version names what is read next
    kind = TextKind(request.matchdict["kind"])
    found = find_text(request.reader, kind)
    if found is None:
        raise HTTPNotFound
    return PublicText(kind, *found)


def own_accent(request: ShopRequest) -> Colours:
    """The shop's own colours; 404 for any but those that its pages link to."""
    asked = tuple(f"#{request.matchdict[name]}" for name in ("light", "dark"))
    for shop in _linked_from(request):
        if shop.accent is not None and (shop.accent.light, shop.accent.dark) == asked:
            return shop.accent
    raise HTTPNotFound


def own_logo(request: ShopRequest) -> PublicFile:
    """The shop's logo; 404 for any but that which its pages link to."""
    digest = request.matchdict["digest"]
    for shop in _linked_from(request):
        if shop.logo is not None and shop.logo.digest == digest:
            return PublicFile(digest, digest)
    raise HTTPNotFound


def _linked_from(request: ShopRequest) -> Iterator[Shop]:
    """What the private pages of this process show, which may be some seconds old; then what all show from now on."""
    yield request.wiring.shop.known
    catalogue_now(request)
    yield request.shop


def public_stream(request: ShopRequest) -> PublicFile:
    """The stream of a track that is sold today; 404 for every other file, whoever knows its digest."""
    digest = request.matchdict["digest"]
    if not public_files.is_public_stream(request.reader, request.today, digest):
        raise HTTPNotFound
    return PublicFile(digest, digest)


def public_cover(request: ShopRequest) -> PublicFile:
    """A cover in one of its widths and kinds."""
    digest, width, extension = (request.matchdict[name] for name in ("digest", "width", "extension"))
    if not public_files.is_public_cover(request.reader, digest):
        raise HTTPNotFound
    return PublicFile(f"{digest}-{width}.{extension}", f"{digest}-{width}-{extension}")


def public_accent(request: ShopRequest) -> Accent:
    """The colours of a cover; 404 without a cover, or for one that has none."""
    colours = public_files.find_accent(request.reader, request.matchdict["digest"])
    if colours is None:
        raise HTTPNotFound
    return Accent(*colours)
