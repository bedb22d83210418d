"""Who is signed in, what they may do, and the cookies that say so.

Nothing is asked of the database before somebody asks who it is: public pages never do.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.interfaces import ISecurityPolicy
from pyramid.response import Response
from pyramid.security import Allowed, Denied
from zope.interface import implementer

from storefront.models import Account, Role
from storefront.services.accounts.devices import make_device
from storefront.services.accounts.sessions import LIFETIMES, close_session, identify, open_session
from storefront.web.cookies import DEVICE, LONGEST, SESSION, VISITOR, delete_cookie, read_cookie, set_cookie
from storefront.web.request import ShopRequest

#: A path of this shop: one slash, then no second one and nothing that a browser would drop or turn round
#: (https://url.spec.whatwg.org/#url-parsing: tabs and line breaks vanish, a backslash is a slash).
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1999}", re.ASCII)


class Permission(StrEnum):
    """What a view may ask for; PERMISSIONS says who has it."""

    #: The overview: what was earned, and what needs somebody.
    SEE_FIGURES = "see figures"
    SEE_PURCHASES = "see purchases"
    #: And notes: what answers a customer.
    SEND_RECEIPTS = "send receipts"
    #: Refunds, answers to disputes, and who may have the music.
    DECIDE_PURCHASES = "decide about purchases"
    SEE_CUSTOMERS = "see customers"
    #: Their addresses, and where they are signed in.
    CORRECT_CUSTOMERS = "correct customers"
    SEE_MAILS = "see mails"
    #: Their text holds links that open accounts, the owner's too.
    READ_MAILS = "read mails"
    #: Those that were not sent.
    SEND_MAILS = "send mails again"
    SEE_JOBS = "see jobs"
    #: Again, or never.
    RUN_JOBS = "run jobs"
    EDIT_ALBUMS = "edit albums"
    EDIT_ARTISTS = "edit artists"
    SEE_AUDIT = "see the audit list"
    CHANGE_SETTINGS = "change the settings"
    #: Who else comes to the desk.
    LET_IN = "let people in"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CUSTOMER: frozenset(),
    # They look, and answer customers; nothing that moves money, changes the music or the shop.
    Role.STAFF: frozenset(
        {
            Permission.SEE_FIGURES,
            Permission.SEE_PURCHASES,
            Permission.SEND_RECEIPTS,
            Permission.SEE_CUSTOMERS,
            Permission.SEE_MAILS,
            Permission.SEND_MAILS,
            Permission.SEE_JOBS,
            Permission.SEE_AUDIT,
        }
    ),
    Role.ADMIN: frozenset(Permission),
}


@implementer(ISecurityPolicy)
class SessionPolicy:
    """Pyramid's interface for who asks and what they may do."""

    def identity(self, request: ShopRequest) -> Account | None:
        """Asked once a request."""
        known: dict[str, Any] = request.environ
        if "storefront.identity" not in known:
            token = read_cookie(request, SESSION)
            known["storefront.identity"] = identify(request.db, token, datetime.now(UTC)) if token else None
        account: Account | None = known["storefront.identity"]
        return account

    def authenticated_userid(self, request: ShopRequest) -> str | None:
        account = self.identity(request)
        return account.public_id if account else None

    def permits(self, request: ShopRequest, context: object, permission: str) -> Allowed | Denied:
        account = self.identity(request)
        if account is not None and permission in PERMISSIONS[account.role]:
            return Allowed("this account may %s", permission)
        return Denied("this account may not %s", permission)

    def remember(self, request: ShopRequest, userid: str, **kw: Any) -> list[tuple[str, str]]:
        raise NotImplementedError("a session is opened by sign_in_here()")

    def forget(self, request: ShopRequest, **kw: Any) -> list[tuple[str, str]]:
        raise NotImplementedError("a session is closed by sign_out_here()")


def has_desk(account: Account) -> bool:
    """Whether the owner's side is open to them, at least in part."""
    return bool(PERMISSIONS[account.role])


def own_path(text: str | None) -> str | None:
    """Where to go after signing in: a path of this shop, or None for anything else."""
    return text if text and _OWN_PATH.fullmatch(text) else None


def sign_in_here(request: ShopRequest, account: Account, way_on: str) -> HTTPSeeOther:
    """Opens a session in this browser and goes on; the session before it ends, and forms get other tokens."""
    response = HTTPSeeOther(way_on)
    now = datetime.now(UTC)
    agent = request.user_agent or ""
    token = open_session(request.db, account, agent, now, old=read_cookie(request, SESSION))
    set_cookie(request, response, SESSION, token, int(LIFETIMES[account.role].absolute.total_seconds()))
    set_cookie(request, response, DEVICE, make_device(request.wiring.settings.secret_key, account), LONGEST)
    delete_cookie(request, response, VISITOR)
    return response


def sign_out_here(request: ShopRequest, way_on: str) -> Response:
    """Closes this browser's session; what it kept of private pages goes too."""
    response = HTTPSeeOther(way_on)
    token = read_cookie(request, SESSION)
    if token:
        close_session(request.db, token)
    delete_cookie(request, response, SESSION)
    delete_cookie(request, response, VISITOR)
    # https://www.w3.org/TR/clear-site-data/
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def includeme(config: Configurator) -> None:
    config.set_security_policy(SessionPolicy())
