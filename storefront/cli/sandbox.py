"""`storefront sandbox`: the stand-in for Stripe, by itself."""

import signal

import click

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.sandbox import DEFAULT_PORT, serve


@click.command()
@click.option("--port", default=DEFAULT_PORT, show_default=True)
@click.option("--database", default="", help="An SQLite file; a new one in the temporary folder by default.")
@pass_configuration
def sandbox(configuration: Configuration, port: int, database: str) -> None:
    """Run the stand-in for Stripe that development and tests use."""
    settings = configuration.settings
    configuration.set_up_logging()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    click.echo(f"Stripe sandbox on http://127.0.0.1:{port}")
    try:
        serve(
            port,
            database=database,
            webhook_url=f"{settings.base_url}/stripe/webhook",
            webhook_secret=settings.webhook_secrets[0],
        )
    except OSError as error:
        raise Failure(f"Port {port} cannot be used: {error.strerror}.") from error
