"""Albums on the shelves of the shop that a test visits."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from storefront.models import Album
from storefront.wiring import Wiring
from tests.factories import make_album


@pytest.fixture
def shelve(session: Session, wiring: Wiring) -> Callable[..., Album]:
    """Puts an album into the shop; takes what make_album does."""

    def shelve(**values: Any) -> Album:
        return make_album(session, wiring.storage, **values)

    return shelve
