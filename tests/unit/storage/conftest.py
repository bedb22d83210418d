"""Every kind of storage that there is."""

from pathlib import Path

import pytest

from storefront.storage import Storage, make_storage
from tests.support.s3 import S3, s3

__all__ = ["s3"]


@pytest.fixture(params=["folder", "file", "memory", "s3", "s3 with prefix"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    urls = {"folder": f"{tmp_path}/a folder", "file": f"file://{tmp_path}/a%20folder", "memory": "memory://"}
    if request.param in urls:
        return make_storage(urls[request.param])
    server: S3 = request.getfixturevalue("s3")
    below = "/music/of a band" if "prefix" in request.param else ""
    return make_storage(f"s3://{server.new_bucket()}{below}", server.account)
