"""Past buyers, from another platform's list of sales, get their albums into their libraries here."""

from storefront.services.library.past_sales.giving import Given, give_past_sales, plan_past_sales
from storefront.services.library.past_sales.matching import Albums, Unmatched
from storefront.services.library.past_sales.reading import BadRow, BadSalesFile, Sale, Sales, read_sales

__all__ = [
    "Albums",
    "BadRow",
    "BadSalesFile",
    "Given",
    "Sale",
    "Sales",
    "Unmatched",
    "give_past_sales",
    "plan_past_sales",
    "read_sales",
]
