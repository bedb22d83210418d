"""`storefront storage`: the shop's files move to a bucket or back, and are looked at."""

import click

from storefront.cli.configuration import Configuration, Failure, pass_configuration
from storefront.cli.failures import telling_failures
from storefront.cli.progress import progress
from storefront.cli.sizes import size_in_words
from storefront.services.shop.stored_files import check_files, copy_files, in_all
from storefront.wiring import open_storage

#: As many orphans are named.
_MOST_NAMED = 20


@click.group()
def storage() -> None:
    """Move the shop's files, and look whether all are there."""


@storage.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.pass_context
@pass_configuration
def copy(configuration: Configuration, context: click.Context, source: str, target: str) -> None:
    """Copy all files FROM one storage TO another, each a folder or s3://bucket/prefix; what is there already stays."""
    with telling_failures():
        try:
            home, there = (open_storage(configuration.settings, url) for url in (source, target))
        except ValueError as error:
            raise Failure(f"{error}.") from error
        with progress("Files") as report:
            copied = copy_files(home, there, report)
    click.echo(f"{copied.files} files copied, {size_in_words(copied.size)}; {copied.there} were there")
    for problem in copied.problems:
        click.echo(f"{problem}.", err=True)
    if copied.problems:
        context.exit(1)


@storage.command()
@click.option("--quick", is_flag=True, help="Look at names and sizes alone, and read no file.")
@click.pass_context
@pass_configuration
def check(configuration: Configuration, context: click.Context, quick: bool) -> None:
    """Find files that are missing, spoilt, or named by no row of the database. Changes nothing."""
    wiring = configuration.wiring
    with telling_failures(), wiring.sessions() as session, progress("Files") as report:
        checked = check_files(session, wiring.storage, report, quick=quick)
    for problem in checked.missing + checked.spoilt:
        click.echo(f"{problem}.", err=True)
    for key, size in checked.orphans[:_MOST_NAMED]:
        click.echo(f"{key} ({size_in_words(size)}) belongs to nothing.")
    click.echo(
        f"{checked.files} files belong to the shop: {len(checked.missing)} missing, {len(checked.spoilt)} spoilt. "
        f"{len(checked.orphans)} belong to nothing, {size_in_words(in_all(checked.orphans))}."
    )
    if checked.missing or checked.spoilt:
        context.exit(1)
