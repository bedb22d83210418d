"""What is heard before buying: the beginning, whole frames, a soft end, and nothing after it."""

import array
from itertools import pairwise

import av
import pytest

from storefront.media.cutting import FADE_SECONDS
from storefront.media.encoding import encode
from storefront.media.formats import Format

SINE = "0.5*sin(2*PI*440*t)"


def decoded(path):
    """Return the sample rate and the left channel, as integers of 16 bit."""
    left = array.array("h")
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        resampler = av.AudioResampler(format="s16", layout="mono")
        for frame in container.decode(audio=0):
            for block in resampler.resample(frame):
                left.frombytes(bytes(block.planes[0])[: 2 * block.samples])
    return rate, left


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_preview_is_the_beginning_in_whole_frames(make_audio, tmp_path, rate):
    master = make_audio(seconds=33, rate=rate, wave=SINE)

    encode(master, tmp_path / "preview.mp3", Format.STREAM, 30)

    _, samples = decoded(tmp_path / "preview.mp3")
    assert len(samples) == 30 * rate // 1152 * 1152
    assert (tmp_path / "preview.mp3").stat().st_size < 30.2 * 128_000 / 8


def test_its_end_is_soft(make_audio, tmp_path):
    encode(make_audio(seconds=33, wave=SINE), tmp_path / "preview.mp3", Format.STREAM, 30)

    rate, samples = decoded(tmp_path / "preview.mp3")
    fade = int(FADE_SECONDS * rate)
    loudest = [max(samples[at : at + 441]) for at in range(len(samples) - fade, len(samples) - 441, 441)]
    before = max(samples[-fade - 4410 : -fade])
    assert before == pytest.approx(0.5 * 32768, rel=0.05)
    assert loudest[len(loudest) // 2] == pytest.approx(before / 2, rel=0.1)
    assert loudest[-1] < before / 50
    assert all(later < sooner * 1.1 for sooner, later in pairwise(loudest))


def test_a_track_that_is_shorter_is_heard_to_its_end(make_audio, tmp_path):
    master = make_audio(seconds=2, wave=SINE)
    encode(master, tmp_path / "preview.mp3", Format.STREAM, 30)
    encode(master, tmp_path / "stream.mp3", Format.STREAM)
    assert decoded(tmp_path / "preview.mp3") == decoded(tmp_path / "stream.mp3")


def test_only_the_beginning_is_decoded(make_audio, tmp_path):
    """A master that is broken behind the cut does not matter to it."""
    master = make_audio(seconds=60, wave=SINE + "+0.1*random(0)")
    master.write_bytes(master.read_bytes()[: int(master.stat().st_size * 0.7)])
    encode(master, tmp_path / "preview.mp3", Format.STREAM, 30)
    assert len(decoded(tmp_path / "preview.mp3")[1]) == 30 * 44_100 // 1152 * 1152
