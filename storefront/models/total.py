"""Sums by day and by month, so that the owner's figures of a year are read from a few rows.

They are kept by the step that writes what they sum, and can be counted again from it at any time.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.models.base import Base, Currency, states


class Span(StrEnum):
    """What a sum reaches over."""

    DAY = "day"
    MONTH = "month"


class Sum(StrEnum):
    """What is summed, and what its rows are named by."""

    #: The ledger, by a booking's type. By day alone.
    BOOKED = "booked"
    #: Purchases that were paid, or free, by their channel.
    SOLD = "sold"
    #: The same by the month (2026-11) of the buyer's purchase before it; "" is a buyer's first. Rows have no currency.
    AGAIN = "again"
    #: By the album's row number, the country of the card, and the site that a buyer came from.
    ALBUM = "album"
    COUNTRY = "country"
    REFERRER = "referrer"
    #: Files that were fetched, by their format. Rows have no currency.
    FORMAT = "format"


class Total(Base):
    """One sum, of what happened in the day or month that begins so in the shop's time zone."""

    __tablename__ = "total"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[Sum] = mapped_column(states(Sum), primary_key=True)
    span: Mapped[Span] = mapped_column(states(Span), primary_key=True)
    begins: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[Currency] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(253), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    #: Of the ledger what was booked; of purchases their prices. In Stripe's units; net = amount - fee.
    amount: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger)


class TotalsZone(Base):
    """One row: the time zone whose days and months the totals have. Whoever adds to them holds it, whoever counts them
    again holds it alone."""

    __tablename__ = "totals_zone"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
