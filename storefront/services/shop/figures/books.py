"""What the ledger has booked in some days, by the currency that Stripe settles in; from the sums by day.

Of a day is what Stripe booked on it: a refund counts on the day of the refund, not of its purchase.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from storefront.models import CHARGES, REFUNDS, Span, Sum, Total
from storefront.money import Balance
from storefront.services.shop.figures.periods import Period, Unit

#: What Stripe charges the shop without a payment.
STRIPE_FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost")
#: Between Stripe and the bank: nothing is earned or lost by it.
MOVED = ("payout", "payout_cancel", "payout_failure", "topup", "topup_reversal")


@dataclass(frozen=True, slots=True)
class Books:
    """Sums of one currency, in Stripe's units. net = gross - refunds - fees + other, and it is the ledger's."""

    payments: int = 0
    gross: int = 0
    refunds: int = 0
    fees: int = 0
    #: What disputes took and gave back, and all else that Stripe booked.
    other: int = 0

    @property
    def net(self) -> int:
        return self.gross - self.refunds - self.fees + self.other

    @property
    def average(self) -> int:
        """Of a payment, to the unit."""
        return round(self.gross / self.payments) if self.payments else 0

    @classmethod
    def total(cls, parts: Iterable["Books"]) -> "Books":
        """All of them together."""
        return cls(*map(sum, zip(*map(_NUMBERS, parts), strict=True)))


_NUMBERS = attrgetter(*(field.name for field in fields(Books)))


@dataclass(frozen=True, slots=True)
class Account:
    """Of one currency: a time, the time before it, and its days, weeks or months."""

    currency: str
    now: Books
    before: Books
    parts: Sequence[tuple[Period, Books]]

    def money(self, amount: int) -> Balance:
        return Balance(amount, self.currency)


def read_books(session: Session, period: Period, unit: Unit) -> list[Account]:
    """Of each currency in which anything was booked in these days or in those before; the one with most first."""
    days = _by_day(session, Period(period.before.since, period.until))
    found = [_account(currency, period, unit, of_day) for currency, of_day in days.items()]
    return sorted(found, key=lambda account: (-account.now.payments, -account.before.payments, account.currency))


def _account(currency: str, period: Period, unit: Unit, days: dict[date, Books]) -> Account:
    def within(part: Period) -> Books:
        return Books.total(books for day, books in days.items() if part.since <= day <= part.until)

    by_part: dict[date, list[Books]] = {}
    for day, books in days.items():
        if day >= period.since:
            by_part.setdefault(max(unit.begin(day), period.since), []).append(books)
    parts = [(part, Books.total(by_part.get(part.since, ()))) for part in period.parts(unit)]
    return Account(currency, within(period), within(period.before), parts)


def _by_day(session: Session, period: Period) -> dict[str, dict[date, Books]]:
    sums = (
        select(Total.currency, Total.begins, *_COLUMNS)
        .where(
            Total.kind == Sum.BOOKED,
            Total.span == Span.DAY,
            Total.begins >= period.since,
            Total.begins <= period.until,
        )
        .group_by(Total.currency, Total.begins)
    )
    found: dict[str, dict[date, Books]] = {}
    for currency, day, *numbers in session.execute(sums):
        found.setdefault(currency, {})[day] = Books(*map(int, numbers))
    return found


def _of(types: tuple[str, ...], column: Any) -> Any:
    return func.sum(case((Total.name.in_(types), column), else_=0))


_COLUMNS = (
    _of(CHARGES, Total.count),
    _of(CHARGES, Total.amount),
    -_of(REFUNDS, Total.amount),
    func.sum(Total.fee) - _of(STRIPE_FEES, Total.amount),
    func.sum(case((Total.name.in_((*CHARGES, *REFUNDS, *STRIPE_FEES, *MOVED)), 0), else_=Total.amount)),
)
