"""Confirming an intent: which card pays, and whether it may. What the bank says is in payments.py."""

from datetime import UTC, datetime

from .. import cards, payments
from ..call import Call
from ..errors import Json, StripeError, invalid, no_such, unexpected_state
from ..objects.payment_method import billing_details, card_details, payment_method

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
#: how long the cards are valid that requests name instead of typing them
YEARS_VALID = 3


def confirm(call: Call, intent: Json) -> Json:
    """Pays the intent with what the request names, else with the card that it has."""
    _check_confirmable(call, intent)
    token = _usable_token(call, intent) if "confirmation_token" in call.params else {}
    if token:
        method = _method_from(call, token, intent)
    elif given := call.params.get("payment_method") or intent["payment_method"]:
        method = method_of(call, given)
    else:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
            intent,
        )
    for name in ("receipt_email", "shipping", "setup_future_usage"):
        intent[name] = call.params.get(name) or token.get(name) or intent[name]
    # what the request says wins over what the token says
    return payments.attempt(
        call,
        intent,
        method,
        return_url=call.params.get("return_url") or token.get("return_url"),
        use_stripe_sdk=bool(call.params.get("use_stripe_sdk", token.get("use_stripe_sdk"))),
        error_on_requires_action=bool(call.params.get("error_on_requires_action")),
    )


def method_of(call: Call, given: str) -> Json:
    """The PaymentMethod of an id; `pm_card_visa` and its kind stand for a new one."""
    card = cards.named(given) if given.startswith("pm_card_") else None
    if card is None:
        return call.find("payment_method", given, "PaymentMethod", "payment_method")
    return method_of_card(call, card)


def method_of_card(call: Call, card: cards.Card, billing: Json | None = None, metadata: Json | None = None) -> Json:
    """A new PaymentMethod of a test card that was named."""
    year = datetime.fromtimestamp(call.now, UTC).year + YEARS_VALID
    details = card_details(card, exp_month=12, exp_year=year)
    made = payment_method(details, billing_details(billing), call.now, metadata)
    return call.store.insert(made, card=card.name, cvc_given=True)


def _check_confirmable(call: Call, intent: Json) -> None:
    status = intent["status"]
    if status == "succeeded":
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
            intent,
        )
    if status not in CONFIRMABLE:
        raise unexpected_state(
            f"You cannot confirm this PaymentIntent because it has a status of {status}. Only a PaymentIntent with one "
            f"of the following statuses may be confirmed: {', '.join(CONFIRMABLE)}.",
            intent,
        )
    if call.params.get("amount_to_confirm", intent["amount"]) != intent["amount"]:
        raise invalid("The amount to confirm is not the amount of this PaymentIntent.", param="amount_to_confirm")
    if "confirmation_token" in call.params and "payment_method" in call.params:
        raise invalid(
            "You may only specify one of these parameters: confirmation_token, payment_method.",
            param="confirmation_token",
        )


def _usable_token(call: Call, intent: Json) -> Json:
    token_id = call.params["confirmation_token"]
    token = call.find("confirmation_token", token_id, "confirmation_token", "confirmation_token")
    if token["payment_intent"] is not None:
        raise invalid(
            f"You cannot use a Stripe token more than once: {token_id}.",
            code="token_already_used",
            param="confirmation_token",
        )
    if token["expires_at"] <= call.now:
        raise no_such("confirmation_token", token_id, "confirmation_token")
    for name, shown in call.store.hidden(token_id)["element"].items():
        asked = intent[name]
        if shown != (sorted(asked) if isinstance(asked, list) else asked):
            raise _other_element(name, shown, asked)
    return token


def _other_element(name: str, shown: object, asked: object) -> StripeError:
    return invalid(
        f"The ConfirmationToken was made by an Element whose `{name}` ({shown}) is not that of the PaymentIntent "
        f"({asked}). They have to be the same.",
        param="confirmation_token",
    )


def _method_from(call: Call, token: Json, intent: Json) -> Json:
    preview = token["payment_method_preview"]
    hidden = call.store.hidden(token["id"])
    method = payment_method(preview["card"], preview["billing_details"], call.now)
    call.store.update(token | {"payment_intent": intent["id"]})
    return call.store.insert(method, card=hidden["card"], cvc_given=hidden["cvc_given"])
