"""The `storefront` command over a test's own settings."""

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from storefront.cli import main

#: storefront("refund", public_id, typed="y"): what it printed and its exit code.
Storefront = Callable[..., Result]


def command_over(ini: dict[str, str], folder: Path) -> Storefront:
    section = "[app:main]\nuse = egg:storefront\n" + "".join(f"{key} = {value}\n" for key, value in ini.items())
    path = folder / "shop.ini"
    path.write_text(section.replace("%", "%%"))

    def storefront(*arguments: str | Path, typed: str = "", **environment: str) -> Result:
        return CliRunner().invoke(main, ["--ini", str(path), *map(str, arguments)], input=typed, env=environment)

    return storefront
