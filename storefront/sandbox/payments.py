"""How a PaymentIntent is paid: https://docs.stripe.com/payments/paymentintents/lifecycle.

    requires_payment_method ── attempt ──> requires_action ── authenticate ──> succeeded
             ^                    │                │
             └────── declined ────┴──── failed ────┘

An attempt makes at most one charge, and an intent at most one that succeeds.
"""

from typing import NoReturn

from . import aftermath, cards, settlement
from .call import Call
from .cards import Authentication, Card, Decline
from .errors import CardError, Json, doc_url
from .ids import new_id
from .objects.charge import charge

AUTHENTICATION_FAILED = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
    "PaymentMethod to attempt to fulfill this PaymentIntent again."
)


def attempt(
    call: Call,
    intent: Json,
    method: Json,
    *,
    use_stripe_sdk: bool,
    return_url: str | None,
    error_on_requires_action: bool = False,
) -> Json:
    """Pay the intent with the card, as far as it goes without the customer; raises CardError when it is declined."""
    card = call.card_of(method["id"])
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if card.authentication is not Authentication.REQUIRED:
        return _charge(call, intent, method, card)
    if error_on_requires_action:
        _refuse(
            call,
            intent,
            method,
            {
                "code": "authentication_required",
                "decline_code": "authentication_not_handled",
                "type": "card_error",
                "message": "This payment required an authentication action to complete, but "
                "`error_on_requires_action` was set.",
            },
        )
    intent |= {"status": "requires_action", "next_action": _next_action(call, intent, use_stripe_sdk, return_url)}
    call.store.update(intent)
    call.emit("payment_intent.requires_action", intent)
    return intent


def authenticate(call: Call, intent: Json, *, passed: bool) -> Json:
    """The customer answered the bank's question; raises CardError when the bank then declines."""
    method = call.find("payment_method", intent["payment_method"], "PaymentMethod")
    intent["next_action"] = None
    if passed:
        return _charge(call, intent, method, call.card_of(method["id"]), authenticated=True)
    code = "payment_intent_authentication_failure"
    _fail(
        call,
        intent,
        {
            "code": code,
            "doc_url": doc_url(code),
            "message": AUTHENTICATION_FAILED,
            "payment_method": method,
            "type": "invalid_request_error",
        },
    )
    return intent


def _charge(call: Call, intent: Json, method: Json, card: Card, *, authenticated: bool = False) -> Json:
    decline = _decline_of(call, method, card)
    made = call.store.insert(charge(intent, method, card, call.now, decline=decline, authenticated=authenticated))
    intent["latest_charge"] = made["id"]
    if decline is not None:
        call.emit("charge.failed", made)
        outcome = made["outcome"]
        _refuse(
            call,
            intent,
            method,
            {
                "advice_code": decline.advice,
                "charge": made["id"],
                "code": decline.code,
                "decline_code": decline.decline_code,
                "message": decline.message,
                "network_advice_code": outcome["network_advice_code"],
                "network_decline_code": outcome["network_decline_code"],
                "type": "card_error",
            },
        )
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    call.store.update(intent)
    settlement.begin(call, made, at_once=intent["capture_method"] == "automatic")
    call.emit("charge.succeeded", made)
    call.emit("payment_intent.succeeded", intent)
    aftermath.begin(call, made, card)
    return intent


def _refuse(call: Call, intent: Json, method: Json, error: Json) -> NoReturn:
    """The attempt failed at the bank: the intent can be paid with another card, and the answer says why."""
    error = {name: value for name, value in error.items() if value is not None} | {
        "doc_url": doc_url(error["code"]),
        "payment_method": method,
    }
    _fail(call, intent, error)
    details = {name: value for name, value in error.items() if name not in ("type", "message", "code", "doc_url")}
    raise CardError(error["message"], code=error["code"], payment_intent=intent, **details)


def _fail(call: Call, intent: Json, error: Json) -> None:
    intent |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": error}
    call.store.update(intent)
    call.emit("payment_intent.payment_failed", intent)


def _decline_of(call: Call, method: Json, card: Card) -> Decline | None:
    if card.decline is cards.WRONG_CVC and not call.store.hidden(method["id"])["cvc_given"]:
        return None  # Stripe's test card is declined for its code only where a code was given
    return card.decline


def _next_action(call: Call, intent: Json, use_stripe_sdk: bool, return_url: str | None) -> Json:
    page = f"{call.address}/3ds/{intent['id']}?client_secret={intent['client_secret']}"
    if use_stripe_sdk or not return_url:
        return {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page, "source": new_id("payatt")},
        }
    call.store.update(intent, return_url=return_url)
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": f"{page}&redirect=true"}}
