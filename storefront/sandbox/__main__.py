"""`python -m storefront.sandbox`: a sandbox by itself."""

import argparse

from . import DEFAULT_PORT, serve
from .settings import Settings


def run() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(
        prog="python -m storefront.sandbox", description="A stand-in for Stripe on loopback."
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--database", default="", help="an SQLite file; a new one in the temporary folder by default")
    parser.add_argument(
        "--webhook-url", default="http://127.0.0.1:6543/stripe/webhook", help="empty: no events are sent"
    )
    parser.add_argument("--webhook-secret", default=Settings.webhook_secret)
    options = parser.parse_args()
    print(f"Stripe sandbox on http://127.0.0.1:{options.port}", flush=True)
    serve(
        options.port, database=options.database, webhook_url=options.webhook_url, webhook_secret=options.webhook_secret
    )


if __name__ == "__main__":
    run()
