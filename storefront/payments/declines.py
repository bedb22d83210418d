"""Stripe's decline codes -> what a buyer understands and can do. https://docs.stripe.com/declines/codes

Lost, stolen and fraudulent are told like any refusal: a thief is not to learn that the card is known.
"""

from storefront.payments.results import Advice, Decline

_REFUSED = (Advice.OTHER_CARD, "Your bank refused this card. Please try another one, or ask your bank.")
_FUNDS = (Advice.OTHER_CARD, "There is not enough money on this card. Please try another one.")
_NUMBER = (Advice.FIX_DETAILS, "The card number is not right. Please check it and try again.")
_EXPIRY = (Advice.FIX_DETAILS, "The expiry date is not right. Please check it and try again.")
_CVC = (Advice.FIX_DETAILS, "The security code is not right. Please check the three or four digits and try again.")
_ADDRESS = (Advice.FIX_DETAILS, "The postal code does not fit the card. Please check it and try again.")
_LATER = (Advice.LATER, "The bank could not answer just now. Please try again in a minute, or use another card.")
_AUTHENTICATION = (
    Advice.OTHER_CARD,
    "The bank did not confirm that it is you. Please try again and confirm the payment, or use another card.",
)

_BY_CODE = {
    "insufficient_funds": _FUNDS,
    "withdrawal_count_limit_exceeded": _FUNDS,
    "card_velocity_exceeded": (
        Advice.OTHER_CARD,
        "This card has reached its limit. Please try another one, or ask your bank.",
    ),
    "expired_card": (Advice.OTHER_CARD, "This card has expired. Please try another one."),
    "incorrect_number": _NUMBER,
    "invalid_number": _NUMBER,
    "invalid_expiry_month": _EXPIRY,
    "invalid_expiry_year": _EXPIRY,
    "incorrect_cvc": _CVC,
    "invalid_cvc": _CVC,
    "incorrect_zip": _ADDRESS,
    "incorrect_address": _ADDRESS,
    "processing_error": _LATER,
    "issuer_not_available": _LATER,
    "try_again_later": _LATER,
    "reenter_transaction": _LATER,
    "currency_not_supported": (
        Advice.OTHER_CARD,
        "This card cannot pay in this currency. Please try another one.",
    ),
    "card_not_supported": (Advice.OTHER_CARD, "This card cannot be used here. Please try another one."),
    "authentication_required": _AUTHENTICATION,
    "payment_intent_authentication_failure": _AUTHENTICATION,
}


def describe(code: str | None, decline_code: str | None) -> Decline:
    """A Stripe error's `code` and `decline_code` -> words and advice; a generic refusal for what is not known."""
    advice, message = _BY_CODE.get(decline_code or "") or _BY_CODE.get(code or "") or _REFUSED
    return Decline(code=code or "card_declined", decline_code=decline_code, advice=advice, message=message)
