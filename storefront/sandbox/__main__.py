"""`python -m storefront.sandbox`: a sandbox by itself."""

import argparse
from contextlib import suppress

from . import DEFAULT_PORT, Server, main
from .settings import Settings

WEBHOOK_URL = "http://127.0.0.1:6543/stripe/webhook"


def run() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser("python -m storefront.sandbox", description="A stand-in for Stripe on loopback.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--database", default="", help="an SQLite file; a new one in the temporary folder by default")
    parser.add_argument("--webhook-url", default=WEBHOOK_URL, help="where events are sent; empty: nowhere")
    parser.add_argument("--webhook-secret", default=Settings.webhook_secret)
    options = vars(parser.parse_args())
    port = options.pop("port")
    app = main(**{f"sandbox.{name}": value for name, value in options.items()})
    try:
        server = Server(app, port)
    except OSError as error:
        raise SystemExit(f"The sandbox cannot listen on port {port}: {error.strerror}.") from error
    print(f"Stripe sandbox on {server.address}", flush=True)
    with suppress(KeyboardInterrupt):
        server.run()


if __name__ == "__main__":
    run()
