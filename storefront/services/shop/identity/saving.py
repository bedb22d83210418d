"""What an owner set, into the one row: what belongs together in one step, and never over what somebody else saved."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Act, ShopSettings, writing
from storefront.services.shop.audit import Actor, record


class SettingsSavedMeanwhile(Exception):
    """Somebody saved other values since this page was opened; nothing was written."""


def settings_now(session: Session) -> ShopSettings:
    """The row."""
    return session.scalars(select(ShopSettings)).one()


def fingerprint(values: Mapping[str, Any]) -> str:
    """Names what a page showed, so that a save says what it is made upon."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:32]


def values_of(row: ShopSettings, names: Iterable[str]) -> dict[str, Any]:
    """What the row has under these names."""
    return {name: getattr(row, name) for name in names}


def save_settings(session: Session, page: str, values: Mapping[str, Any], seen: str, now: datetime, by: Actor) -> None:
    """Writes `values`, columns of ShopSettings; `seen` is the fingerprint of what they were on the page.

    Raises SettingsSavedMeanwhile. What changes nothing is no act.
    """
    with writing(session):  # step: the shop is as its owner wants it, and the audit list says who did it
        row = take_settings(session)
        before = values_of(row, values)
        if before == dict(values):
            return
        if fingerprint(before) != seen:
            raise SettingsSavedMeanwhile
        for name, value in values.items():
            setattr(row, name, value)
        count_up(row, now)
        changed = [name for name, value in values.items() if before[name] != value]
        record(session, by, Act.SETTINGS_SAVED, page, now, fields=changed, **_was(before, changed))


def take_settings(session: Session) -> ShopSettings:
    """First in a step: the row as it is, and nobody else's until the step ends."""
    query = select(ShopSettings).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one()


def count_up(row: ShopSettings, now: datetime) -> None:
    """Tells every process that it changed."""
    row.version += 1
    row.updated = now


def _was(before: Mapping[str, Any], changed: list[str]) -> dict[str, Any]:
    """What stood there, for who wants it back."""
    return {"was": {name: before[name] for name in changed}}
