"""What a purchase brought: its lines of the ledger, summed up as an owner asks for them."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from storefront.models import CHARGES, DISPUTES, REFUNDS, AlbumPurchase, LedgerEntry


@dataclass(frozen=True, slots=True)
class Statement:
    """Amounts in Stripe's units of the currency that it settles in, which may be another than the buyer's.

    net = gross - fee - refunds - disputes - dispute_fees + other. What was given back and came back again (a refund
    that failed, a dispute that was won) is in none of them; the fee of a charge does not come back with a refund.
    """

    currency: str
    gross: int
    fee: int
    refunds: int
    disputes: int
    dispute_fees: int
    #: Of a kind that this shop does not know, less its fees.
    other: int
    net: int


def statements(session: Session, purchase: AlbumPurchase) -> list[Statement]:
    """One for each currency that the purchase was booked in: none until it is, and then nearly always one."""
    entry = LedgerEntry
    kind = case(
        (entry.type.in_(CHARGES), "charge"),
        (entry.type.in_(REFUNDS), "refund"),
        (entry.type.in_(DISPUTES), "dispute"),
        else_="other",
    )
    sums = (
        select(entry.currency, kind, func.sum(entry.amount), func.sum(entry.fee), func.sum(entry.net))
        .where(entry.purchase_id == purchase.id)
        .group_by(entry.currency, kind)
    )
    found: dict[str, dict[str, tuple[int, int, int]]] = {}
    for currency, name, amount, fee, net in session.execute(sums):
        found.setdefault(currency, {})[name] = (int(amount), int(fee), int(net))
    return [_statement(currency, parts) for currency, parts in sorted(found.items())]


def _statement(currency: str, parts: dict[str, tuple[int, int, int]]) -> Statement:
    nothing = (0, 0, 0)
    gross, fee, _ = parts.get("charge", nothing)
    refunds, refund_fee, _ = parts.get("refund", nothing)
    disputes, dispute_fee, _ = parts.get("dispute", nothing)
    return Statement(
        currency=currency,
        gross=gross,
        fee=fee + refund_fee,
        refunds=-refunds,
        disputes=-disputes,
        dispute_fees=dispute_fee,
        other=parts.get("other", nothing)[2],
        net=sum(net for _, _, net in parts.values()),
    )
