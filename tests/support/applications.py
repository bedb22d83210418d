"""The shop as a WSGI application, for a test alone; made once for all tests whose settings make the same one.

To make one costs fifty times what it costs to give one another database: Pyramid looks at every view of the shop, and
Jinja loads every template anew. What an application remembers is in its registry, and is new for each test; a test
checks that nothing else is kept there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyramid.registry import Registry
    from pyramid.router import Router

Ini = dict[str, str]

#: What of the settings an application does not know by itself, but only by its wiring.
PLACES = ("sqlalchemy.url", "storage.url", "uploads.folder", "mail.url")
#: So many are kept, those that were used last.
MOST = 8


class Applications:
    """Those that nobody uses at the moment."""

    def __init__(self) -> None:
        self._free: list[tuple[Ini, Router]] = []

    @contextmanager
    def lent(self, ini: Ini) -> "Iterator[Router]":
        """One over these places that nobody else has meanwhile."""
        from storefront import main

        fitting = [free for free in self._free if free[0] == _kind(ini)]
        if fitting:
            self._free.remove(fitting[-1])
            application = fitting[-1][1]
            _begin_anew(application.registry, ini)
        else:
            application = main({}, **ini)
        yield application
        application.registry.wiring.engine.dispose()
        if ini.get("jobs.inline") == "false":  # else it has a worker, which is at work at the old places
            self._free.append((_kind(ini), application))
            del self._free[:-MOST]


def _kind(ini: Ini) -> Ini:
    """Where it is the same, one application can be used for the other."""
    kept = {name: value for name, value in ini.items() if name not in PLACES}
    if "://" in ini["storage.url"]:
        kept["storage.url"] = ini["storage.url"]  # a bucket's address is in headers
    return kept


def _begin_anew(registry: "Registry", ini: Ini) -> None:
    """As web/wired.py, web/slots.py and web/pace.py do for a new one."""
    from storefront.web.pace import Pace
    from storefront.web.slots import Slots
    from storefront.web.wired import wire_up

    registry.settings.update(ini)
    wire_up(registry)
    registry.stripe_slots = Slots()
    registry.pace = Pace()
