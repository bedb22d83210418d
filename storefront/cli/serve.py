"""`storefront serve`: the web server, without an ini file too."""

import sys

import click

from storefront import serving
from storefront.cli.configuration import Configuration, pass_configuration


@click.command()
@click.option("--listen", help="host:port; by default what the ini file's [server:main] says, or 127.0.0.1:6543.")
@pass_configuration
def serve(configuration: Configuration, listen: str | None) -> None:
    """Run the web server alone; SIGTERM lets the requests at work finish."""
    configuration.set_up_logging()
    app = serving.make_app({}, **configuration.section("app:main"))
    options = {**configuration.section("server:main"), **({"listen": listen} if listen else {})}
    sys.exit(serving.serve_paste(app, {}, **options))
