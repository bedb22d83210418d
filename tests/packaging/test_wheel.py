"""A wheel of this tree, installed in an empty environment away from the checkout, runs the whole shop."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.shop import free_ports

ROOT = Path(__file__).parents[2]
SOURCES = ("storefront", "templates", "static", "setup.py", "pyproject.toml", "README.md", "LICENSE")
NOT_SOURCES = ("__pycache__", "*.pyc", "*.egg-info")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a wheel is made of, so that building leaves nothing in the checkout."""
    tree = tmp_path_factory.mktemp("tree")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns(*NOT_SOURCES))
        else:
            shutil.copyfile(ROOT / name, tree / name)
    return tree


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, tree)
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty virtual environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    return folder


def run(*command: object) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_of_the_tree_is_in_the_wheel(tree: Path, wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    for top in ("storefront", "templates", "static"):
        below = "" if top == "storefront" else "storefront/"
        files = {below + path.relative_to(tree).as_posix() for path in (tree / top).rglob("*") if path.is_file()}
        assert files - packed == set()


@contextmanager
def running(environment: Path, folder: Path) -> Iterator[tuple[str, str, float]]:
    """`storefront run`: the shop's address, what was printed, and the seconds until it answered."""
    port, sandbox_port = free_ports(2)
    command = [str(environment / "bin" / "storefront"), "run", "--port", str(port), "--sandbox-port", str(sandbox_port)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    start = time.monotonic()
    with subprocess.Popen(command, cwd=folder, env=clean, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        printed = ""
        for line in process.stdout:
            printed += line
            if line.startswith("Ctrl-C"):
                break
        try:
            yield f"http://127.0.0.1:{port}", printed, time.monotonic() - start
        finally:
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=60)
    assert rest.endswith("The shop is closed.\n")
    assert process.returncode == 0


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())


def test_the_installed_shop_runs_and_opens_again(environment: Path, tmp_path: Path) -> None:
    with running(environment, tmp_path) as (shop, printed, _):
        assert shop in printed
        assert "4242 4242 4242 4242" in printed
        home = get(shop)
        albums = re.findall(r'href="(/albums/[^"/]+)"', home)
        assert albums, "the demo's albums are on the first page"
        assert "<h1" in get(shop + albums[0])
        styles = re.findall(r'href="(/static/[^"]+\.css[^"]*)"', home)
        assert styles
        for address in styles:
            assert "{" in get(shop + address)
        pages = [get(shop + album) for album in albums]
        forms = [
            get(shop + address) for page in pages for address in re.findall(r'href="(/store/buy/[^"]+)"', page)[:1]
        ]
        scripts = {address for form in forms for address in re.findall(r'"(http://127\.0\.0\.1:\d+/[^"]+\.js)"', form)}
        assert ["createConfirmationToken" in get(script) for script in scripts] == [True]
    files = sorted(path for path in (tmp_path / "var" / "files").rglob("*") if path.is_file())
    with running(environment, tmp_path) as (shop, _, seconds):
        assert re.findall(r'href="(/albums/[^"/]+)"', get(shop)) == albums
        print(f"second start: {seconds:.1f} s")
    assert sorted(path for path in (tmp_path / "var" / "files").rglob("*") if path.is_file()) == files
