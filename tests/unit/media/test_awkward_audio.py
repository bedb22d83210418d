"""Files as they come from attics, and from those who mean harm: what is read, and in what words the rest is refused."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from storefront.media.errors import UnreadableAudio
from storefront.media.probing import probe
from storefront.media.tagging import write_tags
from storefront.media.tags import Tags
from tests.support.awkward import HOSTILE_NAMES, id3v1, id3v2, picture, sound, wav, without_length

PCM = b"\1\2" * 8_000
Make = Callable[[Path], object]


def cut(codec: str, share: float = 0.5, **shape: object) -> Make:
    """A file of which only a share of the bytes is there."""

    def make(path: Path) -> None:
        whole = sound(path, codec, seconds=4, **shape).read_bytes()  # type: ignore[arg-type]
        path.write_bytes(whole[: int(len(whole) * share)])

    return make


def after(codec: str, *, before: bytes = b"", behind: bytes = b"") -> Make:
    return lambda path: path.write_bytes(before + sound(path, codec).read_bytes() + behind)


@pytest.mark.parametrize("depth", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"])
def test_every_depth(tmp_path: Path, depth: str) -> None:
    found = probe(sound(tmp_path / "a.wav", depth))
    assert (found.codec, found.lossless, found.duration_ms) == (depth, True, 500)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 48_000, 88_200, 96_000, 176_400, 192_000])
def test_every_rate(tmp_path: Path, rate: int) -> None:
    found = probe(sound(tmp_path / "a.flac", rate=rate))
    assert (found.sample_rate, found.duration_ms) == (rate, 500)


@pytest.mark.parametrize(
    ("name", "make", "codec"),
    [
        ("mono.flac", lambda path: sound(path, layout="mono"), "flac"),
        ("a.aifc", lambda path: sound(path, "pcm_s16be", container="aiff"), "pcm_s16be"),
        ("a.w64", lambda path: sound(path, "pcm_s16le"), "pcm_s16le"),
        ("rf64.wav", lambda path: sound(path, "pcm_s16le", options={"rf64": "always"}), "pcm_s16le"),
        ("a.aac", lambda path: sound(path, "aac", container="adts"), "aac"),
        ("a.mp4", lambda path: sound(path, "aac"), "aac"),
        ("a.ogg", lambda path: sound(path, "vorbis"), "vorbis"),
        ("a.opus", lambda path: sound(path, "libopus", rate=48_000), "opus"),
        ("no Xing.mp3", without_length, "mp3"),
        ("tags before.flac", after("flac", before=id3v2({b"TIT2": b"\0Harbour"})), "flac"),
        ("junk before.mp3", after("libmp3lame", before=bytes(3_000) + b"junk" * 100), "mp3"),
        ("junk behind.mp3", after("libmp3lame", behind=b"APETAGEX" * 2_000 + id3v1(b"Harbour")), "mp3"),
        ("junk behind.wav", after("pcm_s16le", behind=b"junk" * 100), "pcm_s16le"),
        ("recorder switched off.wav", lambda path: path.write_bytes(wav(PCM, size=0, riff=0)), "pcm_s16le"),
        ("piped.wav", lambda path: path.write_bytes(wav(PCM, size=0xFFFFFFFF, riff=0xFFFFFFFF)), "pcm_s16le"),
        ("odd.wav", lambda path: path.write_bytes(wav(PCM + b"\0")), "pcm_s16le"),
        ("wrong size.wav", lambda path: path.write_bytes(wav(PCM, riff=12)), "pcm_s16le"),
        ("no ending", lambda path: sound(path, container="flac"), "flac"),
    ],
)
def test_what_is_odd_and_whole_is_read(tmp_path: Path, name: str, make: Make, codec: str) -> None:
    make(tmp_path / name)
    found = probe(tmp_path / name)
    assert found.codec == codec
    assert found.duration_ms >= 490


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_is_no_matter(tmp_path: Path, name: str) -> None:
    assert probe(sound(tmp_path / name, container="flac")).duration_ms == 500


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("5.1.flac", lambda path: sound(path, layout="5.1"), "it has 6 channels (5.1); mono and stereo can be sold"),
        ("5.1.m4a", lambda path: sound(path, "aac", layout="5.1"), "it has 6 channels"),
        ("7.1.wav", lambda path: sound(path, "pcm_s16le", layout="7.1"), "it has 8 channels"),
        ("a.wav", lambda path: sound(path, "pcm_s16le", rate=384_000), "its sample rate is 384000 Hz"),
        ("phone.wav", lambda path: sound(path, "pcm_alaw"), "inside its WAV is PCM_ALAW, a kind that cannot be sold"),
        ("games.wav", lambda path: sound(path, "adpcm_ms"), "inside its WAV is ADPCM_MS"),
        ("an MP3.wav", lambda path: sound(path, "libmp3lame"), "inside its WAV is MP3, a kind"),
        ("cinema.wav", lambda path: sound(path, "ac3"), "inside its WAV is AC3"),
        ("radio.mp3", lambda path: sound(path, "mp2", container="mp2"), "inside its MP3 is MP2"),
        ("unheard of.wav", lambda path: path.write_bytes(wav(PCM).replace(b"\1\0\1\0", b"\x34\x12\1\0")), "unknown"),
        ("a FLAC.wav", lambda path: sound(path, container="flac"), "ends in .wav, but inside it is FLAC"),
        ("a WAV.flac", lambda path: sound(path, "pcm_s16le", container="wav"), "ends in .flac, but inside it is WAV"),
        ("zero.mp3", Path.touch, "it is an empty file"),
        ("silent.wav", lambda path: path.write_bytes(wav(b"")), "there is no sound in it"),
        ("click.wav", lambda path: path.write_bytes(wav(b"\1\2")), "there is no sound in it"),
        ("promise.wav", lambda path: path.write_bytes(wav(PCM, size=99_999)), "cut off: 83,999 bytes are missing"),
        ("cut.mp3", cut("libmp3lame"), "it is cut off: it ends after"),
        ("cut.ogg", cut("vorbis", 0.9), "cut off"),
        ("cut.opus", cut("libopus", 0.9, rate=48_000), "it is cut off: its last page is missing"),
        ("cut.m4a", cut("aac"), "damaged or cut off"),
        ("head.mp4", lambda path: path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200)), "damaged or cut off"),
    ],
)
def test_what_is_refused_says_why(tmp_path: Path, name: str, make: Make, reason: str) -> None:
    make(tmp_path / name)
    with pytest.raises(UnreadableAudio) as refused:
        probe(tmp_path / name)
    assert reason in refused.value.reason


def test_a_film_is_not_music(tmp_path: Path) -> None:
    path = tmp_path / "film.m4a"
    with av.open(str(path), "w", format="mp4") as sink, av.open(str(sound(tmp_path / "a.m4a", "aac"))) as music:
        picture = sink.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        voice = sink.add_stream_from_template(music.streams.audio[0])
        for number in range(5):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            sink.mux(picture.encode(frame))
        sink.mux(picture.encode(None))
        for packet in music.demux(audio=0):
            if packet.dts is not None:
                packet.stream = voice
                sink.mux(packet)
    with pytest.raises(UnreadableAudio, match="it is a film"):
        probe(path)


def test_a_picture_inside_makes_no_film(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.m4a", "aac")
    write_tags(path, Tags(title="Harbour"), picture())
    assert probe(path).codec == "aac"
