"""Credit cards, through Stripe. Nothing of Stripe's leaks out: results.py and errors.py are this package's words."""

from storefront.payments.credit_card_processor import CreditCardProcessor

__all__ = ["CreditCardProcessor"]
