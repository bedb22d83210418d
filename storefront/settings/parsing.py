"""How the text of a setting becomes its value; ValueError says what to write."""

import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

S3 = "s3://"
MEGABYTE = 1_000_000
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/|$)", re.ASCII)
X_ACCEL_REDIRECT, X_SENDFILE = "X-Accel-Redirect", "X-Sendfile"


def text(value: str) -> str:
    return value.strip()


def words(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


def yes_no(value: str) -> bool:
    word = value.strip().lower()
    if word in ("true", "yes", "on", "1"):
        return True
    if word in ("false", "no", "off", "0"):
        return False
    raise ValueError("write true or false")


def megabytes(value: str) -> int:
    """In bytes."""
    if not value.strip().isascii() or not value.strip().isdigit():
        raise ValueError("write a whole number of megabytes")
    return int(value) * MEGABYTE


def environment(value: str) -> str:
    if value.strip() not in ("development", "production"):
        raise ValueError("write development or production")
    return value.strip()


def base_url(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("write an address like https://music.example.com")
    if parts.path.strip("/"):
        raise ValueError("the shop has an address of its own, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("write sqlite:///a/file or postgresql+psycopg://user:password@host/name")
    return value.strip()


def storage_url(value: str) -> str:
    if "://" in value and not value.startswith(("s3://", "file://", "memory://")):
        raise ValueError("write a folder, or s3://bucket/prefix")
    if value.startswith(S3) and not _BUCKET.match(value.strip().removeprefix(S3)):
        raise ValueError("write s3://bucket/prefix; a bucket's name has 3 to 63 small letters, digits, - and .")
    return value.strip()


def endpoint(value: str) -> str:
    parts = urlsplit(value.strip())
    if value.strip() and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/")):
        raise ValueError("write an address like https://s3.example.com, without the bucket")
    return f"{parts.scheme}://{parts.netloc}" if value.strip() else ""


def sendfile(value: str) -> str | None:
    names = {"": None, **{name.lower(): name for name in (X_ACCEL_REDIRECT, X_SENDFILE)}}
    if value.strip().lower() not in names:
        raise ValueError("write x-accel-redirect, x-sendfile, or nothing")
    return names[value.strip().lower()]


def mail_url(value: str) -> str:
    if urlsplit(value.strip()).scheme not in ("spool", "smtp", "smtps"):
        raise ValueError("write spool://a/folder or smtp(s)://user:password@host:port")
    return value.strip()


def zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value.strip())
    except (KeyError, ValueError, OSError):
        raise ValueError("write a zone of the tz database, like Europe/Berlin") from None


def suffix(value: str) -> str:
    text = value.strip()
    if not (
        text.isascii() and 2 <= len(text) <= 22 and any(map(str.isalpha, text)) and not set(text) & set("<>\\'\"*")
    ):
        raise ValueError("write 2 to 22 Latin letters, without < > \\ ' \" *")
    return text


def locale(value: str) -> str:
    text = value.strip()
    if not text.replace("_", "").isalpha():
        raise ValueError("write a locale like en or de_AT")
    return text
