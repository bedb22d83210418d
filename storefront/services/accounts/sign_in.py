"""Signing in by password: limited, and the same for addresses that are known and unknown."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.models import Account, MailKind, end_reading, writing
from storefront.services.accounts.claiming import claim_by_address, claim_by_browser
from storefront.services.accounts.devices import knows_device
from storefront.services.accounts.email_links import end_email_links
from storefront.services.accounts.limits import Limit, count_try, take_back
from storefront.services.accounts.passwords import hash_password, is_outdated, verify_password, waiting_room
from storefront.services.shop.outbox import write_mail

PERIOD = timedelta(minutes=5)
MOST = 10
MOST_IN_THE_SHOP = 1000


class WrongPassword(Exception):
    """The address or the password is wrong; which of them is nobody's business."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: its network, its device cookie's token, and its buyer key, where it has them."""

    network: str
    device: str | None = None
    buyer: str | None = None


def sign_in(session: Session, secret_key: str, email: str, password: str, browser: Browser, now: datetime) -> Account:
    """The account of this address and password.

    Joins what the browser bought, and what guests bought with the address. Raises WrongPassword, TooManyTries (even
    when the password is right; 10 in 5 minutes by account and by network), HashingBusy.
    """
    with waiting_room():
        return _sign_in(session, secret_key, email, password, browser, now)


def _sign_in(session: Session, secret_key: str, email: str, password: str, browser: Browser, now: datetime) -> Account:
    account = session.scalar(select(Account).where(Account.email == email))
    known = knows_device(secret_key, account, browser.device)
    counted = count_try(session, _limits(email, browser, known), now)
    end_reading(session)
    right = verify_password(account.password_hash if account else None, password)
    if not right or account is None or account.disabled_at is not None:
        raise WrongPassword
    fresh = hash_password(password) if is_outdated(account.password_hash or "") else account.password_hash
    with writing(session):  # step: signed in by password
        take_back(session, counted)
        _renew_hash(session, account, fresh)
        end_email_links(session, account.email, now)
        claim_by_address(session, account)
        claim_by_browser(session, account, browser.buyer)
        if not known:
            key = f"new_device:{account.public_id}:{now.isoformat()}"
            write_mail(session, MailKind.NEW_DEVICE, key, account.email, now, account=account)
    return account


def _limits(email: str, browser: Browser, known: bool) -> list[Limit]:
    if known:
        return [Limit(f"password device {_digest(browser.device or '')}", MOST, PERIOD)]
    return [
        Limit(f"password account {_digest(email)}", MOST, PERIOD),
        Limit(f"password network {browser.network}", MOST, PERIOD),
        Limit("password shop", MOST_IN_THE_SHOP, PERIOD),
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _renew_hash(session: Session, account: Account, fresh: str | None) -> None:
    """With today's parameters, unless the password was changed at this very moment."""
    if fresh != account.password_hash:
        session.execute(
            update(Account)
            .where(Account.id == account.id, Account.password_hash == account.password_hash)
            .values(password_hash=fresh)
        )
