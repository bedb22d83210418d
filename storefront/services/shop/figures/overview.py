"""All figures of the owner's first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.models import Sum, TotalsZone
from storefront.services.shop.figures.books import Account, read_books
from storefront.services.shop.figures.periods import Period, Unit
from storefront.services.shop.figures.sales import Best, Sales, best_albums, best_names, read_sales


@dataclass(frozen=True, slots=True)
class Overview:
    """Of some days, each beside the same of the days before."""

    period: Period
    unit: Unit
    #: Whose days they are: the shop's, but for an hour after that was changed.
    zone: str
    accounts: Sequence[Account]
    sales: Sales
    sales_before: Sales
    albums: Sequence[Best]
    countries: Sequence[tuple[str, int]]
    formats: Sequence[tuple[str, int]]
    referrers: Sequence[tuple[str, int]]

    @property
    def empty(self) -> bool:
        """Nothing was sold or booked, now or before."""
        return not (self.accounts or self.sales.purchases or self.sales_before.purchases)


def read_overview(session: Session, period: Period, unit: Unit, today: date) -> Overview:
    """Of these days, in the zone of the sums."""
    zone = ZoneInfo(session.scalars(select(TotalsZone.name)).one())
    return Overview(
        period=period,
        unit=unit,
        zone=zone.key,
        accounts=read_books(session, period, unit),
        sales=read_sales(session, period, zone, today),
        sales_before=read_sales(session, period.before, zone, today),
        albums=best_albums(session, period, today),
        countries=best_names(session, Sum.COUNTRY, period, today),
        formats=best_names(session, Sum.FORMAT, period, today),
        referrers=best_names(session, Sum.REFERRER, period, today),
    )


def change(now: int, before: int) -> int | None:
    """In whole percent of what was before; None where nothing was."""
    return round((now - before) * 100 / before) if before > 0 else None
