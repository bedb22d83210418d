"""A shop whose files lie in a bucket of S3: saved, proven and restored, into a bucket or onto a disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.factories import make_album
from tests.functional.backup.conftest import fill
from tests.support.machines import Machine
from tests.support.s3 import S3, s3

__all__ = ["s3"]


class InBucket(Machine):
    """A machine whose shop's files are in `bucket`."""

    server: S3
    bucket: str

    @property
    def ini(self) -> dict[str, str]:
        account = self.server.account
        return super().ini | {
            "storage.url": f"s3://{self.bucket}/shop",
            "storage.endpoint": account.endpoint,
            "storage.region": account.region,
            "storage.access_key_id": account.access_key_id,
            "storage.secret_access_key": account.secret_access_key,
        }

    @property
    def environment(self) -> dict[str, str]:
        account = self.server.account
        return super().environment | {
            "STOREFRONT_STORAGE_URL": f"s3://{self.bucket}/shop",
            "AWS_ENDPOINT_URL": account.endpoint,
            "AWS_REGION": account.region,
            "AWS_ACCESS_KEY_ID": account.access_key_id,
            "AWS_SECRET_ACCESS_KEY": account.secret_access_key,
        }

    def contents(self) -> dict[str, bytes]:
        client = self.server.client
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix="shop/")
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        return {
            key.removeprefix("shop/"): client.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys
        }


@pytest.fixture
def in_bucket(s3: S3) -> Callable[[Machine], InBucket]:
    """The same machine with its files in a bucket of its own."""

    def move(machine: Machine) -> InBucket:
        moved = InBucket(machine.folder, machine.database_url)
        object.__setattr__(moved, "server", s3)  # a machine is frozen
        object.__setattr__(moved, "bucket", s3.new_bucket())
        return moved

    return move


@pytest.fixture
def away(database: str, tmp_path: Path, in_bucket: Callable[[Machine], InBucket]) -> InBucket:
    """Low Tide, bought twice, with every file in a bucket."""
    machine = in_bucket(Machine(tmp_path / "shop", database))
    with machine.wired() as wiring, wiring.sessions() as session:
        fill(session, make_album(session, wiring.storage))
    return machine


@pytest.mark.parametrize("to_bucket", [True, False])
def test_there_and_back(
    away: InBucket, other: Machine, to: Path, in_bucket: Callable[[Machine], InBucket], to_bucket: bool
) -> None:
    assert len(away.contents()) == 21
    assert "21 new files of 21" in away.run("backup", to)
    assert "0 new files of 21" in away.run("backup", to)
    assert "21 files" in away.run("backup", "--verify", to)
    new = in_bucket(other) if to_bucket else other
    assert "21 of 21 files" in new.run("restore", to)
    assert new.contents() == away.contents()
    assert not (other.folder / "files").exists() or not to_bucket
    new.run("storage", "check")


def test_a_file_that_the_bucket_lost_or_spoilt_is_named(away: InBucket, to: Path) -> None:
    lost, spoilt = sorted(key for key in away.contents() if "-" not in key)[:2]
    away.server.client.delete_object(Bucket=away.bucket, Key=f"shop/{lost}")
    away.server.client.put_object(Bucket=away.bucket, Key=f"shop/{spoilt}", Body=b"noise")
    said = away.run("backup", to, code=1)
    assert f"{lost} is missing" in said
    assert f"{spoilt} is damaged" in said
    assert not list(to.glob("*/manifest.json"))


def test_a_bucket_that_is_gone_is_no_backup(away: InBucket, to: Path) -> None:
    object.__setattr__(away, "bucket", "no-such-bucket")
    said = away.run("backup", to, code=1)
    assert "There is no backup, for the shop lacks files of its own" in said
    assert not list(to.glob("*/manifest.json"))


def test_a_look_into_a_bucket_that_is_gone_says_just_that(away: InBucket) -> None:
    object.__setattr__(away, "bucket", "no-such-bucket")
    said = away.run("storage", "check", code=1)
    assert "there is no such bucket." in said
    assert "missing" not in said
    copied = away.run("storage", "copy", away.folder, "s3://no-such-bucket", code=1)
    assert "there is no such bucket." in copied


def test_a_bucket_with_other_files_is_not_restored_into(
    away: InBucket, other: Machine, to: Path, in_bucket: Callable[[Machine], InBucket]
) -> None:
    away.run("backup", to)
    new = in_bucket(other)
    new.server.client.put_object(Bucket=new.bucket, Key="shop/somebody-else", Body=b"x")
    assert "somebody-else for one. Nothing was restored" in new.run("restore", to, code=1)
