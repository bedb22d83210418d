"""How Alembic runs here.

Batch mode rebuilds a SQLite table by dropping it, which with foreign keys on would delete the rows that point to it: so
they are off while migrations run (the pragma works outside of transactions only), and checked before each commit.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine

from storefront.models import Base
from storefront.models.base import UtcDateTime

#: Made by hand in the migrations, since each database has its own kind of full text.
UNMAPPED = ("album_search",)


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations do not import the models, which go on changing."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    return not (kind == "table" and (name or "").startswith(UNMAPPED))


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        render_item=render_item,
        include_name=include_name,
        on_version_apply=check_foreign_keys,  # type: ignore[arg-type]  # it is called by keywords
    )
    with context.begin_transaction():
        context.run_migrations()


def check_foreign_keys(*, ctx: MigrationContext, **_: Any) -> None:
    """Inside each step's transaction, just before its commit."""
    if ctx.dialect.name == "sqlite" and ctx.connection:
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave rows without their parent: {broken[:5]}")


def run(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            migrate(connection)
            return
        dbapi = connection.connection.driver_connection
        assert dbapi is not None
        dbapi.execute("PRAGMA foreign_keys=OFF")
        try:
            migrate(connection)
        finally:
            connection.rollback()
            dbapi.execute("PRAGMA foreign_keys=ON")


run(context.config.attributes["engine"])
