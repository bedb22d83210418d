"""The files of one track: made of its master in a child process, with its tags and the cover inside."""

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from storefront.media import child
from storefront.media.digests import sha256
from storefront.media.encoding import encode
from storefront.media.formats import FORMATS, Format
from storefront.media.loudness import Level, Loudness
from storefront.media.originals import copy_original
from storefront.media.tagging import clear_tags, write_tags
from storefront.media.tags import Tags
from storefront.models import Edition, File, FileKind, Track
from storefront.services.catalogue.production.errors import naming
from storefront.services.catalogue.production.made import MadeFile
from storefront.services.catalogue.production.names import track_name
from storefront.services.catalogue.production.plan import Step
from storefront.services.catalogue.workplace import workplace
from storefront.storage import MissingFile, Storage

#: Decoding and encoding go many times faster than the music.
START_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Sleeve:
    """What all files of an edition carry: the cover as a JPEG, and its loudness as a whole."""

    cover: bytes | None
    level: Level | None


def make_track_file(storage: Storage, edition: Edition, step: Step, sleeve: Sleeve, earlier: File | None) -> MadeFile:
    """Makes a file of a track and stores it; with new tags alone, from the `earlier` file of the same master.

    A stream and a preview carry no tags: they are heard on the page that shows them.
    """
    track = step.track
    assert track is not None
    with naming(track.master_name), workplace() as folder:
        target = _copied(storage, earlier, folder) if earlier else None
        target = target or _made(storage, track, step, folder)
        if step.kind == FileKind.TRACK:
            loudness = Loudness(_level(track), sleeve.level)
            child.run(write_tags, target, tags_of(edition, track), sleeve.cover, loudness)
        digest = sha256(target)
        storage.put(digest, target)
        name = track_name(edition, track, target.suffix.removeprefix("."))
        return MadeFile(step, digest, target.stat().st_size, name)


def _copied(storage: Storage, earlier: File, folder: Path) -> Path | None:
    """The earlier file without its tags; None when it is lost."""
    target = folder / f"track.{earlier.name.rpartition('.')[2]}"
    try:
        with storage.local_path(earlier.digest) as path:
            shutil.copyfile(path, target)
    except MissingFile:
        return None
    if earlier.kind == FileKind.TRACK:
        child.run(clear_tags, target)
    return target


def _made(storage: Storage, track: Track, step: Step, folder: Path) -> Path:
    """From the master."""
    run = partial(child.run, seconds=seconds_for(track))
    with storage.local_path(track.master_digest) as master:
        if step.format is Format.ORIGINAL:
            return run(copy_original, master, folder)
        target = folder / f"track.{FORMATS[step.format].extension}"
        run(encode, master, target, step.format, track.preview_seconds if step.kind == FileKind.PREVIEW else None)
        return target


def tags_of(edition: Edition, track: Track) -> Tags:
    """What a file of the track says about itself. Numbers of tracks count within a disc, as players expect."""
    album = edition.album
    positions = [other.position for other in edition.tracks if other.disc == track.disc]
    discs = max(other.disc for other in edition.tracks)
    return Tags(
        title=track.title,
        artist=track.artist_credit or album.artist_credit,
        album=album.title,
        album_artist=album.artist_credit,
        track=track.position,
        track_total=max(positions),
        disc=track.disc,
        disc_total=discs,
        date=album.released,
        isrc=track.isrc or "",
        lyrics=track.lyrics,
        composer=track.composer,
        genre=album.genre,
        label=album.label,
        copyright=album.copyright,
        comment=album.credits,
    )


def seconds_for(track: Track) -> float:
    """How long a child may work on the track."""
    return START_SECONDS + track.duration_ms / 1000


def _level(track: Track) -> Level | None:
    return None if track.loudness_lufs is None or track.peak is None else Level(track.loudness_lufs, track.peak)
