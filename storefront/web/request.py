"""The request, with what the shop adds to it."""

import secrets
from datetime import UTC, date, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from pyramid.config import Configurator
from pyramid.decorator import reify
from pyramid.request import Request
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from storefront.models import Account, end_reading
from storefront.services.catalogue.version import Catalogue
from storefront.services.shop.audit import Actor
from storefront.services.shop.identity.shop import Shop
from storefront.services.store.buyers import Visitor
from storefront.web.cookies import BUYER, read_cookie
from storefront.wiring import Wiring


class ShopRequest(Request):
    """Declares its additions for readers and the type checker; views take this type."""

    #: WebOb's: larger bodies go into a temporary file. Ours are small, and stay in memory.
    request_body_tempfile_limit = 2 * 1024 * 1024

    #: Set by views whose page loads Stripe.js; headers.py then lets it through.
    loads_stripe: bool = False

    @reify
    def id(self) -> str:
        """Names this request in the log and on error pages."""
        return secrets.token_hex(8)

    @property
    def wiring(self) -> Wiring:
        wiring: Wiring = self.registry.wiring
        return wiring

    @reify
    def db(self) -> Session:
        """This request's session, closed when the answer is made."""
        session = self.wiring.sessions()
        self.add_finished_callback(lambda _: session.close())
        return session

    @reify
    def reader(self) -> Connection:
        """For the public pages: a connection that only reads, closed when the answer is made."""
        connection = self.wiring.reader.connect()
        self.add_finished_callback(lambda _: connection.close())
        return connection

    def let_go(self) -> None:
        """Gives the database's connections back before something that may take long; the next question takes others."""
        end_reading(self.db)
        if "reader" in self.__dict__:
            self.__dict__.pop("reader").close()

    @reify
    def shop(self) -> Shop:
        """As its owner has set it: on public pages as it is, on others as it was a few seconds ago at the earliest."""
        catalogue: Catalogue | None = self.environ.get("storefront.catalogue")
        if catalogue is None:
            return self.wiring.shop.recent()
        return self.wiring.shop.at(catalogue.settings, self.reader)

    @reify
    def today(self) -> date:
        """The day in the shop's time zone."""
        return datetime.now(UTC).astimezone(self.wiring.settings.shop_timezone).date()

    @property
    def account(self) -> Account | None:
        """Who is signed in."""
        account: Account | None = self.identity
        return account

    @property
    def actor(self) -> Actor:
        """Who is signed in, as the audit list names them. For pages that ask for a permission."""
        assert self.account is not None
        return Actor.of(self.account)

    @reify
    def visitor(self) -> Visitor:
        """Who looks: an account, a browser that may have bought something, or both."""
        return Visitor.of(self.account, read_cookie(self, BUYER))

    @reify
    def client(self) -> str | None:
        """The client's address, IPv4 or IPv6; None over a Unix socket, which has none.

        Not WebOb's client_addr, which believes any X-Forwarded-For; the server reads that header of a trusted proxy.
        """
        try:
            address = ip_address(self.remote_addr or "")
        except ValueError:
            return None
        if isinstance(address, IPv4Address):
            return str(address)
        return str(address.ipv4_mapped or IPv6Address(address.packed))  # a link's own, fe80::1%eth0, without the link

    @reify
    def network(self) -> str:
        """The client's address, as the limits count it: IPv4, or the /64 of IPv6."""
        address = self.client or "local"
        return str(ip_network((address, 64), strict=False).network_address) if ":" in address else address


def includeme(config: Configurator) -> None:
    config.set_request_factory(ShopRequest)
