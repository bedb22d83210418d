"""The `storefront` command in an empty folder."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from storefront.cli import main

Storefront = Callable[..., Result]


@pytest.fixture
def storefront(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storefront:
    """storefront("migrate", "--check", STOREFRONT_SHOP_NAME="..."): what it printed and its exit code."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(main, arguments, env=environment, prog_name="storefront")

    return invoke
