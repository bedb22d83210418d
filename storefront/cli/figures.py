"""`storefront figures`: the sums that the overview is read from, counted again."""

from itertools import chain

import click

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.services.shop.figures.of_albums import recount_albums
from storefront.services.shop.figures.recounting import recount
from storefront.wiring import expect_ready


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when there is a difference.")
@click.pass_context
@pass_configuration
def figures(configuration: Configuration, context: click.Context, check: bool) -> None:
    """Count the desk's sums again from the ledger and the purchases, and mend those that differ; while it sells."""
    wiring, count = configuration.wiring, 0
    expect_ready(wiring)
    with wiring.sessions() as session:
        of_days = recount(session, wiring.settings.shop_timezone, check=check)
        for difference in chain(of_days, recount_albums(session, check=check)):
            click.echo(difference)
            count += 1
    if check:
        click.echo(f"{count} differences" if count else "The sums are what the ledger and the purchases come to.")
        context.exit(1 if count else 0)
    click.echo(f"{count} mended" if count else "Nothing was to be mended.")
