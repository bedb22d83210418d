"""PaymentMethod: https://docs.stripe.com/api/payment_methods/object."""

from ..cards import Authentication, Card
from ..errors import Json
from ..ids import new_id

EMPTY_ADDRESS: Json = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def billing_details(given: Json | None = None) -> Json:
    """Who pays, with null for what was not given."""
    given = given or {}
    address = EMPTY_ADDRESS | (given.get("address") or {})
    return {"address": address} | {name: given.get(name) for name in ("email", "name", "phone", "tax_id")}


def card_details(card: Card, exp_month: int, exp_year: int) -> Json:
    """The `card` hash of a PaymentMethod and of a token's preview."""
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
        "country": "US",
        "display_brand": {"amex": "american_express"}.get(card.brand, card.brand),
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": card.authentication is not Authentication.UNSUPPORTED},
        "wallet": None,
    }


def payment_method(card: Json, billing: Json, now: int, metadata: Json | None = None) -> Json:
    """A card that can pay; `card` is card_details()."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "card": card,
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": metadata or {},
        "type": "card",
    }
