"""A backup while others sell and make music; and a disk that is full."""

import itertools
import os
import re
import resource
import secrets
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from storefront.models import Album, AlbumPurchase, Edition, File, Mail, MailKind, writing
from storefront.services.shop.backups import database_of
from storefront.services.shop.backups.files import FULL_SPEED
from storefront.services.shop.outbox import write_mail
from storefront.services.store.buyers import browser_key
from storefront.wiring import Wiring
from tests.factories import make_album
from tests.functional.backup.conftest import newest
from tests.support.machines import Machine
from tests.support.people import make_purchase


def sell(session: Session, album: Album, number: int) -> None:
    """A purchase and then its receipt, which names it: a moment in between may be seen, the reverse never."""
    purchase = make_purchase(
        session, album, buyer_key=browser_key(secrets.token_hex(20)), email=f"b{number}@example.com"
    )
    now = datetime.now(UTC)
    with writing(session):
        write_mail(session, MailKind.RECEIPT, f"receipt:{purchase.public_id}", purchase.email, now, purchase=purchase)


@contextmanager
def busy(wiring: Wiring) -> Iterator[None]:
    """Inside, one thread sells and one brings in albums, without a pause."""
    over = threading.Event()
    problems: list[BaseException] = []

    def selling() -> None:
        with wiring.sessions() as session:
            album = session.scalars(select(Album).where(Album.slug == "low-tide")).one()
            for number in itertools.count():
                if over.is_set():
                    return
                sell(session, album, number)

    def importing() -> None:
        with wiring.sessions() as session:
            for number in itertools.count():
                if over.is_set():
                    return
                make_album(session, wiring.storage, slug=f"tide-{number}", title=f"Tide {number}", tracks=["One"])

    def watched(work) -> None:
        try:
            work()
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=watched, args=(work,)) for work in (selling, importing)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert problems == []


def counts(machine: Machine) -> tuple[int, int, int]:
    """Purchases, receipts, albums."""
    with machine.session() as session:
        purchases, mails, albums = (
            session.scalar(select(func.count()).select_from(table)) or 0 for table in (AlbumPurchase, Mail, Album)
        )
        return purchases, mails, albums


def wait_for_an_album(machine: Machine) -> None:
    """Until there is one more; whoever sells does not let others write often."""
    end = time.monotonic() + 60
    before = counts(machine)[2]
    while counts(machine)[2] == before:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_backup_while_the_shop_sells_and_makes_music(shop: Machine, other: Machine, to: Path) -> None:
    with shop.wired() as wiring, busy(wiring):
        process = shop.start("backup", to)
        before = counts(shop)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        after = counts(shop)
        wait_for_an_album(shop)
        again = shop.run("backup", to)
    assert after > before
    new, all_files = re.findall(r": (\d+) new files of (\d+),", again)[0]
    assert 0 < int(new) < int(all_files)
    shop.run("backup", "--verify", to)
    for place in sorted(path for path in to.iterdir() if path.name[0] == "2"):
        other.run("restore", "--force", place)
        purchases, mails, albums = counts(other)
        assert before[0] <= purchases
        assert mails <= purchases - 1  # one of the two that there were has no receipt
        with other.wired() as wiring, wiring.sessions() as session:
            emails = session.scalars(select(AlbumPurchase.email).order_by(AlbumPurchase.id)).all()[2:]
            assert emails == [f"b{number}@example.com" for number in range(len(emails))]  # a moment of the history
            assert session.scalar(select(func.count()).select_from(Edition)) == albums
            for digest in session.scalars(select(File.digest).distinct()):
                assert wiring.storage.exists(digest)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sales_do_not_make_a_backup_begin_anew(shop: Machine, to: Path) -> None:
    """SQLite starts a copy over when the database changes between two steps, unless one transaction spans them."""
    to.mkdir()
    with shop.wired() as wiring, wiring.sessions() as session:
        with writing(session):
            session.execute(text("CREATE TABLE ballast (bytes BLOB)"))
            session.execute(text("INSERT INTO ballast VALUES (zeroblob(10000000))"))
        album = session.scalars(select(Album)).one()
        done: list[int] = []

        def report(now: int, total: int) -> None:
            done.append(now)
            assert len(done) < 1000, "it never ends"
            sell(session, album, len(done))

        database = database_of(wiring.engine)
        with database.snapshot() as snapshot:
            database.dump(snapshot, to / "database.sqlite", FULL_SPEED, report)
    assert done == sorted(done)
    assert len(done) > 30
    copy = Machine(to, f"sqlite:///{to / 'database.sqlite'}")
    assert counts(copy)[0] == 2
    assert counts(shop)[0] == 2 + len(done)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    place = tmp_path / "small disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk; test_files_that_may_not_grow stands in for it")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_the_earlier_backup(shop: Machine, other: Machine, small_disk: Path) -> None:
    to = small_disk / "backups"
    shop.run("backup", to)
    first = newest(to)
    with shop.wired() as wiring, wiring.sessions() as session:
        make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"], cover="#aa3311")
    for room in (0, 20_000, 150_000, 300_000):  # no room for a folder, the database, some of the files
        fill(small_disk, room)
        said = shop.run("backup", to, code=1)
        assert "No space left on device" in said or "is full" in said, said
        assert "Traceback" not in said
        assert "1 databases have" in shop.run("backup", "--verify", first)
    (small_disk / "ballast").unlink()
    shop.run("backup", to)
    shop.run("backup", "--verify", to)
    other.run("restore", to)
    assert other.contents() == shop.contents()


def fill(disk: Path, room: int) -> None:
    """Leaves so many bytes."""
    (disk / "ballast").unlink(missing_ok=True)
    stat = os.statvfs(disk)
    with (disk / "ballast").open("wb") as file:
        file.write(bytes(max(0, stat.f_bavail * stat.f_frsize - room)))


def test_files_that_may_not_grow(shop: Machine, other: Machine, to: Path) -> None:
    """The same by a limit of the process: a backup's and a restore's writes fail in the middle."""
    shop.run("backup", to)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    with shop.wired() as wiring, wiring.sessions() as session:
        make_album(session, wiring.storage, slug="orbit", title="Orbit", artists=["Kenji"], cover="#aa3311")
    for command, machine in ((("backup", to), shop), (("restore", to), other)):
        process = machine.start(*command, preexec_fn=limit)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 1, errors
        assert "Traceback" not in errors
        assert errors.strip()
    assert other.rows() == {}
    other.run("restore", to)
    shop.run("backup", to)
    shop.run("backup", "--verify", to)
