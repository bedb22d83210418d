"""The database's schema, as a row of steps (Alembic). Inside the package, so that a wheel can upgrade a database."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

if TYPE_CHECKING:  # Alembic takes longer to load than all that most processes ask here
    from alembic.config import Config


def configuration() -> "Config":
    """Alembic's configuration: this folder, and no file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storefront:migrations")
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the database to `revision`, each step in a transaction of its own."""
    from alembic import command

    config = configuration()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Takes the database back to `revision`; for development and the migrations' own tests."""
    from alembic import command

    config = configuration()
    config.attributes["engine"] = engine
    command.downgrade(config, revision)


@cache
def revisions() -> tuple[str, ...]:
    """All that this code knows, the oldest first: the numbers that the steps' files are named by."""
    return tuple(sorted(path.name.partition("_")[0] for path in Path(__file__).parent.glob("versions/[0-9]*.py")))


def newest() -> str:
    """The revision that this code works with."""
    return revisions()[-1]


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the schema of this code."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [newest()]
