"""The instruments, each one a formula for libavfilter's ``aevalsrc`` (https://ffmpeg.org/ffmpeg-filters.html#aevalsrc).

Most are frequency modulation as John Chowning described it ("The Synthesis of Complex Audio Spectra by Means of
Frequency Modulation", 1973): a bell, a marimba and an electric piano need two or three sines each.

In a formula ``t`` is the time in seconds, ``{w}`` the angular frequency of the note, ``{d}`` how long it is held.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Instrument:
    """A formula and how long it sounds: ``seconds`` after the note is struck, or after it is let go if ``sustained``.

    ``rate`` is the sample rate at which it is computed, in Hz: a dark instrument needs no more.
    """

    formula: str
    seconds: float
    sustained: bool = False
    rate: int = 44_100

    def sounding(self, held: float) -> float:
        """Return how long a note sounds that is held for ``held`` seconds."""
        return held + self.seconds if self.sustained else self.seconds


# Clicks are what a sound without attack begins with.
_SOFT = "min(1,t*250)*"
_SWELL = "min(1,t/{attack})*min(1,max(0,({{d}}+{release}-t)/{release}))*"

INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(
    {
        "electric piano": Instrument(
            _SOFT + "0.5*exp(-1.5*t)*(sin({w}*t+1.1*exp(-3*t)*sin({w}*t))+0.16*exp(-7*t)*sin({w}*t+1.5*sin(14*{w}*t)))",
            2.6,
        ),
        "piano": Instrument(
            _SOFT
            + "0.42*(0.75*exp(-1.3*t)+0.25*exp(-5*t))"
            + "*(sin({w}*t+0.9*exp(-2.4*t)*sin({w}*t))"
            + "+0.35*exp(-2.2*t)*sin(3.005*{w}*t+0.6*exp(-5*t)*sin(2.002*{w}*t)))",
            2.2,
        ),
        "bell": Instrument(_SOFT + "0.34*exp(-1.5*t)*sin({w}*t+1.7*exp(-1.9*t)*sin(3.5*{w}*t))", 3.0),
        "glass": Instrument("min(1,t*40)*0.4*exp(-1.7*t)*(sin({w}*t)+0.22*exp(-1.5*t)*sin(4.02*{w}*t))", 2.8),
        "marimba": Instrument(
            _SOFT + "(0.6*exp(-5.5*t)*sin({w}*t)+0.2*exp(-15*t)*sin(3.93*{w}*t)+0.06*exp(-35*t)*sin(9.2*{w}*t))", 1.0
        ),
        "kalimba": Instrument(
            _SOFT + "0.5*exp(-3.2*t)*(sin({w}*t)+0.3*exp(-9*t)*sin(5.42*{w}*t)+0.12*exp(-30*t)*sin(11.3*{w}*t))", 1.6
        ),
        "guitar": Instrument(
            _SOFT
            + "0.42*exp(-2.1*t)*sin({w}*t+1.5*exp(-5*t)*sin({w}*t)+0.5*exp(-9*t)*sin(3.003*{w}*t))"
            + "+0.05*exp(-70*t)*(random(0)-0.5)",
            2.0,
        ),
        "bass": Instrument(
            "min(1,t*120)*0.55*exp(-1.1*t)*(sin({w}*t+0.6*exp(-4*t)*sin({w}*t))+0.12*exp(-3*t)*sin(2*{w}*t))",
            2.2,
            rate=11_025,
        ),
        "pad": Instrument(
            _SWELL.format(attack=1.1, release=1.6)
            + "0.16*(sin({w}*t)+sin(1.0035*{w}*t)+0.45*sin(2.003*{w}*t+0.5*sin(0.9*t))+0.2*sin(2.994*{w}*t))",
            1.6,
            sustained=True,
            rate=8_000,
        ),
        "reed": Instrument(
            _SWELL.format(attack=0.09, release=0.22)
            + "0.26*(1-0.25*exp(-6*t))*sin({w}*t+0.004*{w}/30*sin(31*t)*min(1,t*1.2)+0.8*sin(2*{w}*t)*min(1,t*5))",
            0.22,
            sustained=True,
            rate=22_050,
        ),
        "drone": Instrument(
            _SWELL.format(attack=2.5, release=2.5)
            + "0.14*(sin({w}*t)+sin({w}*t+3.7*t)"
            + "+0.5*sin(2*{w}*t+1.1*t)+0.5*sin(2*{w}*t-2.3*t)+0.25*sin(3*{w}*t+5.3*t))",
            2.5,
            sustained=True,
            rate=8_000,
        ),
        "drum": Instrument("0.9*min(1,t*400)*exp(-8*t)*sin({w}*t+9*(1-exp(-28*t)))", 0.7, rate=11_025),
        "brush": Instrument("0.22*min(1,t*90)*exp(-16*t)*(random(0)-0.5)", 0.35),
        "tick": Instrument("0.3*exp(-90*t)*(random(0)-0.5+0.4*sin({w}*t))", 0.1),
    }
)
