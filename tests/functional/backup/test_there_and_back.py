"""A backup while the shop goes on, and a shop made of it on an empty machine."""

import hashlib
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from webtest import TestApp

from storefront import main
from storefront.migrations import downgrade, is_current
from storefront.models import (
    Account,
    AccountSession,
    Album,
    AlbumPurchase,
    CatalogueVersion,
    CheckoutClosure,
    EmailLink,
    File,
    FileKind,
    Job,
    Mail,
    make_engine,
    writing,
)
from storefront.services.accounts.sessions import open_session
from storefront.services.shop.backups.manifest import read_manifest
from tests.factories import make_album
from tests.functional.backup.conftest import newest
from tests.support.machines import Machine
from tests.support.people import sign_in

#: What a restore changes, and why is in the test of it.
CHANGED = {"checkout_closure", "last_backup", "mail", "account_session", "email_link", "catalogue_version", "job"}


def test_every_row_and_every_file_comes_back(shop: Machine, other: Machine, to: Path) -> None:
    said = shop.run("backup", to)
    assert re.search(r"Z: 21 new files of 21, [\d.]+ [kM]B with the database; \d+ s\n$", said)
    assert "21 files" in shop.run("backup", "--verify", to)
    said = other.run("restore", to)
    assert "21 of 21 files" in said
    assert other.contents() == shop.contents()
    before, after = shop.rows(), other.rows()
    assert {name: rows for name, rows in after.items() if name not in CHANGED} == {
        name: rows for name, rows in before.items() if name not in CHANGED
    }
    assert len(after["album_purchase"]) == 2


def test_the_restored_shop_delivers_what_was_bought(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    other.run("restore", to)
    app = main({}, **other.ini)
    try:
        browser = TestApp(app)
        sign_in(browser, "ana@example.com")
        with shop.session() as session:
            sold = session.scalars(select(File).where(File.kind == FileKind.ARCHIVE).order_by(File.id)).all()
            purchase = session.scalar(select(AlbumPurchase.public_id).where(AlbumPurchase.account_id.is_not(None)))
        page = browser.get(f"/library/{purchase}")
        bodies = [browser.get(link["href"]).body for link in page.html.select("a[download]")]
        assert {file.digest for file in sold} <= {hashlib.sha256(body).hexdigest() for body in bodies}
    finally:
        app.registry.wiring.engine.dispose()


def test_the_second_backup_copies_only_what_is_new(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    before = {path.name: path.stat().st_mtime_ns for path in (to / "files").iterdir()}
    assert " 0 new files of 21," in shop.run("backup", to)
    with shop.wired() as wiring, wiring.sessions() as session:
        make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"], tracks=["Apogee"])
    said = shop.run("backup", to)
    added = 1 + 3 + 2  # a master, three files of the track, two archives; the cover is Low Tide's
    assert f" {added} new files of {21 + added}," in said
    after = {path.name: path.stat().st_mtime_ns for path in (to / "files").iterdir()}
    assert len(after) == 21 + added
    assert before.items() <= after.items()
    other.run("restore", to)
    assert other.contents() == shop.contents()


def test_an_earlier_backup_can_be_named(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    first = newest(to)
    with shop.wired() as wiring, wiring.sessions() as session:
        make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"])
    shop.run("backup", to)
    assert "1 databases have" in shop.run("backup", "--verify", first)
    other.run("restore", first)
    with other.session() as session:
        assert session.scalars(select(Album.slug)).all() == ["low-tide"]
    assert len(other.contents()) == 21


def test_only_its_owner_reads_a_backup(shop: Machine, to: Path) -> None:
    shop.run("backup", to)
    for path in [to, *to.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_no_secret_is_in_it(shop: Machine, to: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STOREFRONT_SECRET_KEY", "canary-canary-canary-canary-canary")
        patch.setenv("STRIPE_SECRET_KEY", "sk_test_canary")
        shop.run("backup", to)
    assert not [path for path in to.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]


def test_a_restored_shop_knows_that_it_has_forgotten_something(shop: Machine, other: Machine, to: Path) -> None:
    begun = datetime.now(UTC)
    with shop.wired() as wiring, wiring.sessions() as session:
        account = session.scalars(select(Account).where(Account.email == "ana@example.com")).one()
        open_session(session, account, "a browser", begun)
        sent = Mail(key="sent", kind="receipt", recipient="a@example.com", created=begun, sent_at=begun)
        with writing(session):
            session.add(sent)
        version = session.scalar(select(CatalogueVersion.version))
    shop.run("backup", to)
    manifest = read_manifest(newest(to))
    other.run("restore", to)
    with other.session() as session:
        closure = session.scalars(select(CheckoutClosure)).one()
        assert closure.backup_made == manifest.made
        assert begun <= closure.backup_made <= closure.since <= datetime.now(UTC)
        again = {mail.key: mail.again for mail in session.scalars(select(Mail))}
        assert again.pop("sent") is False
        assert set(again.values()) == {True}
        assert session.scalar(select(func.count()).select_from(AccountSession)) == 0
        assert session.scalar(select(func.count()).select_from(EmailLink)) == 0
        restored = session.scalar(select(CatalogueVersion.version))
        assert version is not None
        assert restored is not None
        assert restored > version + 100_000
        job = session.scalars(select(Job).where(Job.kind == "reconcile_after_restore")).one()
        assert job.key == f"restore:{closure.since.isoformat()}"
        assert (job.args, job.done) == ({}, None)
    with shop.session() as session:  # of which nothing was changed
        assert session.scalar(select(CheckoutClosure.id)) is None
        assert session.scalar(select(func.count()).select_from(AccountSession)) == 1


def test_what_was_made_is_before_what_is_in_it(shop: Machine, to: Path) -> None:
    """Reconciliation begins there: a sale after `made` may be missing, one before it never."""
    begun = datetime.now(UTC)
    shop.run("backup", to)
    made = read_manifest(newest(to)).made
    assert begun <= made <= datetime.now(UTC)
    assert abs(datetime.strptime(newest(to).name, "%Y%m%dT%H%M%S%z") - made) < timedelta(seconds=2)


def test_an_older_schema_is_backed_up_as_it_is_and_migrated_when_restored(
    shop: Machine, other: Machine, to: Path
) -> None:
    """As before an upgrade: the new version's command, the old version's database."""
    engine = make_engine(shop.database_url)
    downgrade(engine, "0001")
    engine.dispose()
    shop.run("backup", to)
    assert read_manifest(newest(to)).schema == "0001"
    assert "and 2 purchases" in shop.run("backup", "--verify", to)
    with shop.connection() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
    said = other.run("restore", to)
    assert "The database was brought from the schema 0001 to " in said
    with other.wired() as wiring, wiring.sessions() as session:
        assert is_current(wiring.engine)
        assert session.scalar(select(func.count()).select_from(AlbumPurchase)) == 2
        assert session.scalar(select(CheckoutClosure.backup_made)) == read_manifest(newest(to)).made
        assert session.scalars(select(Mail.again)).all() == [True]


def kept_databases(machine: Machine) -> list[str]:
    """What forced restores set aside."""
    with machine.connection() as connection:
        if connection.dialect.name == "postgresql":
            names = text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore_%'")
            return list(connection.scalars(names))
    path = Path(machine.database_url.removeprefix("sqlite:///"))
    return [found.name for found in path.parent.glob(f"{path.name}.before-*")]


def test_a_restored_shop_is_backed_up_and_restored_again(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    other.run("restore", to)
    other.run("backup", to.with_name("second"))
    other.run("restore", "--force", to.with_name("second"))
    assert len(other.rows()["album_purchase"]) == 2
    assert len(other.rows()["checkout_closure"]) == 2
    other.run("restore", "--force", to)  # in the same second: what was kept before is kept still
    assert len(other.rows()["checkout_closure"]) == 1
    assert len(kept_databases(other)) == 2
    assert other.run("migrate", "--check") == "The database is up to date.\n"
