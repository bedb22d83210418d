"""What the pages of a purchase are about."""

from pyramid.httpexceptions import HTTPGone, HTTPMovedPermanently, HTTPNotFound
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.models import Album, AlbumPurchase, AlbumSlug, AlbumState
from storefront.web.request import ShopRequest


def album_for_sale(request: ShopRequest) -> Album:
    """The album of /store/buy/{slug}: 404 for what never was public, 410 for what was, 301 from an old address."""
    slug = request.matchdict["slug"]
    album = request.db.scalar(
        select(Album).join(AlbumSlug).where(AlbumSlug.slug == slug).options(joinedload(Album.edition))
    )
    if album is None or album.state == AlbumState.DRAFT:
        raise HTTPNotFound
    if album.state == AlbumState.WITHDRAWN:
        raise HTTPGone
    if album.slug != slug and request.method == "GET":
        raise HTTPMovedPermanently(request.route_path(request.matched_route.name, slug=album.slug))
    return album


def own_purchase(request: ShopRequest) -> AlbumPurchase:
    """The purchase of this account or browser. Anybody else's is a 404, like one that does not exist."""
    purchase = request.db.scalar(
        select(AlbumPurchase)
        .where(AlbumPurchase.public_id == request.matchdict["public_id"])
        .options(joinedload(AlbumPurchase.album), joinedload(AlbumPurchase.edition))
    )
    if purchase is None or not request.visitor.owns(purchase):
        raise HTTPNotFound
    return purchase
