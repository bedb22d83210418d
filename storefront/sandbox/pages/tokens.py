"""POST /elements/confirmation_tokens: the card fields' frame turns what was typed into a ConfirmationToken.

Stripe.js has an address of its own for this, which is not part of Stripe's API; this one takes and gives JSON. The
number is looked up among the test cards and forgotten.
"""

import re
from datetime import UTC, datetime
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

from .. import auth, cards
from ..errors import Json, StripeError, invalid
from ..ids import new_id
from ..objects.confirmation_token import confirmation_token
from ..objects.payment_method import billing_details, card_details
from ..service import Service

#: what the Element was told, which has to be what the intent says
ELEMENT_OPTIONS = ("amount", "currency", "allowed_payment_method_types")


def create(request: Request) -> Response:
    """A token, or the error that Stripe.js hands to the page."""
    service: Service = request.registry.sandbox
    try:
        auth.is_public(request.headers.get("Authorization"), service.settings, public_endpoint=True)
        body = _token(service, request.json_body)
        return Response(json_body=body)
    except StripeError as error:
        return Response(json_body=error.body(new_id("req", 14)), status=error.status)


def _token(service: Service, given: Json) -> Json:
    now = service.clock.now()
    typed = given["card"]
    card = _checked(typed, now)
    params = given.get("params", {})
    options = {name: given["element"][name] for name in ELEMENT_OPTIONS if given["element"].get(name) is not None}
    if "allowed_payment_method_types" in options:
        options["allowed_payment_method_types"] = sorted(options["allowed_payment_method_types"])
    billing = dict(params.get("payment_method_data", {}).get("billing_details", {}))
    billing["address"] = billing.get("address", {}) | {
        "postal_code": typed.get("postal_code") or None,
        "country": typed.get("country") or None,
    }
    details = card_details(card, typed["exp_month"], typed["exp_year"])
    made = confirmation_token(
        details, billing_details(billing), now, return_url=params.get("return_url"), shipping=params.get("shipping")
    )
    with service.store.transaction():
        service.store.insert(made, card=card.name, cvc_given=bool(typed["cvc"]), element=options)
    return made


def _checked(typed: dict[str, Any], now: int) -> cards.Card:
    """The test card that was typed; raises StripeError as https://docs.stripe.com/testing#invalid-data says."""
    number = str(typed["number"])
    if not re.fullmatch(r"[0-9]{12,19}", number) or not cards.passes_luhn(number):
        raise _wrong("Your card number is incorrect.", "incorrect_number", "number")
    month, year, today = typed["exp_month"], typed["exp_year"], datetime.fromtimestamp(now, UTC)
    if not (isinstance(month, int) and 1 <= month <= 12):
        raise _wrong("Your card's expiration month is invalid.", "invalid_expiry_month", "exp_month")
    if not (isinstance(year, int) and (today.year, today.month) <= (year, month) and year <= today.year + 50):
        raise _wrong("Your card's expiration year is invalid.", "invalid_expiry_year", "exp_year")
    if not re.fullmatch(r"[0-9]{4}" if cards.brand(number) == "amex" else r"[0-9]{3}", str(typed["cvc"])):
        raise _wrong("Your card's security code is invalid.", "invalid_cvc", "cvc")
    return cards.numbered(number)


def _wrong(message: str, code: str, param: str) -> StripeError:
    error = invalid(message, code=code, param=param, status=402)
    error.fields["type"] = "card_error"
    return error


def includeme(config: Configurator) -> None:
    """Registers the address."""
    config.add_route("tokens", "/elements/confirmation_tokens", request_method="POST")
    config.add_view(create, route_name="tokens")
