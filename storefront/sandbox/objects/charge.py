"""Charge: https://docs.stripe.com/api/charges/object."""

from ..cards import Card, Decline
from ..errors import Json
from ..ids import new_id, random_text

STATEMENT_DESCRIPTOR = "SANDBOX SHOP"


def charge(intent: Json, method: Json, card: Card, now: int, *, decline: Decline | None, authenticated: bool) -> Json:
    """One attempt to take the intent's amount from the card; with `decline` it failed."""
    paid = decline is None
    charge_id = new_id("ch")
    suffix = intent["statement_descriptor_suffix"]
    return {
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": f"{STATEMENT_DESCRIPTOR}* {suffix}"[:22] if suffix else STATEMENT_DESCRIPTOR,
        "captured": paid,
        "created": now,
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": outcome(card, decline),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _card(intent, method, card, authenticated, paid), "type": "card"},
        "presentment_details": None,
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"https://pay.stripe.com/receipts/payment/{random_text(48)}" if paid else None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": suffix,
        "status": "succeeded" if paid else "failed",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def outcome(card: Card, decline: Decline | None) -> Json:
    """What the network and Radar said: https://docs.stripe.com/declines."""
    risk: Json = {"risk_level": card.risk_level, "risk_score": card.risk_score}
    network: Json = {"advice_code": None, "network_advice_code": None, "network_decline_code": None}
    if decline is None:
        return (
            network
            | risk
            | {
                "network_status": "approved_by_network",
                "reason": None,
                "seller_message": "Payment complete.",
                "type": "authorized",
            }
        )
    if card.blocked:
        return (
            network
            | risk
            | {
                "network_status": "not_sent_to_network",
                "reason": "highest_risk_level",
                "seller_message": "Stripe blocked this payment as too risky.",
                "type": "blocked",
            }
        )
    reason = decline.decline_code or decline.code
    return risk | {
        "advice_code": decline.advice,
        "network_advice_code": "02",
        "network_decline_code": "01",
        "network_status": "declined_by_network",
        "reason": reason,
        "type": "issuer_declined",
        "seller_message": f"The bank returned the decline code `{reason}`.",
    }


def _card(intent: Json, method: Json, card: Card, authenticated: bool, paid: bool) -> Json:
    details, postal_code = method["card"], method["billing_details"]["address"]["postal_code"]
    three_d_secure: Json = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": random_text(36),
        "version": "2.2.0",
    }
    return {
        "amount_authorized": intent["amount"] if paid else None,
        "authorization_code": random_text(6).upper() if paid else None,
        "brand": details["brand"],
        "checks": {
            "address_line1_check": None,
            "cvc_check": card.cvc_check,
            "address_postal_code_check": card.postal_check if postal_code else None,
        },
        "country": details["country"],
        "exp_month": details["exp_month"],
        "exp_year": details["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": details["fingerprint"],
        "funding": details["funding"],
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": details["last4"],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": details["brand"],
        "network_token": {"used": False},
        "network_transaction_id": random_text(15).upper() if paid else None,
        "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": three_d_secure if authenticated else None,
        "wallet": None,
    }
