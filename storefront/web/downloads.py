"""The addresses of files that their owner may have, good for a day without a cookie."""

from collections.abc import Callable
from datetime import UTC, datetime

from storefront.models import AlbumPurchase
from storefront.services.library.signing import is_signed, sign
from storefront.services.store.buyers import Visitor
from storefront.web.request import ShopRequest

#: Stands for a purchase's public id in the signature of the zip of everything.
EVERYTHING = "everything"


def download_addresses(request: ShopRequest, purchase: AlbumPurchase) -> Callable[[str], str]:
    """Makes a path of a file's name ("flac", "flac.3"), for services.library.delivery."""
    secret_key, now = request.wiring.settings.secret_key, datetime.now(UTC)

    def address(name: str) -> str:
        key = sign(secret_key, purchase.public_id, name, now)
        path: str = request.route_path("download", public_id=purchase.public_id, format=name, _query={"key": key})
        return path

    return address


def everything_addresses(request: ShopRequest, visitor: Visitor) -> Callable[[str], str]:
    """Makes the path of everything that this visitor owns, of a format ("flac")."""
    secret_key, now = request.wiring.settings.secret_key, datetime.now(UTC)
    whose = ",".join(visitor.keys)

    def address(format: str) -> str:
        key = sign(secret_key, f"{EVERYTHING} {whose}", format, now)
        path: str = request.route_path("everything", format=format, _query={"of": whose, "key": key})
        return path

    return address


def signed_keys(request: ShopRequest) -> list[str] | None:
    """Whose everything a signed address asks for: buyer keys; None without a valid signature. Raises LinkExpired."""
    whose, key = request.GET.get("of", ""), request.GET.get("key", "")
    secret_key, format = request.wiring.settings.secret_key, request.matchdict["format"]
    return whose.split(",") if is_signed(secret_key, f"{EVERYTHING} {whose}", format, key, datetime.now(UTC)) else None
