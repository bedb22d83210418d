"""`storefront stripe`: what has to be set up at Stripe."""

import os
from pathlib import Path

import click

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.payments.errors import PaymentError
from storefront.services.store.nets.registration import Registration, out_of_reach, register_webhook
from storefront.settings import file_of, option_of
from storefront.wiring import wire

#: Stands for the secret that the command is about to get.
_NOT_YET = "whsec_not_yet"


@click.group()
def stripe() -> None:
    """Set up what the shop needs at Stripe."""


@stripe.command()
@click.option("--url", help="Another address than the shop's own: what a tunnel of yours leads here.")
@pass_configuration
def webhook(configuration: Configuration, url: str | None) -> None:
    """Tell Stripe where to send its messages, or bring what it knows up to date. Twice does no harm."""
    settings = configuration.settings_without("webhook_secrets", _NOT_YET)
    wiring = wire(settings)
    url = url or wiring.links.webhook()
    reason = out_of_reach(url) if not settings.stripe_api_base else None
    if reason:
        raise Failure(
            f"Stripe cannot reach {url}: {reason}. On a machine of your own, `stripe listen --forward-to {url}` "
            "brings its messages (https://docs.stripe.com/stripe-cli); it prints the secret to set."
        )
    try:
        registration = register_webhook(wiring.processor, url)
    except PaymentError as error:
        raise Failure(f"Stripe does not register it: {error}.") from error
    finally:
        wiring.engine.dispose()
    _tell(url, registration)


def _tell(url: str, registration: Registration) -> None:
    click.echo(f"{url} ({registration.endpoint_id})")
    for sentence in registration.changes or ("Nothing to change.",):
        click.echo(f"  {sentence}")
    option, path = option_of("webhook_secrets"), file_of("webhook_secrets")
    if registration.secret is None:
        click.echo(f"Stripe's dashboard shows its secret (Workbench, Webhooks); it belongs into {option.env}.")
        return
    if path is not None:
        try:
            keep_secret(path, registration.secret)
        except OSError as error:
            click.echo(f"{path} cannot be written: {error.strerror}.", err=True)
        else:
            click.echo(f"Its secret is in {path}, as {option.env}_FILE says. Start the shop again to use it.")
            return
    click.echo("Its secret, which Stripe does not tell again:\n")
    click.echo(f"  {registration.secret}\n")
    click.echo(f"Put it into {option.env}, or {option.ini} of the ini file, and start the shop again.")


def keep_secret(path: Path, secret: str) -> None:
    """Adds a secret to those in the file, which only its owner may read."""
    known = path.read_text("utf-8").split() if path.exists() else []
    new = path.with_name(f"{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join([*known, secret]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
