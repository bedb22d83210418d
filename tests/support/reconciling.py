"""Reconciliation as tests run it: with the real client, which refuses to send while the session holds a transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe
from sqlalchemy import delete
from sqlalchemy.orm import Session

from storefront.models import (
    AlbumPurchase,
    Dispute,
    Job,
    LedgerEntry,
    Mail,
    PaymentAttempt,
    PurchaseLink,
    Refund,
    writing,
)
from storefront.payments import CreditCardProcessor
from storefront.services.store.nets.reconciliation import Difference, reconcile
from storefront.wiring import Wiring

A_DAY = timedelta(days=1)
#: So that nothing is young.
LATER = timedelta(minutes=10)


@dataclass
class Reconciler:
    """Runs reconciliation over a shop, alone: no job and no message helps."""

    wiring: Wiring
    #: What happens after the answer to a request whose address contains the key, once.
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    #: (list, how many) as it was told.
    progress: list[tuple[str, int]] = field(default_factory=list)

    def run(self, *, check: bool = False, since: datetime | None = None, later: timedelta = LATER) -> list[Difference]:
        now = datetime.now(UTC) + later
        self.progress.clear()
        with self.wiring.sessions() as session:
            processor = self._processor(session)
            begin = since or now - 30 * A_DAY
            return list(reconcile(session, processor, begin, now, check=check, report=self._tell))

    def kinds(self, **how: Any) -> list[str]:
        return [difference.kind for difference in self.run(**how)]

    def _tell(self, name: str, count: int) -> None:
        self.progress.append((name, count))

    def _processor(self, session: Session) -> CreditCardProcessor:
        def transport(timeout: tuple[float, float]) -> stripe.HTTPClient:
            return WatchedClient(self, session, timeout)

        settings = self.wiring.settings
        return CreditCardProcessor(
            settings.stripe_secret_key,
            settings.stripe_publishable_key,
            webhook_secrets=settings.webhook_secrets,
            api_base=settings.stripe_api_base,
            stripe_js_url=settings.stripe_js_url,
            transport=transport,
        )


class WatchedClient(stripe.RequestsClient):
    """Sends, when no transaction is open; and then lets something happen before the answer is read."""

    def __init__(self, reconciler: Reconciler, session: Session, timeout: tuple[float, float]) -> None:
        super().__init__(timeout=timeout)
        self._reconciler = reconciler
        self._own_session = session

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **options: Any) -> Any:
        assert not self._own_session.in_transaction(), f"{method} {url} inside a transaction"
        answer = super().request(method, url, headers, post_data, **options)
        for part in [part for part in self._reconciler.meanwhile if part in url]:
            self._reconciler.meanwhile.pop(part)()
        return answer

    def _sleep_time_seconds(self, *_: Any, **__: Any) -> float:
        return 0


def forget(session: Session, purchase: AlbumPurchase) -> None:
    """The row and all that belongs to it, as a backup from before it would have them."""
    with writing(session):
        for table in (PurchaseLink, Mail, PaymentAttempt, Refund, Dispute, LedgerEntry):
            session.execute(delete(table).where(table.purchase_id == purchase.id))
        session.execute(delete(Job))
        session.execute(delete(AlbumPurchase).where(AlbumPurchase.id == purchase.id))
    session.expunge_all()


def forget_jobs(session: Session) -> None:
    """What a test is about must not be done by a job."""
    with writing(session):
        session.execute(delete(Job))
