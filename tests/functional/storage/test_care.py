"""The operator moves the files to a bucket and back, and looks whether all are there."""

from pathlib import Path

import pytest
from sqlalchemy import select

from storefront.models import File
from storefront.services.shop.stored_files import check_files, copy_files
from storefront.storage import LocalStorage, MissingFile, S3Storage
from tests.factories import make_album
from tests.support.machines import Machine


def silent(done: int, total: int) -> None:
    assert 0 <= done <= total


@pytest.fixture
def machine(database: str, tmp_path: Path) -> Machine:
    machine = Machine(tmp_path / "shop", database)
    with machine.wired() as wiring, wiring.sessions() as session:
        make_album(session, wiring.storage)
    return machine


def content(storage, key):
    with storage.open(key) as file:
        return file.read()


def contents(storage):
    return {key: content(storage, key) for key in storage.all_keys()}


def a_file(machine: Machine, ending: str) -> tuple[Path, str]:
    """The stored file of the first archive or track with this end, and what the shop calls it."""
    with machine.wired() as wiring, wiring.sessions() as session:
        file = session.scalars(select(File).where(File.name.endswith(ending)).order_by(File.id)).first()
        assert file is not None
        with wiring.storage.local_path(file.digest) as path:
            return Path(path), file.name


def test_files_move_to_a_bucket_and_back(machine, s3, tmp_path):
    home, bucket = LocalStorage(machine.files), S3Storage(s3.new_bucket(), "shop", s3.account)
    copied = copy_files(home, bucket, silent)
    assert (copied.problems, copied.there) == ([], 0)
    assert contents(bucket) == contents(home)
    assert copied.size == sum(map(len, contents(home).values()))
    again = copy_files(home, bucket, silent)
    assert (again.files, again.size, again.there) == (0, 0, copied.files)
    back = LocalStorage(tmp_path / "back")
    assert copy_files(bucket, back, silent).files == copied.files
    assert contents(back) == contents(home)


def test_a_copy_that_broke_off_goes_on_and_spoilt_files_are_left_out(machine, tmp_path):
    home, there = LocalStorage(machine.files), LocalStorage(tmp_path / "there")
    keys = sorted(home.all_keys())
    with home.local_path(keys[0]) as path:
        there.put(keys[0], path)
    there.put_bytes(keys[1], b"half of it")  # whatever wrote that
    spoilt, _ = a_file(machine, ".zip")
    spoilt.chmod(0o600)
    spoilt.write_bytes(b"x" * spoilt.stat().st_size)
    copied = copy_files(home, there, silent)
    assert copied.problems == [f"{spoilt.name} is spoilt: its content is another"]
    assert copied.there == 1
    assert content(there, keys[1]) == content(home, keys[1])
    with pytest.raises(MissingFile):
        there.open(spoilt.name)


def test_what_is_missing_spoilt_or_nobodys_is_told(machine):
    said = machine.run("storage", "check")
    assert "0 missing, 0 spoilt. 0 belong to nothing" in said
    gone, name = a_file(machine, ".flac")
    gone.unlink()
    spoilt, other = a_file(machine, ".zip")
    spoilt.chmod(0o600)
    spoilt.write_bytes(b"x" * spoilt.stat().st_size)
    with machine.wired() as wiring:
        wiring.storage.put_bytes("0" * 64, b"nobody's")
    said = machine.run("storage", "check", code=1)
    assert f"{name} ({gone.name}) is missing." in said
    assert f"{other} ({spoilt.name}) is spoilt." in said
    assert f"{'0' * 64} (8 bytes) belongs to nothing." in said
    assert "1 missing, 1 spoilt. 1 belong to nothing, 8 bytes" in said
    quick = machine.run("storage", "check", "--quick", code=1)
    assert "1 missing, 0 spoilt" in quick
    spoilt.write_bytes(b"shorter")
    assert "1 missing, 1 spoilt" in machine.run("storage", "check", "--quick", code=1)


def test_the_command_copies(machine, tmp_path):
    there = tmp_path / "there"
    said = machine.run("storage", "copy", machine.files, there)
    assert " files copied" in said
    assert contents(LocalStorage(there)) == contents(LocalStorage(machine.files))
    with machine.wired() as wiring, wiring.sessions() as session:
        assert check_files(session, LocalStorage(there), silent).missing == []
    assert "there is no storage of the kind ftp://" in machine.run("storage", "copy", "ftp://x", there, code=1)
