"""What the owner sees of keys and storage, which are changed outside of the browser."""

from datetime import UTC, datetime
from typing import Any

from pyramid.view import view_config, view_defaults

from storefront.services.shop.identity.checks import Finding, check_storage, check_stripe, note_check
from storefront.settings import SANDBOX_MARK, Option, Settings, Source, masked, option_of
from storefront.web.request import ShopRequest
from storefront.web.security import Permission
from storefront.web.slots import stripe_slot

#: In their order on the page.
SHOWN = (
    "environment", "base_url", "stripe_secret_key", "stripe_publishable_key", "webhook_secrets", "database_url",
    "storage_url", "s3_endpoint", "s3_access_key_id", "s3_secret_access_key", "mail_url", "shop_timezone",
    "shop_locale",
)  # fmt: skip

Page = dict[str, Any]


@view_defaults(
    route_name="admin_settings_machine", renderer="admin/settings_machine.jinja2", permission=Permission.CHANGE_SETTINGS
)
class MachineController:
    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self._page(None)

    @view_config(request_method="POST", request_param="check")
    def check(self) -> Page:
        """Answers with the page itself: what was found is true of this moment alone."""
        wiring, by = self.request.wiring, self.request.actor
        with stripe_slot(self.request, f"check:{by.account_id}", needed=True):
            findings = [check_stripe(wiring.processor), check_storage(wiring.storage)]
        note_check(self.request.db, findings, datetime.now(UTC), by)
        return self._page(findings)

    def _page(self, findings: list[Finding] | None) -> Page:
        settings = self.request.wiring.settings
        return {
            "keys": kind_of_keys(settings),
            "lines": [_line(settings, option_of(field)) for field in SHOWN],
            "findings": findings,
            "problems": [],
            "saved": False,
            "theirs": None,
            "account": self.request.account,
        }


def kind_of_keys(settings: Settings) -> str:
    """ "live", "test", or "sandbox" for those of the stand-in for Stripe."""
    if SANDBOX_MARK in settings.stripe_secret_key:
        return "sandbox"
    return "live" if settings.live else "test"


def _line(settings: Settings, option: Option) -> tuple[Option, str, Source]:
    return option, masked(option, getattr(settings, option.field)), settings.sources[option.field]
