"""`storefront backup`: everything that the shop cannot make again, in a folder, while it sells."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from storefront.cli.configuration import Configuration, pass_configuration
from storefront.cli.failures import telling_failures
from storefront.cli.progress import progress
from storefront.cli.sizes import size_in_words
from storefront.migrations import revisions, upgrade
from storefront.services.shop.attention import note_backup
from storefront.services.shop.backups import (
    Database,
    Keep,
    Schema,
    database_of,
    make_backup,
    rotate,
    verify_backups,
)

FOLDER = click.Path(path_type=Path, file_okay=False)
SCHEMA = Schema(revisions(), upgrade)
COUNT = click.IntRange(min=1)

postgres_tools = click.option(
    "--postgres-tools",
    type=click.Path(exists=True, file_okay=False),
    help="The folder of pg_dump, pg_restore and psql, where PATH does not lead to them.",
)


@click.command()
@click.argument("folder", type=FOLDER, metavar="TO")
@click.option("--verify", is_flag=True, help="Make none; prove that those in TO, or the one that TO is, are whole.")
@click.option("--keep", type=COUNT, help="Afterwards delete all backups but so many, the newest.")
@click.option("--keep-daily", type=COUNT, help="Keep the newest of so many days besides.")
@click.option("--keep-weekly", type=COUNT, help="Keep the newest of so many weeks besides.")
@postgres_tools
@click.pass_context
@pass_configuration
def backup(
    configuration: Configuration,
    context: click.Context,
    folder: Path,
    verify: bool,
    keep: int | None,
    keep_daily: int | None,
    keep_weekly: int | None,
    postgres_tools: str | None,
) -> None:
    """Back up database, music and covers into the folder TO, which is made or has earlier backups; the shop goes on."""
    with telling_failures():
        database = database_of(configuration.wiring.engine, postgres_tools)
        if verify:
            context.exit(_verify(database, folder))
        _make(configuration, database, folder)
        if keep or keep_daily or keep_weekly:
            for name in rotate(folder, Keep(keep or 1, keep_daily or 0, keep_weekly or 0)):
                click.echo(f"{name} is deleted")


def _make(configuration: Configuration, database: Database, folder: Path) -> None:
    began = time.monotonic()
    made = make_backup(database, configuration.wiring.storage, folder, SCHEMA, progress)
    seconds = time.monotonic() - began
    click.echo(
        f"{made.path}: {made.new_files} new files of {made.files}, "
        f"{size_in_words(made.new_bytes)} with the database; {seconds:.0f} s"
    )
    with configuration.wiring.sessions() as session:
        if not note_backup(session, datetime.now(UTC)):
            click.echo("The shop cannot remember this backup, so its desk goes on asking for one.", err=True)


def _verify(database: Database, folder: Path) -> int:
    """The exit code."""
    verdict = verify_backups(database, folder, SCHEMA, progress)
    for sentence in verdict.proofs + verdict.doubts:
        click.echo(f"{sentence}.")
    for problem in verdict.problems:
        click.echo(problem, err=True)
    return 1 if verdict.problems else 0
