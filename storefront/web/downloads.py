"""The addresses of a purchase's files, good for a day without a cookie."""

from collections.abc import Callable
from datetime import UTC, datetime

from storefront.models import AlbumPurchase
from storefront.services.library.signing import sign
from storefront.web.request import ShopRequest


def download_addresses(request: ShopRequest, purchase: AlbumPurchase) -> Callable[[str], str]:
    """Makes a path of a file's name ("flac", "flac.3"), for services.library.delivery."""
    secret_key, now = request.wiring.settings.secret_key, datetime.now(UTC)

    def address(name: str) -> str:
        key = sign(secret_key, purchase.public_id, name, now)
        path: str = request.route_path("download", public_id=purchase.public_id, format=name, _query={"key": key})
        return path

    return address
