"""The pages' headers, and who may frame them."""

from pathlib import Path
from typing import Any

import pytest
import requests

from storefront.sandbox import Server, main

PAGES = ["/elements/inner", "/elements/controller", "/endive/stripe.js", "/elements/pages.css", "/3ds.js"]


@pytest.mark.parametrize("page", PAGES)
def test_policy(shop: Any, page: str) -> None:
    answer = requests.get(f"{shop.sandbox.url}{page}", timeout=10)

    assert answer.status_code == 200
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "charset=utf-8" in answer.headers["Content-Type"].lower()


def test_only_some_may_frame_them(tmp_path: Path) -> None:
    settings = {
        "sandbox.database": str(tmp_path / "s"),
        "sandbox.allowed_origins": "https://a.example https://b.example",
    }
    with Server(main(**settings), 0) as server:
        headers = requests.get(f"{server.address}/elements/inner", timeout=10).headers

    assert "frame-ancestors https://a.example https://b.example" in headers["Content-Security-Policy"]
