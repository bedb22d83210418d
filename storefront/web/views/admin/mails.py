"""The shop's mails: which there are, and, while they go into a folder, what is in them."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config, view_defaults

from storefront.services.shop.composing import Composer
from storefront.services.shop.mailer import SpoolMailer
from storefront.services.shop.reports import find_mail, newest_mails
from storefront.web.request import ShopRequest
from storefront.web.security import Permission


@view_defaults(route_name="admin_mails", request_method="GET")
class MailsController:
    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(renderer="admin/mails.jinja2", permission=Permission.SEE_MAILS)
    def list(self) -> dict[str, Any]:
        return {
            "page": newest_mails(self.request.db, self.request.GET.get("before")),
            "readable": isinstance(self.request.wiring.mailer, SpoolMailer),
            "account": self.request.account,
        }

    @view_config(request_param="mail", renderer="admin/mail.jinja2", permission=Permission.READ_MAILS)
    def read(self) -> dict[str, Any]:
        """The text of one."""
        wiring = self.request.wiring
        mail = find_mail(self.request.db, self.request.GET["mail"])
        if mail is None or not isinstance(wiring.mailer, SpoolMailer):
            raise HTTPNotFound
        composer = Composer(wiring.templates, wiring.links, wiring.settings.mail_sender)
        message = wiring.mailer.find(composer.message_id(mail.key))
        body = message and message.get_body(("plain",))
        if message is None or body is None:
            raise HTTPNotFound
        return {"mail": mail, "message": message, "text": body.get_content(), "account": self.request.account}
