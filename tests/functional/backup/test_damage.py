"""What is not whole is found, named, and never restored; what a backup would lack is said before it is needed."""

import itertools
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, text

from storefront.models import Album, File, Track
from storefront.services.shop.backups.errors import Damaged, WrongVersion
from storefront.services.shop.backups.manifest import Manifest, read_manifest, write_manifest
from tests.functional.backup.conftest import copy_of, newest
from tests.support.machines import Machine


def flip(path: Path, at: float) -> None:
    """One bit, somewhere in the file."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 0x10
    path.write_bytes(data)


def cut(path: Path, at: float) -> None:
    os.truncate(path, int(path.stat().st_size * at))


def remove(path: Path, at: float) -> None:
    path.unlink()


def a_music_file(to: Path) -> Path:
    return max((to / "files").iterdir(), key=lambda path: (path.stat().st_size, path.name))


def a_small_cover(to: Path) -> Path:
    """Its name is not its digest."""
    [path] = (to / "files").glob("*-320.webp")
    return path


def the_database(to: Path) -> Path:
    [path] = newest(to).glob("database.*")
    return path


DAMAGES = [flip, cut, remove]


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("which", [a_music_file, a_small_cover])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_and_not_restored(
    shop: Machine,
    other: Machine,
    to: Path,
    which: Callable[[Path], Path],
    damage: Callable[[Path, float], None],
) -> None:
    expect_refused(shop, other, to, which, damage)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_named_and_not_restored(
    shop: Machine, other: Machine, to: Path, damage: Callable[[Path, float], None]
) -> None:
    expect_refused(shop, other, to, the_database, damage)


def expect_refused(
    shop: Machine,
    other: Machine,
    to: Path,
    which: Callable[[Path], Path],
    damage: Callable[[Path, float], None],
) -> None:
    shop.run("backup", to)
    damaged = which(to)
    damage(damaged, 0.5)
    word = "missing" if damage is remove else "damaged"
    assert f"{damaged} is {word}" in shop.run("backup", "--verify", to, code=1)
    said = other.run("restore", to, code=1)
    assert f"{damaged} is {word}" in said
    assert "nothing was restored" in said
    assert other.contents() == {}
    assert other.rows() == {}


def test_every_damaged_file_is_named(shop: Machine, to: Path) -> None:
    shop.run("backup", to)
    damaged = [a_music_file(to), a_small_cover(to), the_database(to)]
    for path in damaged:
        flip(path, 0.3)
    said = shop.run("backup", "--verify", to, code=1)
    assert said.count(" is damaged: ") == 3
    assert all(str(path) in said for path in damaged)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_flipped_bit_of_a_manifest_passes(shop: Machine, to: Path) -> None:
    """Whatever still reads says the same: a bit of a space is no damage."""
    shop.run("backup", to)
    path = newest(to) / "manifest.json"
    whole, said = path.read_bytes(), read_manifest(path.parent)
    passed = 0
    for place, bit in itertools.product(range(0, len(whole), 7), (0, 2, 5)):
        data = bytearray(whole)
        data[place] ^= 1 << bit
        path.write_bytes(data)
        with suppress(Damaged, WrongVersion):
            assert read_manifest(path.parent) == said
            passed += 1
    assert passed < len(whole) / 20
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        assert "manifest.json is damaged" in shop.run("backup", "--verify", to, code=1)


def test_a_damaged_manifest_is_told_and_nothing_restored(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    flip(newest(to) / "manifest.json", 0.5)
    assert "manifest.json is damaged" in shop.run("backup", "--verify", to, code=1)
    assert "manifest.json is damaged" in other.run("restore", to, code=1)
    assert other.rows() == {}


def test_without_its_manifest_a_backup_is_none(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    shop.run("backup", to)
    last = newest(to)
    (last / "manifest.json").unlink()
    assert f"{last.name} has no manifest" in shop.run("backup", "--verify", to, code=1)
    assert "has no manifest.json" in other.run("restore", last, code=1)
    other.run("restore", to)  # the one before
    shop.run("backup", to)
    assert len([path for path in to.iterdir() if path.name[0] == "2"]) == 2
    shop.run("backup", "--verify", to)


def test_a_manifest_that_leads_out_of_the_folder_is_refused(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    said = read_manifest(newest(to))
    files = {f"../../{key}": record for key, record in said.files.items()}
    write_manifest(newest(to), Manifest(said.made, said.storefront, said.schema, said.kind, said.dump, files))
    assert "manifest.json is damaged: not a key" in other.run("restore", to, code=1)
    assert other.contents() == {}


def test_rows_that_name_a_file_which_the_backup_lacks(shop: Machine, other: Machine, to: Path) -> None:
    """A manifest that is whole, but was written wrong."""
    shop.run("backup", to)
    said = read_manifest(newest(to))
    lacking = a_music_file(to).name
    del said.files[lacking]
    write_manifest(newest(to), said)
    assert f"its rows name {lacking}" in shop.run("backup", "--verify", to, code=1)
    assert f"its rows name {lacking}" in other.run("restore", to, code=1)
    assert other.rows() == {}


@pytest.mark.parametrize("column", [Track.master_digest, File.digest, Album.cover_digest])
def test_a_file_that_the_shop_lost_is_named(shop: Machine, to: Path, column) -> None:
    with shop.session() as session:
        lost = session.scalars(select(column)).first()
    kept = (shop.files / lost).read_bytes()
    (shop.files / lost).unlink()
    assert f"{lost} is missing" in shop.run("backup", to, code=1)
    assert "There is no backup in" in shop.run("backup", "--verify", to, code=1)
    (shop.files / lost).write_bytes(kept)
    assert " 1 new files of 21," in shop.run("backup", to)


def test_an_earlier_backup_heals_what_the_shop_lost_since(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    before = shop.contents()
    a_cover = next(shop.files.glob("*-640.jpg"))
    a_cover.unlink()
    shop.run("backup", to)
    other.run("restore", to)
    assert other.contents() == before


def test_a_file_that_rotted_in_the_shop_is_named(shop: Machine, to: Path) -> None:
    rotten = a_music_file(shop.folder)
    flip(rotten, 0.5)
    assert f"{rotten.name} is damaged" in shop.run("backup", to, code=1)
    assert not (to / "files" / rotten.name).exists()


def test_a_damaged_file_is_copied_again_once_it_is_deleted(shop: Machine, to: Path) -> None:
    shop.run("backup", to)
    a_music_file(to).unlink()
    cut(a_small_cover(to), 0.5)  # seen by its size
    assert " 2 new files of 21," in shop.run("backup", to)
    shop.run("backup", "--verify", to)


def test_a_restore_mends_a_storage_that_rotted(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    other.run("restore", to)
    flip(a_music_file(other.folder), 0.5)
    cut(next(other.files.glob("*-640.jpg")), 0.5)
    assert "2 of 21 files" in other.run("restore", "--force", to)
    assert other.contents() == shop.contents()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_database_with_broken_rows_is_named(shop: Machine, other: Machine, to: Path) -> None:
    with shop.connection() as connection:
        connection.execute(text("COMMIT"))
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        connection.execute(text("UPDATE album_purchase SET edition_id = 4711 WHERE id = 1"))
        connection.execute(text("BEGIN"))
    shop.run("backup", to)
    said = shop.run("backup", "--verify", to, code=1)
    assert "row 1 of album_purchase: its edition is not there" in said
    assert "its edition is not there" in other.run("restore", to, code=1)


def test_other_versions_are_refused_in_a_sentence(shop: Machine, other: Machine, to: Path) -> None:
    shop.run("backup", to)
    said = read_manifest(newest(to))
    newer = copy_of(to, "newer")
    write_manifest(newest(newer), Manifest(said.made, "2.0", "9999", said.kind, said.dump, said.files))
    assert "The backup has the schema 9999" in other.run("restore", newer, code=1)
    foreign = copy_of(to, "foreign")
    document = json.loads((newest(foreign) / "manifest.json").read_text())
    document["backup"]["format"] = 2
    (newest(foreign) / "manifest.json").write_text(json.dumps(document))
    assert "is damaged" in other.run("restore", foreign, code=1)
    with shop.connection() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "The database has the schema 9999" in shop.run("backup", to, code=1)
    assert other.rows() == {}
