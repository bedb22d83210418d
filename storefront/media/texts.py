"""Text whose encoding nobody says: old tags and text files.

ID3v1, and ID3v2's "ISO-8859-1", hold whatever the writer's computer had; so do a WAV's INFO and plain text files.
"""

import codecs
import re

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_C1 = re.compile("[\x80-\x9f]")
_KANA = re.compile("[\u3041-\u30ff]")


def decoded(data: bytes) -> str:
    """Return the text: by its byte order mark, else UTF-8 if it is that, else as :func:`mended` would say."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    return mended(data.decode("latin-1"))


def mended(text: str) -> str:
    """Return ``text`` that was read as ISO-8859-1 in the encoding that it is likelier to be in.

    UTF-8 is recognised by its form. ISO-8859-1 has controls at 0x80 to 0x9F, which no text holds: there Shift-JIS has
    the beginnings of its letters, and Windows-1252 quotation marks and dashes. Any other encoding stays as it is.
    """
    if text.isascii() or any(ord(letter) > 0xFF for letter in text):
        return text
    data = text.encode("latin-1")
    if (utf_8 := _strictly(data, "utf-8")) is not None:
        return utf_8
    if not _C1.search(text):
        return text
    japanese = _strictly(data, "cp932")
    if japanese is not None and _looks_japanese(japanese):
        return japanese
    return data.decode("cp1252", errors="replace")


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _looks_japanese(text: str) -> bool:
    """A curly quote before a letter is a kanji in Shift-JIS, but a lonely one among many letters of Latin."""
    foreign = sum(not letter.isascii() for letter in text)
    latin = sum(letter.isascii() and letter.isalpha() for letter in text)
    return _KANA.search(text) is not None or (foreign >= 2 and foreign >= latin)
