"""`storefront migrate`: the database's schema."""

import click

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.cli.database import prepare
from storefront.migrations import is_current


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when the database is not up to date.")
@pass_configuration
def migrate(configuration: Configuration, check: bool) -> None:
    """Create the database, or bring it up to date."""
    if not check:
        prepare(configuration)
    elif not is_current(configuration.wiring.engine):
        raise Failure("The database is not up to date; run `storefront migrate`.")
    click.echo("The database is up to date.")
