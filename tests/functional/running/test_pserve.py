"""`pserve development.ini` and `pserve production.ini`, as in any Pyramid project."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.support.shop import free_ports

ROOT = Path(__file__).parents[3]
PRODUCTION = {
    "STOREFRONT_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "STOREFRONT_BASE_URL": "https://music.example.com",
    "STOREFRONT_SHOP_TIMEZONE": "Europe/Berlin",
    "STRIPE_SECRET_KEY": "sk_live_canary",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_canary",
}


def command(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def copy_ini(name: str, folder: Path) -> tuple[Path, str]:
    """The ini file in a folder of its own, on a free port; and the shop's address."""
    [port] = free_ports(1)
    path = folder / name
    path.write_text((ROOT / name).read_text("utf-8").replace("listen = 127.0.0.1:6543", f"listen = 127.0.0.1:{port}"))
    return path, f"http://127.0.0.1:{port}"


def start_and_look(ini: Path, shop: str, environment: dict[str, str], **headers: str) -> str:
    """The first page of a shop that pserve runs, asked for with `headers`; then the shop is told to stop."""
    migrate = [command("storefront"), "--ini", str(ini), "migrate"]
    subprocess.run(migrate, env=environment, check=True, capture_output=True)
    with subprocess.Popen(
        [command("pserve"), str(ini)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert any(line.strip() == f"Serving on {shop}" for line in process.stdout)
            with urllib.request.urlopen(urllib.request.Request(shop, headers=headers), timeout=30) as answer:
                page = str(answer.read().decode())
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "canary" not in errors
    return page


def test_development(tmp_path: Path) -> None:
    ini, shop = copy_ini("development.ini", tmp_path)
    assert "<h1" in start_and_look(ini, shop, dict(os.environ))
    assert (tmp_path / "var" / "storefront.sqlite").exists()


def test_production(tmp_path: Path) -> None:
    ini, shop = copy_ini("production.ini", tmp_path)
    urls = {
        "STOREFRONT_DATABASE_URL": f"sqlite:///{tmp_path}/shop.sqlite",
        "STOREFRONT_STORAGE_URL": f"{tmp_path}/files",
        "STOREFRONT_MAIL_URL": f"spool://{tmp_path}/mail",
    }
    proxied = {"Host": "music.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    page = start_and_look(ini, shop, {**os.environ, **PRODUCTION, **urls}, **proxied)
    assert "<h1" in page
    assert "http://music.example.com" not in page  # whatever is absolute is by https


@pytest.mark.parametrize("program", ["pserve", "storefront"])
def test_production_without_its_settings_says_each(tmp_path: Path, program: str) -> None:
    ini, _ = copy_ini("production.ini", tmp_path)
    arguments = [str(ini)] if program == "pserve" else ["--ini", str(ini), "serve"]
    done = subprocess.run([command(program), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for name in (*PRODUCTION, "STOREFRONT_DATABASE_URL", "STOREFRONT_STORAGE_URL", "STOREFRONT_MAIL_URL"):
        assert re.search(rf"^  - .*{name}", done.stderr, re.MULTILINE), name


def test_a_shop_without_its_database_says_what_to_do(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "development.ini", tmp_path / "development.ini")
    (tmp_path / "var").mkdir()
    done = subprocess.run(
        [command("pserve"), str(tmp_path / "development.ini")], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "run `storefront migrate` first" in done.stderr
    assert "Traceback" not in done.stderr
