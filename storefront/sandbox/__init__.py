"""A stand-in for Stripe on loopback: its API, its Stripe.js and its bank's 3-D Secure page, for development and tests.

Nothing of the shop knows that it is not Stripe: only the API's address, the address of Stripe.js and the keys differ.
API version and parameters are those of the installed stripe package.

    call.py, payments.py, settlement.py    what happens to a payment
    aftermath.py, refunds.py, disputes.py, fraud_warnings.py    what happens to it afterwards
    books.py, schedule.py                  the account's money; what happens by itself, later
    objects/                               the shapes of what the API answers
    api/                                   the endpoints, a module per resource
    pages/                                 Stripe.js, the card fields, the bank's page
    outbox.py, listeners.py, clerk.py      events on their way to the shop
    control.py, faults.py                  what tests order: faults, time, the ledger
"""

from pyramid.config import Configurator
from pyramid.router import Router

from .server import Server
from .service import Service
from .settings import DEFAULT_PORT, Settings

__all__ = ["DEFAULT_PORT", "Server", "main", "serve"]


def main(global_config: object = None, **settings: str) -> Router:
    """The WSGI application; `sandbox.*` settings are those of settings.py."""
    config = Configurator(settings=settings)
    config.registry.sandbox = Service(Settings.read(settings))
    config.include(".tweens")
    config.include(".api")
    config.include(".control")
    config.include(".pages")
    return config.make_wsgi_app()


def serve(port: int = DEFAULT_PORT, **settings: str) -> None:
    """Runs a sandbox until it is interrupted; settings by their names without `sandbox.`.

    Raises OSError when the port is taken.
    """
    Server(main(**{f"sandbox.{name}": value for name, value in settings.items()}), port).run()
