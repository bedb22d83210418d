"""Terms, imprint, privacy: what they say now, what they said when something was bought, and how they are changed."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, select
from sqlalchemy.orm import Session

from storefront.models import Act, ShopText, TextKind, writing
from storefront.services.shop.audit import Actor, record
from storefront.services.shop.identity.saving import (
    SettingsSavedMeanwhile,
    count_up,
    fingerprint,
    take_settings,
)

_NEWEST_FIRST = ShopText.since.desc(), ShopText.id.desc()
_NOW = (
    select(ShopText.words, ShopText.since).where(ShopText.kind == bindparam("kind")).order_by(*_NEWEST_FIRST).limit(1)
)


def public_text(connection: Connection, kind: TextKind) -> tuple[str, datetime] | None:
    """The words of a page and since when they hold; None for a page without words."""
    found = connection.execute(_NOW, {"kind": kind}).one_or_none()
    return (found.words, found.since) if found and found.words else None


def texts_now(session: Session) -> dict[str, str]:
    """The words of every page by its kind, empty for those without."""
    newest = {kind.value: session.scalar(_of(kind).limit(1)) for kind in TextKind}
    return {kind: text.words if text else "" for kind, text in newest.items()}


def text_at(session: Session, kind: TextKind, moment: datetime) -> ShopText | None:
    """What a page said at that time; None when there was no such page."""
    text = session.scalar(_of(kind).where(ShopText.since <= moment).limit(1))
    return text if text and text.words else None


def save_texts(session: Session, texts: Mapping[str, str], seen: str, now: datetime, by: Actor) -> None:
    """Keeps the words of every page; `seen` is the fingerprint of those that were shown.

    What was said before stays known. Raises SettingsSavedMeanwhile.
    """
    with writing(session):  # step: the new words hold from now on, and the audit list says who wrote them
        row = take_settings(session)
        before = texts_now(session)
        changed = [kind for kind in TextKind if texts[kind] != before[kind]]
        if not changed:
            return
        if fingerprint(before) != seen:
            raise SettingsSavedMeanwhile
        session.add_all(_text(kind, texts[kind], now) for kind in changed)
        count_up(row, now)
        record(session, by, Act.SETTINGS_SAVED, "texts", now, fields=[kind.value for kind in changed])


def _of(kind: TextKind) -> Select[ShopText]:
    return select(ShopText).where(ShopText.kind == kind).order_by(*_NEWEST_FIRST)


def _text(kind: TextKind, words: str, now: datetime) -> ShopText:
    return ShopText(kind=kind, words=words, digest=hashlib.sha256(words.encode()).hexdigest(), since=now)
