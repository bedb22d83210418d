"""What an owner changed, into rows: words at once, music as a new edition, and never over what somebody else saved."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session, selectinload

from storefront.jobs import enqueue
from storefront.models import Act, Album, AlbumState, Edition, Track, writing
from storefront.services.catalogue.editing.drafts import AlbumDraft, TrackDraft, draft_of, keyed, newest_music
from storefront.services.catalogue.editions import add_edition, copy_track, number_tracks
from storefront.services.catalogue.importing.album_file import first_day
from storefront.services.catalogue.importing.fingerprints import fingerprint
from storefront.services.catalogue.naming import credit_artists, keep_address, name_album
from storefront.services.catalogue.production import request_files, set_previews
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.version import bump_catalogue, take_catalogue
from storefront.services.shop.audit import COMMAND, Actor, record

#: Fields that are the same in the draft and in the row.
_SAME = ("description", "credits", "label", "genre", "copyright", "released", "cover_alt", "pricing")


class EditedMeanwhile(Exception):
    """Somebody saved the album since this editor opened it; nothing was written."""


def save_draft(
    session: Session, album: Album, draft: AlbumDraft, seen: datetime, now: datetime, by: Actor = COMMAND
) -> bool:
    """Writes everything in one step; whether that makes a new edition, which is sold when its files are made.

    `seen` is Album.updated as the editor saw it. Raises EditedMeanwhile. Tracks of the latest edition that the draft
    does not name are no part of the next one.
    """
    with writing(session):  # step: the album is as its editor wants it, with the job that its files need
        take_catalogue(session)
        _take_turn(session, album, seen, now)
        if changed := _changed(draft_of(session, album), draft):
            record(session, by, Act.ALBUM_SAVED, album.public_id, now, **changed)
        latest = newest_music(session, album)
        before = music_of(album, latest)
        _write_words(session, album, draft, now)
        renewed = latest is not None and write_music(session, album, before, _rows(latest, draft), now)
        if latest is not None:
            _write_previews(session, album, None if renewed else latest, draft)
        _write_formats(session, album, latest, draft, renewed=renewed)
        if album.state == AlbumState.PUBLISHED:
            index_album(session, album.id)
        bump_catalogue(session)
    return renewed


def make_files_again(session: Session, album: Album) -> None:
    """Queues the making of whatever the latest edition lacks, after it was given up."""
    latest = newest_music(session, album)
    if latest is not None:
        with writing(session):  # step: the job that makes its files
            request_files(session, latest)


def music_of(album: Album, edition: Edition | None) -> str:
    """The fingerprint of what is inside the files as things are; to be taken before they change."""
    return fingerprint(album, edition.tracks if edition else [])


def write_music(session: Session, album: Album, before: str, rows: list[Track], now: datetime) -> bool:
    """Gives the album a new edition of these tracks, in the caller's step, unless the music is what it was `before`."""
    music = fingerprint(album, rows)
    if music == before:
        return False
    edition = add_edition(session, album, rows, music, now)
    enqueue(session, "produce", key=f"produce:{edition.public_id}", edition=edition.public_id)
    return True


def _take_turn(session: Session, album: Album, seen: datetime, now: datetime) -> None:
    """Compare-and-set: who saves first, saves. The time always grows, so that it names what was seen."""
    ours = session.scalar(
        update(Album)
        .where(Album.id == album.id, Album.updated == seen)
        .values(updated=max(now, seen + timedelta(microseconds=1)))
        .returning(Album.id)
        .execution_options(synchronize_session=False)
    )
    if ours is None:
        raise EditedMeanwhile
    session.refresh(album)


def _changed(old: AlbumDraft, new: AlbumDraft) -> dict[str, Any]:
    """For the audit list: the fields that differ by name, and both prices if that is one.

    The order of formats says nothing.
    """
    old, new = (replace(draft, formats=tuple(sorted(draft.formats))) for draft in (old, new))
    names = [field.name for field in fields(AlbumDraft) if getattr(old, field.name) != getattr(new, field.name)]
    prices = {"was": str(old.price or "no price"), "price": str(new.price)} if "price" in names else {}
    return {"fields": names, **prices} if names else {}


def _write_words(session: Session, album: Album, draft: AlbumDraft, now: datetime) -> None:
    name_album(session, album, draft.title, draft.artist_credit)
    for name in _SAME:
        setattr(album, name, getattr(draft, name))
    album.release_day = first_day(draft.released)
    if draft.price is not None:
        album.amount, album.currency = draft.price.amount, draft.price.currency
    session.flush()  # the address is looked up by it
    keep_address(session, album)
    credit_artists(session, album, draft.artists, now)


def _rows(latest: Edition, draft: AlbumDraft) -> list[Track]:
    known = keyed(latest.tracks)
    rows = [_row(known, track) for track in draft.tracks if track.key in known]
    return number_tracks(rows)


def _row(known: Mapping[str, Track], words: TrackDraft) -> Track:
    row = copy_track(known[words.key])
    row.disc, row.title, row.artist_credit = words.disc, words.title, words.artist_credit or None
    row.isrc, row.composer, row.lyrics = words.isrc or None, words.composer, words.lyrics
    row.preview_seconds = words.preview_seconds
    return row


def _write_previews(session: Session, album: Album, latest: Edition | None, draft: AlbumDraft) -> None:
    """How much is heard holds at once: also of the edition that is sold until a newer one is made."""
    sold = session.get(Edition, album.edition_id, options=[selectinload(Edition.tracks)]) if album.edition_id else None
    for edition in dict.fromkeys(filter(None, (latest, sold))):
        known = keyed(edition.tracks)
        set_previews(session, edition, {known[t.key].id: t.preview_seconds for t in draft.tracks if t.key in known})


def _write_formats(session: Session, album: Album, latest: Edition | None, draft: AlbumDraft, *, renewed: bool) -> None:
    """Formats that are new are made for the music as it is; a new edition has them anyway."""
    if set(album.formats) == set(draft.formats):
        return
    album.formats = draft.formats
    session.flush()  # the job reads it
    if latest is not None and not renewed:
        request_files(session, latest)
