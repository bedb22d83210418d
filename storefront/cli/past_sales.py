"""`storefront import --csv`: past buyers get their albums into their libraries."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from storefront.cli.configuration import Configuration, Failure
from storefront.cli.database import prepare
from storefront.cli.progress import progress
from storefront.services.library.past_sales import (
    Albums,
    BadSalesFile,
    Given,
    Sales,
    Unmatched,
    give_past_sales,
    plan_past_sales,
    read_sales,
)
from storefront.services.library.past_sales.reading import LARGEST
from storefront.wiring import expect_ready

MOST_SHOWN = 20


def import_sales(configuration: Configuration, path: Path, said: Iterable[str], *, mail: bool, dry_run: bool) -> bool:
    """Reads the list, gives the albums, says what became of it; whether every sale of an album was good.

    `said` are "title=address". Raises Failure, with nothing written, for a file or an address that cannot be.
    """
    sales = _read(path)
    if dry_run:
        expect_ready(configuration.wiring)
    else:
        prepare(configuration)
    with configuration.wiring.sessions() as session:
        try:
            albums = Albums(session, dict(_pair(pair) for pair in said))
        except Unmatched as error:
            raise Failure(f"--album: {error}.") from None
        if dry_run:
            given = plan_past_sales(session, albums, sales.sales)
        else:
            with progress("Giving the albums") as report:
                done = 0

                def count(some: int) -> None:
                    nonlocal done
                    done += some
                    report(done, len(sales.sales))

                given = give_past_sales(session, albums, sales.sales, datetime.now(UTC), tell=mail, report=count)
    _say(sales, given, dry_run=dry_run)
    return not sales.bad_rows and not given.unmatched


def _read(path: Path) -> Sales:
    try:
        with path.open("rb") as file:
            return read_sales(file.read(LARGEST + 1))
    except BadSalesFile as error:
        raise Failure(f"{path}: {error}") from None
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}.") from None


def _pair(text: str) -> tuple[str, str]:
    title, equals, slug = text.rpartition("=")
    if not equals or not title.strip():
        raise click.UsageError('--album is written like "Title there=address-here".')
    return title.strip(), slug.strip()


def _say(sales: Sales, given: Given, *, dry_run: bool) -> None:
    click.echo(
        f"{given.given} {'would be' if dry_run else 'were'} given to their buyers, {given.there} were theirs already."
    )
    if given.mailed:
        click.echo(f"{given.mailed} buyers are mailed.")
    if sales.other:
        kinds = ", ".join(f"{count} × {kind}" for kind, count in sales.other.most_common())
        click.echo(f"Rows that sold no album: {kinds}.")
    for (title, artist, why), count in given.unmatched.most_common():
        of = f" by {artist}" if artist else ""
        click.echo(f'{count} × "{title}"{of} was given to nobody: {why}.', err=True)
    if given.unmatched:
        click.echo('Where an album has another name here, say so: --album "Title there=address-here".', err=True)
    for row in sales.bad_rows[:MOST_SHOWN]:
        click.echo(f"{row}.", err=True)
    if len(sales.bad_rows) > MOST_SHOWN:
        click.echo(f"... and {len(sales.bad_rows) - MOST_SHOWN} more rows that cannot be read.", err=True)
    if dry_run:
        click.echo("Nothing was written.")
