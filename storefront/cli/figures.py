"""`storefront figures`: the sums that the overview is read from, counted again."""

import click

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.services.shop.figures.recounting import recount
from storefront.wiring import expect_ready


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when there is a difference.")
@click.pass_context
@pass_configuration
def figures(configuration: Configuration, context: click.Context, check: bool) -> None:
    """Count the overview's sums again from the ledger and the purchases, and mend those that differ; while it sells."""
    wiring, count = configuration.wiring, 0
    expect_ready(wiring)
    with wiring.sessions() as session:
        for difference in recount(session, wiring.settings.shop_timezone, check=check):
            click.echo(difference)
            count += 1
    if check:
        click.echo(f"{count} differences" if count else "The sums are what the ledger and the purchases come to.")
        context.exit(1 if count else 0)
    click.echo(f"{count} mended" if count else "Nothing was to be mended.")
