"""Who buys: an account, or a browser that holds a random token. Nobody is told from anybody by an e-mail address."""

from dataclasses import dataclass
from typing import Self

from storefront.models import Account, AlbumPurchase
from storefront.services.accounts.tokens import digest


def account_key(account: Account) -> str:
    return f"account:{account.public_id}"


def browser_key(token: str) -> str:
    return f"browser:{digest(token)}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who looks at a purchase or makes one."""

    account: Account | None
    #: "browser:<SHA-256 of the cookie's token>"; None without the cookie.
    browser: str | None

    @classmethod
    def of(cls, account: Account | None, buyer_token: str | None) -> Self:
        return cls(account, browser_key(buyer_token) if buyer_token else None)

    @property
    def keys(self) -> list[str]:
        """Every buyer_key that is this visitor's."""
        keys = [account_key(self.account)] if self.account else []
        return [*keys, self.browser] if self.browser else keys

    def owns(self, purchase: AlbumPurchase) -> bool:
        """Whether this is the account or the browser that bought it."""
        if self.account and purchase.account_id == self.account.id:
            return True
        return purchase.buyer_key in self.keys
