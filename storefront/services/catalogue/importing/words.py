"""What an album and its tracks are called: album.toml's word first, then the tags', then the files' names."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from storefront.media.tags import clean_text
from storefront.services.catalogue.importing.album_file import AlbumFile, first_day
from storefront.services.catalogue.importing.ordering import Placed

VARIOUS = "Various Artists"
MOST_NAMES_IN_CREDIT = 4

#: ISO 3901: country, registrant, year, number.
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TrackWords:
    """A track as it will be shown; `artist_credit` is None where it is the album's."""

    disc: int
    position: int
    title: str
    artist_credit: str | None
    isrc: str | None
    composer: str
    lyrics: str
    placed: Placed


@dataclass(frozen=True, slots=True)
class AlbumWords:
    """An album as it will be shown; None where nobody says anything."""

    title: str
    #: "" if neither album.toml nor a tag names one.
    artist_credit: str
    #: Those who get a page of their own, in the order of the credit.
    artists: tuple[str, ...]
    released: str | None
    label: str | None
    genre: str | None
    copyright: str | None
    description: str | None
    credits: str | None
    cover_alt: str | None
    tracks: tuple[TrackWords, ...]


def gather_words(folder_name: str, said: AlbumFile, placed: Sequence[Placed]) -> AlbumWords:
    """Puts the words together; `folder_name` is the title of last resort."""
    tags = [track.master.tags for track in placed]
    credit = _credit(said, placed)
    tracks = tuple(_track(track, credit) for track in placed)
    return AlbumWords(
        title=said.title or _most(tag.album for tag in tags) or clean_text(folder_name) or "Untitled",
        artist_credit=credit,
        artists=said.artists or _artists(credit, tracks),
        released=said.released or _released(tag.date for tag in tags),
        label=said.label or _most(tag.label for tag in tags),
        genre=said.genre or _most(tag.genre for tag in tags),
        copyright=said.copyright or _most(tag.copyright for tag in tags),
        description=said.description,
        credits=said.credits,
        cover_alt=said.cover_alt,
        tracks=tracks,
    )


def _credit(said: AlbumFile, placed: Sequence[Placed]) -> str:
    if said.artists:
        return clean_text(_joined(said.artists))
    if named := _most(track.master.tags.album_artist for track in placed):
        return named
    names = dict.fromkeys(track.master.tags.artist for track in placed if track.master.tags.artist)
    return VARIOUS if len(names) > 1 else next(iter(names), "")


def _joined(names: Sequence[str]) -> str:
    """ "A", "A & B", "A, B & C", and of very many only that they are."""
    if len(names) > MOST_NAMES_IN_CREDIT:
        return VARIOUS
    return " & ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _artists(credit: str, tracks: Sequence[TrackWords]) -> tuple[str, ...]:
    """A name in a tag is one artist, even "Simon & Garfunkel"; a compilation has those of its tracks."""
    if credit.casefold() != VARIOUS.casefold():
        return (credit,) if credit else ()
    return tuple(dict.fromkeys(track.artist_credit for track in tracks if track.artist_credit))


def _track(placed: Placed, credit: str) -> TrackWords:
    tags = placed.master.tags
    isrc = tags.isrc.replace("-", "").replace(" ", "").upper()
    return TrackWords(
        disc=placed.disc,
        position=placed.position,
        title=tags.title or clean_text(placed.name.replace("_", " ")) or f"Track {placed.position}",
        artist_credit=tags.artist if tags.artist and tags.artist.casefold() != credit.casefold() else None,
        isrc=isrc if _ISRC.fullmatch(isrc) else None,
        composer=tags.composer,
        lyrics=tags.lyrics,
        placed=placed,
    )


def _most(texts: Iterable[str]) -> str | None:
    """What most of the tracks say; of equals the first."""
    counted = Counter(filter(None, texts)).most_common(1)
    return counted[0][0] if counted else None


def _released(dates: Iterable[str]) -> str | None:
    """The tags' date, if the calendar knows it."""
    released = _most(dates)
    try:
        return released if released and isinstance(first_day(released), date) else None
    except ValueError:
        return None
