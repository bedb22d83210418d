"""What part of a file a request asks for, https://www.rfc-editor.org/rfc/rfc9110#name-range-requests"""

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


class BeyondTheEnd(Exception):
    """No byte of the file is in the range that was asked for: 416."""


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a file: `length` bytes from byte `start` on."""

    start: int
    length: int

    def content_range(self, size: int) -> str:
        """The value of Content-Range, for a file of `size` bytes."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


def parse_range(text: str, size: int) -> Window | None:
    """The Range header's value -> the window of a file of `size` bytes, or None for the whole file.

    Whole it is for what is not one range of bytes: other units, several ranges, nonsense, as the RFC allows.
    Raises BeyondTheEnd.
    """
    asked = _ONE.fullmatch(text)
    if not asked or asked[1] == asked[2] == "":
        return None
    if asked[1] == "":  # the last so many
        start, last = max(0, size - int(asked[2])), size - 1
    else:
        start, last = int(asked[1]), min(int(asked[2] or size), size - 1)
        if asked[2] and int(asked[2]) < start:
            return None
    if start >= size:
        raise BeyondTheEnd
    return Window(start, last - start + 1)
