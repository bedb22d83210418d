"""Zips that are joined of stored pieces: other programs read them, at any size, and from any byte on."""

import hashlib
import io
import shutil
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.services.library.everything.contents import read_contents
from storefront.services.library.everything.joined_file import JoinedFile, Stored
from storefront.services.library.everything.zip_records import Entry, directory, local_header
from storefront.storage import MemoryStorage
from tests.factories import archive

GIGABYTE = 1024**3


def joined(pieces: list[bytes | Stored], stored: dict[str, bytes]) -> JoinedFile:
    return JoinedFile(pieces, lambda key: io.BytesIO(stored[key]))


@given(
    pieces=st.lists(st.one_of(st.binary(max_size=9), st.tuples(st.integers(0, 3), st.integers(0, 9)))),
    start=st.integers(0, 60),
    size=st.integers(-1, 60),
)
def test_pieces_read_like_one_file(pieces: list[bytes | tuple[int, int]], start: int, size: int) -> None:
    stored = {"a": bytes(range(100, 120))}
    given = [piece if isinstance(piece, bytes) else Stored("a", *piece) for piece in pieces]
    plain = b"".join(
        piece if isinstance(piece, bytes) else stored["a"][piece[0] : piece[0] + piece[1]] for piece in pieces
    )
    file, like = joined(given, stored), io.BytesIO(plain)
    assert file.size == len(plain)
    assert file.seek(start) == like.seek(start)
    assert file.read(size) == like.read(size)
    assert file.seek(0, io.SEEK_END) == len(plain)
    assert file.read() == b""


def test_a_piece_that_became_shorter_is_no_silent_end() -> None:
    with pytest.raises(OSError, match="shorter than it was"):
        joined([Stored("a", 0, 9)], {"a": b"short"}).read()


def test_one_stored_file_is_open_at_a_time() -> None:
    opened: list[io.BytesIO] = []

    def open_stored(key: str) -> io.BytesIO:
        opened.append(io.BytesIO(key.encode() * 5))
        return opened[-1]

    file = JoinedFile([Stored("a", 0, 5), Stored("a", 1, 4), Stored("b", 0, 5)], open_stored)
    file.read(7)
    assert [one.closed for one in opened] == [False]
    assert file.read() == b"aa" + b"bbbbb"
    assert [one.closed for one in opened] == [True, False]
    file.close()
    assert [one.closed for one in opened] == [True, True]


def test_the_contents_of_an_archive() -> None:
    storage = MemoryStorage()
    files = {"Mara Quist - Low Tide/01 Harbour.flac": b"sound", "Mara Quist - Low Tide/Disc 2/02 Ærø.flac": b"more"}
    data = archive(files)
    storage.put_bytes("a" * 64, data)
    found = read_contents(storage, "a" * 64)
    assert found.folder == "Mara Quist - Low Tide"
    assert [file.path for file in found.files] == ["01 Harbour.flac", "Disc 2/02 Ærø.flac"]
    for file, sound in zip(found.files, files.values(), strict=True):
        assert file.crc == zlib.crc32(sound)
        assert data[file.bytes.start : file.bytes.start + file.bytes.length] == sound


def test_an_archive_without_a_folder_or_with_two() -> None:
    storage = MemoryStorage()
    storage.put_bytes("a" * 64, archive({"01 Harbour.flac": b"sound"}))
    storage.put_bytes("b" * 64, archive({"a/1.flac": b"1", "b/1.flac": b"2"}))
    assert read_contents(storage, "a" * 64).folder == ""
    assert [file.path for file in read_contents(storage, "b" * 64).files] == ["a/1.flac", "b/1.flac"]


def test_what_is_compressed_is_refused() -> None:
    storage, target = MemoryStorage(), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", b"a" * 1000)
    storage.put_bytes("a" * 64, target.getvalue())
    with pytest.raises(ValueError, match="compressed"):
        read_contents(storage, "a" * 64)


def write_sparse(path: Path, entries: list[Entry], data: bytes) -> None:
    """Each entry's bytes are zeros but for `data` at their end."""
    with path.open("wb") as file:
        offsets = []
        for entry in entries:
            offsets.append(file.tell())
            file.write(local_header(entry))
            file.seek(entry.size - len(data), io.SEEK_CUR)
            file.write(data)
        file.write(directory(entries, offsets, file.tell()))


def test_beyond_four_gigabytes_the_records_are_zip64(tmp_path: Path) -> None:
    """The second is too large for its record, the third is too far away for its own, and so is the directory."""
    path, data = tmp_path / "large.zip", b"the end"
    small = b"\0" * 93 + data
    entries = [
        Entry("a/first", zlib.crc32(small), 100),
        Entry("a/second", 0, 5 * GIGABYTE),
        Entry("ä/third", zlib.crc32(small), 100),
    ]
    write_sparse(path, entries, data)
    with zipfile.ZipFile(path) as made:
        assert [info.file_size for info in made.infolist()] == [100, 5 * GIGABYTE, 100]
        assert made.read("ä/third") == small
        assert made.infolist()[2].header_offset > 5 * GIGABYTE
    if unzip := shutil.which("unzip"):
        told = subprocess.run([unzip, "-p", path, "*third"], capture_output=True, check=True)
        assert told.stdout == small


def test_many_files_need_zip64_too(tmp_path: Path) -> None:
    entries = [Entry(f"{number}", zlib.crc32(b"."), 1) for number in range(70_000)]
    write_sparse(tmp_path / "many.zip", entries, b".")
    with zipfile.ZipFile(tmp_path / "many.zip") as made:
        assert len(made.namelist()) == 70_000
        assert made.read("69999") == b"."


def test_small_zips_are_of_the_oldest_kind(tmp_path: Path) -> None:
    path = tmp_path / "small.zip"
    write_sparse(path, [Entry("a", zlib.crc32(b"!"), 1)], b"!")
    raw = path.read_bytes()
    assert b"PK\6\6" not in raw
    with zipfile.ZipFile(path) as made:
        [info] = made.infolist()
        assert made.testzip() is None
        assert (info.extract_version, info.date_time, info.external_attr >> 16) == (20, (1980, 1, 1, 0, 0, 0), 0o100644)
    assert hashlib.sha256(raw).hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()
