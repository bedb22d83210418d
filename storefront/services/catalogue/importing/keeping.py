"""A folder that comes again: what the shop says about the album stays, and the folder fills in what it does not say.

Nobody can tell whether a word was typed by the owner or came from an earlier state of the folder; so none is
overwritten unless that is asked for. Music is the folder's: another master of a track takes its place under its words.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from storefront.models import Album, Edition, TakenOff, Track
from storefront.services.catalogue.editions import copy_track, number_tracks
from storefront.services.catalogue.importing.reading import Reading

#: Field of the album and of its words -> what it is called.
_WORDS = {
    "label": "label",
    "genre": "genre",
    "copyright": "copyright",
    "description": "description",
    "credits": "credits",
    "cover_alt": "the cover in words",
    "released": "release date",
}
#: A track's own, which are there also when they are empty; and those that a folder may fill in.
_TRACK = {"title": "titles", "artist_credit": "artists of tracks"}
_FILLED = {"isrc": "ISRCs", "composer": "composers", "lyrics": "lyrics"}


def keep_words(album: Album, reading: Reading) -> tuple[Reading, tuple[str, ...]]:
    """The reading with the album's words where it has any; and which of the folder's were passed over."""
    kept, words = [], reading.words
    kept += ["title"] if words.title != album.title else []
    kept += ["artist"] if words.artist_credit != album.artist_credit else []
    credited = tuple(credit.artist.name for credit in album.artists)
    if words.artists != credited and "artist" not in kept:
        kept.append("artists with a page")
    mine: dict[str, Any] = {"title": album.title, "artist_credit": album.artist_credit, "artists": credited}
    for field, name in _WORDS.items():
        stored, said = getattr(album, field), getattr(words, field)
        if stored and said is not None:
            kept += [name] if said != stored else []
            mine[field] = None
    price, costs = reading.price, album.price_so_far
    if costs is not None:
        kept += ["price"] if price not in (None, costs) else []
        price = None
    if reading.said.pricing not in (None, album.pricing):
        kept.append("pricing")
    cover = reading.cover
    if cover and album.cover_digest:
        kept += ["cover"] if cover.digest != album.cover_digest else []
        cover = None
    said = replace(reading.said, pricing=None)
    return replace(reading, words=replace(words, **mine), said=said, price=price, cover=cover), tuple(kept)


def keep_tracks(
    session: Session, album: Album, latest: Edition, rows: Sequence[Track]
) -> tuple[list[Track], tuple[str, ...]]:
    """The tracks of the latest edition with the music of the folder's `rows`; and what of these was passed over.

    A row is the track of the same recording, else of the same file, else of the same title. Any other comes behind the
    one that it follows in the folder; but what was taken off the album stays off.
    """
    tracks = [copy_track(track) for track in latest.tracks]
    matched = _matched(tracks, rows)
    off = _taken_off(session, album, tracks)
    kept: dict[str, None] = {}
    renumber = False
    before: Track | None = None
    for row in rows:
        track = matched.get(id(row))
        if track is not None:
            kept |= dict.fromkeys(_keep(track, row))
        elif row.sound_digest in off:
            kept[f"{row.title}, which was taken off,"] = None
            continue
        else:
            tracks.insert(tracks.index(before) + 1 if before else 0, row)
            track, renumber = row, True
        tracks[tracks.index(track)] = row
        before = row
    sure = [row for row in rows if id(row) in matched]
    if [row for row in tracks if row in sure] != sure:
        kept["order of the tracks"] = None
    folder = set(map(id, rows))
    kept |= {f"{track.title}, which is not in the folder,": None for track in tracks if id(track) not in folder}
    return number_tracks(tracks) if renumber else tracks, tuple(kept)


def _matched(tracks: Sequence[Track], rows: Sequence[Track]) -> dict[int, Track]:
    """Row, by its identity -> its track; each track is of one row."""
    found: dict[int, Track] = {}
    left = list(tracks)
    for same in (_same_sound, _same_file, _same_title):
        for row in rows:
            if id(row) not in found and (track := next((track for track in left if same(track, row)), None)):
                found[id(row)] = track
                left.remove(track)
    return found


def _same_sound(track: Track, row: Track) -> bool:
    return row.sound_digest is not None and track.sound_digest == row.sound_digest


def _same_file(track: Track, row: Track) -> bool:
    return track.master_name == row.master_name


def _same_title(track: Track, row: Track) -> bool:
    return track.title.casefold() == row.title.casefold()


def _keep(track: Track, row: Track) -> list[str]:
    """Gives the row the words of the track that it replaces; the names of what it had to say otherwise."""
    kept = [name for field, name in _TRACK.items() if getattr(track, field) != getattr(row, field)]
    for field in (*_TRACK, "disc", "position", "preview_seconds"):
        setattr(row, field, getattr(track, field))
    for field, name in _FILLED.items():
        stored, said = getattr(track, field), getattr(row, field)
        if stored:
            kept += [name] if said and said != stored else []
            setattr(row, field, stored)
    return kept


def _taken_off(session: Session, album: Album, tracks: Sequence[Track]) -> set[str]:
    """The recordings that an earlier edition has or had, and these tracks have not."""
    earlier = select(Track.sound_digest).join(Edition).where(Edition.album_id == album.id)
    drafts = select(TakenOff.sound_digest).where(TakenOff.album_id == album.id)
    return set(filter(None, session.scalars(union(earlier, drafts)))) - {
        track.sound_digest for track in tracks if track.sound_digest
    }
