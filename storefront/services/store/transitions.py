"""The states a purchase may go through, and the one way it does: by compare-and-set.

`UPDATE ... WHERE id = :id AND state = :seen AND attempt = :seen` changes one row, or somebody else was first: the same
on SQLite and PostgreSQL.
"""

from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from storefront.models import AlbumPurchase, PurchaseState

_S = PurchaseState

#: From -> to. `paid` never goes back; refunds and disputes are columns of their own. From `created` and `canceled` to
#: `paid` goes only what a restored backup had forgotten, on the proof of a charge (rebuilding.py).
TRANSITIONS: dict[PurchaseState, frozenset[PurchaseState]] = {
    _S.CREATED: frozenset({_S.OPEN, _S.PAID, _S.CANCELED}),
    _S.OPEN: frozenset({_S.CONFIRMING, _S.PAID, _S.CANCELED}),
    _S.CONFIRMING: frozenset({_S.PAID, _S.ACTION_REQUIRED, _S.PROCESSING, _S.OPEN, _S.CANCELED}),
    _S.ACTION_REQUIRED: frozenset({_S.PAID, _S.OPEN, _S.PROCESSING, _S.CANCELED}),
    _S.PROCESSING: frozenset({_S.PAID, _S.OPEN, _S.CANCELED}),
    _S.PAID: frozenset(),
    _S.CANCELED: frozenset({_S.PAID}),
}

#: Somebody or something still has to say how it ends.
UNSETTLED = frozenset({_S.CONFIRMING, _S.ACTION_REQUIRED, _S.PROCESSING})


def move(session: Session, purchase: AlbumPurchase, to: PurchaseState, **values: Any) -> bool:
    """Moves the row from the state and attempt that `purchase` shows to state `to`; False when it has moved already.

    Inside a writing step. The object then shows what the row holds, whoever wrote it.
    """
    if to not in TRANSITIONS[purchase.state]:
        raise ValueError(f"a purchase does not go from {purchase.state} to {to}")
    result = session.execute(
        update(AlbumPurchase)
        .where(
            AlbumPurchase.id == purchase.id,
            AlbumPurchase.state == purchase.state,
            AlbumPurchase.attempt == purchase.attempt,
        )
        .values(state=to, **values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    session.refresh(purchase)
    return result.rowcount == 1
