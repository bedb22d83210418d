"""What a run of reconciliation works with, and how it goes through a list: a page at a time, no transaction open."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from storefront.models import AlbumPurchase, end_reading
from storefront.payments import CreditCardProcessor
from storefront.payments.errors import PaymentError, PaymentRefused
from storefront.payments.records import PaymentRecords
from storefront.services.store.nets.reconciliation.differences import Difference

_Record = TypeVar("_Record")

#: Before the first account at Stripe.
ALL_TIME = datetime(2010, 1, 1, tzinfo=UTC)
#: What is younger may be on its way: a request, a message or a job is about to write it down.
GRACE = timedelta(minutes=5)
#: Lists have no end but today, also when Stripe's clock is ahead of ours.
AHEAD = timedelta(days=1)
PAGE = 100
#: After so many objects in a row of which Stripe tells nothing, the rest would wait for nothing too.
MOST_SILENT = 3


@dataclass
class Scope:
    """One run. `check`: nothing is changed, here or at Stripe."""

    session: Session
    processor: CreditCardProcessor
    since: datetime
    now: datetime
    check: bool
    #: Is told the list and how many of it were gone through.
    report: Callable[[str, int], None]
    #: Whether nothing is sold meanwhile.
    closed: bool = False
    #: Of how many objects Stripe told nothing.
    silent: int = 0
    _in_a_row: int = 0

    @property
    def records(self) -> PaymentRecords:
        return self.processor.records

    @property
    def until(self) -> datetime:
        return self.now + AHEAD

    @property
    def edge(self) -> datetime:
        """What was made after it is young."""
        return self.now - GRACE

    def pages(self, name: str, records: Iterable[_Record]) -> Iterator[list[_Record]]:
        """The list in pieces, each fetched while no transaction is open."""
        waiting, count = iter(records), 0
        self.report(name, count)
        while True:
            end_reading(self.session)
            page = list(islice(waiting, PAGE))
            if not page:
                return
            yield page
            count += len(page)
            self.report(name, count)

    def rows(self, condition: object) -> list[AlbumPurchase]:
        """Purchases as they are now."""
        wanted = select(AlbumPurchase).where(condition).options(joinedload(AlbumPurchase.album))  # type: ignore[arg-type]
        return list(self.session.scalars(wanted.execution_options(populate_existing=True)))

    def attempt(
        self, work: Iterable[Difference], stripe_id: str | None, purchase: str | None = None
    ) -> Iterator[Difference]:
        """The differences of one object; when Stripe does not tell about it, the others have their turn.

        Raises PaymentError after too many silences in a row.
        """
        try:
            yield from work
            self._in_a_row = 0
        except PaymentRefused as error:
            yield Difference("refused", stripe_id, purchase, f"Stripe refuses: {error}.")
        except PaymentError as error:
            self.silent += 1
            self._in_a_row += 1
            yield Difference("unanswered", stripe_id, purchase, f"Stripe does not tell: {error}.")
            if self._in_a_row >= MOST_SILENT:
                raise
