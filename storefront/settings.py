"""Settings: ini file + environment -> one typed, checked, frozen object. The only reader of os.environ.

Each setting is one row of OPTIONS. The environment beats the ini file; NAME_FILE names a file that holds NAME's value.
"""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

DEVELOPMENT_SECRET = "only-for-development-and-refused-in-production"
SANDBOX_MARK = "_test_sandbox_"
STRIPE_JS = "https://js.stripe.com/endive/stripe.js"
S3 = "s3://"
_MEGABYTE = 1_000_000
#: user:password@ in an address.
_PASSWORD = re.compile(r"(://[^:/@]*:)[^/]*@")
#: How Stripe's secrets begin.
_KIND_OF_KEY = re.compile(r"(sk|rk)_(live|test)_|whsec_")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/|$)", re.ASCII)
X_ACCEL_REDIRECT, X_SENDFILE = "X-Accel-Redirect", "X-Sendfile"


class BadSettings(Exception):
    """What is wrong with the settings, all of it at once; `problems` is a list of sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The settings are not usable:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


def _text(value: str) -> str:
    return value.strip()


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


def _yes_no(value: str) -> bool:
    word = value.strip().lower()
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise ValueError("write true or false")


def _megabytes(value: str) -> int:
    """In bytes."""
    if not value.strip().isascii() or not value.strip().isdigit():
        raise ValueError("write a whole number of megabytes")
    return int(value) * _MEGABYTE


def _environment(value: str) -> str:
    if value.strip() not in ("development", "production"):
        raise ValueError("write development or production")
    return value.strip()


def _base_url(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("write an address like https://music.example.com")
    if parts.path.strip("/"):
        raise ValueError("the shop has an address of its own, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("write sqlite:///a/file or postgresql+psycopg://user:password@host/name")
    return value.strip()


def _storage_url(value: str) -> str:
    if "://" in value and not value.startswith(("s3://", "file://", "memory://")):
        raise ValueError("write a folder, or s3://bucket/prefix")
    if value.startswith(S3) and not _BUCKET.match(value.strip().removeprefix(S3)):
        raise ValueError("write s3://bucket/prefix; a bucket's name has 3 to 63 small letters, digits, - and .")
    return value.strip()


def _endpoint(value: str) -> str:
    parts = urlsplit(value.strip())
    if value.strip() and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/")):
        raise ValueError("write an address like https://s3.example.com, without the bucket")
    return f"{parts.scheme}://{parts.netloc}" if value.strip() else ""


def _sendfile(value: str) -> str | None:
    names = {"": None, **{name.lower(): name for name in (X_ACCEL_REDIRECT, X_SENDFILE)}}
    if value.strip().lower() not in names:
        raise ValueError("write x-accel-redirect, x-sendfile, or nothing")
    return names[value.strip().lower()]


def _mail_url(value: str) -> str:
    if urlsplit(value.strip()).scheme not in ("spool", "smtp", "smtps"):
        raise ValueError("write spool://a/folder or smtp(s)://user:password@host:port")
    return value.strip()


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value.strip())
    except (KeyError, ValueError, OSError):
        raise ValueError("write a zone of the tz database, like Europe/Berlin") from None


def _suffix(value: str) -> str:
    text = value.strip()
    if not (
        text.isascii() and 2 <= len(text) <= 22 and any(map(str.isalpha, text)) and not set(text) & set("<>\\'\"*")
    ):
        raise ValueError("write 2 to 22 Latin letters, without < > \\ ' \" *")
    return text


def _locale(value: str) -> str:
    text = value.strip()
    if not text.replace("_", "").isalpha():
        raise ValueError("write a locale like en or de_AT")
    return text


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
    Option("environment", "environment", "STOREFRONT_ENVIRONMENT", _environment, "development",
           "development, or production, which refuses to start on what is missing or unsafe"),
    Option("database_url", "sqlalchemy.url", "STOREFRONT_DATABASE_URL", _database_url, "sqlite:///var/storefront.sqlite",
           "the database: sqlite:///... or postgresql+psycopg://...", True, "sqlite:////srv/shop/storefront.sqlite"),
    Option("storage_url", "storage.url", "STOREFRONT_STORAGE_URL", _storage_url, "var/files",
           "where music and covers lie: a folder, or s3://bucket/prefix", False, "/srv/shop/files"),
    Option("sendfile", "storage.sendfile", "STOREFRONT_STORAGE_SENDFILE", _sendfile, "",
           "the header that makes the web server in front send a file: x-accel-redirect or x-sendfile; "
           "empty: the shop sends it itself"),
    Option("s3_endpoint", "storage.endpoint", "AWS_ENDPOINT_URL", _endpoint, "",
           "the address of an S3 that is not Amazon's, as browsers reach it: https://s3.example.com"),
    Option("s3_region", "storage.region", "AWS_REGION", _text, "us-east-1", "the region of the bucket"),
    Option("s3_access_key_id", "storage.access_key_id", "AWS_ACCESS_KEY_ID", _text, "",
           "the id of the key that reads, writes, lists and deletes in the bucket"),
    Option("s3_secret_access_key", "storage.secret_access_key", "AWS_SECRET_ACCESS_KEY", _text, "",
           "that key's secret", True),
    Option("uploads_folder", "uploads.folder", "STOREFRONT_UPLOADS_FOLDER", _text, "var/uploads",
           "where files lie that come through the admin's upload page, until they are read; every process of the shop "
           "sees the same folder"),
    Option("uploads_largest", "uploads.largest", "STOREFRONT_UPLOADS_LARGEST", _megabytes, "4000",
           "the most that one file of an upload may have, in megabytes"),
    Option("uploads_keep_free", "uploads.keep_free", "STOREFRONT_UPLOADS_KEEP_FREE", _megabytes, "1000",
           "what uploads leave free on that folder's disk, in megabytes"),
    Option("secret_key", "secret_key", "STOREFRONT_SECRET_KEY", _text, DEVELOPMENT_SECRET,
           "signs links and tokens; at least 32 characters", True, "what `openssl rand -hex 32` prints"),
    Option("base_url", "base_url", "STOREFRONT_BASE_URL", _base_url, "http://127.0.0.1:6543",
           "the address that customers use; every absolute link comes from it", False, "https://music.example.com"),
    Option("mail_url", "mail.url", "STOREFRONT_MAIL_URL", _mail_url, "spool://var/mail",
           "how mail leaves: spool://folder writes .eml files, smtp(s)://user:password@host:port sends", True,
           "smtps://user:password@mail.example.com:465"),
    Option("mail_sender", "mail.sender", "STOREFRONT_MAIL_SENDER", _text, "Harbour Lights Records <shop@example.com>",
           "the sender of the shop's mails; without one in production, mails wait for it", False,
           "The Band <music@example.com>", True),
    Option("shop_name", "shop.name", "STOREFRONT_SHOP_NAME", _text, "Harbour Lights Records",
           "the shop's name, on every page and mail", desk=True),
    Option("shop_timezone", "shop.timezone", "STOREFRONT_SHOP_TIMEZONE", _zone, "UTC",
           "decides when a release date begins", False, "Europe/Berlin"),
    Option("shop_locale", "shop.locale", "STOREFRONT_SHOP_LOCALE", _locale, "en",
           "how prices and dates are written"),
    Option("stripe_secret_key", "stripe.secret_key", "STRIPE_SECRET_KEY", _text, "sk_test_sandbox_shop",
           "Stripe's secret key", True, "sk_live_..."),
    Option("stripe_publishable_key", "stripe.publishable_key", "STRIPE_PUBLISHABLE_KEY", _text, "pk_test_sandbox_shop",
           "Stripe's publishable key, which the buy page shows to browsers", False, "pk_live_..."),
    Option("webhook_secrets", "stripe.webhook_secrets", "STRIPE_WEBHOOK_SECRET", _words, "whsec_sandbox_shop",
           "the secrets that sign Stripe's webhooks, several while they change", True, "whsec_..."),
    Option("stripe_api_base", "stripe.api_base", "STRIPE_API_BASE", _text, "",
           "another address of Stripe's API: the sandbox's in development; empty is Stripe's own"),
    Option("stripe_js_url", "stripe.js_url", "STRIPE_JS_URL", _text, STRIPE_JS,
           "the address of Stripe.js: the sandbox's in development"),
    Option("statement_descriptor_suffix", "stripe.statement_descriptor_suffix", "STRIPE_STATEMENT_DESCRIPTOR_SUFFIX",
           _suffix, "MUSIC", "what follows your name on the buyer's bank statement"),
    Option("jobs_inline", "jobs.inline", "STOREFRONT_JOBS_INLINE", _yes_no, "true",
           "run the job worker as a thread of the web process; false where `storefront worker` runs"),
)  # fmt: skip

#: Keys of other packages that may stand in the same section of the ini file.
FOREIGN = ("pyramid.", "jinja2.", "here", "__file__", "debugtoolbar.")


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


def read_settings(
    ini: Mapping[str, str], environ: Mapping[str, str] | None = None, *, instead: Mapping[str, str] | None = None
) -> Settings:
    """Reads and checks everything; raises BadSettings with all that is wrong.

    `ini` is the [app:main] section as a flat mapping; `environ` is os.environ unless a test says otherwise. `instead`
    has values of fields whose setting does not count: for a command that makes what the setting is to hold.
    """
    environ, instead = os.environ if environ is None else environ, instead or {}
    problems = [_unknown(key) for key in ini if _is_unknown(key)]
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for option in OPTIONS:
        try:
            raw, source = (
                (instead[option.field], Source.FILE) if option.field in instead else _raw(option, ini, environ)
            )
            values[option.field] = option.parse(raw)
        except ValueError as error:
            problems.append(f"{option.ini} (or {option.env}): {error}")
        except OSError as error:
            problems.append(f"{option.env}_FILE: {error.strerror or error}")
        else:
            sources[option.field] = source
            needed = values.get("environment") == "production" and option.example and not option.desk
            if needed and source == Source.DEFAULT:
                problems.append(
                    f"{option.ini} is not set ({option.about}); set it in the ini file or as {option.env}, "
                    f"for example {option.example}"
                )
    if not problems:
        settings = Settings(**values, sources=sources)
        problems = list(_contradictions(settings))
        if not problems:
            return settings
    raise BadSettings(problems)


def option_of(field: str) -> Option:
    """The names of a setting."""
    return next(option for option in OPTIONS if option.field == field)


def masked(option: Option, value: Any) -> str:
    """A setting's value as it would be written, and may be shown.

    Of a secret the kind and the last four, of an address no password.
    """
    if isinstance(value, tuple):
        return " ".join(masked(option, each) for each in value)
    if option.parse is _megabytes:
        return str(value // _MEGABYTE)
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    if not option.secret or not text:
        return text
    if "://" in text:
        return _PASSWORD.sub(r"\1***@", text)
    kind = _KIND_OF_KEY.match(text)
    # Of a short one, four letters would be too much.
    return f"{kind[0] if kind else ''}***{text[-4:] if kind and len(text) > 30 else ''}"


def file_of(field: str) -> Path | None:
    """The file that the environment says holds a setting."""
    path = os.environ.get(f"{option_of(field).env}_FILE")
    return Path(path) if path else None


def child_environment(**values: str) -> dict[str, str]:
    """This process's environment with settings put over it, by their field's names: what a child process is given."""
    names = {option.field: option.env for option in OPTIONS}
    changed = {names[field]: value for field, value in values.items()}
    return {name: text for name, text in os.environ.items() if name.removesuffix("_FILE") not in changed} | changed


def _raw(option: Option, ini: Mapping[str, str], environ: Mapping[str, str]) -> tuple[str, Source]:
    if path := environ.get(f"{option.env}_FILE"):
        return Path(path).read_text("utf-8").strip(), Source.FILE
    if option.env in environ:
        return environ[option.env], Source.ENVIRONMENT
    if option.ini in ini:
        return ini[option.ini], Source.INI
    return option.default, Source.DEFAULT


def _is_unknown(key: str) -> bool:
    return not key.startswith(FOREIGN) and all(key != option.ini for option in OPTIONS)


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, [option.ini for option in OPTIONS], n=1)
    return f"{key} is no setting" + (f"; did you mean {near[0]}?" if near else "")


def _contradictions(settings: Settings) -> list[str]:
    """What each value allows by itself, but not all of them together."""
    problems = []
    if not settings.stripe_secret_key.startswith(("sk_", "rk_")):
        problems.append("stripe.secret_key (STRIPE_SECRET_KEY): Stripe's secret keys begin with sk_ or rk_")
    if not settings.stripe_publishable_key.startswith("pk_"):
        problems.append("stripe.publishable_key (STRIPE_PUBLISHABLE_KEY): Stripe's publishable keys begin with pk_")
    if settings.live != settings.stripe_publishable_key.startswith("pk_live_"):
        problems.append("stripe.secret_key and stripe.publishable_key: one is live, the other is not")
    if not all(secret.startswith("whsec_") for secret in settings.webhook_secrets) or not settings.webhook_secrets:
        problems.append("stripe.webhook_secrets (STRIPE_WEBHOOK_SECRET): Stripe's secrets begin with whsec_")
    if settings.sendfile and settings.storage_url.startswith((S3, "memory://")):
        problems.append("storage.sendfile (STOREFRONT_STORAGE_SENDFILE): a web server sends files of a folder only")
    if settings.storage_url.startswith(S3) and not (settings.s3_access_key_id and settings.s3_secret_access_key):
        problems.append("storage.url: a bucket needs a key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if settings.production:
        problems += _unsafe_in_production(settings)
    elif settings.live:
        problems.append("stripe.secret_key: live keys in development would charge real cards; use test keys")
    return problems


def _unsafe_in_production(settings: Settings) -> list[str]:
    problems = []
    if len(settings.secret_key) < 32 or settings.secret_key == DEVELOPMENT_SECRET:
        problems.append("secret_key (STOREFRONT_SECRET_KEY): give at least 32 random characters of your own")
    if SANDBOX_MARK in settings.stripe_secret_key or "whsec_sandbox_shop" in settings.webhook_secrets:
        problems.append("stripe.secret_key, stripe.webhook_secrets: the sandbox's keys are not for production")
    if settings.stripe_api_base:
        problems.append("stripe.api_base (STRIPE_API_BASE): production talks to Stripe itself; remove it")
    if urlsplit(settings.stripe_js_url).hostname != "js.stripe.com":
        problems.append("stripe.js_url (STRIPE_JS_URL): production loads Stripe.js from js.stripe.com; remove it")
    if not settings.secure:
        problems.append("base_url (STOREFRONT_BASE_URL): production is reached by https")
    if settings.s3_endpoint.startswith("http://"):
        problems.append("storage.endpoint (AWS_ENDPOINT_URL): customers are sent there, so it is reached by https")
    return problems
