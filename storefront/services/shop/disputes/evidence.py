"""The evidence as the shop puts it together: what it knows of the purchase, in the fields that Stripe has for it."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront.media.formats import FORMATS, Format
from storefront.models import AlbumPurchase, Dispute, Mail, MailKind, TextKind, Track
from storefront.services.shop.composing import Composer
from storefront.services.shop.disputes.activity import access_log, moment, paid_from, plain
from storefront.services.shop.disputes.fields import LONGEST_TEXT, fields_for
from storefront.services.shop.identity.texts import text_at

#: In the place of the secret link of a receipt.
THEIR_LINK = "(the buyer's own link)"


def put_together(session: Session, dispute: Dispute, composer: Composer) -> dict[str, str]:
    """Stripe's names of fields -> texts; those that only the owner can fill in are empty."""
    purchase = dispute.purchase
    known: dict[str, Callable[[], str]] = {
        "customer_email_address": lambda: purchase.email,
        "customer_purchase_ip": lambda: paid_from(session, purchase) or "",
        "service_date": lambda: f"{purchase.paid_at or purchase.created:%d %B %Y}",
        "product_description": lambda: _product(session, purchase),
        "access_activity_log": lambda: access_log(session, purchase),
        "refund_policy_disclosure": lambda: _terms(session, purchase),
        "uncategorized_text": lambda: _order(session, purchase, composer),
    }
    return {field.name: known[field.name]() if field.name in known else "" for field in fields_for(dispute.reason)}


def _product(session: Session, purchase: AlbumPurchase) -> str:
    album = purchase.album
    titles = select(Track.title).where(Track.edition_id == purchase.edition_id).order_by(Track.disc, Track.position)
    tracks = session.scalars(titles).all()
    formats = ", ".join(FORMATS[Format(name)].label for name in album.formats if name in set(Format))
    lines = [
        f"The music album \u201c{plain(album.title)}\u201d by {plain(album.artist_credit)}, as a download"
        f"{f' ({formats})' if formats else ''}. It is a digital good: nothing is shipped.",
        "The buyer could fetch it at once after the payment: on the page that followed it, and by the link in the "
        "receipt that was mailed.",
        f"{len(tracks)} tracks:",
        *(f"{number}. {plain(title)}" for number, title in enumerate(tracks, 1)),
    ]
    return "\n".join(lines)[:LONGEST_TEXT]


def _terms(session: Session, purchase: AlbumPurchase) -> str:
    """As they stood when it was paid; empty for a shop that had none."""
    terms = text_at(session, TextKind.TERMS, purchase.paid_at or purchase.created)
    if terms is None:
        return ""
    before = (
        "The page with the fields for the card said \u201cYou buy under our terms\u201d, with a link to them. "
        f"They had stood there since {moment(terms.since)}, and said:"
    )
    return f"{before}\n\n{terms.words}"[:LONGEST_TEXT]


def _order(session: Session, purchase: AlbumPurchase, composer: Composer) -> str:
    """What was ordered and paid, earlier purchases by the same address, and the receipt as it was mailed."""
    lines = [f"Order {purchase.public_id} of {moment(purchase.created)}: {purchase.price}."]
    if purchase.paid_at:
        card = f" with the card {purchase.card_brand} ending in {purchase.card_last4}" if purchase.card_last4 else ""
        lines.append(f"Paid on {moment(purchase.paid_at)}{card}.")
    if earlier := _earlier(session, purchase):
        lines.append(f"Paid purchases by the same e-mail address before this one: {earlier}.")
    receipts = select(Mail).where(Mail.purchase_id == purchase.id, Mail.kind == MailKind.RECEIPT)
    receipt = session.scalar(receipts.where(Mail.sent_at.is_not(None)).order_by(Mail.created).limit(1))
    if receipt is not None and receipt.sent_at is not None:
        body = composer.compose(receipt, THEIR_LINK).get_body(("plain",))
        text = body.get_content().strip() if body else ""
        lines += ["", f"The receipt, as it was mailed to {receipt.recipient} on {moment(receipt.sent_at)}:", "", text]
    return "\n".join(lines)[:LONGEST_TEXT]


def _earlier(session: Session, purchase: AlbumPurchase) -> int:
    paid = select(func.count()).where(
        AlbumPurchase.email == purchase.email,
        AlbumPurchase.paid_at < (purchase.paid_at or datetime.now(UTC)),
        AlbumPurchase.stripe_charge_id.is_not(None),
        AlbumPurchase.dispute == "none",
    )
    return session.scalar(paid) or 0
