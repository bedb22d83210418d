"""The absolute addresses that mails and Stripe need, from base_url. A test holds them against routes.py."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Links:
    """`base_url` without a slash at its end, as settings give it."""

    base_url: str

    def home(self) -> str:
        return f"{self.base_url}/"

    def album(self, slug: str) -> str:
        return f"{self.base_url}/albums/{quote(slug)}"

    def buy(self, slug: str) -> str:
        return f"{self.base_url}/store/buy/{quote(slug)}"

    def payment_return(self, public_id: str) -> str:
        """Where the bank sends the buyer back to."""
        return f"{self.base_url}/store/return/{public_id}"

    def webhook(self) -> str:
        """Where Stripe sends its messages."""
        return f"{self.base_url}/stripe/webhook"

    def receipt(self, token: str) -> str:
        """The purchase, for whoever holds this token."""
        return f"{self.base_url}/library/receipt/{token}"

    def proof(self, token: str) -> str:
        """Proves the address of an account."""
        return f"{self.base_url}/account/prove/{token}"

    def password(self) -> str:
        """Where a new password is asked for."""
        return f"{self.base_url}/password"

    def help(self) -> str:
        return f"{self.base_url}/help"

    def admin_purchases(self) -> str:
        return f"{self.base_url}/admin/purchases"

    def admin_dispute(self, dispute: str) -> str:
        """By Stripe's id."""
        return f"{self.base_url}/admin/disputes/{quote(dispute)}"

    def cover(self, digest: str, width: int, extension: str) -> str:
        return f"{self.base_url}/covers/{digest}-{width}.{extension}"
