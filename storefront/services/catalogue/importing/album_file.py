"""album.toml: what a band writes down about an album beside its masters. Every field may be left out.

title = "Low Tide"
artist = "Mara Quist"                       # or a list of names
description = "Six songs, *recorded* at home."    # Markdown
credits = ["Written by Mara Quist", "Mastered by Ines Okafor"]
price = "9.00"                              # in the currency's main unit; "0" is free
currency = "EUR"
pricing = "fixed"                           # or "minimum": buyers may pay more
released = 2026-11-01                       # or "2026-11", or 2026
cover_alt = "A lighthouse, drawn in ink"    # the cover for those who do not see it
label = "Harbour Lights Records"
genre = "Folk"
copyright = "2026 Mara Quist"
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from storefront.media.tags import clean_text
from storefront.models import Pricing
from storefront.money import BadMoney, Money, parse_price
from storefront.services.catalogue.importing.errors import BadAlbumFile, shown

NAME = "album.toml"
LARGEST = 1_000_000
LONGEST_PROSE = 20_000
MOST_NAMES = 50

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class AlbumFile:
    """What was written down; None where it says nothing."""

    title: str | None = None
    artists: tuple[str, ...] | None = None
    description: str | None = None
    #: One a line.
    credits: str | None = None
    price: Money | None = None
    pricing: Pricing | None = None
    #: "2026", "2026-11" or "2026-11-01".
    released: str | None = None
    cover_alt: str | None = None
    label: str | None = None
    genre: str | None = None
    copyright: str | None = None


def read_album_file(folder: Path) -> AlbumFile:
    """Reads the folder's album.toml, or returns one that says nothing. Raises BadAlbumFile with all that is wrong."""
    path = folder / NAME
    if not path.exists():
        return AlbumFile()
    name = shown(f"{folder.name}/{NAME}")
    return _checked(_parsed(path, name), name)


def first_day(released: str) -> date:
    """The first day of a date of any precision: of "2026-11" it is 2026-11-01. Raises ValueError."""
    if not _DATE.fullmatch(released):
        raise ValueError(released)
    return date.fromisoformat(f"{released}-01-01"[:10])


def _parsed(path: Path, name: str) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise BadAlbumFile(f"{name}: it is larger than {LARGEST:,} bytes")
        # A number stays as it was written: 9.10 must not become a float on its way to a price.
        return tomllib.loads(path.read_text("utf-8-sig"), parse_float=str)
    except UnicodeDecodeError:
        raise BadAlbumFile(f"{name}: it is not written in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BadAlbumFile(f"{name}: {error}") from None
    except RecursionError:
        raise BadAlbumFile(f"{name}: its brackets are nested too deeply") from None
    except OSError as error:
        raise BadAlbumFile(f"{name}: {error.strerror or error}") from None


def _checked(given: Mapping[str, Any], name: str) -> AlbumFile:
    problems = [f"{name}: {_unknown(key)}" for key in given if key not in _READERS and key not in ("price", "currency")]
    values: dict[str, Any] = {}
    for key, (field, read) in _READERS.items():
        if key in given:
            try:
                values[field] = read(given[key])
            except ValueError as error:
                problems.append(f"{name}: {key}: {error}")
    try:
        values["price"] = _price(given)
    except BadMoney as error:
        problems.append(f"{name}: price: {error}")
    if problems:
        raise BadAlbumFile(*problems)
    return AlbumFile(**values)


def _price(given: Mapping[str, Any]) -> Money | None:
    if "price" not in given and "currency" not in given:
        return None
    for key, example in (("price", '"9.00"'), ("currency", '"EUR"')):
        if key not in given:
            raise BadMoney(f"{key} = {example} is missing beside it")
    if isinstance(given["price"], bool) or not isinstance(given["price"], str | int):
        raise BadMoney('write it like price = "9.00"')
    if not isinstance(given["currency"], str):
        raise BadMoney('write the currency like currency = "EUR"')
    return parse_price(str(given["price"]), given["currency"])


def _line(value: Any) -> str:
    if not isinstance(value, str) or not (text := clean_text(value)):
        raise ValueError("write a text in quotes")
    return text


def _prose(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("write a text in quotes")
    if len(value) > LONGEST_PROSE:
        raise ValueError(f"it is longer than {LONGEST_PROSE:,} characters")
    return clean_text(value, LONGEST_PROSE, lines=True)


def _names(value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if not 0 < len(names) <= MOST_NAMES:
        raise ValueError(f"write 1 to {MOST_NAMES} names")
    return tuple(dict.fromkeys(map(_line, names)))


def _lines(value: Any) -> str:
    return _prose("\n".join(map(_line, value)) if isinstance(value, list) else value)


def _released(value: Any) -> str:
    text = value.date().isoformat() if isinstance(value, datetime) else str(value)
    try:
        first_day(text)
    except ValueError:
        raise ValueError("write a date like 2026-11-01, or only 2026-11 or 2026") from None
    return text


def _pricing(value: Any) -> Pricing:
    try:
        return Pricing(value)
    except ValueError:
        raise ValueError('write "fixed" or "minimum"') from None


_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("title", _line),
    "artist": ("artists", _names),
    "description": ("description", _prose),
    "credits": ("credits", _lines),
    "pricing": ("pricing", _pricing),
    "released": ("released", _released),
    "cover_alt": ("cover_alt", _line),
    "label": ("label", _line),
    "genre": ("genre", _line),
    "copyright": ("copyright", _line),
}
assert {field for field, _ in _READERS.values()} | {"price"} == {field.name for field in fields(AlbumFile)}


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, [*_READERS, "price", "currency"], n=1)
    return f"{key[:40]} is no field" + (f"; did you mean {near[0]}?" if near else "")
