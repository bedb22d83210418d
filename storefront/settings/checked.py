"""All settings, as the shop has them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from storefront.settings.options import OPTIONS, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, checked. OPTIONS says what each is for."""

    environment: str
    database_url: str
    storage_url: str
    #: X_ACCEL_REDIRECT, X_SENDFILE, or None.
    sendfile: str | None
    s3_endpoint: str
    s3_region: str
    s3_access_key_id: str
    s3_secret_access_key: str
    uploads_folder: str
    #: In bytes, like the next.
    uploads_largest: int
    uploads_keep_free: int
    secret_key: str
    base_url: str
    mail_url: str
    mail_sender: str
    shop_name: str
    shop_timezone: ZoneInfo
    shop_locale: str
    stripe_secret_key: str
    stripe_publishable_key: str
    webhook_secrets: tuple[str, ...]
    stripe_api_base: str
    stripe_js_url: str
    statement_descriptor_suffix: str
    jobs_inline: bool
    #: Field -> where its value stands.
    sources: Mapping[str, Source]

    def __repr__(self) -> str:
        hidden = {option.field for option in OPTIONS if option.secret}
        shown = (f"{f.name}={'***' if f.name in hidden else repr(getattr(self, f.name))}" for f in fields(self))
        return f"Settings({', '.join(shown)})"

    @property
    def secret_words(self) -> list[str]:
        """What must not be read in an error: keys, and the passwords in addresses."""
        values = [getattr(self, option.field) for option in OPTIONS if option.secret]
        words = {word for value in values for word in ([value] if isinstance(value, str) else value)}
        passwords = {urlsplit(word).password or "" for word in words if "://" in word}
        found = {word for word in words if "://" not in word} | passwords | {unquote(word) for word in passwords}
        return sorted(found - {""}, key=len, reverse=True)

    @property
    def fixed(self) -> frozenset[str]:
        """Fields whose value stands in the ini file or the environment, where the desk does not change it."""
        return frozenset(field for field, source in self.sources.items() if source != Source.DEFAULT)

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def secure(self) -> bool:
        """Whether customers come by https, so that cookies are Secure and __Host-."""
        return self.base_url.startswith("https://")

    @property
    def live(self) -> bool:
        """Whether the keys move real money."""
        return self.stripe_secret_key.startswith(("sk_live_", "rk_live_"))
