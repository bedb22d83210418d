"""An album and all its tracks as one form: what was typed, in the order in which it was sent, over what is saved."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

from wtforms import Form

from storefront.models import Pricing
from storefront.services.catalogue.editing.drafts import AlbumDraft, TrackDraft
from storefront.web.forms.albums import LIKELY_CURRENCY, PREVIEWS, AlbumForm, FormatsForm, TrackForm, preview_choices

Problems = list[tuple[str | None, str]]

FORMAT_MISSING = "Tick one format at least"
TRACK_MISSING = "An album has one track at least"

_TRACK = re.compile(r"track-([0-9a-f]{16}(?:-[0-9]{1,3})?)-title", re.ASCII)


class AlbumEditor:
    """All of it as one form: the album, its formats, its tracks in the order in which they were sent.

    `draft` is the album as it is now; `post` what was typed, if anything was. A track that was not sent stays: only its
    tick takes it off.
    """

    def __init__(
        self,
        draft: AlbumDraft,
        seen: datetime,
        post: Mapping[str, str] | None = None,
        currencies: Iterable[str] | None = None,
    ) -> None:
        """`currencies` are those on offer for prices; None is any."""
        self._draft = draft
        self.album = AlbumForm(post, data={**_album_data(draft), "version": seen.isoformat()})
        self.album.optional = draft.price is None
        self.album.offer(currencies, draft.price.currency if draft.price else None)
        self.formats = FormatsForm(post, prefix="format-", data=dict.fromkeys(draft.formats, True))
        known = {track.key: track for track in draft.tracks}
        sent = [match[1] for name in post or () if (match := _TRACK.fullmatch(name)) and match[1] in known]
        self.tracks = [
            (known[key], _track_form(known[key], post if key in sent else None))
            for key in [*sent, *(key for key in known if key not in sent)]
        ]
        self._further: Problems = []

    @property
    def seen(self) -> datetime | None:
        """Which state of the album was edited; None for what is no version."""
        try:
            moment = datetime.fromisoformat(self.album.version.data or "")
            # The next version is later, and a time at either end of the calendar has none, or none in UTC.
            return moment.astimezone(UTC) if moment.tzinfo and MINYEAR < moment.year < MAXYEAR else None
        except ValueError:
            return None

    def validate(self) -> bool:
        forms = [self.album, self.formats, *(form for _, form in self.tracks)]
        invalid = [form for form in forms if not form.validate()]
        self._further = []
        if not any(self.formats.data.values()):
            self._further.append((self._first_format, FORMAT_MISSING))
        if self.tracks and all(form.remove.data for _, form in self.tracks):
            self._further.append((None, TRACK_MISSING))
        return not invalid and not self._further

    @property
    def problems(self) -> Problems:
        """(the id of the field to go to, what is wrong with it)."""
        of_tracks = [
            (field.id, f"{form.title.data or track.title}: {field.errors[0]}")
            for track, form in self.tracks
            for field in form
            if field.errors
        ]
        return [*self.album.problems, *of_tracks, *self._further]

    @property
    def draft(self) -> AlbumDraft:
        """What is to be saved; of a valid form."""
        album = self.album
        return AlbumDraft(
            title=album.title.value,
            artist_credit=album.artist_credit.value,
            artists=self._artists(),
            description=album.description.value,
            credits=album.credits.value,
            label=album.label.value,
            genre=album.genre.value,
            copyright=album.copyright.value,
            released=album.released.value,
            cover_alt=album.cover_alt.value,
            price=album.money,
            pricing=Pricing(album.pricing.data),
            formats=tuple(name for name, ticked in self.formats.data.items() if ticked),
            tracks=tuple(self._track(track, form) for track, form in self.tracks if not form.remove.data),
        )

    def move(self, key: str, by: int) -> None:
        """Moves a track up (-1) or down (1) the list; at its end it stays."""
        keys = [track.key for track, _ in self.tracks]
        if key in keys and 0 <= keys.index(key) + by < len(keys):
            self.tracks.insert(keys.index(key) + by, self.tracks.pop(keys.index(key)))

    def differences(self) -> list[tuple[str, str]]:
        """(field, what is saved now) where that is not what was typed: what saving again would overwrite."""
        saved = AlbumEditor(self._draft, datetime.min)
        typed = {track.key: form for track, form in self.tracks}
        found = [*_differing("", saved.album, self.album), *_differing("", saved.formats, self.formats)]
        for track, form in saved.tracks:
            found += _differing(f"{track.title}: ", form, typed[track.key])
        return found

    def _artists(self) -> tuple[str, ...]:
        """Those that were typed; the only one, who is the credit, goes with it when it changes."""
        credit, typed = self.album.artist_credit.value, self.album.artists.value
        follows = typed == self._draft.artists == (self._draft.artist_credit,)
        return (credit,) if follows or not typed else typed

    def _track(self, track: TrackDraft, form: TrackForm) -> TrackDraft:
        preview = self.album.preview_all.data or form.preview.data
        artist, of_album = form.artist_credit.value, self.album.artist_credit.value
        return replace(
            track,
            title=form.title.value,
            artist_credit="" if artist == of_album else artist,
            disc=form.disc.value,
            isrc=form.isrc.value,
            composer=form.composer.value,
            lyrics=form.lyrics.value,
            preview_seconds=PREVIEWS[preview] if preview in PREVIEWS else int(preview),
        )

    @property
    def _first_format(self) -> str:
        return str(next(iter(self.formats)).id)


def _album_data(draft: AlbumDraft) -> dict[str, Any]:
    same = ("title", "artist_credit", "description", "credits", "label", "genre", "copyright", "released", "cover_alt")
    return {
        **{name: getattr(draft, name) for name in same},
        "artists": "\n".join(draft.artists),
        "price": str(draft.price.decimal) if draft.price else "",
        "currency": draft.price.currency if draft.price else LIKELY_CURRENCY,
        "pricing": draft.pricing.value,
        "preview_all": "",
    }


def _track_form(track: TrackDraft, post: Mapping[str, str] | None) -> TrackForm:
    seconds = track.preview_seconds
    preview = next((value for value, heard in PREVIEWS.items() if heard == seconds), str(seconds))
    data = {
        "title": track.title,
        "artist_credit": track.artist_credit,
        "disc": str(track.disc),
        "isrc": track.isrc,
        "composer": track.composer,
        "lyrics": track.lyrics,
        "preview": preview,
    }
    form = TrackForm(post, prefix=f"track-{track.key}", data=data)
    form.preview.choices = preview_choices(seconds)
    return form


def _differing(before: str, theirs: Form, ours: Form) -> list[tuple[str, str]]:
    return [
        (f"{before}{saved.label.text}", _shown(saved.data))
        for saved, typed in zip(theirs, ours, strict=True)
        if saved.short_name != "version" and _shown(saved.data) != _shown(typed.data)
    ]


def _shown(value: Any) -> str:
    text = "yes" if value is True else "no" if value in (False, None) else str(value)
    return text.replace("\r\n", "\n").strip()
