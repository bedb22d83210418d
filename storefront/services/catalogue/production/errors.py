"""What keeps an edition from being made."""

from collections.abc import Iterator
from contextlib import contextmanager

from storefront.media.child import ChildFailed
from storefront.media.errors import MediaError
from storefront.storage import MissingFile


class ProductionFailed(Exception):
    """A file of the edition cannot be made; the message names what it is made from, and says why."""


@contextmanager
def naming(source: str) -> Iterator[None]:
    """Inside, an error of media or storage becomes a ProductionFailed that names `source`."""
    try:
        yield
    except (MediaError, ChildFailed) as error:
        raise ProductionFailed(f"{source}: {error.reason}") from error
    except MissingFile as error:
        raise ProductionFailed(f"{source}: it is not in the storage") from error
