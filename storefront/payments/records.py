"""What Stripe's books hold: everything that happened to a charge, and lists of all that happened in a time."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import stripe

from storefront.payments.results import (
    Aftermath,
    Booking,
    ChargeRecord,
    DisputeResult,
    FraudWarning,
    IntentRecord,
    RefundResult,
)
from storefront.payments.stripe_errors import our_errors
from storefront.payments.stripe_objects import (
    UNREADABLE,
    booking,
    charge_record,
    dispute_result,
    fraud_warning,
    id_of,
    intent_record,
    refund_result,
)

log = logging.getLogger(__name__)

_Record = TypeVar("_Record")

_REFUND_EXPAND = ["balance_transaction", "failure_balance_transaction"]
_PAGE = 100


class PaymentRecords:
    """Reads, and changes nothing. Each method raises PaymentError when Stripe does not answer."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1

    def find_aftermath(self, charge_id: str) -> Aftermath:
        """Everything that has happened to a charge until now: its refunds, disputes, warnings and bookings."""
        with our_errors():
            charge = self._v1.charges.retrieve(charge_id, {"expand": ["balance_transaction"]})
            of_charge: Any = {"charge": charge_id, "limit": _PAGE}
            expanded: Any = {**of_charge, "expand": [f"data.{name}" for name in _REFUND_EXPAND]}
            return Aftermath(
                charge=charge_record(charge),
                refunds=tuple(map(refund_result, self._v1.refunds.list(expanded).auto_paging_iter())),
                disputes=tuple(map(dispute_result, self._v1.disputes.list(of_charge).auto_paging_iter())),
                fraud_warnings=tuple(
                    warning.id for warning in self._v1.radar.early_fraud_warnings.list(of_charge).auto_paging_iter()
                ),
            )

    def find_charge_of(self, object_id: str) -> str | None:
        """The charge that an object is about, by the kind that its id names: ch_, re_, dp_ or du_, issfr_.

        None for other kinds. Raises PaymentRefused when there is no such object.
        """
        kind = object_id.partition("_")[0]
        with our_errors():
            match kind:
                case "ch" | "py":
                    return object_id
                case "re" | "pyr":
                    return id_of(self._v1.refunds.retrieve(object_id).charge)
                case "dp" | "du":
                    return id_of(self._v1.disputes.retrieve(object_id).charge)
                case "issfr":
                    return id_of(self._v1.radar.early_fraud_warnings.retrieve(object_id).charge)
        return None

    def find_charge(self, charge_id: str) -> ChargeRecord:
        """A charge as it stands. Raises PaymentRefused when there is none."""
        with our_errors():
            return charge_record(self._v1.charges.retrieve(charge_id, {"expand": ["balance_transaction"]}))

    def find_intent(self, payment_id: str) -> IntentRecord:
        """A PaymentIntent, with what the shop wrote into it. Raises PaymentRefused when there is none."""
        with our_errors():
            return intent_record(self._v1.payment_intents.retrieve(payment_id))

    def payments_between(self, since: datetime, until: datetime) -> Iterator[IntentRecord]:
        """Every PaymentIntent that was made in that time, newest first."""
        return self._all(self._v1.payment_intents.list, intent_record, since, until)

    def charges_between(self, since: datetime, until: datetime) -> Iterator[ChargeRecord]:
        """Every charge, the failed ones too."""
        return self._all(self._v1.charges.list, charge_record, since, until, "balance_transaction")

    def refunds_between(self, since: datetime, until: datetime) -> Iterator[RefundResult]:
        return self._all(self._v1.refunds.list, refund_result, since, until, *_REFUND_EXPAND)

    def disputes_between(self, since: datetime, until: datetime) -> Iterator[DisputeResult]:
        return self._all(self._v1.disputes.list, dispute_result, since, until)

    def fraud_warnings_between(self, since: datetime, until: datetime) -> Iterator[FraudWarning]:
        return self._all(self._v1.radar.early_fraud_warnings.list, fraud_warning, since, until)

    def bookings_between(self, since: datetime, until: datetime) -> Iterator[Booking]:
        """Every balance transaction, those too that no purchase explains."""
        return self._all(self._v1.balance_transactions.list, booking, since, until)

    def balance(self) -> dict[str, int]:
        """Currency -> what is on the account, available and pending: the sum of all balance transactions' net."""
        totals: dict[str, int] = {}
        with our_errors():
            balance = self._v1.balance.retrieve()
            parts: Any = (*balance.available, *balance.pending)
            for part in parts:
                totals[part.currency] = totals.get(part.currency, 0) + part.amount
        return totals

    def _all(
        self, list_: Callable[..., Any], read: Callable[[Any], _Record], since: datetime, until: datetime, *expand: str
    ) -> Iterator[_Record]:
        """The pages of a list, one after the other.

        Left out is what this shop cannot have made: in a currency that it does not take, a refund without a charge.
        """
        params = {
            "created": {"gte": int(since.timestamp()), "lte": int(until.timestamp())},
            "limit": _PAGE,
            **({"expand": [f"data.{name}" for name in expand]} if expand else {}),
        }
        with our_errors():
            for found in list_(params).auto_paging_iter():
                try:
                    record = read(found)
                except UNREADABLE as error:
                    log.warning("%s is nothing that this shop knows: %r", found.id, error)
                    continue
                yield record
