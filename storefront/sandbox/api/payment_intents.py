"""/v1/payment_intents: https://docs.stripe.com/api/payment_intents."""

import hmac

from pyramid.config import Configurator
from stripe import params

from .. import money
from ..call import Call
from ..errors import Json, invalid, no_such, unexpected_state
from ..objects.payment_intent import ENABLED_TYPES, PUBLIC_FIELDS, payment_intent
from . import lists, paying

NOUN = "payment_intent"
UPDATABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELABLE = (*UPDATABLE, "requires_capture", "processing")
#: the parameters whose meaning the sandbox knows, besides expand
SETTABLE = (
    "allowed_payment_method_types",
    "amount",
    "automatic_payment_methods",
    "capture_method",
    "currency",
    "description",
    "metadata",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor_suffix",
    "transfer_group",
)
CONFIRMING = ("confirmation_token", "error_on_requires_action", "payment_method", "return_url", "use_stripe_sdk")
#: parameters that can be changed at any time
ALWAYS_UPDATABLE = ("description", "metadata", "receipt_email", "expand")


def create(call: Call) -> Json:
    """An intent; with `confirm` it is paid at once."""
    call.allow(*SETTABLE, *CONFIRMING, "confirm", "confirmation_method")
    _check_types(call.params)
    money.check(call.params["amount"], call.params["currency"])
    if not call.params.get("confirm"):
        for name in CONFIRMING:
            if name in call.params and name != "payment_method":
                raise invalid(
                    f"The parameter `{name}` cannot be passed when creating a PaymentIntent unless `confirm` is "
                    "set to true.",
                    param=name,
                )
    intent = call.store.insert(payment_intent(call.params, call.now))
    call.emit("payment_intent.created", intent)
    if call.params.get("confirm"):
        return paying.confirm(call, intent)
    if "payment_method" in call.params:
        intent |= {
            "payment_method": paying.method_of(call, call.params["payment_method"])["id"],
            "status": "requires_confirmation",
        }
        call.store.update(intent)
    return intent


def retrieve(call: Call) -> Json:
    """An intent; to a page with its client secret, only what a page may see."""
    intent = call.find("payment_intent", call.path["id"], NOUN, "intent")
    if not call.public:
        return intent
    if not hmac.compare_digest(call.params.get("client_secret", "").encode(), intent["client_secret"].encode()):
        raise no_such(NOUN, intent["id"], "intent")
    return {name: intent[name] for name in PUBLIC_FIELDS}


def update(call: Call) -> Json:
    """Changes what may still change; an intent that is updated forgets its last error."""
    call.allow(*SETTABLE, "payment_method")
    intent = call.find("payment_intent", call.path["id"], NOUN, "intent")
    _check_types(call.params)
    if intent["status"] not in UPDATABLE:
        for name in call.params:
            if name not in ALWAYS_UPDATABLE:
                raise unexpected_state(
                    f"This PaymentIntent's {name} could not be updated because it has a status of {intent['status']}. "
                    f"You may only update the {name} of a PaymentIntent with one of the following statuses: "
                    f"{', '.join(UPDATABLE)}.",
                    intent,
                )
    asked = intent | call.params
    money.check(asked["amount"], asked["currency"])
    changed = {name: value or None for name, value in call.params.items() if name in intent and name != "metadata"}
    if "currency" in changed:
        changed["currency"] = call.params["currency"].lower()
    if "payment_method" in changed:
        changed |= {
            "payment_method": paying.method_of(call, call.params["payment_method"])["id"],
            "status": "requires_confirmation",
            "next_action": None,
        }
    if "allowed_payment_method_types" in changed:
        changed["payment_method_types"] = [t for t in ENABLED_TYPES if t in call.params["allowed_payment_method_types"]]
    intent |= changed | {
        "last_payment_error": None,
        "metadata": lists.merged(intent["metadata"], call.params.get("metadata", {})),
    }
    return call.store.update(intent)


def confirm(call: Call) -> Json:
    """Pays an intent, as far as it goes without the customer."""
    call.allow(*CONFIRMING, "amount_to_confirm", "receipt_email", "setup_future_usage", "shipping")
    return paying.confirm(call, call.find("payment_intent", call.path["id"], NOUN, "intent"))


def cancel(call: Call) -> Json:
    """Ends an intent that has not been paid."""
    intent = call.find("payment_intent", call.path["id"], NOUN, "intent")
    if intent["status"] not in CANCELABLE:
        raise unexpected_state(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            f"with one of the following statuses may be canceled: {', '.join(CANCELABLE)}.",
            intent,
        )
    intent |= {
        "status": "canceled",
        "canceled_at": call.now,
        "next_action": None,
        "cancellation_reason": call.params.get("cancellation_reason"),
    }
    call.store.update(intent)
    call.emit("payment_intent.canceled", intent)
    return intent


def list_(call: Call) -> Json:
    """Intents, newest first."""
    where, values = lists.equals(customer=call.params.get("customer"))
    return lists.page(call, "payment_intent", "/v1/payment_intents", NOUN, where=where, values=values)


def _check_types(given: Json) -> None:
    if "allowed_payment_method_types" in given:
        if "automatic_payment_methods" in given:
            raise invalid(
                "You may only specify one of these parameters: allowed_payment_method_types, "
                "automatic_payment_methods.",
                param="automatic_payment_methods",
            )
        if not set(given["allowed_payment_method_types"]) & set(ENABLED_TYPES):
            raise invalid(
                "None of the allowed payment method types is activated for this account.",
                param="allowed_payment_method_types",
            )
    if given.get("capture_method") == "manual" or given.get("confirmation_method") == "manual":
        raise invalid("The sandbox does not capture or confirm by hand.", param="capture_method")


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    path = "/v1/payment_intents"
    config.add_endpoint("POST", path, create, params.PaymentIntentCreateParams)
    config.add_endpoint("GET", path, list_, params.PaymentIntentListParams)
    config.add_endpoint("GET", f"{path}/{{id}}", retrieve, params.PaymentIntentRetrieveParams, public=True)
    config.add_endpoint("POST", f"{path}/{{id}}", update, params.PaymentIntentUpdateParams)
    config.add_endpoint("POST", f"{path}/{{id}}/confirm", confirm, params.PaymentIntentConfirmParams)
    config.add_endpoint("POST", f"{path}/{{id}}/cancel", cancel, params.PaymentIntentCancelParams)
