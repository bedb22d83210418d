"""What the pages of somebody's music are about. What is not theirs is a 404, like what does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyramid.httpexceptions import HTTPNotFound
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from storefront.models import Album, AlbumPurchase, File
from storefront.services.accounts.limits import Limit, count_try
from storefront.services.library.delivery import find_file
from storefront.services.library.errors import AccessClosed
from storefront.services.library.ownership import find_visitor, is_owned, owned_by
from storefront.services.library.receipt_links import find_by_receipt_link
from storefront.services.library.signing import is_signed
from storefront.web.cookies import is_token
from storefront.web.downloads import signed_keys
from storefront.web.request import ShopRequest

#: Wrong links of receipts and downloads from one network.
MOST_GUESSES = 30
GUESSES_PERIOD = timedelta(minutes=1)
#: Made once, and without the album's words: many parts of a file may be asked for.
_TO_DOWNLOAD = (
    select(AlbumPurchase)
    .where(AlbumPurchase.public_id == bindparam("public_id"))
    .options(joinedload(AlbumPurchase.album, innerjoin=True).load_only(Album.edition_id))
)


@dataclass(frozen=True, slots=True)
class Download:
    """A file that may be sent now."""

    purchase: AlbumPurchase
    file: File


def owned(request: ShopRequest) -> AlbumPurchase:
    """The purchase of /library/{public_id}, paid by this account or browser."""
    purchase = _purchase(request)
    if purchase is None or not request.visitor.owns(purchase) or not is_owned(purchase):
        raise HTTPNotFound
    return purchase


def receipt(request: ShopRequest) -> AlbumPurchase:
    """The purchase of /library/receipt/{token}. Raises TooManyTries for who guesses."""
    token = request.matchdict["token"]
    if not is_token(token):
        raise HTTPNotFound
    purchase = find_by_receipt_link(request.db, token)
    if purchase is None:
        raise _guessed(request)
    return purchase


def download(request: ShopRequest) -> Download:
    """The file of /library/{public_id}/{format}, for its owner or with a signed key; access is asked at every request.

    Raises AccessClosed, LinkExpired for a key that was good, and TooManyTries for who guesses.
    """
    purchase = request.db.scalar(_TO_DOWNLOAD, {"public_id": request.matchdict["public_id"]})
    if (purchase is None or not request.visitor.owns(purchase)) and not _has_key(request):
        raise _guessed(request) if "key" in request.GET else HTTPNotFound
    if purchase is None or not is_owned(purchase):
        raise HTTPNotFound
    if not purchase.has_access:
        raise AccessClosed(purchase)
    file = find_file(request.db, purchase, request.matchdict["format"])
    if file is None:
        raise HTTPNotFound
    return Download(purchase, file)


def everything(request: ShopRequest) -> Sequence[AlbumPurchase]:
    """The purchases of /library/everything/{format} whose music may be had now, of this visitor or by a signed key.

    Raises AccessClosed when none may, LinkExpired for a key that was good, and TooManyTries for who guesses.
    """
    visitor = request.visitor
    if "key" in request.GET:
        keys = signed_keys(request)
        if keys is None:
            raise _guessed(request)
        visitor = find_visitor(request.db, keys)
    purchases = owned_by(request.db, visitor)
    if not purchases:
        raise HTTPNotFound
    if not any(purchase.has_access for purchase in purchases):
        raise AccessClosed(purchases[0])
    return [purchase for purchase in purchases if purchase.has_access]


def _guessed(request: ShopRequest) -> HTTPNotFound:
    """A link that was never made: counted, since somebody may be trying many. Raises TooManyTries."""
    limit = Limit(f"receipt network {request.network}", MOST_GUESSES, GUESSES_PERIOD)
    count_try(request.db, [limit], datetime.now(UTC))
    return HTTPNotFound()


def _purchase(request: ShopRequest) -> AlbumPurchase | None:
    return request.db.scalar(
        select(AlbumPurchase)
        .where(AlbumPurchase.public_id == request.matchdict["public_id"])
        .options(joinedload(AlbumPurchase.album), joinedload(AlbumPurchase.edition))
    )


def _has_key(request: ShopRequest) -> bool:
    return is_signed(
        request.wiring.settings.secret_key,
        request.matchdict["public_id"],
        request.matchdict["format"],
        request.GET.get("key", ""),
        datetime.now(UTC),
    )
