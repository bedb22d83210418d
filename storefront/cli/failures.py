"""What backups and restores raise, as the one sentence that ends a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from storefront.cli.configuration import Failure
from storefront.services.shop.backups import BackupError


@contextmanager
def telling_failures() -> Iterator[None]:
    """Raises Failure for BackupError and OSError."""
    try:
        yield
    except BackupError as error:
        raise Failure(str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise Failure(f"{where}{error.strerror or error}.") from error
