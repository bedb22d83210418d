"""The API: a module per resource, each registering its endpoints; see endpoint.py for what they have in common."""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """All of Stripe's endpoints that the sandbox has."""
    config.include(".endpoint")
    config.include(".payment_intents")
    config.include(".confirmation_tokens")
    config.include(".payment_methods")
    config.include(".charges")
    config.include(".refunds")
    config.include(".disputes")
    config.include(".early_fraud_warnings")
    config.include(".balance")
    config.include(".balance_transactions")
    config.include(".events")
    config.include(".webhook_endpoints")
