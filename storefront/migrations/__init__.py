"""The database's schema, as a row of steps (Alembic). Inside the package, so that a wheel can upgrade a database."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def configuration() -> Config:
    """Alembic's configuration: this folder, and no file."""
    config = Config()
    config.set_main_option("script_location", "storefront:migrations")
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the database to `revision`, each step in a transaction of its own."""
    config = configuration()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Takes the database back to `revision`; for development and the migrations' own tests."""
    config = configuration()
    config.attributes["engine"] = engine
    command.downgrade(config, revision)


@cache
def newest() -> str | None:
    """The revision that this code works with."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


@cache
def revisions() -> tuple[str, ...]:
    """All that this code knows, the oldest first."""
    steps = ScriptDirectory.from_config(configuration()).walk_revisions()
    return tuple(step.revision for step in steps)[::-1]


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the schema of this code."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest()
