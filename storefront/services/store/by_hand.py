"""What a person decides about a purchase, past its payment: who may have the music, and what to remember of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from storefront.models import AccessOverride, Act, AlbumPurchase, writing
from storefront.services.shop.audit import Actor, record


def override_access(
    session: Session, purchase: AlbumPurchase, access: AccessOverride | None, reason: str, now: datetime, by: Actor
) -> None:
    """Gives the music whatever became of the payment, or withdraws it; None leaves it to the payment again."""
    with writing(session):  # step: the music is open or closed, and who said so
        session.refresh(purchase)
        if purchase.access_override == access and purchase.access_reason == reason:
            return
        purchase.access_override, purchase.access_reason = access, reason
        word = access.value if access else "as_paid"
        record(session, by, Act.PURCHASE_ACCESS, purchase.public_id, now, access=word, reason=reason)


def write_note(session: Session, purchase: AlbumPurchase, note: str, now: datetime, by: Actor) -> None:
    """Adds a note to the purchase's time line; only admins read it."""
    with writing(session):  # step: the note
        record(session, by, Act.PURCHASE_NOTE, purchase.public_id, now, note=note)
