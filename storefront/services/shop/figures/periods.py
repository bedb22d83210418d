"""The days that an owner asks about, the same time before them, and how a chart cuts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a bar of the chart, and a line of its table, stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def begin(self, day: date) -> date:
        """The first day of the unit that this one is in; weeks begin on Monday (ISO 8601)."""
        if self == Unit.MONTH:
            return day.replace(day=1)
        return day - timedelta(days=day.weekday()) if self == Unit.WEEK else day


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        return Period(self.since - timedelta(days=self.days), self.since - _DAY)

    @property
    def unit(self) -> Unit:
        """For a chart that has neither too few bars nor too many."""
        return Unit.DAY if self.days <= 62 else Unit.WEEK if self.days <= 400 else Unit.MONTH

    def parts(self, unit: Unit) -> Iterator["Period"]:
        """Its days, weeks or months; the first and the last are cut where it begins and ends."""
        begin = self.since
        while begin <= self.until:
            end = begin
            while end < self.until and unit.begin(end + _DAY) == unit.begin(begin):
                end += _DAY
            yield Period(begin, end)
            begin = end + _DAY

    def whole_months(self, today: date) -> "Period | None":
        """The days of the calendar months that lie in it; a month that is not over yet is whole until today."""
        first = self.since if self.since.day == 1 else month_after(self.since)
        over = (self.until + _DAY).day == 1 or self.until >= today
        end = month_after(self.until) if over else self.until.replace(day=1)
        return Period(first, end - _DAY) if first < end else None

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        return datetime.combine(self.since, time(), zone), datetime.combine(self.until + _DAY, time(), zone)


def month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
