"""Opening somebody's audio file with FFmpeg, with only those readers that music needs.

FFmpeg knows hundreds of formats, some of which (playlists, concatenations) open further files or addresses named in
them. A file that is brought to the shop is read by the containers and codecs below, and from disk, whatever its name
says (https://ffmpeg.org/ffmpeg-formats.html#Format-Options: ``format_whitelist``, ``protocol_whitelist``). Embedded
covers are not decoded here, so a picture bomb inside a track costs nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import av
import av.container
import av.error
from av.stream import Disposition

from storefront.media.errors import UnreadableAudio

CONTAINERS = {
    "wav": "wav",
    "w64": "wav",
    "aiff": "aiff",
    "flac": "flac",
    "mov,mp4,m4a,3gp,3g2,mj2": "m4a",
    "mp3": "mp3",
    "aac": "aac",
    "ogg": "ogg",
}
"""FFmpeg's name of a demuxer -> our name of the container."""

DEPTHS = {
    "pcm_u8": 8,
    "pcm_s16le": 16,
    "pcm_s16be": 16,
    "pcm_s24le": 24,
    "pcm_s24be": 24,
    "pcm_s32le": 32,
    "pcm_s32be": 32,
    "pcm_f32le": 32,
    "pcm_f32be": 32,
    "pcm_f64le": 64,
    "pcm_f64be": 64,
}
"""Bits per sample of the codecs that have them in their name."""

LOSSLESS = frozenset({"flac", "alac", *DEPTHS})
LOSSY = frozenset({"mp3", "mp3float", "aac", "vorbis", "opus", "libopus"})

INSIDE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "wav": frozenset(DEPTHS),
        "aiff": frozenset(DEPTHS),
        "flac": frozenset({"flac"}),
        "m4a": frozenset({"alac", "aac"}),
        "mp3": frozenset({"mp3", "mp3float"}),
        "aac": frozenset({"aac"}),
        "ogg": frozenset({"vorbis", "opus", "libopus", "flac"}),
    }
)
"""Container -> what may be inside: ``codec_whitelist`` is FFmpeg's probing's alone, PyAV's decoder does not ask it."""

OPTIONS = {
    # mov has one name in the list of demuxers and six in the demuxer's own.
    "format_whitelist": ",".join(CONTAINERS),
    "protocol_whitelist": "file",
    "codec_whitelist": ",".join(sorted(LOSSLESS | LOSSY)),
}

STRICT = {"err_detect": "crccheck+explode"}
"""For a lossless codec: a frame whose checksum is wrong is an error, not silence."""


@contextmanager
def open_audio(path: Path) -> Iterator[tuple[av.container.InputContainer, av.AudioStream]]:
    """Open ``path`` and yield its container and its (main) audio stream, checked and ready to decode.

    FFmpeg's errors inside the block come out as :class:`UnreadableAudio`, with the words of :func:`_explained`.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableAudio(f"it cannot be opened: {error.strerror}") from error
    if size == 0:
        raise UnreadableAudio("it is an empty file")
    try:
        # An absolute path, so that a name such as "pipe:0" or "http:x" is never taken for a protocol.
        with av.open(str(path.absolute()), options=OPTIONS, metadata_errors="replace") as container:
            stream = container.streams.best("audio")
            # A stream that no decoder knows has no context, whatever PyAV's types say.
            if isinstance(stream, av.AudioStream) and getattr(stream, "codec_context", None) is None:
                raise UnreadableAudio("it is compressed in a way that is unknown here")
            # A text named .flac is opened as FLAC for its name's sake, and turns out to have no channels.
            if not isinstance(stream, av.AudioStream) or not stream.rate or not stream.codec_context.channels:
                raise UnreadableAudio("it is not audio")
            _check_inside(container, stream)
            if stream.codec_context.name in LOSSLESS:
                stream.codec_context.options = STRICT
            yield container, stream
    except av.error.FFmpegError as error:
        raise UnreadableAudio(_explained(error, path)) from error


def _check_inside(container: av.container.InputContainer, stream: av.AudioStream) -> None:
    kind, codec = CONTAINERS[container.format.name], stream.codec_context.name
    if codec not in INSIDE[kind]:
        raise UnreadableAudio(
            f"inside its {kind.upper()} is {codec.removesuffix('float').upper()}, a kind that cannot be sold"
        )
    if any(not Disposition.attached_pic & video.disposition for video in container.streams.video):
        raise UnreadableAudio("it is a film")


def _explained(error: Exception, path: Path) -> str:
    """Say in plain words why FFmpeg gave up on ``path``."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"fLaC" or head[:4] in (b"RIFF", b"FORM", b"OggS") or head[4:8] == b"ftyp":
        return "it is damaged or cut off"
    if isinstance(error, MemoryError):
        raise MemoryError from error
    return "it is not audio"
