"""The customers: the list, one of them, and what an owner does for them."""

from datetime import UTC, datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from storefront.services.accounts.correcting import AddressTaken, AtTheDesk, correct_address
from storefront.services.accounts.sessions import end_sessions, list_sessions
from storefront.services.shop.customer import Customer, show_customer
from storefront.services.shop.customers import Order, list_customers
from storefront.services.shop.reports import newest_mails
from storefront.web.forms.customers import CorrectForm, FindCustomersForm
from storefront.web.request import ShopRequest
from storefront.web.security import Permission

Page = dict[str, Any]

#: On a customer's page; the list of mails has the others.
MOST_MAILS = 10
TAKEN = "This address has an account of its own, and two accounts are not made one"


@view_config(
    route_name="admin_customers",
    request_method="GET",
    permission=Permission.SEE_CUSTOMERS,
    renderer="admin/customers.jinja2",
)
def customers(request: ShopRequest) -> Page:
    """Who bought last first, or by address."""
    form, page = FindCustomersForm(request.GET), None
    if form.validate():
        page = list_customers(request.db, form.begins, Order(form.sort.data), request.GET.get("before", ""))
    else:
        request.response.status_int = 422
    return {"page": page, "form": form, "problems": form.problems, "account": request.account}


class _Controller:
    def __init__(self, customer: Customer, request: ShopRequest) -> None:
        self.customer = customer
        self.request = request

    def to_customer(self, email: str, done: str) -> Response:
        return HTTPSeeOther(self.request.route_path("admin_customer", email=email, _query={"done": done}))


@view_defaults(route_name="admin_customer")
class CustomerController(_Controller):
    @view_config(request_method="GET", permission=Permission.SEE_CUSTOMERS, renderer="admin/customer.jinja2")
    def show(self) -> Page:
        db, customer = self.request.db, self.customer
        now = datetime.now(UTC)
        return {
            "customer": customer,
            "page": show_customer(db, customer),
            "mails": newest_mails(db, to=customer.email).lines[:MOST_MAILS],
            "sessions": list_sessions(db, customer.account, now) if customer.account else [],
            "done": self.request.GET.get("done"),
            "account": self.request.account,
        }

    @view_config(request_method="POST", request_param="end", permission=Permission.CORRECT_CUSTOMERS)
    def end_sessions(self) -> Response:
        """One, by its row's name, or all."""
        one = self.request.POST["end"]
        if self.customer.account is not None:
            which = None if one == "all" else one
            end_sessions(self.request.db, self.customer.account, datetime.now(UTC), self.request.actor, which)
        return self.to_customer(self.customer.email, "ended")


@view_defaults(
    route_name="admin_customer_address",
    permission=Permission.CORRECT_CUSTOMERS,
    renderer="admin/customer_address.jinja2",
)
class AddressController(_Controller):
    """Asks once, and says what will happen."""

    @view_config(request_method="GET")
    def show(self) -> Page:
        return self._page(CorrectForm(), [])

    @view_config(request_method="POST")
    def correct(self) -> Page | Response:
        form, was = CorrectForm(self.request.POST), self.customer.email
        form.was = was
        if not form.validate():
            return self._page(form, form.problems, 422)
        try:
            correct_address(self.request.db, was, form.email.data, datetime.now(UTC), self.request.actor)
        except AddressTaken:
            form.email.errors = [TAKEN]
            return self._page(form, form.problems, 422)
        except AtTheDesk:
            return self._page(form, [(None, "Whoever sits at the desk keeps their address")], 409)
        return self.to_customer(form.email.data, "corrected")

    def _page(self, form: CorrectForm, problems: list[tuple[str | None, str]], status: int = 200) -> Page:
        self.request.response.status_int = status
        return {
            "customer": self.customer,
            "page": show_customer(self.request.db, self.customer),
            "form": form,
            "problems": problems,
            "account": self.request.account,
        }
