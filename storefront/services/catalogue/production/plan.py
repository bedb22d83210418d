"""Which files an edition is made of: decided in one place, from its masters and what its owner ticked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storefront.media.formats import FOR_LOSSLESS_MASTERS, FORMATS, Format
from storefront.models import Edition, FileKind, Track


@dataclass(frozen=True, slots=True)
class Step:
    """A file to be made; `track` is None for an archive."""

    track: Track | None
    kind: FileKind
    format: Format

    @property
    def key(self) -> tuple[int | None, FileKind, str]:
        """By which the file is known in its edition."""
        return (self.track.id if self.track else None, self.kind, self.format)


def formats_on_offer(edition: Edition) -> Sequence[Format]:
    """What the edition is sold in, in the order of FORMATS.

    Nothing is ever made from a lossy master: an album with one such track is sold as its original files.
    """
    if any(is_lossy(track) for track in edition.tracks):
        return (Format.ORIGINAL,)
    return tuple(format for format in FOR_LOSSLESS_MASTERS if format in edition.album.formats)


def is_lossy(track: Track) -> bool:
    """Whether the track's master is."""
    return track.bit_depth is None


def track_steps(edition: Edition) -> Iterator[Step]:
    """Every file of every track, what takes longest first, so that no core has to wait for another at the end."""
    longest_first = sorted(edition.tracks, key=lambda track: -track.duration_ms)
    kinds = [(FileKind.TRACK, format) for format in sorted(formats_on_offer(edition), key=_is_quick)]
    for kind, format in (*kinds, (FileKind.STREAM, Format.STREAM)):
        yield from (Step(track, kind, format) for track in longest_first)
    yield from (Step(track, FileKind.PREVIEW, Format.STREAM) for track in edition.tracks if track.preview_seconds)


def archive_steps(edition: Edition) -> Iterator[Step]:
    """Every zip."""
    yield from (Step(None, FileKind.ARCHIVE, format) for format in formats_on_offer(edition))


def _is_quick(format: Format) -> bool:
    return FORMATS[format].lossless
