"""The shop as this process knows it: read anew when a page learns that it changed, or after some seconds.

A public page reads the version of the settings in its one statement about the catalogue, so it is never behind. Other
pages ask once in a few seconds, whoever of them is next.
"""

import time

from sqlalchemy import Connection, Engine, select

from storefront.models import ShopSettings
from storefront.services.shop.identity.shop import Preset, Shop, read_shop, unread

#: How long other pages may be behind another process's save.
SECONDS = 5.0

_VERSION = select(ShopSettings.version)


class HeldShop:
    """One for a process; any thread may ask."""

    def __init__(self, reader: Engine, preset: Preset) -> None:
        self.preset = preset
        self._reader = reader
        self._shop = unread(preset)
        self._asked = float("-inf")

    @property
    def known(self) -> Shop:
        """Without asking: for the page that says that the database does not answer."""
        return self._shop

    def recent(self) -> Shop:
        """As it was a few seconds ago at the earliest."""
        if time.monotonic() - self._asked > SECONDS:
            with self._reader.connect() as connection:
                return self.at(connection.scalars(_VERSION).one(), connection)
        return self._shop

    def at(self, version: int, connection: Connection) -> Shop:
        """As it is at this version, which was just read, or newer."""
        if version != self._shop.version:
            self._shop = read_shop(connection, self.preset)
        self._asked = time.monotonic()
        return self._shop

    def read(self, connection: Connection) -> Shop:
        """As it is now, for whoever changes it and for mails."""
        self._shop = read_shop(connection, self.preset)
        self._asked = time.monotonic()
        return self._shop
