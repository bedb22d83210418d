"""The contract of a storage, held by every kind that there is."""

import hashlib
import resource
import threading
from pathlib import Path

import pytest

from storefront.storage import BadKey, LocalStorage, MissingFile, Storage, make_storage

KEY = hashlib.sha256(b"music").hexdigest()


def test_what_was_put_is_read_back(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "song.flac"
    source.write_bytes(b"music")
    storage.put(KEY, source)
    storage.put_bytes(f"{KEY}-320.webp", b"a cover")
    source.unlink()
    assert storage.exists(KEY)
    assert storage.size(KEY) == 5
    with storage.open(KEY) as file:
        assert file.read() == b"music"
    with storage.open(f"{KEY}-320.webp") as file:
        assert file.read() == b"a cover"


def test_an_opened_file_is_seekable(storage: Storage) -> None:
    storage.put_bytes(KEY, b"0123456789")
    with storage.open(KEY) as file:
        assert file.seekable()
        file.seek(4)
        assert file.read(3) == b"456"
        assert file.seek(0, 2) == 10


def test_what_is_larger_than_one_part_of_an_upload_comes_back_whole(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "long.wav"
    source.write_bytes(bytes(range(256)) * 50_000)  # 12.8 MB; obstore's parts have 5 MiB
    storage.put(KEY, source)
    assert storage.size(KEY) == 12_800_000
    with storage.local_path(KEY) as path:
        assert path.read_bytes() == source.read_bytes()
    with storage.open(KEY) as file:
        file.seek(6_000_000)
        assert file.read(3_000_000) == source.read_bytes()[6_000_000:9_000_000]
        file.seek(-10, 2)
        assert file.read() == source.read_bytes()[-10:]
        assert file.read(1) == b""


def test_every_key_is_told(storage: Storage) -> None:
    assert list(storage.all_keys()) == []
    keys = {hashlib.sha256(bytes([number])).hexdigest() for number in range(100)}
    for key in keys:
        storage.put_bytes(key, b"music")
    assert sorted(storage.all_keys()) == sorted(keys)
    assert dict(storage.all_sizes()) == dict.fromkeys(keys, 5)


def test_an_upload_that_was_killed_is_no_key(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    (tmp_path / f"{KEY}#1").write_bytes(b"mus")  # as obstore names it until it is whole
    assert list(storage.all_keys()) == []


def test_an_object_is_never_overwritten(storage: Storage) -> None:
    storage.put_bytes(KEY, b"music")
    storage.put_bytes(KEY, b"MUSIC")
    with storage.open(KEY) as file:
        assert file.read() == b"music"


def test_what_a_power_failure_cut_off_is_put_again(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    (tmp_path / KEY).write_bytes(b"")
    storage.put_bytes(KEY, b"music")
    assert (tmp_path / KEY).read_bytes() == b"music"


def test_what_finds_no_room_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match=f"{KEY} cannot be stored: .*File too large"):
            storage.put_bytes(KEY, bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named(storage: Storage) -> None:
    assert not storage.exists(KEY)
    with pytest.raises(MissingFile, match=KEY):
        storage.size(KEY)
    with pytest.raises(MissingFile, match=KEY):
        storage.open(KEY)
    with pytest.raises(MissingFile, match=KEY), storage.local_path(KEY):
        pytest.fail("a path was lent")


def test_deleting_twice_is_deleting(storage: Storage) -> None:
    storage.put_bytes(KEY, b"music")
    storage.delete(KEY)
    assert not storage.exists(KEY)
    storage.delete(KEY)


@pytest.mark.parametrize("key", ["", "..", "../x", "a/b", "/etc/passwd", "a\\b", "a\0b", ".hidden", "a#1", "é", "a\n"])
def test_no_key_leads_out_of_the_storage(storage: Storage, key: str) -> None:
    for use in (storage.open, storage.size, storage.exists, storage.delete):
        with pytest.raises(BadKey):
            use(key)
    with pytest.raises(BadKey):
        storage.put_bytes(key, b"x")


def test_many_who_put_the_same_at_once_leave_it_whole(storage: Storage) -> None:
    data = bytes(1_000_000)
    threads = [threading.Thread(target=storage.put_bytes, args=(KEY, data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with storage.open(KEY) as file:
        assert file.read() == data


def test_a_folder_holds_the_files_and_nothing_else(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "files")
    storage.put_bytes(KEY, b"music")
    assert [path.name for path in (tmp_path / "files").iterdir()] == [KEY]


@pytest.mark.parametrize("url", ["ftp://bucket/prefix", "s3://bucket-without-an-account"])
def test_a_kind_of_storage_that_there_is_not_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"no storage of the kind (s3|ftp)://"):
        make_storage(url)


def test_files_of_this_machine_have_no_address_elsewhere(tmp_path: Path) -> None:
    for storage in (make_storage(str(tmp_path)), make_storage("memory://")):
        assert storage.link(KEY, media_type="audio/flac", disposition=None, seconds=60) is None
        assert storage.origin is None
