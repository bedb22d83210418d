"""Makes the database ready for a command, or says in a sentence why it is not."""

from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from storefront.cli.configuration import Configuration, Failure
from storefront.migrations import upgrade


def prepare(configuration: Configuration) -> None:
    """Creates the database (for SQLite its folder too) and upgrades it; raises Failure."""
    url = make_url(configuration.settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        make_folder(Path(url.database).parent)
    try:
        upgrade(configuration.wiring.engine)
    except DBAPIError as error:
        raise Failure(
            f"The database {url.render_as_string(hide_password=True)} cannot be used: {error.orig}."
        ) from error
    except CommandError as error:
        raise Failure(f"The database was made by another version of Storefront: {error}.") from error


def make_folder(folder: Path) -> None:
    """Makes sure that files can be written there; raises Failure."""
    probe = folder / ".storefront-may-write-here"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Failure(f"The folder {folder} cannot be written: {error.strerror}.") from error
