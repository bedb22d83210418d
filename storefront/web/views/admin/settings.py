"""The shop's settings, as far as an artist changes them: a page for each thing, one form on it."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.services.shop.composing import Composer
from storefront.services.shop.identity.checks import send_test_mail
from storefront.services.shop.identity.saving import (
    SettingsSavedMeanwhile,
    save_settings,
    settings_now,
    values_of,
)
from storefront.services.shop.identity.texts import save_texts, texts_now
from storefront.settings import Option, masked, option_of
from storefront.web.forms.settings import MailForm, NameForm, SettingsForm, TextsForm
from storefront.web.request import ShopRequest
from storefront.web.security import Permission

Page = dict[str, Any]


class SettingsController:
    """Shows a page of the settings and saves it; its row's columns are those of its form."""

    form: type[SettingsForm]

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    def saved(self) -> dict[str, Any]:
        """What is saved of this page."""
        return values_of(settings_now(self.request.db), self.form.columns)

    def keep(self, form: SettingsForm, seen: str) -> None:
        """Raises SettingsSavedMeanwhile."""
        now, by = datetime.now(UTC), self.request.actor
        save_settings(self.request.db, form.page, form.values, seen, now, by)

    def show_page(self) -> Page:
        return self.page(self.form.of(self.saved()), saved="saved" in self.request.GET)

    def save_page(self) -> Page | Response:
        form = self.form.of(self.saved(), self.request.POST)
        if not form.validate():
            self.request.response.status_int = 422
            return self.page(form, problems=form.problems)
        try:
            self.keep(form, form.seen.data or "")
        except SettingsSavedMeanwhile:
            self.request.response.status_int = 409
            return self.page(form, theirs=form.see(self.saved()))
        self.request.wiring.shop.read(self.request.reader)
        return HTTPSeeOther(f"{self.request.path}?saved")

    def page(self, form: SettingsForm, **more: Any) -> Page:
        usual = {"problems": [], "saved": False, "theirs": None, "preview": False}
        default = option_of("shop_name").default
        return {
            "form": form,
            "fixed": self.fixed(),
            "sources": self.request.wiring.settings.sources,
            "default_name": default,
            "account": self.request.account,
            **usual,
            **more,
        }

    def fixed(self) -> dict[str, Option]:
        """Settings that stand in the ini file or the environment, and are not changed here."""
        return {field: option_of(field) for field in self.request.wiring.settings.fixed}


@view_defaults(route_name="admin_settings", renderer="admin/settings.jinja2", permission=Permission.CHANGE_SETTINGS)
class NameController(SettingsController):
    """What the shop is called, and where else its people are."""

    form = NameForm

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self.show_page()

    @view_config(request_method="POST")
    def save(self) -> Page | Response:
        return self.save_page()


@view_defaults(
    route_name="admin_settings_mail", renderer="admin/settings_mail.jinja2", permission=Permission.CHANGE_SETTINGS
)
class MailController(SettingsController):
    """Who the shop's mails are from, and whether they leave."""

    form = MailForm

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self.show_page()

    @view_config(request_method="POST")
    def save(self) -> Page | Response:
        return self.save_page()

    @view_config(request_method="POST", request_param="test")
    def test(self) -> Page:
        """Sends one at once, to whoever asks; the page itself says what came of it."""
        request, wiring = self.request, self.request.wiring
        composer = Composer(wiring.templates, wiring.links, wiring.shop.read(request.reader))
        if not composer.shop.sender.address:
            raise HTTPBadRequest
        recipient = request.actor.who
        request.let_go()
        reason = send_test_mail(request.db, wiring.mailer, composer, recipient, datetime.now(UTC), request.actor)
        return self.page(self.form.of(self.saved()), tested=(not reason, reason))

    def page(self, form: SettingsForm, **more: Any) -> Page:
        settings, preset = self.request.wiring.settings, self.request.wiring.shop.preset.sender
        return super().page(
            form,
            sender=self.request.wiring.shop.read(self.request.reader).sender,
            preset=f"{preset.name} <{preset.address}>" if preset.address else "no mail leaves",
            way=masked(option_of("mail_url"), settings.mail_url),
            **{"tested": None, **more},
        )


@view_defaults(
    route_name="admin_settings_texts", renderer="admin/settings_texts.jinja2", permission=Permission.CHANGE_SETTINGS
)
class TextsController(SettingsController):
    """Terms, imprint, privacy."""

    form = TextsForm

    def saved(self) -> dict[str, Any]:
        return {**texts_now(self.request.db)}

    def keep(self, form: SettingsForm, seen: str) -> None:
        save_texts(self.request.db, form.values, seen, datetime.now(UTC), self.request.actor)

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self.show_page()

    @view_config(request_method="POST")
    def save(self) -> Page | Response:
        return self.save_page()

    @view_config(request_method="POST", request_param="do=preview")
    def preview(self) -> Page:
        """As they will read, saved or not."""
        return self.page(self.form.of(self.saved(), self.request.POST), preview=True)
