"""The day it is in the shop's time zone."""

from datetime import date, datetime

from storefront.settings import Settings


def shop_day(settings: Settings) -> date:
    """Decides whether an album is released."""
    return datetime.now(settings.shop_timezone).date()
