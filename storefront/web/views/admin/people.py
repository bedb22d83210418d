"""Who may come to the desk: the owners see them, let others in, and take that away again."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.models import Account, Role
from storefront.services.accounts.staff import (
    IsOwner,
    LastOwner,
    NotStaff,
    add_staff,
    list_people,
    remove_owner,
    remove_staff,
)
from storefront.web.forms.accounts import EmailForm
from storefront.web.request import ShopRequest
from storefront.web.security import Permission, has_desk

Page = dict[str, Any]
Problems = list[tuple[str | None, str]]

OWNERS = "This is an owner's address, who may do everything already"
YOURSELF = "You cannot take yourself from the desk; another owner can"
LAST = "This is the shop's last owner"


def _people(request: ShopRequest, done: str) -> Response:
    return HTTPSeeOther(request.route_path("admin_settings_people", _query={"done": done}))


@view_defaults(
    route_name="admin_settings_people", renderer="admin/settings_people.jinja2", permission=Permission.LET_IN
)
class PeopleController:
    """All of them, and a field for one more."""

    def __init__(self, request: ShopRequest) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self._page(EmailForm())

    @view_config(request_method="POST")
    def let_in(self) -> Page | Response:
        form = EmailForm(self.request.POST)
        if not form.validate():
            return self._page(form, form.problems)
        try:
            fresh = add_staff(self.request.db, form.email.data, datetime.now(UTC), self.request.actor)
        except IsOwner:
            form.email.errors = [OWNERS]
            return self._page(form, form.problems)
        return _people(self.request, "let_in" if fresh else "already")

    def _page(self, form: EmailForm, problems: Problems | None = None) -> Page:
        self.request.response.status_int = 422 if problems else 200
        return {
            "people": list_people(self.request.db),
            "form": form,
            "problems": problems or [],
            "done": self.request.GET.get("done"),
            "saved": False,
            "theirs": None,
            "account": self.request.account,
        }


@view_defaults(
    route_name="admin_settings_person", renderer="admin/settings_person.jinja2", permission=Permission.LET_IN
)
class PersonController:
    """Asks once, and says what will happen."""

    def __init__(self, person: Account, request: ShopRequest) -> None:
        self.person = person
        self.request = request

    @view_config(request_method="GET")
    def ask(self) -> Page | Response:
        return self._page([]) if has_desk(self.person) else _people(self.request, "taken")

    @view_config(request_method="POST")
    def take(self) -> Page | Response:
        """Whoever is a customer again already stays one."""
        by, remove = self.request.actor, remove_owner if self.person.role == Role.ADMIN else remove_staff
        if self.person.id == by.account_id:
            return self._page([(None, YOURSELF)])
        try:
            remove(self.request.db, self.person.email, datetime.now(UTC), by)
        except (LastOwner, IsOwner):
            return self._page([(None, LAST)])
        except NotStaff:
            pass
        return _people(self.request, "taken")

    def _page(self, problems: Problems) -> Page:
        self.request.response.status_int = 409 if problems else 200
        return {"person": self.person, "problems": problems, "account": self.request.account}
