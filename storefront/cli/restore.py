"""`storefront restore`: a shop of a backup."""

import time
from pathlib import Path

import click

from storefront.cli.backup import FOLDER, SCHEMA, postgres_tools
from storefront.cli.configuration import Configuration, pass_configuration
from storefront.cli.failures import telling_failures
from storefront.cli.progress import progress
from storefront.cli.sizes import size_in_words
from storefront.services.shop.backups import database_of, restore_backup


@click.command()
@click.argument("folder", type=FOLDER, metavar="FROM")
@click.option("--force", is_flag=True, help="Over a shop that is there; its database is kept under another name.")
@postgres_tools
@pass_configuration
def restore(configuration: Configuration, folder: Path, force: bool, postgres_tools: str | None) -> None:
    """Make a shop of the newest backup in FROM, or of the backup that FROM is; the checkout stays closed at first."""
    wiring = configuration.wiring
    began = time.monotonic()
    with telling_failures():
        database = database_of(wiring.engine, postgres_tools)
        restored = restore_backup(database, wiring.storage, folder, SCHEMA, progress, force=force)
    seconds = time.monotonic() - began
    click.echo(
        f"Restored what was backed up at {restored.made:%Y-%m-%d %H:%M:%S} UTC: {restored.new_files} of "
        f"{restored.files} files, {size_in_words(restored.size)} with the database; {seconds:.0f} s"
    )
    if restored.schema != SCHEMA.revisions[-1]:
        click.echo(f"The database was brought from the schema {restored.schema} to {SCHEMA.revisions[-1]}.")
    if restored.kept:
        click.echo(f"The database that was there is kept: {restored.kept}")
    click.echo(
        "Everybody must sign in again. The checkout stays closed until reconciliation has found what was sold since"
    )
    click.echo("the backup: the worker does it, once the shop runs.")
