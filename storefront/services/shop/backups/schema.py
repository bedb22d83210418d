"""The schema's revisions as this code knows them, and what a database says of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, inspect, text

from storefront.services.shop.backups.errors import DatabaseFailed, WrongVersion


@dataclass(frozen=True, slots=True)
class Schema:
    """What a door hands in of the migrations: their revisions, the oldest first, and what brings a database up."""

    revisions: Sequence[str]
    upgrade: Callable[[Engine], None]

    def expect_known(self, revision: str, whose: str, storefront: str) -> None:
        """Raises WrongVersion for a revision that came after this code."""
        if revision not in self.revisions:
            raise WrongVersion(
                f"{whose} has the schema {revision}, which this Storefront, {storefront}, does not know: it was made "
                "by a newer version; install that one."
            )


def read_revision(connection: Connection) -> str:
    """A database's revision; raises DatabaseFailed when it is no shop's."""
    if inspect(connection).has_table("alembic_version"):
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if revision is not None:
            return revision
    raise DatabaseFailed("There is no shop in this database; `storefront migrate` makes one.")
