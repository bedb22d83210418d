"""How long an AAC file really is: iTunSMPB, which Apple's players and many others follow.

AAC has neither a place for its encoder's delay nor for the padding of its last frame. The edit list says the first and
the last sample too, but not all players read it (https://developer.apple.com/documentation/quicktime-file-format
"Audio priming - handling encoder delay in AAC").
"""

from dataclasses import dataclass
from pathlib import Path

import mutagen.mp4

FRAME = 1024
PRIMING = 1024
"""Samples: FFmpeg's AAC encoder is one frame late (its ``initial_padding``)."""

ITUNSMPB = "----:com.apple.iTunes:iTunSMPB"


@dataclass(frozen=True, slots=True)
class Packed:
    """An encoder's work: the number of its packets, and their length in samples, the delay included."""

    packets: int
    samples: int


def write_itunsmpb(path: Path, packed: Packed) -> None:
    """Write the delay, the padding and the length of the AAC file at ``path`` into its tags."""
    length = packed.samples - PRIMING
    padding = packed.packets * FRAME - packed.samples
    numbers = f" 00000000 {PRIMING:08X} {padding:08X} {length:016X}" + " 00000000" * 8
    file = mutagen.mp4.MP4(path)  # type: ignore[no-untyped-call]
    if file.tags is None:
        file.add_tags()  # type: ignore[no-untyped-call]
    assert file.tags is not None
    file.tags[ITUNSMPB] = [mutagen.mp4.MP4FreeForm(numbers.encode(), mutagen.mp4.AtomDataType.UTF8)]
    file.save()
