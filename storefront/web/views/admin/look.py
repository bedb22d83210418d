"""The shop's accent and logo."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.services.shop.identity.look import LARGEST_LOGO, BadLogo, make_accent, read_colour, store_logo
from storefront.services.shop.identity.saving import SettingsSavedMeanwhile, save_settings, settings_now, values_of
from storefront.web.forms.settings import LogoForm, LookForm, SettingsForm
from storefront.web.request import ShopRequest
from storefront.web.security import Permission
from storefront.web.views.admin.settings import Page, SettingsController
from storefront.web.views.catalogue import accent_styles

_LOOK = "admin/settings_look.jinja2"


class _Controller(SettingsController):
    form = LookForm

    def page(self, form: SettingsForm, **more: Any) -> Page:
        values = values_of(settings_now(self.request.db), LogoForm.columns)
        usual = {"logo_form": LogoForm.of(values), "largest": LARGEST_LOGO // 1_000_000}
        return super().page(form, **{**usual, **more})


@view_defaults(route_name="admin_settings_look", renderer=_LOOK, permission=Permission.CHANGE_SETTINGS)
class LookController(_Controller):
    """The colours."""

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self.show_page()

    @view_config(request_method="POST")
    def save(self) -> Page | Response:
        return self.save_page()

    @view_config(request_method="POST", request_param="do=preview")
    def preview(self) -> Page:
        """The page wears what was chosen."""
        form = self.form.of(self.saved(), self.request.POST)
        return self.page(form, preview=form.validate(), problems=form.problems)


@view_defaults(
    route_name="admin_settings_logo", request_method="POST", renderer=_LOOK, permission=Permission.CHANGE_SETTINGS
)
class LogoController(_Controller):
    """The picture, sent whole: it is small."""

    @view_config(request_param="do=upload")
    def upload(self) -> Page | Response:
        form = LogoForm(self.request.POST)
        sent = self.request.POST.get("logo")
        data = sent.file.read() if hasattr(sent, "file") else b""
        try:
            logo = store_logo(self.request.wiring.storage, data) if data else None
        except BadLogo as error:
            return self._refused(form, str(error))
        if logo is None:
            return self._refused(form, "Choose a picture")
        values = dict(zip(LogoForm.columns, logo, strict=True))
        return self._save(form, values)

    @view_config(request_param="do=remove")
    def remove(self) -> Page | Response:
        return self._save(LogoForm(self.request.POST), dict.fromkeys(LogoForm.columns))

    def _save(self, form: LogoForm, values: dict[str, Any]) -> Page | Response:
        now, by = datetime.now(UTC), self.request.actor
        try:
            save_settings(self.request.db, form.page, values, form.seen.data or "", now, by)
        except SettingsSavedMeanwhile:
            self.request.response.status_int = 409
            return self.page(LookForm.of(self.saved()), theirs=[("Logo", "another picture, which is shown below")])
        self.request.wiring.shop.read(self.request.reader)
        return HTTPSeeOther(self.request.route_path("admin_settings_look", _query={"saved": ""}))

    def _refused(self, form: LogoForm, sentence: str) -> Page:
        self.request.response.status_int = 422
        form.logo.errors = [sentence]
        return self.page(LookForm.of(self.saved()), logo_form=form, problems=form.problems)


@view_config(route_name="admin_settings_accent", request_method="GET", permission=Permission.CHANGE_SETTINGS)
def accent(request: ShopRequest) -> Response:
    """The stylesheet of colours that are only tried."""
    try:
        light, dark = (read_colour(request.GET.get(name, "")) for name in ("light", "dark"))
    except ValueError:
        raise HTTPBadRequest from None
    return Response(accent_styles(make_accent(light, dark)), content_type="text/css", charset="utf-8")
