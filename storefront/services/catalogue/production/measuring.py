"""How loud an edition is, track by track and as a whole, and what its tracks look like."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from storefront.media import child
from storefront.media.loudness import Blocks, Level, integrated, measure
from storefront.media.peaks import peaks
from storefront.models import Edition, Track
from storefront.services.catalogue.production.errors import naming
from storefront.services.catalogue.production.tracks import seconds_for
from storefront.storage import Storage


@dataclass(frozen=True, slots=True)
class MeasuredTrack:
    """`outline` is what the player draws, as hex bytes."""

    track_id: int
    outline: str
    blocks: Blocks

    @property
    def lufs(self) -> float | None:
        """Integrated loudness; None for silence."""
        return integrated(self.blocks.momentary)


def is_measured(edition: Edition) -> bool:
    """Whether all of it is: the whole can only be measured in one piece."""
    return all(track.peaks and track.peak is not None for track in edition.tracks)


def measure_track(storage: Storage, track: Track) -> MeasuredTrack:
    """Decodes a master twice, once for the ear and once for the eye."""
    with naming(track.master_name), storage.local_path(track.master_digest) as master:
        outline = bytes(child.run(peaks, master, seconds=seconds_for(track))).hex()
        return MeasuredTrack(track.id, outline, child.run(measure, master, seconds=seconds_for(track)))


def whole_loudness(tracks: Sequence[MeasuredTrack]) -> float | None:
    """Of all tracks as one; None for silence."""
    return integrated(chain.from_iterable(track.blocks.momentary for track in tracks))


def level_of(edition: Edition) -> Level | None:
    """The edition's, once it is measured; None for silence."""
    if edition.loudness_lufs is None:
        return None
    return Level(edition.loudness_lufs, max(track.peak or 0 for track in edition.tracks))
