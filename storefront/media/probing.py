"""What a file of music is: codec, length, depth; and whether all of it is there."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import av
import av.container
import av.error

from storefront.media.chunks import missing_bytes
from storefront.media.endings import has_last_page, promised_samples
from storefront.media.errors import UnreadableAudio
from storefront.media.reading import CONTAINERS, DEPTHS, LOSSLESS, open_audio

EXTENSIONS = {
    "wav": {"wav", "wave", "w64"},
    "aiff": {"aif", "aiff", "aifc"},
    "flac": {"flac"},
    "m4a": {"m4a", "mp4", "alac"},
    "mp3": {"mp3"},
    "aac": {"aac"},
    "ogg": {"ogg", "oga", "opus"},
}
"""The endings that a container's files have; another ending is an honest mistake or a trick, and named either way."""

AUDIO_EXTENSIONS = frozenset().union(*EXTENSIONS.values())
RATES = range(8_000, 192_001)


@dataclass(frozen=True, slots=True)
class Probe:
    """A readable file: ``sample_rate`` in Hz, ``bit_depth`` None for a lossy codec, ``duration_ms`` as decoded.

    ``sound`` is the SHA-256 of what is encoded, without the container and its tags: other tags leave it as it is.
    """

    codec: str
    container: str
    lossless: bool
    sample_rate: int
    channels: int
    bit_depth: int | None
    duration_ms: int
    sound: str = field(default="", compare=False)


def probe(path: Path) -> Probe:
    """Decode the whole of ``path`` and say what it is (about a thousandth of its playing time).

    Raises :class:`UnreadableAudio` for what is not audio, damaged, cut off, misnamed, or neither mono nor stereo.
    """
    with open_audio(path) as (container, stream):
        codec = stream.codec_context.name.removesuffix("float")
        lossless = codec in LOSSLESS
        kind = CONTAINERS[container.format.name]
        rate, channels = stream.rate, stream.codec_context.channels
        _check_name(path, kind)
        _check_shape(rate, channels, stream)
        declared = _declared_samples(path, kind, stream)
        if missing := missing_bytes(path):
            raise UnreadableAudio(f"it is cut off: {missing:,} bytes are missing at its end")
        if kind == "ogg" and not has_last_page(path):
            raise UnreadableAudio("it is cut off: its last page is missing")
        samples, sound = _listen(container, stream, strict=lossless)
    if samples * 1000 < rate:  # less than a millisecond
        raise UnreadableAudio("there is no sound in it")
    # A lossy stream's declared length includes its encoder's padding, up to a few frames.
    if declared and samples < (declared if lossless else declared - max(4 * 1152, declared // 100)):
        raise UnreadableAudio(f"it is cut off: it ends after {_clock(samples, rate)} of {_clock(declared, rate)}")
    depth = DEPTHS.get(codec, 8 * stream.format.bytes if stream.format.bytes == 2 else 24) if lossless else None
    return Probe(codec, kind, lossless, rate, channels, depth, round(samples * 1000 / rate), sound)


def _check_name(path: Path, kind: str) -> None:
    extension = path.suffix.removeprefix(".").lower()
    if extension in AUDIO_EXTENSIONS and extension not in EXTENSIONS[kind]:
        raise UnreadableAudio(f"its name ends in .{extension}, but inside it is {kind.upper()}")


def _check_shape(rate: int, channels: int, stream: av.AudioStream) -> None:
    if channels not in (1, 2):
        raise UnreadableAudio(f"it has {channels} channels ({stream.layout.name}); mono and stereo can be sold")
    if rate not in RATES:
        raise UnreadableAudio(f"its sample rate is {rate} Hz; {RATES[0]} to {RATES[-1]} Hz can be sold")


def _declared_samples(path: Path, kind: str, stream: av.AudioStream) -> int:
    """Return the length that the header promises, in samples; 0 where it promises nothing."""
    if kind == "mp3":
        return promised_samples(path)
    # An Ogg that was cut out of a longer one counts from there; its last page says whether it is whole.
    if kind == "ogg" or stream.duration is None or stream.time_base is None:
        return 0
    return int(stream.duration * stream.time_base * stream.rate)


def _listen(container: av.container.InputContainer, stream: av.AudioStream, *, strict: bool) -> tuple[int, str]:
    """Decode to the end; return the count of samples, and the digest of the packets.

    ``strict``: damage in the middle is an error; at the very end it means "cut off".
    """
    samples, start, damaged, sound = 0, None, False, hashlib.sha256()
    for packet in container.demux(stream):
        sound.update(packet)
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            damaged = strict
            continue
        for frame in frames:
            assert isinstance(frame, av.AudioFrame)
            if strict and frame.pts is not None and frame.time_base is not None:
                position = round(frame.pts * frame.time_base * stream.rate)
                start = position if start is None else start
                # FFmpeg drops a FLAC frame that it cannot find its way in, without a word: the clock tells.
                damaged = damaged or position - start > samples
            if damaged:
                raise UnreadableAudio(f"it is damaged after {_clock(samples, stream.rate)}")
            samples += frame.samples
    if damaged:
        raise UnreadableAudio(f"it is damaged or cut off after {_clock(samples, stream.rate)}")
    return samples, sound.hexdigest()


def _clock(samples: int, rate: int) -> str:
    """Return a time such as 4:05."""
    minutes, seconds = divmod(samples // rate, 60)
    return f"{minutes}:{seconds:02}"
