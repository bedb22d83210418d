"""Temporary folders that nobody works in any more are cleared away, and no others."""

import os
import tempfile
from pathlib import Path

import pytest

from storefront.services.catalogue.workplace import LOCK, PREFIX, clear_workplaces, workplace


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_behind(temporary: Path, name: str, *, age: int = 3600) -> Path:
    folder = temporary / name
    folder.mkdir()
    (folder / LOCK).touch()
    (folder / "track.flac").touch()
    os.utime(folder, (folder.stat().st_mtime - age,) * 2)
    return folder


def test_a_workplace_is_gone_after_its_block(temporary: Path) -> None:
    with workplace() as folder:
        (folder / "track.flac").touch()
    assert not folder.exists()


def test_what_killed_processes_left_is_cleared(temporary: Path) -> None:
    old = left_behind(temporary, f"{PREFIX}old")
    young = left_behind(temporary, f"{PREFIX}young", age=0)
    others = left_behind(temporary, "something-else")
    clear_workplaces()
    assert [folder.exists() for folder in (old, young, others)] == [False, True, True]


def test_a_workplace_in_use_is_left_alone(temporary: Path) -> None:
    with workplace() as folder:
        os.utime(folder, (0, 0))
        clear_workplaces()
        assert folder.exists()
