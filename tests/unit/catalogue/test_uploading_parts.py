"""The bytes of uploads on disk: in their order, by several at once, and as they were when a disk ends."""

import fcntl
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storefront.services.catalogue.uploading.errors import DiskFull, FileTooLarge, WrongOffset
from storefront.services.catalogue.uploading.parts import Parts


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(tmp_path / "uploads", largest=10_000_000, keep_free=0)


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """The system writes no file beyond this size: a disk that ends in the middle of a chunk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_does_not_fit_leaves_the_file_as_it_was(parts: Parts) -> None:
    parts.append("upload", "file", 0, b"a" * 1000)
    with files_end_at(1500), pytest.raises(DiskFull):
        parts.append("upload", "file", 1000, b"b" * 1000)
    assert parts.path("upload", "file").read_bytes() == b"a" * 1000
    assert parts.append("upload", "file", 1000, b"b" * 1000) == 2000


def test_of_the_same_chunk_twice_at_once_one_is_taken(parts: Parts) -> None:
    """Two tabs, or a browser that believed its first try lost."""
    outcomes: list[object] = []
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        try:
            outcomes.append(parts.append("upload", "file", 0, b"x" * 100_000))
        except WrongOffset as error:
            outcomes.append(error.received)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [100_000] * 8
    assert parts.path("upload", "file").stat().st_size == 100_000


def test_who_appends_waits_for_who_does(parts: Parts) -> None:
    parts.append("upload", "file", 0, b"a")
    with parts.path("upload", "file").open("ab") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        other = threading.Thread(target=parts.append, args=("upload", "file", 1, b"c"))
        other.start()
        other.join(0.2)
        assert other.is_alive()
    other.join()
    assert parts.path("upload", "file").read_bytes() == b"ac"


def test_a_gap_is_no_file(parts: Parts) -> None:
    with pytest.raises(WrongOffset) as refused:
        parts.append("upload", "file", 10, b"x")
    assert refused.value.received == 0
    assert parts.received("upload", "file") == 0


def test_room_is_asked_for_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        Parts(tmp_path, largest=1000, keep_free=0).expect_room(1001)
    with pytest.raises(DiskFull):
        Parts(tmp_path, largest=10**18, keep_free=0).expect_room(10**17)
    with pytest.raises(DiskFull):
        Parts(tmp_path, largest=1000, keep_free=10**17).append("upload", "file", 0, b"x")
    assert not (tmp_path / "upload").exists()
