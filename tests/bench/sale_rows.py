"""Sales as rows: of the purchase, and of all that belongs to it."""

import json
from collections.abc import Callable, Iterator

from storefront.services.accounts.tokens import digest
from tests.bench.bulk import Row, moment
from tests.bench.sales import DAY, Sale

COUNTRIES = ["DE", "US", "GB", "FR", "NL", "NO", "SE", "CA", "AU", "JP", "ES", "IT", "BR", "PL", "CH", "AT"]
REFERRERS = ("", "", "", "", "www.instagram.com", "www.google.com", "mastodon.social", "www.youtube.com", "a.example")
CARDS = ["visa", "visa", "visa", "mastercard", "mastercard", "amex"]

PURCHASE = (
    "id", "public_id", "buyer_key", "account_id", "email", "album_id", "edition_id", "channel", "amount", "currency",
    "tax_amount", "shown_amount", "description", "locale", "referrer_host", "state", "attempt", "open_params",
    "created", "paid_at", "bought_before", "stripe_payment_id", "stripe_charge_id", "fee", "net", "settled_currency",
    "card_brand", "card_last4", "card_country", "card_fingerprint", "refunded", "refund_requested", "dispute",
    "books_version", "access_reason", "flags",
)  # fmt: skip


def purchase(sale: Sale) -> Row:
    """A row of PURCHASE."""
    offer, charged = sale.offer, sale.charged
    seed = int(sale.public_id[:8], 16)
    return (
        sale.id, sale.public_id, sale.buyer.key, sale.buyer.account, sale.buyer.email, offer.id, offer.id, sale.channel,
        sale.amount, offer.currency, 0, sale.amount, f"Album: {offer.title}", "en",
        REFERRERS[seed % len(REFERRERS)], sale.state, sale.attempts, _parameters(sale),
        moment(sale.at), sale.paid_at and moment(sale.paid_at), sale.before and moment(sale.before),
        sale.payment, sale.charge,
        sale.fee if charged else None, sale.amount - sale.fee if charged else None,
        offer.currency if charged else None, CARDS[seed % len(CARDS)] if charged else None,
        f"{seed % 10_000:04}" if charged else None, COUNTRIES[int((seed % 997 / 997) ** 2 * 16)] if charged else None,
        digest(sale.buyer.email)[:16] if charged else None, sale.refunded, sale.refunded, sale.dispute, 1, "",
        '["disputed"]' if sale.dispute not in ("none", "won") else "[]",
    )  # fmt: skip


def _parameters(sale: Sale) -> str:
    """As the row keeps what Stripe is sent."""
    if sale.payment is None:
        return "{}"
    metadata = {"order": sale.public_id, "album": sale.offer.public_id, "edition": sale.offer.public_id}
    return json.dumps(
        {
            "amount": sale.amount,
            "currency": sale.offer.currency,
            "allowed_payment_method_types": ["card", "link"],
            "description": f"Album: {sale.offer.title}",
            "statement_descriptor_suffix": "MUSIC",
            "metadata": metadata | {"buyer_key": sale.buyer.key},
        }
    )


#: What belongs to a purchase: table -> columns.
BELONGINGS: dict[str, tuple[str, ...]] = {
    "payment_attempt": (
        "purchase_id", "number", "token_hash", "idempotency_key", "sent_at", "outcome", "decline_code",
        "tried_charge",
    ),
    "ledger_entry": (
        "stripe_id", "purchase_id", "type", "source", "amount", "fee", "net", "currency", "created",
    ),
    "refund": (
        "public_id", "stripe_refund_id", "purchase_id", "amount", "currency", "status", "reason", "failure_reason",
        "requested_by", "created",
    ),
    "dispute": (
        "stripe_dispute_id", "purchase_id", "amount", "currency", "status", "reason", "evidence_due", "created",
    ),
    "download": ("purchase_id", "day", "name", "network", "began", "last_asked"),
    "mail": (
        "key", "kind", "recipient", "purchase_id", "account_id", "detail", "created", "again", "tries", "sent_at",
        "error",
    ),
}  # fmt: skip


def belongings(table: str, sale: Sale) -> Iterator[Row]:
    """The rows of that table that are this purchase's."""
    yield from _MAKERS[table](sale)


def _attempts(sale: Sale) -> Iterator[Row]:
    for number in range(1, sale.attempts + 1):
        good = sale.charged and number == sale.attempts
        at, name = moment(sale.at + 20 * number), f"{sale.public_id}{number}"
        outcome = ("succeeded", None) if good else ("declined", "insufficient_funds")
        yield sale.id, number, digest(name), f"key{name}", at, *outcome, sale.charge if good else None


def _bookings(sale: Sale) -> Iterator[Row]:
    if not sale.charged:
        return
    name, whole = sale.public_id[:24], float(int(sale.at))
    money = sale.offer.currency
    yield (f"txn_{name}", sale.id, "charge", sale.charge, sale.amount, sale.fee, sale.amount - sale.fee, money,
           moment(whole + 45))  # fmt: skip
    if sale.refunded:
        back = -sale.refunded
        yield f"txn_r{name}", sale.id, "refund", f"re_{name}", back, 0, back, money, moment(whole + 3 * DAY)
    if sale.dispute in ("needs_response", "under_review", "lost"):
        taken = (-sale.amount, 1500, -sale.amount - 1500)
        yield f"txn_d{name}", sale.id, "adjustment", f"du_{name}", *taken, money, moment(whole + 9 * DAY)


def _refunds(sale: Sale) -> Iterator[Row]:
    if sale.refunded:
        name, at = sale.public_id[::-1], moment(int(sale.at) + 3 * DAY)
        yield (name, f"re_{sale.public_id[:24]}", sale.id, sale.refunded, sale.offer.currency, "succeeded",
               "requested_by_customer", "", "owner@example.com", at)  # fmt: skip


def _disputes(sale: Sale) -> Iterator[Row]:
    if sale.dispute != "none":
        name, at = f"du_{sale.public_id[:24]}", int(sale.at) + 9 * DAY
        yield (name, sale.id, sale.amount, sale.offer.currency, sale.dispute, "fraudulent", moment(at + 14 * DAY),
               moment(at))  # fmt: skip


def _downloads(sale: Sale) -> Iterator[Row]:
    if sale.state == "paid" and sale.id % 8:
        network = f"198.51.{sale.id // 256 % 256}.{sale.id % 256}"
        for name in ("flac", "mp3-v0", "stream")[: 1 + sale.id % 3 // 2]:
            at = moment(sale.at + 90)
            yield sale.id, at[:10], name, network, at, at


def _mails(sale: Sale) -> Iterator[Row]:
    if sale.state != "paid" or sale.channel == "import":
        return
    at = moment(sale.at + 40)
    to = (sale.buyer.email, sale.id, sale.buyer.account)
    sent = moment(sale.at + 42)
    yield f"receipt:{sale.public_id}", "receipt", *to, None, at, "0", 1, sent, ""
    if sale.refunded:
        at = moment(sale.at + 3 * DAY)
        yield f"refunded:{sale.public_id[::-1]}", "refunded", *to, "5.00", at, "0", 1, at, ""


_MAKERS: dict[str, Callable[[Sale], Iterator[Row]]] = {
    "payment_attempt": _attempts,
    "ledger_entry": _bookings,
    "refund": _refunds,
    "dispute": _disputes,
    "download": _downloads,
    "mail": _mails,
}
