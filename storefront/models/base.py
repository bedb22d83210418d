"""What every table shares: the naming of constraints, the column types, and aware times in UTC."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, on every database (SQLite gives times back without a zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[tuple[str, ...]]):
    """A short list of plain names in its order: "mp3-v0,flac" in the table."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if any("," in word or not word for word in value):
            raise ValueError("a name that holds a comma, or nothing")
        return ",".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(filter(None, value.split(",")))


#: A row number. It never leaves the database: after a restored backup a number is given again.
BigId = BigInteger().with_variant(Integer, "sqlite")

RowId = Annotated[int, mapped_column(BigId, primary_key=True)]
#: 128 random bits in hex, the name by which the outside knows a row.
PublicId = Annotated[str, mapped_column(String(32), unique=True)]
#: SHA-256 in hex, of a file or of a secret token.
Digest = Annotated[str, mapped_column(String(64))]
#: Stripe's units of the currency beside it.
Amount = Annotated[int, mapped_column(BigInteger)]
Currency = Annotated[str, mapped_column(String(3))]
#: An address, as `parse_email` gives it. Compared by its bytes on PostgreSQL too, so that its index finds beginnings.
Email = Annotated[str, mapped_column(String(254).with_variant(String(254, collation="C"), "postgresql"))]
Name = Annotated[str, mapped_column(String(500))]
Prose = Annotated[str, mapped_column(Text)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]


def states(kind: type[StrEnum]) -> Enum:
    """A StrEnum stored as its values, with a CHECK that nothing else is."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime}
