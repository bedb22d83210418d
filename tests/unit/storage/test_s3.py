"""What only a bucket has: addresses for strangers, a network in between, and a signature that others must know."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import time_machine
from botocore.config import Config

from storefront.storage import S3Account, S3Storage, Storage, make_storage
from storefront.storage.remote_file import BLOCK, RemoteFile
from storefront.storage.signing import AccessKey, presign
from tests.support.s3 import KEY_ID, REGION, S3, SECRET

KEY = "ab" * 32
NAME = "attachment; filename=\"Low Tide.flac\"; filename*=UTF-8''L%C3%B6w%20Tide.flac"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def bucket(s3: S3) -> Storage:
    return make_storage(f"s3://{s3.new_bucket()}/the shop", s3.account)


def link_to(storage: Storage, key: str, disposition: str | None = None) -> str:
    url = storage.link(key, media_type="audio/flac", disposition=disposition, seconds=60)
    assert url is not None
    return url


def test_an_address_gives_the_file_with_its_name_and_kind(bucket: Storage) -> None:
    bucket.put_bytes(KEY, b"0123456789")
    with urllib.request.urlopen(link_to(bucket, KEY, NAME)) as answer:
        assert answer.read() == b"0123456789"
        assert answer.headers["Content-Type"] == "audio/flac"
        assert answer.headers["Content-Disposition"] == NAME
    with urllib.request.urlopen(link_to(bucket, KEY)) as answer:
        assert answer.headers["Content-Disposition"] is None


def test_an_address_gives_parts(bucket: Storage) -> None:
    bucket.put_bytes(KEY, b"0123456789")
    request = urllib.request.Request(link_to(bucket, KEY), headers={"Range": "bytes=3-5"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 206
        assert answer.read() == b"345"
        assert answer.headers["Content-Range"] == "bytes 3-5/10"


def test_an_address_leads_to_where_the_pages_policy_allows(bucket: Storage) -> None:
    assert bucket.origin is not None
    assert link_to(bucket, KEY).startswith(f"{bucket.origin}/shop-")


def test_a_signature_is_amazons() -> None:
    """The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html."""
    moment = datetime(2013, 5, 24, tzinfo=UTC)
    url = presign(
        "https://examplebucket.s3.amazonaws.com/test.txt", {}, AccessKey(KEY_ID, SECRET), moment, seconds=86400
    )
    [signature] = parse_qs(urlsplit(url).query)["X-Amz-Signature"]
    assert signature == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"


@pytest.mark.parametrize("endpoint", ["https://s3.example.com", "http://127.0.0.1:9000"])
def test_a_signature_with_a_name_and_a_kind_is_the_one_of_amazons_own_library(endpoint: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    asked = {"Bucket": "shop", "Key": f"the shop/{KEY}", "ResponseContentType": "audio/flac"}
    storage = S3Storage("shop", "the shop", S3Account(KEY_ID, SECRET, REGION, endpoint))
    with time_machine.travel(NOW, tick=False):
        theirs = client.generate_presigned_url("get_object", {**asked, "ResponseContentDisposition": NAME}, 3600)
        ours = storage.link(KEY, media_type="audio/flac", disposition=NAME, seconds=3600)
    assert ours is not None
    assert urlsplit(ours).path == urlsplit(theirs).path
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)


@pytest.mark.parametrize(
    ("bucket_name", "endpoint", "url"),
    [
        ("music", "", "https://music.s3.eu-central-1.amazonaws.com"),
        ("music.example.com", "", "https://s3.eu-central-1.amazonaws.com/music.example.com"),
        ("music", "https://fsn1.your-objectstorage.com", "https://fsn1.your-objectstorage.com/music"),
    ],
)
def test_where_a_bucket_is(bucket_name: str, endpoint: str, url: str) -> None:
    assert S3Account(KEY_ID, SECRET, REGION, endpoint).bucket_url(bucket_name) == url


def test_the_secret_is_in_no_text_of_an_account() -> None:
    account = S3Account(KEY_ID, SECRET, REGION)
    assert SECRET not in repr(account)
    assert SECRET not in repr(AccessKey(KEY_ID, SECRET))


def test_a_bucket_that_there_is_not_is_told_and_holds_nothing(s3: S3, tmp_path: Path) -> None:
    storage = make_storage("s3://nobody-made-this", s3.account)
    with pytest.raises(OSError, match=f"{KEY} cannot be stored") as refused:
        storage.put_bytes(KEY, b"music")
    assert SECRET not in str(refused.value)
    with pytest.raises(OSError, match="the list of files"):
        list(storage.all_keys())


def test_a_server_that_does_not_answer_is_given_up() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and nobody listens
        account = S3Account(KEY_ID, SECRET, REGION, f"http://127.0.0.1:{held.getsockname()[1]}")
        storage = make_storage("s3://shop", account)
        began = time.monotonic()
        with pytest.raises(OSError, match=KEY):
            storage.size(KEY)
        assert time.monotonic() - began < 30


DATA = bytes(range(256)) * (5 * BLOCK // 512)  # two and a half blocks


@pytest.fixture
def asked() -> list[int]:
    return []


@pytest.fixture
def remote(asked: list[int]) -> RemoteFile:
    def read_range(start: int, end: int) -> bytes:
        asked.append(start)
        return DATA[start:end]

    return RemoteFile(len(DATA), read_range)


def test_reading_on_asks_for_each_block_once_and_for_the_next_one_beforehand(
    remote: RemoteFile, asked: list[int]
) -> None:
    assert remote.read(10) == DATA[:10]
    remote.seek(10)  # as a window does before each reading
    assert remote.read(BLOCK) == DATA[10 : BLOCK + 10]
    assert remote.read() == DATA[BLOCK + 10 :]
    assert sorted(asked) == [0, BLOCK, 2 * BLOCK]
    remote.seek(0)
    assert remote.read(1) == DATA[:1]
    assert asked.count(0) == 2  # what is behind is not kept


def test_what_failed_once_is_asked_for_again() -> None:
    answers: list[Callable[[], bytes]] = [lambda: b"music", lambda: 1 / 0]  # type: ignore[list-item,return-value]
    file = RemoteFile(5, lambda start, end: answers.pop()())
    with pytest.raises(ZeroDivisionError):
        file.read()
    assert file.read() == b"music"


def test_a_file_that_became_shorter_is_no_endless_reading() -> None:
    with pytest.raises(OSError, match="shorter"):
        RemoteFile(10, lambda start, end: b"").read()
