"""Signing up, in and out, and the mailed link that chooses a password."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.models import Account
from storefront.services.accounts.limits import TooManyTries
from storefront.services.accounts.passwords import BadPassword, HashingBusy
from storefront.services.accounts.registration import ask_for_link, check_link, choose_password
from storefront.services.accounts.sign_in import Browser, WrongPassword, sign_in
from storefront.services.library.ownership import owned_by
from storefront.services.store.buyers import browser_key
from storefront.web.cookies import BUYER, DEVICE, read_cookie
from storefront.web.forms.accounts import ChoosePasswordForm, EmailForm, SignInForm
from storefront.web.request import ShopRequest
from storefront.web.security import has_desk, own_path, sign_in_here, sign_out_here

Page = dict[str, Any]

WRONG = "The e-mail address or the password is not right"
BUSY = "Very many people are signing in just now. Please try again in a minute."


def _home_of(request: ShopRequest, account: Account) -> str:
    path: str = request.route_path("admin_purchases" if has_desk(account) else "library")
    return path


def _browser(request: ShopRequest) -> Browser:
    buyer = read_cookie(request, BUYER)
    return Browser(request.network, read_cookie(request, DEVICE), browser_key(buyer) if buyer else None)


class LinkController:
    """Asking for the link that chooses a password: to sign up, or because it was forgotten."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(route_name="sign_up", request_method="GET", renderer="accounts/sign_up.jinja2")
    @view_config(route_name="password", request_method="GET", renderer="accounts/password.jinja2")
    def show(self) -> Page | Response:
        if self.request.account is not None:
            return HTTPSeeOther(_home_of(self.request, self.request.account))
        form = EmailForm(data={"email": self._likely_email()})
        return {"form": form, "problems": [], "sent": "sent" in self.request.GET, "spool": self._spool()}

    @view_config(route_name="sign_up", request_method="POST", renderer="accounts/sign_up.jinja2")
    @view_config(route_name="password", request_method="POST", renderer="accounts/password.jinja2")
    def ask(self) -> Page | Response:
        form = EmailForm(self.request.POST)
        if not form.validate():
            self.request.response.status_int = 422
            return {"form": form, "problems": form.problems, "sent": False, "spool": None}
        ask_for_link(self.request.db, form.email.data, self.request.network, datetime.now(UTC))
        return HTTPSeeOther(self.request.path + "?sent")

    def _likely_email(self) -> str:
        """What this browser bought with last."""
        bought = owned_by(self.request.db, self.request.visitor)
        return bought[0].email if bought else ""

    def _spool(self) -> str | None:
        """Where a shop that is only tried out keeps its mails: nobody's mailbox gets them."""
        settings = self.request.wiring.settings
        kind, _, folder = settings.mail_url.partition("://")
        return folder if kind == "spool" and not settings.production else None


@view_defaults(route_name="prove", renderer="accounts/choose_password.jinja2")
class ChoosePasswordController:
    """Behind the mailed link. Opening it changes nothing: mail scanners open links too."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request
        self.token = request.matchdict["token"]
        request.response.headers["Referrer-Policy"] = "no-referrer"

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self._page(ChoosePasswordForm(), [])

    @view_config(request_method="POST")
    def choose(self) -> Page | Response:
        form = ChoosePasswordForm(self.request.POST)
        try:
            account = choose_password(
                self.request.db,
                self.token,
                form.password.data or "",
                self.request.shop.name,
                datetime.now(UTC),
                browser=_browser(self.request).buyer,
            )
        except BadPassword as error:
            form.password.errors = [str(error)]
            self.request.response.status_int = 422
            return self._page(form, [("password", str(error))])
        return sign_in_here(self.request, account, _home_of(self.request, account))

    def _page(self, form: ChoosePasswordForm, problems: list[tuple[str | None, str]]) -> Page:
        email = check_link(self.request.db, self.token, datetime.now(UTC))
        return {"form": form, "problems": problems, "email": email}


@view_defaults(route_name="sign_in", renderer="accounts/sign_in.jinja2")
class SignInController:
    """Signing in, and back to where somebody was going."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Page | Response:
        way_on = own_path(self.request.GET.get("next"))
        if self.request.account is not None:
            return HTTPSeeOther(way_on or _home_of(self.request, self.request.account))
        return {"form": SignInForm(data={"next": way_on or ""}), "problems": []}

    @view_config(request_method="POST")
    def enter(self) -> Page | Response:
        form = SignInForm(self.request.POST)
        if not form.validate():
            return self._again(form, form.problems, 422)
        settings, browser, now = self.request.wiring.settings, _browser(self.request), datetime.now(UTC)
        try:
            account = sign_in(self.request.db, settings.secret_key, form.email.data, form.password.data, browser, now)
        except WrongPassword:
            return self._again(form, [("email", WRONG)], 422)
        except TooManyTries as error:
            self.request.response.retry_after = error.seconds
            return self._again(form, [(None, _too_many(error))], 429)
        except HashingBusy:
            self.request.response.retry_after = 60
            return self._again(form, [(None, BUSY)], 503)
        return sign_in_here(self.request, account, own_path(form.next.data) or _home_of(self.request, account))

    def _again(self, form: SignInForm, problems: list[tuple[str | None, str]], status: int) -> Page:
        self.request.response.status_int = status
        form.next.data = own_path(form.next.data) or ""
        return {"form": form, "problems": problems}


def _too_many(error: TooManyTries) -> str:
    minutes = -(-error.seconds // 60)
    return f"That were too many tries. Please wait {'a minute' if minutes == 1 else f'{minutes} minutes'}."


@view_config(route_name="sign_out", request_method="POST")
def sign_out(request: ShopRequest) -> Response:
    return sign_out_here(request, request.route_path("home"))
