"""Writing tags and a cover into a music file, through mediafile (https://mediafile.readthedocs.io)."""

from pathlib import Path

import mediafile
import mutagen
import mutagen.apev2
import mutagen.flac
import mutagen.mp4
import mutagen.wave

from storefront.media.gapless import ITUNSMPB
from storefront.media.loudness import R128_REFERENCE, REPLAYGAIN_REFERENCE, Loudness
from storefront.media.riff import remove_info, write_info
from storefront.media.tags import FIELDS, Tags

PADDING = 1024
"""Bytes."""


def write_tags(path: Path, tags: Tags, cover: bytes | None, loudness: Loudness | None = None) -> None:
    """Write ``tags``, ``cover`` (a JPEG or PNG) and ReplayGain into the file at ``path``, in place.

    ``tags.cover`` is not used. Raises mediafile's errors: the file is one that we encoded, so a failure is ours.
    """
    file = mediafile.MediaFile(str(path))
    for ours, theirs in FIELDS.items():
        setattr(file, theirs, getattr(tags, ours) or None)
    year, month, day = ([int(part) for part in tags.date.split("-") if part] + [None] * 3)[:3]
    file.year, file.month, file.day = year, month, day
    file.images = [mediafile.Image(cover, type=mediafile.ImageType.front)] if cover else []
    _set_loudness(file, loudness)
    # In Ogg it would be part of the comments themselves, and some readers complain of it.
    file.save(padding=_none if file.type in ("ogg", "opus") else _padding)
    if file.type == "wav":
        write_info(path, tags)


def clear_tags(path: Path) -> None:
    """Take all tags and pictures out of the file at ``path``, but for what tells its exact length.

    A file from elsewhere may name whoever bought or made it, in fields of which we know nothing.
    """
    if path.suffix == ".mp3":
        mutagen.apev2.delete(path)  # first, for it may stand behind the ID3v1, which is sought at the end
    file = mutagen.File(path)
    exact_length = file.tags.get(ITUNSMPB) if isinstance(file, mutagen.mp4.MP4) and file.tags else None
    file.delete()
    if isinstance(file, mutagen.flac.FLAC):
        file.clear_pictures()  # type: ignore[no-untyped-call]
        file.save(padding=_padding)
    elif isinstance(file, mutagen.wave.WAVE):
        remove_info(path)
    elif exact_length:
        if file.tags is None:
            file.add_tags()
        file.tags[ITUNSMPB] = exact_length
        file.save(padding=_padding)


def _padding(_: mutagen.PaddingInfo) -> int:
    """Return the room left for a player's own tags: always the same, so that the same tags make the same file."""
    return PADDING


def _none(_: mutagen.PaddingInfo) -> int:
    return 0


def _set_loudness(file: mediafile.MediaFile, loudness: Loudness | None) -> None:
    """Say how much louder or softer a player is to play the file: as ReplayGain 2.0, or in Opus's own way."""
    track, album = (loudness.track, loudness.album) if loudness else (None, None)
    if file.type == "opus":
        gains = {
            "r128_track_gain": R128_REFERENCE - track.lufs if track else None,
            "r128_album_gain": R128_REFERENCE - album.lufs if album else None,
        }
    else:
        gains = {
            "rg_track_gain": REPLAYGAIN_REFERENCE - track.lufs if track else None,
            "rg_track_peak": track.peak if track else None,
            "rg_album_gain": REPLAYGAIN_REFERENCE - album.lufs if album else None,
            "rg_album_peak": album.peak if album else None,
        }
    for name, gain in gains.items():
        if gain is None:
            delattr(file, name)  # None would be written as a gain of 0 dB
        else:
            setattr(file, name, gain)
