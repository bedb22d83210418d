"""Balance: https://docs.stripe.com/api/balance/balance_object."""

from collections.abc import Mapping

from ..errors import Json


def balance(available: Mapping[str, int], pending: Mapping[str, int]) -> Json:
    """What is on the account in each currency: to be paid out, and on its way there."""
    currencies = sorted({*available, *pending}) or ["usd"]
    return {
        "object": "balance",
        "available": [_part(currency, available.get(currency, 0)) for currency in currencies],
        "livemode": False,
        "pending": [_part(currency, pending.get(currency, 0)) for currency in currencies],
    }


def _part(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
