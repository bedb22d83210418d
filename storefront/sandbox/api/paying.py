"""Confirming an intent: which card pays, and whether it may. What the bank says is in payments.py."""

from .. import cards, payments
from ..call import Call
from ..errors import Json, invalid, no_such, unexpected_state
from ..objects.payment_method import billing_details, card_details, payment_method

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def confirm(call: Call, intent: Json) -> Json:
    """Pays the intent with what the request names, else with the card that it has."""
    if intent["status"] == "succeeded":
        raise unexpected_state("You cannot confirm this PaymentIntent because it has already succeeded after being previously "
                               "confirmed.", intent)
    if intent["status"] not in CONFIRMABLE:
        raise unexpected_state(
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent with "
            f"one of the following statuses may be confirmed: {', '.join(CONFIRMABLE)}.", intent)
    if "confirmation_token" in call.params and "payment_method" in call.params:
        raise invalid("You may only specify one of these parameters: confirmation_token, payment_method.",
                      param="confirmation_token")
    token: Json = {}
    if "confirmation_token" in call.params:
        token = _usable_token(call, intent)
        method = _method_from(call, token, intent)
    elif given := call.params.get("payment_method") or intent["payment_method"]:
        method = method_of(call, given)
    else:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
            "method or ConfirmationToken.", intent)
    for name in ("receipt_email", "shipping", "setup_future_usage"):
        intent[name] = call.params.get(name) or token.get(name) or intent[name]
    return payments.attempt(
        call, intent, method, return_url=call.params.get("return_url") or token.get("return_url"),
        use_stripe_sdk=call.params.get("use_stripe_sdk", token.get("use_stripe_sdk", False)),
        error_on_requires_action=call.params.get("error_on_requires_action", False))


def method_of(call: Call, given: str) -> Json:
    """The PaymentMethod of an id; `pm_card_visa` and its kind stand for a new one."""
    card = cards.named(given) if given.startswith("pm_card_") else None
    if card is None:
        return call.find("payment_method", given, "PaymentMethod", "payment_method")
    return test_method(call, card)


def test_method(call: Call, card: cards.Card, billing: Json | None = None, metadata: Json | None = None) -> Json:
    """A new PaymentMethod of a test card that was named."""
    details = card_details(card, exp_month=12, exp_year=_year(call.now) + 3)
    made = payment_method(details, billing_details(billing), call.now, metadata)
    return call.store.insert(made, card=card.name, cvc_given=True)


def _usable_token(call: Call, intent: Json) -> Json:
    token_id = call.params["confirmation_token"]
    token = call.store.find("confirmation_token", token_id)
    if token is None:
        raise no_such("confirmation_token", token_id, "confirmation_token")
    if token["payment_intent"] is not None:
        raise invalid(f"You cannot use a Stripe token more than once: {token_id}.", code="token_already_used",
                      param="confirmation_token")
    if token["expires_at"] <= call.now:
        raise no_such("confirmation_token", token_id, "confirmation_token")
    for name, shown in call.store.hidden(token_id)["element"].items():
        asked = intent["allowed_payment_method_types"] if name == "allowed_payment_method_types" else intent.get(name)
        if shown != (sorted(asked) if isinstance(asked, list) else asked):
            raise invalid(f"The ConfirmationToken was made by an Element whose `{name}` ({shown}) is not that of the "
                          f"PaymentIntent ({asked}). They have to be the same.", param="confirmation_token")
    return token


def _method_from(call: Call, token: Json, intent: Json) -> Json:
    preview = token["payment_method_preview"]
    hidden = call.store.hidden(token["id"])
    method = call.store.insert(payment_method(preview["card"], preview["billing_details"], call.now),
                               card=hidden["card"], cvc_given=hidden["cvc_given"])
    call.store.update(token | {"payment_intent": intent["id"]})
    return method


def _year(now: int) -> int:
    return 1970 + now // 31_556_952
