"""A shop whose files lie in a bucket, with an album that was brought in and made there."""

import pytest

from tests.functional.importing.conftest import band, bring_in, make_files
from tests.support.s3 import S3, s3

__all__ = ["band", "bring_in", "make_files", "s3"]


@pytest.fixture
def ini(ini: dict[str, str], s3: S3) -> dict[str, str]:
    account = s3.account
    return ini | {
        "storage.url": f"s3://{s3.new_bucket()}/shop",
        "storage.endpoint": account.endpoint,
        "storage.region": account.region,
        "storage.access_key_id": account.access_key_id,
        "storage.secret_access_key": account.secret_access_key,
    }
