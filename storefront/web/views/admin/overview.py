"""What an owner looks at every morning."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyramid.view import view_config

from storefront.services.shop.attention import look_around, matters
from storefront.services.shop.figures.overview import change, read_overview
from storefront.services.shop.figures.periods import Period
from storefront.web.forms.overview import SPANS, USUAL, PeriodForm
from storefront.web.request import ShopRequest
from storefront.web.security import Permission
from storefront.web.views.admin.purchases import dashboard


@view_config(
    route_name="admin", request_method="GET", permission=Permission.SEE_FIGURES, renderer="admin/overview.jinja2"
)
def overview(request: ShopRequest) -> dict[str, Any]:
    form = PeriodForm(request.GET)
    if form.validate():
        period = form.period(request.today, request.GET.get("days", ""))
        unit = form.unit(period)
    else:
        request.response.status_int = 422
        period = PeriodForm().period(request.today, "")
        unit = period.unit
    around = look_around(request.db, Path(request.wiring.settings.uploads_folder))
    return {
        "matters": matters(request.db, around, datetime.now(UTC)),
        "around": around,
        "dashboard": dashboard(request),
        "overview": read_overview(request.db, period, unit, request.today),
        "form": form,
        "problems": form.problems,
        "span": _span(form, period, request),
        "spans": SPANS,
        "change": change,
        "account": request.account,
    }


def _span(form: PeriodForm, period: Period, request: ShopRequest) -> int | None:
    """Which of the links this page is; None of a range that was typed."""
    return None if form.since.data else period.days if period.until == request.today else USUAL
