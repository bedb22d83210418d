"""Each setting is one row of OPTIONS: its names, how it is read, and what it is for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storefront.settings import parsing

DEVELOPMENT_SECRET = "only-for-development-and-refused-in-production"
STRIPE_JS = "https://js.stripe.com/endive/stripe.js"
#: user:password@ in an address.
_PASSWORD = re.compile(r"(://[^:/@]*:)[^/]*@")
#: How Stripe's secrets begin.
_KIND_OF_KEY = re.compile(r"(sk|rk)_(live|test)_|whsec_")


class Source(StrEnum):
    """Where a setting stands, the first that counts first."""

    #: Which the environment names.
    FILE = "file"
    ENVIRONMENT = "environment"
    INI = "ini"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: the field of Settings, its name in the ini and in the environment, and how it is read."""

    field: str
    ini: str
    env: str
    parse: Callable[[str], Any]
    default: str
    about: str
    secret: bool = False
    example: str = ""
    #: Whether the owner sets it in the browser where neither the ini file nor the environment does.
    desk: bool = False


OPTIONS = (
    Option("environment", "environment", "STOREFRONT_ENVIRONMENT", parsing.environment, "development",
           "development, or production, which refuses to start on what is missing or unsafe"),
    Option("database_url", "sqlalchemy.url", "STOREFRONT_DATABASE_URL", parsing.database_url, "sqlite:///var/storefront.sqlite",
           "the database: sqlite:///... or postgresql+psycopg://...", True, "sqlite:////srv/shop/storefront.sqlite"),
    Option("storage_url", "storage.url", "STOREFRONT_STORAGE_URL", parsing.storage_url, "var/files",
           "where music and covers lie: a folder, or s3://bucket/prefix", False, "/srv/shop/files"),
    Option("sendfile", "storage.sendfile", "STOREFRONT_STORAGE_SENDFILE", parsing.sendfile, "",
           "the header that makes the web server in front send a file: x-accel-redirect or x-sendfile; "
           "empty: the shop sends it itself"),
    Option("s3_endpoint", "storage.endpoint", "AWS_ENDPOINT_URL", parsing.endpoint, "",
           "the address of an S3 that is not Amazon's, as browsers reach it: https://s3.example.com"),
    Option("s3_region", "storage.region", "AWS_REGION", parsing.text, "us-east-1", "the region of the bucket"),
    Option("s3_access_key_id", "storage.access_key_id", "AWS_ACCESS_KEY_ID", parsing.text, "",
           "the id of the key that reads, writes, lists and deletes in the bucket"),
    Option("s3_secret_access_key", "storage.secret_access_key", "AWS_SECRET_ACCESS_KEY", parsing.text, "",
           "that key's secret", True),
    Option("uploads_folder", "uploads.folder", "STOREFRONT_UPLOADS_FOLDER", parsing.text, "var/uploads",
           "where files lie that come through the admin's upload page, until they are read; every process of the shop "
           "sees the same folder"),
    Option("uploads_largest", "uploads.largest", "STOREFRONT_UPLOADS_LARGEST", parsing.megabytes, "4000",
           "the most that one file of an upload may have, in megabytes"),
    Option("uploads_keep_free", "uploads.keep_free", "STOREFRONT_UPLOADS_KEEP_FREE", parsing.megabytes, "1000",
           "what uploads leave free on that folder's disk, in megabytes"),
    Option("secret_key", "secret_key", "STOREFRONT_SECRET_KEY", parsing.text, DEVELOPMENT_SECRET,
           "signs links and tokens; at least 32 characters", True, "what `openssl rand -hex 32` prints"),
    Option("base_url", "base_url", "STOREFRONT_BASE_URL", parsing.base_url, "http://127.0.0.1:6543",
           "the address that customers use; every absolute link comes from it", False, "https://music.example.com"),
    Option("mail_url", "mail.url", "STOREFRONT_MAIL_URL", parsing.mail_url, "spool://var/mail",
           "how mail leaves: spool://folder writes .eml files, smtp(s)://user:password@host:port sends", True,
           "smtps://user:password@mail.example.com:465"),
    Option("mail_sender", "mail.sender", "STOREFRONT_MAIL_SENDER", parsing.text,
           "Harbour Lights Records <shop@example.com>",
           "the sender of the shop's mails; without one in production, mails wait for it", False,
           "The Band <music@example.com>", True),
    Option("shop_name", "shop.name", "STOREFRONT_SHOP_NAME", parsing.text, "Harbour Lights Records",
           "the shop's name, on every page and mail", desk=True),
    Option("shop_timezone", "shop.timezone", "STOREFRONT_SHOP_TIMEZONE", parsing.zone, "UTC",
           "decides when a release date begins", False, "Europe/Berlin"),
    Option("shop_locale", "shop.locale", "STOREFRONT_SHOP_LOCALE", parsing.locale, "en",
           "how prices and dates are written"),
    Option("stripe_secret_key", "stripe.secret_key", "STRIPE_SECRET_KEY", parsing.text, "sk_test_sandbox_shop",
           "Stripe's secret key", True, "sk_live_..."),
    Option("stripe_publishable_key", "stripe.publishable_key", "STRIPE_PUBLISHABLE_KEY", parsing.text,
           "pk_test_sandbox_shop", "Stripe's publishable key, which the buy page shows to browsers", False,
           "pk_live_..."),
    Option("webhook_secrets", "stripe.webhook_secrets", "STRIPE_WEBHOOK_SECRET", parsing.words, "whsec_sandbox_shop",
           "the secrets that sign Stripe's webhooks, several while they change", True, "whsec_..."),
    Option("stripe_api_base", "stripe.api_base", "STRIPE_API_BASE", parsing.text, "",
           "another address of Stripe's API: the sandbox's in development; empty is Stripe's own"),
    Option("stripe_js_url", "stripe.js_url", "STRIPE_JS_URL", parsing.text, STRIPE_JS,
           "the address of Stripe.js: the sandbox's in development"),
    Option("statement_descriptor_suffix", "stripe.statement_descriptor_suffix", "STRIPE_STATEMENT_DESCRIPTOR_SUFFIX",
           parsing.suffix, "MUSIC", "what follows your name on the buyer's bank statement"),
    Option("jobs_inline", "jobs.inline", "STOREFRONT_JOBS_INLINE", parsing.yes_no, "true",
           "run the job worker as a thread of the web process; false where `storefront worker` runs"),
)  # fmt: skip


def option_of(field: str) -> Option:
    """The names of a setting."""
    return next(option for option in OPTIONS if option.field == field)


def masked(option: Option, value: Any) -> str:
    """A setting's value as it would be written, and may be shown.

    Of a secret the kind and the last four, of an address no password.
    """
    if isinstance(value, tuple):
        return " ".join(masked(option, each) for each in value)
    if option.parse is parsing.megabytes:
        return str(value // parsing.MEGABYTE)
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    if not option.secret or not text:
        return text
    if "://" in text:
        return _PASSWORD.sub(r"\1***@", text)
    kind = _KIND_OF_KEY.match(text)
    # Of a short one, four letters would be too much.
    return f"{kind[0] if kind else ''}***{text[-4:] if kind and len(text) > 30 else ''}"
