"""The two kinds of database: how each is dumped, checked, and put in place."""

from sqlalchemy import Engine

from storefront.services.shop.backups.databases.interface import CannotRehearse, Database
from storefront.services.shop.backups.databases.postgresql import PostgresDatabase
from storefront.services.shop.backups.databases.sqlite import SqliteDatabase
from storefront.services.shop.backups.databases.tools import Tools

__all__ = ["CannotRehearse", "Database", "database_of"]


def database_of(engine: Engine, tools: str | None = None) -> Database:
    """The database of an engine. `tools` is the folder of PostgreSQL's programs, where PATH does not lead to them."""
    if engine.dialect.name == "sqlite":
        return SqliteDatabase(engine)
    return PostgresDatabase(engine, Tools(engine, tools))
