"""Makers of awkward files: music and pictures as they come from the attics of bands, and from those who mean harm."""

import io
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import av
from av.filter import Graph
from PIL import Image

WAVE = "0.4*sin(2*PI*220*t)+0.2*sin(2*PI*331*t)"
#: Codec -> the sample format that its encoder wants.
SAMPLE_FORMATS = {
    "pcm_u8": "u8",
    "pcm_s24le": "s32",
    "pcm_s24be": "s32",
    "pcm_s32le": "s32",
    "pcm_f32le": "flt",
    "pcm_f64le": "dbl",
    "alac": "s16p",
    "libmp3lame": "fltp",
    "aac": "fltp",
    "ac3": "fltp",
    "vorbis": "fltp",
    "libopus": "flt",
    "adpcm_ms": "s16",
}


def sound(
    path: Path,
    codec: str = "flac",
    *,
    seconds: float = 0.5,
    rate: int = 44_100,
    layout: str = "stereo",
    sample_format: str | None = None,
    container: str | None = None,
    options: Mapping[str, str] | None = None,
) -> Path:
    """Writes a chord of any shape to `path`."""
    form = sample_format or SAMPLE_FORMATS.get(codec, "s16")
    channels = av.AudioLayout(layout).nb_channels
    graph = Graph()
    graph.link_nodes(
        graph.add("aevalsrc", exprs="|".join([WAVE] * channels), s=str(rate), d=str(seconds), c=layout),
        graph.add("aformat", sample_fmts=form),
        graph.add("abuffersink"),
    ).configure()
    with av.open(str(path), "w", format=container, container_options=dict(options or {})) as sink:
        # FFmpeg's own encoder of Vorbis counts as an experiment.
        stream = sink.add_stream(codec, rate=rate, options={"strict": "-2"} if codec == "vorbis" else {})
        stream.codec_context.layout = layout
        stream.codec_context.format = form
        while True:
            try:
                frame = graph.pull()
            except EOFError:
                break
            frame.pts = None
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return path


def without_length(path: Path) -> Path:
    """An MP3 of a variable bit rate without the frame that says how long it is: no Xing, no LAME."""
    return sound(path, "libmp3lame", seconds=3, options={"write_xing": "0", "id3v2_version": "0"})


def wav(
    data: bytes, *, rate: int = 8_000, chunks: bytes = b"", riff: int | None = None, size: int | None = None
) -> bytes:
    """A mono WAV of 16 bit by hand: `chunks` before the sound; `riff` and `size` are what its headers say instead."""
    form = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    body = b"WAVE" + chunk(b"fmt ", form) + chunks
    body += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", len(body) if riff is None else riff) + body


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of RIFF, padded to an even length."""
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def info(texts: Mapping[bytes, bytes]) -> bytes:
    """RIFF's LIST INFO with these texts."""
    return chunk(b"LIST", b"INFO" + b"".join(chunk(name, text + b"\0") for name, text in texts.items()))


def id3v1(title: bytes, artist: bytes = b"", album: bytes = b"", year: bytes = b"", track: int = 0) -> bytes:
    """The 128 bytes at the end of an MP3 (ID3v1.1)."""
    fields = title.ljust(30, b"\0") + artist.ljust(30, b"\0") + album.ljust(30, b"\0") + year.ljust(4, b"\0")
    return b"TAG" + fields + bytes(28) + bytes([0, track, 255])


def id3v2(frames: Mapping[bytes, bytes], version: int = 3) -> bytes:
    """An ID3v2 tag whose frames have these bodies, each with its byte of encoding."""
    body = b"".join(name + _size(len(text), version) + b"\0\0" + text for name, text in frames.items())
    return b"ID3" + bytes([version, 0, 0]) + _size(len(body), 4) + body


def _size(length: int, version: int) -> bytes:
    if version < 4:
        return struct.pack(">I", length)
    return bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0))


def picture(format: str = "JPEG", size: tuple[int, int] = (600, 600), mode: str = "RGB", **options: object) -> bytes:
    """A picture of noise in bands, that no encoder makes small."""
    noise = Image.effect_noise(size, 80).convert(mode)
    target = io.BytesIO()
    noise.save(target, format, **options)
    return target.getvalue()


#: Names that somebody's disk lets be, and somebody else's does not.
HOSTILE_NAMES = (
    "CON.flac",
    "nul.flac",
    "a..\\..\\windows.flac",
    "$(reboot) `id` ;rm -rf ~.flac",
    "<script>alert(1)<．script>.flac",
    "a\nb\tc\x1b[31m.flac",
    "\u202egnp.flac",
    "👩‍👩‍👧 ﷽ Zalgơ̴̢.flac",
    "-rf.flac",
    "%s%n{0}.flac",
    "x" * 240 + ".flac",
    " .flac",
)

Maker = Callable[[Path], object]
