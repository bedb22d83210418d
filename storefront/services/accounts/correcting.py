"""An address is corrected at the desk: of a guest's purchases, or of an account and its purchases.

The old address opens nothing afterwards: its receipts' links end, its account is signed out and has no password. The
new one opens nothing before it is proven: by a receipt, or by the link that chooses the account's password, which only
its mailbox gets. The old address is told that there was a change, and not to which address.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storefront.models import Account, Act, AlbumPurchase, Mail, MailKind, PurchaseLink, Role, writing
from storefront.services.accounts.claiming import claim_by_address
from storefront.services.accounts.email_links import end_email_links
from storefront.services.accounts.sessions import end_all_sessions
from storefront.services.shop.audit import Actor, record
from storefront.services.shop.outbox import write_mail

#: Receipts that go to the new address, of the newest purchases; an account's library needs none.
MOST_RECEIPTS = 20


class AtTheDesk(Exception):
    """The account is the owner's or the staff's: nobody changes at the desk who may sit there."""


class AddressTaken(Exception):
    """Both addresses have an account; two accounts are not made one."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many purchases have the new address, whether an account has, and how many receipts go to it."""

    purchases: int
    account: bool
    receipts: int


def correct_address(session: Session, was: str, new: str, now: datetime, by: Actor) -> Corrected:
    """Moves everything of one address (as `parse_email` gives them) to another. Raises AtTheDesk, AddressTaken.

    What is done already is not done again: a second press moves nothing.
    """
    with writing(session):  # step: all that had the old address has the new one
        account, other = _account(session, was), _account(session, new)
        if account is not None and account.role != Role.CUSTOMER:
            raise AtTheDesk
        if account is not None and other is not None:
            raise AddressTaken
        purchases = session.scalars(
            select(AlbumPurchase)
            .where(AlbumPurchase.email == was)
            .order_by(AlbumPurchase.created.desc(), AlbumPurchase.id.desc())
            .execution_options(populate_existing=True)
            .with_for_update()
        ).all()
        if account is None and not purchases:
            return Corrected(0, account=False, receipts=0)
        guests = [one for one in purchases if one.has_access and one.account_id is None]
        _move_purchases(session, purchases, new, now, by)
        if account is not None:
            _move_account(session, account, new, now, by)
        elif other is not None:
            claim_by_address(session, other)
        receipts = [] if account is not None else guests[:MOST_RECEIPTS]
        for purchase in receipts:
            key = f"receipt:{purchase.public_id}:corrected:{secrets.token_hex(8)}"
            write_mail(session, MailKind.RECEIPT, key, new, now, purchase=purchase)
        write_mail(session, MailKind.ADDRESS_CHANGED, f"address_changed:{secrets.token_hex(16)}", was, now)
    return Corrected(len(purchases), account=account is not None, receipts=len(receipts))


def _account(session: Session, email: str) -> Account | None:
    return session.scalar(
        select(Account).where(Account.email == email).execution_options(populate_existing=True).with_for_update()
    )


def _move_purchases(session: Session, purchases: Sequence[AlbumPurchase], new: str, now: datetime, by: Actor) -> None:
    """With the mails about them that have not left yet; the links in those that have left end."""
    numbers = [purchase.id for purchase in purchases]
    session.execute(  # first: one that is being sent at this moment makes its link before this goes on
        update(Mail)
        .where(Mail.purchase_id.in_(numbers), Mail.sent_at.is_(None), Mail.kind != MailKind.ATTENTION)
        .values(recipient=new)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(PurchaseLink).where(PurchaseLink.purchase_id.in_(numbers)))
    for purchase in purchases:
        record(session, by, Act.PURCHASE_ADDRESS, purchase.public_id, now, was=purchase.email, new=new)
        purchase.email = new
    session.flush()  # what follows are statements of their own


def _move_account(session: Session, account: Account, new: str, now: datetime, by: Actor) -> None:
    """Nobody is in it until the new mailbox's owner has chosen a password."""
    record(session, by, Act.ACCOUNT_ADDRESS, account.public_id, now, was=account.email, new=new)
    end_email_links(session, account.email, now)
    end_email_links(session, new, now)
    end_all_sessions(session, account)
    account.email, account.password_hash, account.email_proven_at = new, None, None
    session.flush()  # the mail's row names the account as it is now
    write_mail(session, MailKind.CHOOSE_PASSWORD, f"choose_password:{secrets.token_hex(16)}", new, now, account=account)
