"""Lines of the log: the request's id on each, and no line that a stranger wrote."""

import io
import logging
import threading
from collections.abc import Iterator

import pytest

from storefront.logs import FORMAT, LineFormatter, request_id


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(LineFormatter(FORMAT))
    logger = logging.getLogger("storefront.tests")
    logger.addHandler(handler)
    yield logger, out
    logger.removeHandler(handler)


def test_each_line_names_its_request(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log

    def work(name: str) -> None:
        request_id.set(name)
        logger.warning("of %s", name)

    for name in ("aaaa", "bbbb"):
        thread = threading.Thread(target=work, args=(name,))
        thread.start()
        thread.join()
    logger.warning("of nobody")
    words = [line.split(maxsplit=3)[3] for line in out.getvalue().splitlines()]
    assert words == [f"{name} storefront.tests: of {whom}" for name, whom in
                     (("aaaa", "aaaa"), ("bbbb", "bbbb"), ("-", "nobody"))]  # fmt: skip


@pytest.mark.parametrize("hostile", ["a\nERROR forged", "a\rERROR", "a\x1b[2Jb", "a\x00b", "a\x85b", "a\u2028b"])
def test_a_strangers_words_stay_on_their_line(log: tuple[logging.Logger, io.StringIO], hostile: str) -> None:
    logger, out = log
    logger.warning("no such user: %s", hostile)
    [line] = out.getvalue().splitlines()
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in line)


def test_letters_of_every_alphabet_stay_readable(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    logger.warning("Field Notes 野帳 – Søren")
    assert "Field Notes 野帳 – Søren" in out.getvalue()


def test_a_traceback_follows_its_line_and_is_indented(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    try:
        raise ValueError("boo\nERROR forged")
    except ValueError:
        logger.exception("it broke")
    first, *rest = out.getvalue().splitlines()
    assert first.endswith("it broke")
    assert rest[0].strip().startswith("Traceback")
    assert all(line.startswith("    ") for line in rest)
