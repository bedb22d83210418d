"""Albums for tests: rows as an import and its production leave them, with small files behind every digest."""

import hashlib
import io
import secrets
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.media.accents import accent
from storefront.media.pictures import WIDTHS, renditions
from storefront.models import (
    Album,
    AlbumArtist,
    AlbumSlug,
    AlbumState,
    Artist,
    Edition,
    EditionState,
    File,
    FileKind,
    Pricing,
    Track,
    writing,
)
from storefront.services.catalogue.search import index_album
from storefront.services.catalogue.version import bump_catalogue
from storefront.storage import Storage

#: A frame of silence: MPEG 1 layer III, 128 kbit/s, 44.1 kHz, stereo; 417 bytes are 26 ms.
SILENT_FRAME = bytes.fromhex("fffb9064") + bytes(413)
COVER_SIDE = 640


def make_album(
    session: Session,
    storage: Storage,
    *,
    slug: str = "low-tide",
    title: str = "Low Tide",
    artists: Sequence[str] = ("Mara Quist",),
    artist_credit: str | None = None,
    tracks: Sequence[str] = ("Harbour", "What the Rain Said", "Slack Water"),
    discs: int = 1,
    amount: int = 900,
    currency: str = "eur",
    pricing: Pricing = Pricing.FIXED,
    state: AlbumState = AlbumState.PUBLISHED,
    released: str = "2024-11-01",
    description: str = "Nine songs from a boathouse with the doors *open*.",
    credits: str = "Recorded at Nordre Boathouse",
    label: str = "Harbour Lights Records",
    genre: str = "Folk",
    cover: str | None = "#2f5d73",
    edition_state: EditionState = EditionState.READY,
) -> Album:
    """An album with one edition: a stream, an MP3 and a FLAC a track, two archives, and a cover of one colour.

    A writing step of its own. Every file is in `storage` under its digest, covers under "{digest}-{width}.{ext}".
    `cover` is the picture's colour, None for an album without one.
    """
    now = datetime.now(UTC)
    album = Album(
        public_id=secrets.token_hex(16),
        slug=slug,
        title=title,
        artist_credit=artist_credit or " & ".join(artists),
        description=description,
        credits=credits,
        label=label,
        copyright=f"℗ & © {label}",
        genre=genre,
        amount=amount,
        currency=currency,
        pricing=pricing,
        state=AlbumState.DRAFT,
        released=released,
        release_day=_first_day(released),
        created=now,
        updated=now,
    )
    if cover:
        _put_cover(album, storage, cover)
    with writing(session):
        session.add_all([album, AlbumSlug(slug=slug, album=album)])
        for position, name in enumerate(artists, 1):
            album.artists.append(AlbumArtist(position=position, artist=_artist(session, name)))
        session.flush()  # the edition needs the album's number
        album.edition = _make_edition(storage, album, tracks, discs, edition_state)
        session.flush()
        album.state = state
        index_album(session, album.id)
        bump_catalogue(session)
    return album


def _artist(session: Session, name: str) -> Artist:
    artist = session.scalar(select(Artist).where(Artist.name == name))
    if artist is None:
        slug = "-".join(name.lower().split())
        artist = Artist(public_id=secrets.token_hex(16), slug=slug, name=name, created=datetime.now(UTC))
        artist.biography = f"{name} sings and plays."
        session.add(artist)
        session.flush()  # so that it is found when it is named again
    return artist


def _make_edition(storage: Storage, album: Album, titles: Sequence[str], discs: int, state: EditionState) -> Edition:
    edition = Edition(
        public_id=secrets.token_hex(16),
        album=album,
        number=1,
        state=state,
        fingerprint=hashlib.sha256(album.slug.encode()).hexdigest(),
        created=album.created,
    )
    folders: dict[str, dict[str, bytes]] = {"flac": {}, "mp3-v0": {}}
    for index, title in enumerate(titles):
        track = _make_track(storage, edition, title, disc=1 + index * discs // len(titles), position=index + 1)
        for kind, format, extension in (
            (FileKind.STREAM, "stream", "mp3"),
            (FileKind.TRACK, "mp3-v0", "mp3"),
            (FileKind.TRACK, "flac", "flac"),
        ):
            name = f"{index + 1:02} {title}.{extension}"
            data = audio(f"{format} {album.slug} {title}", seconds=2)
            _put_file(storage, edition, track, kind, format, name, data)
            if kind == FileKind.TRACK:
                folders[format][name] = data
    for format, files in folders.items():
        name = f"{album.artist_credit} - {album.title} ({format}).zip"
        _put_file(storage, edition, None, FileKind.ARCHIVE, format, name, archive(files))
    return edition


def _make_track(storage: Storage, edition: Edition, title: str, disc: int, position: int) -> Track:
    master = audio(f"master {edition.album.slug} {title}", seconds=2)
    digest = hashlib.sha256(master).hexdigest()
    storage.put_bytes(digest, master)
    return Track(
        edition=edition,
        disc=disc,
        position=position,
        title=title,
        duration_ms=180_000 + position * 1_000,
        master_digest=digest,
        master_name=f"{position:02} {title}.flac",
        sample_rate=48_000,
        channels=2,
        bit_depth=24,
        peaks="0f7fff" * 100,
    )


def _put_file(
    storage: Storage, edition: Edition, track: Track | None, kind: FileKind, format: str, name: str, data: bytes
) -> None:
    digest = hashlib.sha256(data).hexdigest()
    storage.put_bytes(digest, data)
    File(edition=edition, track=track, kind=kind, format=format, digest=digest, size=len(data), name=name)


def audio(title: str, *, seconds: float = 2) -> bytes:
    """An MP3 of silence that any player plays; its ID3v1 tag makes the bytes differ from title to title."""
    words = hashlib.sha256(title.encode()).hexdigest()[:30].encode()
    return SILENT_FRAME * round(seconds * 44_100 / 1152) + b"TAG" + words.ljust(124, b"\0") + b"\xff"


def archive(files: dict[str, bytes]) -> bytes:
    """A stored zip of these files by name, the same bytes each time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return target.getvalue()


def _put_cover(album: Album, storage: Storage, colour: str) -> None:
    original, pictures, colours = _cover(colour)
    album.cover_digest = hashlib.sha256(original).hexdigest()
    album.cover_width = album.cover_height = COVER_SIDE
    album.cover_alt = f"Cover of {album.title}: one colour and a line"
    album.accent = colours
    storage.put_bytes(album.cover_digest, original)
    for (width, extension), data in pictures.items():
        storage.put_bytes(f"{album.cover_digest}-{width}.{extension}", data)


@cache
def _cover(colour: str) -> tuple[bytes, dict[tuple[int, str], bytes], str]:
    picture = Image.new("RGB", (COVER_SIDE, COVER_SIDE), colour)
    ImageDraw.Draw(picture).line((80, 400, 560, 400), fill="#f6f2ea", width=6)
    target = io.BytesIO()
    picture.save(target, "PNG")
    found = accent(target.getvalue())
    return (
        target.getvalue(),
        renditions(target.getvalue(), WIDTHS),
        f"{found.light} {found.on_light} {found.dark} {found.on_dark}",
    )


def _first_day(released: str) -> date:
    return date.fromisoformat(f"{released}-01-01"[:10])
