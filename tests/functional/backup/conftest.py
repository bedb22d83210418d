"""A machine with a shop that has sold something, an empty one, and a folder for backups."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storefront.models import Album, MailKind, writing
from storefront.services.accounts.email_links import make_email_link
from storefront.services.shop.outbox import write_mail
from storefront.services.store.buyers import browser_key
from tests.factories import make_album
from tests.support.databases import Template
from tests.support.machines import Machine, postgres_tools
from tests.support.people import make_customer, make_owner, make_purchase


@pytest.fixture(autouse=True)
def _postgres_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and its like of the server's own version, for this process and its children."""
    monkeypatch.setenv("PATH", str(postgres_tools()), prepend=os.pathsep)


@pytest.fixture
def to(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "backups"


@pytest.fixture
def shop(database: str, tmp_path: Path) -> Machine:
    """Low Tide, bought twice, once by a guest; a receipt that is not sent yet."""
    machine = Machine(tmp_path / "shop", database)
    with machine.wired() as wiring, wiring.sessions() as session:
        fill(session, make_album(session, wiring.storage))
    return machine


def fill(session: Session, album: Album) -> None:
    now = datetime.now(UTC)
    make_owner(session)
    account = make_customer(session)
    make_purchase(session, album, buyer_key=f"account:{account.public_id}", account=account)
    bought = make_purchase(session, album, buyer_key=browser_key("x" * 43), email="guest@example.com")
    with writing(session):
        write_mail(session, MailKind.RECEIPT, f"receipt:{bought.public_id}", bought.email, now, purchase=bought)
    make_email_link(session, "ana@example.com", now)


@pytest.fixture
def make_machine(
    database_kind: str, database_templates: Callable[[str], Template], tmp_path: Path
) -> Iterator[Callable[[str], Machine]]:
    """Machines without anything, each with the URL of a database without tables."""
    template = database_templates(database_kind)
    made = []

    def make(name: str) -> Machine:
        made.append(Machine(tmp_path / name, template.empty()))
        return made[-1]

    yield make
    for machine in made:
        template.drop(machine.database_url)


@pytest.fixture
def other(make_machine: Callable[[str], Machine]) -> Machine:
    """A machine without anything."""
    return make_machine("other")


def newest(to: Path) -> Path:
    """The last backup in a folder of them."""
    return max(path for path in to.iterdir() if path.name[0].isdigit())


def copy_of(to: Path, name: str) -> Path:
    """The same backups in another folder, to be damaged."""
    return Path(shutil.copytree(to, to.with_name(name)))
