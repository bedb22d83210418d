"""Why somebody's music is not sent to them."""

from storefront.models import AlbumPurchase


class AccessClosed(Exception):
    """The purchase is theirs, but it was refunded, is disputed, or was withdrawn by hand."""

    def __init__(self, purchase: AlbumPurchase) -> None:
        super().__init__(f"purchase {purchase.public_id} has no access")
        self.purchase = purchase
