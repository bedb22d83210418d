"""Credit cards, through Stripe. credit_card_processor.py is the only module that imports stripe."""

from storefront.payments.credit_card_processor import CreditCardProcessor

__all__ = ["CreditCardProcessor"]
