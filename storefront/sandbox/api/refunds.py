"""/v1/refunds: https://docs.stripe.com/api/refunds."""

from pyramid.config import Configurator
from stripe import params

from .. import disputes, fraud_warnings, money, refunds
from ..call import Call
from ..errors import Json, StripeError, invalid
from . import lists

NOUN = "refund"


def create(call: Call) -> Json:
    """Money back to the card, all that is left of the charge or a part of it."""
    call.allow("amount", "charge", "metadata", "payment_intent", "reason")
    charge = _charge(call)
    _check_refundable(call, charge)
    left = charge["amount"] - charge["amount_refunded"]
    amount = call.params.get("amount", left)
    _check_amount(amount, left, charge)
    refund = refunds.create(
        call, charge, amount, reason=call.params.get("reason"), metadata=call.params.get("metadata") or {}
    )
    fraud_warnings.review(call, charge)
    disputes.review(call, charge)
    return refund


def retrieve(call: Call) -> Json:
    """A refund."""
    return call.find("refund", call.path["id"], NOUN, "refund")


def update(call: Call) -> Json:
    """Only its metadata can be changed."""
    refund = call.find("refund", call.path["id"], NOUN, "refund")
    previous = {"metadata": refund["metadata"]}
    refund["metadata"] = lists.merged(refund["metadata"], call.params.get("metadata", {}))
    call.store.update(refund)
    refunds.tell_updated(call, refund, previous)
    return refund


def list_(call: Call) -> Json:
    """Refunds, newest first."""
    where, values = lists.equals(charge=call.params.get("charge"), payment_intent=call.params.get("payment_intent"))
    return lists.page(call, "refund", "/v1/refunds", NOUN, where=where, values=values)


def _charge(call: Call) -> Json:
    """The charge that the request names, itself or by its intent."""
    given = call.params
    if "charge" not in given and "payment_intent" not in given:
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in given and "payment_intent" in given:
        raise invalid("You may only specify one of these parameters: charge, payment_intent.", param="payment_intent")
    if "charge" in given:
        charge = call.find("charge", given["charge"], "charge")
        paid, intent_id = charge["paid"], charge["payment_intent"]
    else:
        intent = call.find("payment_intent", given["payment_intent"], "payment_intent", "payment_intent")
        paid, intent_id = intent["status"] == "succeeded", intent["id"]
        charge = call.find("charge", intent["latest_charge"], "charge") if paid else {}
    if not paid:
        raise invalid(f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.")
    return charge


def _check_refundable(call: Call, charge: Json) -> None:
    if charge["refunded"]:
        raise _refused(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    if not all(dispute["is_charge_refundable"] for dispute in call.store.of_charge("dispute", charge["id"])):
        raise _refused(f"Charge {charge['id']} has been charged back; cannot issue a refund.", "charge_disputed")


def _check_amount(amount: int, left: int, charge: Json) -> None:
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount > left:
        bound = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        asked, rest = (money.display(each, charge["currency"]) for each in (amount, left))
        raise invalid(f"Refund amount ({asked}) is greater than {bound} ({rest})", param="amount")


def _refused(message: str, code: str) -> StripeError:
    return invalid(message, code=code)


def includeme(config: Configurator) -> None:
    """Registers the endpoints."""
    config.add_endpoint("POST", "/v1/refunds", create, params.RefundCreateParams)
    config.add_endpoint("GET", "/v1/refunds", list_, params.RefundListParams)
    config.add_endpoint("GET", "/v1/refunds/{id}", retrieve, params.RefundRetrieveParams)
    config.add_endpoint("POST", "/v1/refunds/{id}", update, params.RefundUpdateParams)
