"""Loudness, held against the signals that EBU Tech 3341 (version 4, table 1) tests meters with."""

import pytest

from storefront.media.errors import UnreadableAudio
from storefront.media.loudness import integrated, measure

#: dBFS and seconds of a stereo sine of 1 kHz, one after the other; and what a meter must show, in LUFS.
SIGNALS = {
    "1": ([(-23, 20)], -23.0),
    "2": ([(-33, 20)], -33.0),
    "3": ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    "4": ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    "5": ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
}


def sine(steps):
    """Return the signal's expression."""
    wave, until = "0", sum(seconds for _, seconds in steps)
    for level, seconds in reversed(steps):
        wave = f"if(lt(t,{until}),{10 ** (level / 20)},{wave})"
        until -= seconds
    return f"sin(2*PI*1000*t)*({wave})"


@pytest.mark.parametrize("case", SIGNALS)
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_the_signals_of_ebu_tech_3341(make_audio, case, rate):
    steps, expected = SIGNALS[case]
    path = make_audio(
        "signal.wav",
        codec="pcm_s24le",
        sample_format="s32",
        rate=rate,
        seconds=sum(seconds for _, seconds in steps),
        wave=sine(steps),
    )

    blocks = measure(path)

    assert integrated(blocks.momentary) == pytest.approx(expected, abs=0.1)
    assert blocks.peak == pytest.approx(10 ** (max(level for level, _ in steps) / 20), rel=0.001)


@pytest.mark.parametrize("rate", [8_000, 22_050, 96_000, 192_000])
def test_at_any_sample_rate(make_audio, rate):
    path = make_audio("m.wav", codec="pcm_s24le", sample_format="s32", rate=rate, seconds=3, wave=sine([(-23, 3)]))
    assert integrated(measure(path).momentary) == pytest.approx(-23, abs=0.1)


def test_one_channel_is_half_the_energy_of_two(make_audio):
    mono = make_audio("m.wav", codec="pcm_s16le", seconds=3, layout="mono", wave=sine([(-20, 3)]))
    assert integrated(measure(mono).momentary) == pytest.approx(-20 - 3.01, abs=0.1)


def test_an_album_is_measured_as_one_piece(make_audio):
    """Not as the mean of its tracks: the quiet one falls below the gate that the loud one sets."""
    loud = measure(make_audio("a.wav", codec="pcm_s16le", seconds=5, wave=sine([(-20, 5)]))).momentary
    quiet = measure(make_audio("b.wav", codec="pcm_s16le", seconds=5, wave=sine([(-40, 5)]))).momentary
    middling = measure(make_audio("c.wav", codec="pcm_s16le", seconds=5, wave=sine([(-23.01, 5)]))).momentary

    assert integrated([*loud, *quiet]) == pytest.approx(-20, abs=0.1)
    assert integrated([*loud, *middling]) == pytest.approx(-21.25, abs=0.1)  # (1 + 0.5) / 2 of the energy


@pytest.mark.parametrize(("wave", "seconds"), [("0", 2), ("sin(2*PI*1000*t)", 0.2)])
def test_silence_and_what_is_shorter_than_a_block_have_no_loudness(make_audio, wave, seconds):
    blocks = measure(make_audio("m.wav", codec="pcm_s16le", seconds=seconds, wave=wave))
    assert integrated(blocks.momentary) is None
    assert blocks.peak == pytest.approx(1.0 if wave != "0" else 0.0, abs=0.01)


def test_the_highest_sample_of_either_channel_counts(make_audio):
    path = make_audio("m.wav", codec="pcm_s16le", wave="0.5*sin(2*PI*100*t)-0.25*gt(t,0.9)")
    assert measure(path).peak == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("seconds", [0.05, 1.03, 1.0501, 2.999])
def test_the_very_end_counts_for_the_peak(make_audio, seconds):
    wave = f"0.25*sin(2*PI*1000*t)*(1+gt(t,{seconds - 0.02}))"
    blocks = measure(make_audio("m.wav", codec="pcm_s16le", seconds=seconds, wave=wave))
    assert blocks.peak == pytest.approx(0.5, abs=0.01)
    assert len(blocks.momentary) == int(seconds * 10)


def test_a_broken_file_is_named_so(make_audio):
    path = make_audio(seconds=3)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(UnreadableAudio, match="damaged or cut off"):
        measure(path)
