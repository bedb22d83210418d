"""The shop's mails: which there are, and, while they go into a folder, what is in them."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.services.shop.composing import Composer
from storefront.services.shop.mailer import SpoolMailer
from storefront.services.shop.outbox import send_again
from storefront.services.shop.reports import find_mail, newest_mails
from storefront.web.request import ShopRequest
from storefront.web.security import Permission

#: Of an address that is looked for.
LONGEST = 254


@view_defaults(route_name="admin_mails")
class MailsController:
    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET", renderer="admin/mails.jinja2", permission=Permission.SEE_MAILS)
    def list(self) -> dict[str, Any]:
        """All of them, those to an address (`to`), or those that were not sent (`unsent`)."""
        asked = self.request.GET
        to, unsent = asked.get("to", "").strip().lower()[:LONGEST], "unsent" in asked
        return {
            "page": newest_mails(self.request.db, asked.get("before"), to=to, unsent=unsent),
            "asked": {**({"to": to} if to else {}), **({"unsent": ""} if unsent else {})},
            "done": asked.get("done"),
            "readable": isinstance(self.request.wiring.mailer, SpoolMailer),
            "account": self.request.account,
        }

    @view_config(request_method="POST", request_param="again", permission=Permission.SEND_MAILS)
    def send_again(self) -> Response:
        """The second press finds it waiting already, and changes nothing."""
        send_again(self.request.db, self.request.POST["again"], datetime.now(UTC), self.request.actor)
        return HTTPSeeOther(self.request.route_path("admin_mails", _query={"done": "again", "unsent": ""}))

    @view_config(
        request_method="GET", request_param="mail", renderer="admin/mail.jinja2", permission=Permission.READ_MAILS
    )
    def read(self) -> dict[str, Any]:
        """The text of one."""
        wiring = self.request.wiring
        mail = find_mail(self.request.db, self.request.GET["mail"])
        if mail is None or not isinstance(wiring.mailer, SpoolMailer):
            raise HTTPNotFound
        composer = Composer(wiring.templates, wiring.links, wiring.shop.known)
        message = wiring.mailer.find(composer.message_id(mail.key))
        body = message and message.get_body(("plain",))
        if message is None or body is None:
            raise HTTPNotFound
        return {"mail": mail, "message": message, "text": body.get_content(), "account": self.request.account}
