"""The fixtures that every test may use: a database of its own, the shop over it, the Stripe sandbox, mail, the clock.

A test that asks for `database`, or for anything made of it, runs once on each database; `--databases=sqlite` is quick.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from storefront.services.accounts import passwords
from storefront.settings import OPTIONS, Settings, read_settings
from tests.support import folders, network
from tests.support.applications import Applications
from tests.support.databases import KINDS, PostgresTemplate, SqliteTemplate, Template, postgres_server
from tests.support.mailbox import Mailbox
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from webtest import TestApp

    from storefront.jobs import Worker
    from storefront.wiring import Wiring

SHOPS_OWN_HASHER = passwords._HASHER
network.turn_off()
folders.keep_in_memory()
# A shop is made for nearly every test; at Python's own thresholds a fifth of the run is spent looking for garbage.
gc.set_threshold(50_000, 20, 20)
for option in OPTIONS:  # a developer's own environment has no say
    os.environ.pop(option.env, None)
    os.environ.pop(f"{option.env}_FILE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default=",".join(KINDS), help="which databases to run on, comma-separated")
    parser.addoption("--rewrite-screenshot", action="store_true", help="make docs/shop.png anew")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    named = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "database_kind" in metafunc.fixturenames and "database_kind" not in named:
        metafunc.parametrize("database_kind", metafunc.config.getoption("--databases").split(","))


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """The real hashing, without the time and memory that are to stop guessers: most tests begin with a sign-in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def dear_passwords() -> Iterator[None]:
    """Hashing as in a real shop, of nobody's password too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", SHOPS_OWN_HASHER)
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()


@pytest.fixture(scope="session")
def database_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Template]]:
    """Kind -> where new databases of it come from; each is prepared when it is first asked for."""
    made: dict[str, Template] = {}
    with ExitStack() as stack:

        def template(kind: str) -> Template:
            if kind not in made:
                made[kind] = (
                    SqliteTemplate(tmp_path_factory.mktemp(kind))
                    if kind == "sqlite"
                    else PostgresTemplate(stack.enter_context(postgres_server()))
                )
            return made[kind]

        yield template


@pytest.fixture
def database(database_kind: str, database_templates: Callable[[str], Template]) -> Iterator[str]:
    """The URL of a migrated database without rows, of this test alone."""
    template = database_templates(database_kind)
    url = template.copy()
    yield url
    template.drop(url)


@pytest.fixture
def empty_database(database_kind: str, database_templates: Callable[[str], Template]) -> Iterator[str]:
    """The URL of a database without tables, of this test alone."""
    template = database_templates(database_kind)
    url = template.empty()
    yield url
    template.drop(url)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder where one test's templates are the next one's too, compiled."""
    return str(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def ini(database: str, tmp_path: Path, sandbox_server: str, compiled_templates: str) -> dict[str, str]:
    """The [app:main] section of this test's shop; change it before asking for `settings`, `wiring` or `app`."""
    return {
        "sqlalchemy.url": database,
        "storage.url": str(tmp_path / "files"),
        "uploads.folder": str(tmp_path / "uploads"),
        "uploads.keep_free": "0",
        "mail.url": f"spool://{tmp_path / 'mail'}",
        "base_url": "http://localhost",
        "jobs.inline": "false",
        "jinja2.bytecode_caching": "true",
        "jinja2.bytecode_caching_directory": compiled_templates,
        "stripe.api_base": sandbox_server,
        "stripe.js_url": f"{sandbox_server}/endive/stripe.js",
    }


@pytest.fixture
def settings(ini: dict[str, str]) -> Settings:
    return read_settings(ini)


@pytest.fixture
def wiring(settings: Settings) -> "Iterator[Wiring]":
    """What services and tasks work with."""
    from storefront.wiring import wire

    wiring = wire(settings)
    yield wiring
    wiring.engine.dispose()


@pytest.fixture
def session(wiring: "Wiring") -> Iterator[Session]:
    """A session of the test's own, as any other process would have; see storefront.models.writing."""
    with wiring.sessions() as session:
        yield session


@pytest.fixture
def worker(wiring: "Wiring") -> "Worker":
    """Not started: run_due() does what is due."""
    from storefront.tasks import make_worker

    return make_worker(wiring)


@pytest.fixture
def app(ini: dict[str, str], make_app: "Callable[..., TestApp]") -> "TestApp":
    """A browser without a cookie in front of the whole shop."""
    return make_app(ini)


@pytest.fixture(scope="session")
def applications() -> Applications:
    """What one test leaves, the next one has, with nothing in it."""
    return Applications()


@pytest.fixture
def make_app(applications: Applications) -> "Iterator[Callable[[dict[str, str]], TestApp]]":
    """Shops with settings of the test's own. A second browser of the same shop is TestApp(app.app)."""
    from webtest import TestApp

    with ExitStack() as stack:
        yield lambda ini: TestApp(stack.enter_context(applications.lent(ini)))


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    """What the shop's `mail.url` was sent."""
    return Mailbox(tmp_path / "mail")


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a sandbox on a free port, for the whole run; it sends no webhooks."""
    from storefront.sandbox import Server, main

    settings = {
        "sandbox.database": str(tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite"),
        "sandbox.settlement_delay": "0",
    }
    with Server(main(**settings), port=0) as server:
        yield server.address


@pytest.fixture
def sandbox(sandbox_server: str) -> Sandbox:
    """The sandbox, with nothing in it."""
    sandbox = Sandbox(sandbox_server)
    sandbox.reset()
    return sandbox


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The system's Chromium or Playwright's; without one the tests are skipped, but never in continuous integration."""
    from playwright.sync_api import expect, sync_playwright

    from tests.support import chromium

    expect.set_options(timeout=20_000)  # what comes at all comes sooner; five seconds are too few on a busy machine
    with sync_playwright() as playwright:
        path = chromium.find(playwright)
        if path is None:
            tell = pytest.fail if os.environ.get("CI") else pytest.skip
            tell("no Chromium here: apt-get install chromium, or playwright install chromium")
        browser = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        yield browser
        browser.close()
