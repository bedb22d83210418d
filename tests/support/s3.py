"""An S3 of the tests' own: moto's server, over HTTP on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import boto3
import pytest
from moto.server import ThreadedMotoServer

from storefront.storage import S3Account

KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "eu-central-1"
#: Of buckets: all servers of a process keep the same ones.
_NUMBERS = count(1)


class S3:
    """Where it is, and how to reach it; every bucket that it makes is a new one."""

    def __init__(self, address: str) -> None:
        self.account = S3Account(KEY_ID, SECRET, REGION, address)
        self.client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name=REGION,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
        )

    def new_bucket(self) -> str:
        name = f"shop-{next(_NUMBERS)}"
        self.client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name


@contextmanager
def running_s3() -> Iterator[S3]:
    """On a free port, in a thread of this process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield S3(f"http://{host}:{port}")
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """For the whole run; a test that wants to be alone asks it for a new bucket."""
    with running_s3() as s3:
        yield s3
