"""What an album and its tracks are called: album.toml's word first, then the tags', then the names' of files."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from storefront.media.tags import clean_text
from storefront.services.catalogue.importing.album_file import AlbumFile, first_day
from storefront.services.catalogue.importing.names import FolderName
from storefront.services.catalogue.importing.ordering import Placed
from storefront.services.catalogue.importing.people import credits_of
from storefront.services.catalogue.importing.sources import Source, Taken

VARIOUS = "Various Artists"
VARIOUS_TOO = frozenset({"various artists", "various", "va", "v.a.", "v/a", "verschiedene interpreten"})
MOST_NAMES_IN_CREDIT = 4

_GUEST = re.compile(r"\s+[(\[]?(?:feat|ft|featuring)\b.*", re.IGNORECASE)

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

    def with_master(self, digest: str | None) -> "TrackWords":
        """The same track, made from the master of this digest."""
        if digest is None or digest == self.placed.master.digest:
            return self
        return replace(self, placed=replace(self.placed, master=replace(self.placed.master, digest=digest)))


@dataclass(frozen=True, slots=True)
class AlbumWords:
    """An album as it will be shown; None where nobody says anything."""

    title: str
    #: "" if neither album.toml nor a tag nor a name says one.
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
    #: Where all this comes from.
    taken: tuple[Taken, ...]


#: A text and where it comes from; None where nobody says it.
_Said = tuple[str | None, Source]


def gather_words(
    folder: FolderName, said: AlbumFile, placed: Sequence[Placed], lyrics: Sequence[str] | None = None
) -> AlbumWords:
    """Puts the words together.

    `folder` has the words of last resort; `lyrics` are those that lie beside the files of `placed`, "" where none do.
    """
    tags = [track.master.tags for track in placed]
    beside = lyrics or [""] * len(placed)
    title = _first(
        (said.title, Source.ALBUM_FILE),
        (_most(tag.album for tag in tags), Source.TAGS),
        (clean_text(folder.title) or "Untitled", Source.FOLDER_NAME),
    )
    credit = _credit(folder, said, placed)
    released = _first(
        (said.released, Source.ALBUM_FILE),
        (_released(tag.date for tag in tags), Source.TAGS),
        (_released([folder.year]), Source.FOLDER_NAME),
    )
    label = _first((said.label, Source.ALBUM_FILE), (_most(tag.label for tag in tags), Source.TAGS))
    genre = _first((said.genre, Source.ALBUM_FILE), (_most(tag.genre for tag in tags), Source.TAGS))
    rights = _first((said.copyright, Source.ALBUM_FILE), (_most(tag.copyright for tag in tags), Source.TAGS))
    people = _first((said.credits, Source.ALBUM_FILE), (credits_of(placed) or None, Source.TAGS))
    tracks = tuple(_track(track, credit[0] or "", words) for track, words in zip(placed, beside, strict=True))
    album = {
        "title": title,
        "artist": credit,
        "release date": released,
        "label": label,
        "genre": genre,
        "copyright": rights,
        "credits": people,
        "description": (said.description, Source.ALBUM_FILE),
        "the cover in words": (said.cover_alt, Source.ALBUM_FILE),
    }
    return AlbumWords(
        title=title[0] or "",
        artist_credit=credit[0] or "",
        artists=said.artists or _artists(credit[0] or "", tracks),
        released=released[0],
        label=label[0],
        genre=genre[0],
        copyright=rights[0],
        description=said.description,
        credits=people[0],
        cover_alt=said.cover_alt,
        tracks=tracks,
        taken=(*(Taken(what, source) for what, (text, source) in album.items() if text), *_taken(tracks, beside)),
    )


def _first(*said: _Said) -> _Said:
    return next((one for one in said if one[0]), said[-1])


def _credit(folder: FolderName, said: AlbumFile, placed: Sequence[Placed]) -> _Said:
    in_tags = _together(track.master.tags.artist for track in placed)
    in_names = _together(clean_text(track.name.artist) for track in placed)
    credit, source = _first(
        (clean_text(_joined(said.artists)) if said.artists else None, Source.ALBUM_FILE),
        (_most(track.master.tags.album_artist for track in placed), Source.TAGS),
        (in_tags, Source.TAGS),
        (in_names, Source.FILE_NAMES),
        (clean_text(folder.artist), Source.FOLDER_NAME),
    )
    if not said.artists and credit and credit.casefold() in VARIOUS_TOO:
        credit = VARIOUS
    return credit, source


def _together(artists: Iterable[str]) -> str:
    """The one artist of all tracks, whoever plays on some of them as a guest; else that they are various."""
    names: dict[str, str] = {}
    for artist in filter(None, artists):
        alone = _GUEST.sub("", artist)
        names.setdefault(alone.casefold(), alone)
    return VARIOUS if len(names) > 1 else "".join(names.values())


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


def _track(placed: Placed, credit: str, lyrics: str) -> TrackWords:
    tags = placed.master.tags
    isrc = tags.isrc.replace("-", "").replace(" ", "").upper()
    artist = tags.artist or clean_text(placed.name.artist)
    return TrackWords(
        disc=placed.disc,
        position=placed.position,
        title=tags.title or clean_text(placed.name.title) or f"Track {placed.position}",
        artist_credit=artist if artist and artist.casefold() != credit.casefold() else None,
        isrc=isrc if _ISRC.fullmatch(isrc) else None,
        composer=tags.composer,
        lyrics=lyrics or tags.lyrics,
        placed=placed,
    )


def _taken(tracks: Sequence[TrackWords], beside: Sequence[str]) -> list[Taken]:
    """Where the words of the tracks come from; "of 3" where that is not all of them."""
    from_tags = [bool(track.placed.master.tags.title) for track in tracks]
    counts = [
        ("order of the tracks", Source.TAGS, [track.placed.source == Source.TAGS for track in tracks]),
        ("order of the tracks", Source.FILE_NAMES, [track.placed.source == Source.FILE_NAMES for track in tracks]),
        ("titles", Source.TAGS, from_tags),
        ("titles", Source.FILE_NAMES, [not tagged for tagged in from_tags]),
        ("ISRCs", Source.TAGS, [bool(track.isrc) for track in tracks]),
        ("composers", Source.TAGS, [bool(track.composer) for track in tracks]),
        ("lyrics", Source.BESIDE, list(map(bool, beside))),
        (
            "lyrics",
            Source.TAGS,
            [bool(track.lyrics) and not words for track, words in zip(tracks, beside, strict=True)],
        ),
    ]
    return [
        Taken(what if all(have) else f"{what} of {sum(have)}", source) for what, source, have in counts if any(have)
    ]


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
