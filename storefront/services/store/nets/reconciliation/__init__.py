"""The lists at Stripe against the rows of the shop: what neither an answer, a message nor a job has brought in.

PaymentIntents, charges, refunds, disputes, fraud warnings and balance transactions of a time are gone through, and each
is held against the row that should stand for it. What differs is brought to what Stripe has, by the same functions that
requests and jobs call, and never by a charge. What cannot be, a person is told of.
"""

from storefront.services.store.nets.reconciliation.differences import KINDS, Difference
from storefront.services.store.nets.reconciliation.running import LOOKS_BACK, reconcile
from storefront.services.store.nets.reconciliation.scope import ALL_TIME, GRACE

__all__ = ["ALL_TIME", "GRACE", "KINDS", "LOOKS_BACK", "Difference", "reconcile"]
