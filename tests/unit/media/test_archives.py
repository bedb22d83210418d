"""The zip of an album: whole, portable, and the same bytes every time."""

import hashlib
import shutil
import subprocess
import zipfile

import pytest

from storefront.media.archives import ArchiveEntry, write_archive
from storefront.media.digests import sha256


@pytest.fixture
def entries(tmp_path):
    made = []
    for name, content in {
        "01 海.flac": b"fLaC" + bytes(3_000_000),
        "02 Low.flac": b"x",
        "cover.jpg": b"\xff\xd8",
    }.items():
        path = tmp_path / hashlib.sha256(name.encode()).hexdigest()
        path.write_bytes(content)
        made.append(ArchiveEntry(name, path))
    return made


def test_it_holds_the_files_as_they_are(tmp_path, entries):
    made = write_archive(tmp_path / "album.zip", "Low Tide", entries)

    with zipfile.ZipFile(tmp_path / "album.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "Low Tide/01 海.flac", "Low Tide/02 Low.flac", "Low Tide/cover.jpg", "Low Tide/SHA256SUMS",
        ]  # fmt: skip
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.getinfo("Low Tide/01 海.flac").flag_bits & 0x800  # the name is UTF-8
        for entry in entries:
            assert archive.read(f"Low Tide/{entry.name}") == entry.path.read_bytes()
        sums = archive.read("Low Tide/SHA256SUMS").decode()
    assert sums == "".join(f"{sha256(entry.path)}  {entry.name}\n" for entry in entries)
    assert made.sha256 == hashlib.sha256((tmp_path / "album.zip").read_bytes()).hexdigest()
    assert made.size == (tmp_path / "album.zip").stat().st_size


def test_the_same_files_give_the_same_bytes(tmp_path, entries):
    one = write_archive(tmp_path / "one.zip", "野帳", entries)
    for entry in entries:
        content = entry.path.read_bytes()
        entry.path.unlink()
        entry.path.write_bytes(content)
        entry.path.chmod(0o600)
    assert write_archive(tmp_path / "two.zip", "野帳", entries) == one


@pytest.mark.skipif(not shutil.which("unzip"), reason="no unzip on this machine")
def test_unzip_takes_it(tmp_path, entries):
    write_archive(tmp_path / "album.zip", "Low Tide", entries)
    subprocess.run(["unzip", "-q", "album.zip"], cwd=tmp_path, check=True)
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=tmp_path / "Low Tide", check=True)


def test_a_large_file_is_written_as_zip64(tmp_path, entries, monkeypatch):
    """The limit of 2 GiB is moved, because nobody waits for a file of that size; the format's path is the real one."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1_000_000)
    write_archive(tmp_path / "album.zip", "Low Tide", entries)
    with zipfile.ZipFile(tmp_path / "album.zip") as archive:
        assert archive.testzip() is None
        assert [info.extract_version for info in archive.infolist()] == [45, 45, 45, 45]
        assert archive.getinfo("Low Tide/01 海.flac").file_size == 3_000_004


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "a/../../b", "a\\b", "", "a\0b", "SHA256SUMS"])
def test_names_that_leave_the_folder_are_refused(tmp_path, entries, name):
    with pytest.raises(ValueError, match=r"not a name|the same name"):
        write_archive(tmp_path / "album.zip", "Low Tide", [ArchiveEntry(name, entries[0].path)])
    assert not (tmp_path / "album.zip").exists()


def test_two_of_one_name_are_refused(tmp_path, entries):
    twice = [entries[0], ArchiveEntry(entries[0].name.upper(), entries[1].path)]
    with pytest.raises(ValueError, match="the same name"):
        write_archive(tmp_path / "album.zip", "Low Tide", twice)


def test_a_missing_file_leaves_no_half_of_an_archive(tmp_path, entries):
    before = set(tmp_path.iterdir())
    with pytest.raises(FileNotFoundError):
        write_archive(tmp_path / "album.zip", "a", [*entries, ArchiveEntry("gone.flac", tmp_path / "gone")])
    assert set(tmp_path.iterdir()) == before
