"""What each setting allows by itself, but not all of them together; and what is not safe enough to sell."""

from urllib.parse import urlsplit

from storefront.settings.checked import Settings
from storefront.settings.options import DEVELOPMENT_SECRET
from storefront.settings.parsing import S3

SANDBOX_MARK = "_test_sandbox_"


def contradictions(settings: Settings) -> list[str]:
    """A sentence for each."""
    problems = []
    if not settings.stripe_secret_key.startswith(("sk_", "rk_")):
        problems.append("stripe.secret_key (STRIPE_SECRET_KEY): Stripe's secret keys begin with sk_ or rk_")
    if not settings.stripe_publishable_key.startswith("pk_"):
        problems.append("stripe.publishable_key (STRIPE_PUBLISHABLE_KEY): Stripe's publishable keys begin with pk_")
    if settings.live != settings.stripe_publishable_key.startswith("pk_live_"):
        problems.append("stripe.secret_key and stripe.publishable_key: one is live, the other is not")
    if not all(secret.startswith("whsec_") for secret in settings.webhook_secrets) or not settings.webhook_secrets:
        problems.append("stripe.webhook_secrets (STRIPE_WEBHOOK_SECRET): Stripe's secrets begin with whsec_")
    if settings.sendfile and settings.storage_url.startswith((S3, "memory://")):
        problems.append("storage.sendfile (STOREFRONT_STORAGE_SENDFILE): a web server sends files of a folder only")
    if settings.storage_url.startswith(S3) and not (settings.s3_access_key_id and settings.s3_secret_access_key):
        problems.append("storage.url: a bucket needs a key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if settings.production:
        problems += _unsafe_in_production(settings)
    elif settings.live:
        problems.append("stripe.secret_key: live keys in development would charge real cards; use test keys")
    return problems


def _unsafe_in_production(settings: Settings) -> list[str]:
    problems = []
    if len(settings.secret_key) < 32 or settings.secret_key == DEVELOPMENT_SECRET:
        problems.append("secret_key (STOREFRONT_SECRET_KEY): give at least 32 random characters of your own")
    if SANDBOX_MARK in settings.stripe_secret_key or "whsec_sandbox_shop" in settings.webhook_secrets:
        problems.append("stripe.secret_key, stripe.webhook_secrets: the sandbox's keys are not for production")
    if settings.stripe_api_base:
        problems.append("stripe.api_base (STRIPE_API_BASE): production talks to Stripe itself; remove it")
    if urlsplit(settings.stripe_js_url).hostname != "js.stripe.com":
        problems.append("stripe.js_url (STRIPE_JS_URL): production loads Stripe.js from js.stripe.com; remove it")
    if not settings.secure:
        problems.append("base_url (STOREFRONT_BASE_URL): production is reached by https")
    if settings.s3_endpoint.startswith("http://"):
        problems.append("storage.endpoint (AWS_ENDPOINT_URL): customers are sent there, so it is reached by https")
    return problems
