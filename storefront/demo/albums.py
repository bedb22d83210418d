"""The demo's catalogue: what a label would write about its albums."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from storefront.demo.covers import evening_post as evening_post_cover
from storefront.demo.covers import field_notes as field_notes_cover
from storefront.demo.covers import interference as interference_cover
from storefront.demo.covers import low_tide as low_tide_cover
from storefront.demo.covers import orbit as orbit_cover
from storefront.demo.covers import patterns as patterns_cover
from storefront.demo.music import evening_post, field_notes, interference, low_tide, orbit, patterns
from storefront.demo.score import Piece

LABEL = "Harbour Lights Records"


@dataclass(frozen=True, slots=True)
class DemoAlbum:
    """An album as its band knows it.

    ``titles`` and ``pieces`` are its tracks in order; ``price`` is in the currency's main unit; ``released`` None means
    soon; ``master`` is a kind of :data:`storefront.demo.synthesis.MASTERS`.
    """

    title: str
    artist: str
    composer: str
    genre: str
    price: str
    currency: str
    released: datetime.date | None
    master: str
    titles: tuple[str, ...]
    pieces: tuple[Piece, ...]
    description: str
    credits: tuple[str, ...]
    draw: Callable[[], Image.Image]
    cover_alt: str

    def release(self, today: datetime.date) -> datetime.date:
        """Return the day of release: of an album that is not out yet, eight weeks from ``today``."""
        return self.released or today + datetime.timedelta(weeks=8)


ALBUMS = (
    DemoAlbum(
        title="Low Tide",
        artist="Mara Quist",
        composer="Mara Quist",
        genre="Folk",
        price="9.00",
        currency="EUR",
        released=datetime.date(2026, 11, 1),
        master="flac16",
        titles=("Harbour", "What the Rain Said", "Boathouse", "Low Tide"),
        pieces=low_tide.PIECES,
        description=(
            "Songs that Mara Quist wrote in a boathouse with the doors open, played by four people who were listening "
            "to the rain. Nothing was repaired afterwards: where you hear the sea, it was there.\n\n"
            "*For headphones, and for the last hour of the day.*"
        ),
        credits=(
            "Mara Quist: electric piano, guitar, harmonium",
            "Jonas Vik: bass",
            "Ines Okafor: kalimba, glass",
            "Tove Lindahl: drums, brushes",
            "Recorded by Tove Lindahl at Nordre Boathouse",
        ),
        draw=low_tide_cover.draw,
        cover_alt="Waves in layers, from sand to dark blue, under a pale sun",
    ),
    DemoAlbum(
        title="Evening Post",
        artist="Mara Quist",
        composer="Mara Quist",
        genre="Folk",
        price="11.00",
        currency="EUR",
        released=datetime.date(2025, 9, 12),
        master="flac16",
        titles=("Evening Post", "Lamplight", "Second Delivery", "Return to Sender"),
        pieces=evening_post.PIECES,
        description=(
            "Four letters home, most of them in three-four time. Guitar, a harmonium from a closed chapel, and the "
            "bells that its owner threw in for nothing. The last letter came back unopened; it is the best of them."
        ),
        credits=(
            "Mara Quist: guitar, harmonium, piano",
            "Jonas Vik: bass",
            "Tove Lindahl: bells, drums",
            "Mixed by Ines Okafor",
        ),
        draw=evening_post_cover.draw,
        cover_alt="A cream sun sets behind a purple sea, its light broken into stripes",
    ),
    DemoAlbum(
        title="Orbit",
        artist="The Slow Hours",
        composer="Kenji Arai, Lotte Brandt",
        genre="Ambient",
        price="1200",
        currency="JPY",
        released=datetime.date(2026, 3, 20),
        master="flac24",
        titles=("Perigee", "Long Way Round", "Apogee"),
        pieces=orbit.PIECES,
        description=(
            "Synthesizers that circle each other and never quite meet. The Slow Hours recorded it over one winter in "
            "Yokohama, at night, one long take per piece. In 24 bits, because the quiet parts are very quiet."
        ),
        credits=(
            "Kenji Arai: synthesizers",
            "Lotte Brandt: bells, tape echo",
            "Mastered by Lotte Brandt from the original 24-bit tapes",
        ),
        draw=orbit_cover.draw,
        cover_alt="Dark rings around an off-centre dot on yellow, with one small red planet",
    ),
    DemoAlbum(
        title="Interference",
        artist="The Slow Hours",
        composer="Kenji Arai, Lotte Brandt",
        genre="Electronic",
        price="0",
        currency="EUR",
        released=datetime.date(2024, 10, 4),
        master="flac16",
        titles=("Carrier", "Beat Frequency", "Quiet Band"),
        pieces=interference.PIECES,
        description=(
            "Two tones that are almost the same make a third that nobody plays. These are the sketches from which "
            "*Orbit* grew, and they are free: take them, pass them on, fall asleep to the last one."
        ),
        credits=("Kenji Arai: oscillators", "Lotte Brandt: drum machine, radio"),
        draw=interference_cover.draw,
        cover_alt="Fine violet lines on black, raised into two sets of ripples that cross",
    ),
    DemoAlbum(
        title="Patterns for Two Hands and a Long, Wet Winter in a House by the Harbour",
        artist="Ines Okafor",
        composer="Ines Okafor",
        genre="Contemporary Classical",
        price="7.50",
        currency="EUR",
        released=datetime.date(2026, 2, 13),
        master="wav16",
        titles=("Rain on Slate", "The Left Hand Remembers What the Right Hand Was About to Say", "Thaw"),
        pieces=patterns.PIECES,
        description=(
            "Two hands play the same few notes at different lengths until they agree. It rained from November to "
            "March, and the piano had to be tuned every week; you can hear the weeks."
        ),
        credits=("Ines Okafor: piano, marimba", "Mara Quist: page turns, tea", "Recorded at the Harbour House"),
        draw=patterns_cover.draw,
        cover_alt="A board of tiles with quarter circles and leaves in green, red, yellow and black",
    ),
    DemoAlbum(
        title="Field Notes 野帳",
        artist="Ines Okafor",
        composer="Ines Okafor",
        genre="Ambient",
        price="1500",
        currency="JPY",
        released=None,
        master="flac16",
        titles=("Morning Mist 朝霧", "Ferns", "Lantern Walk 提灯"),
        pieces=field_notes.PIECES,
        description=(
            "Kalimba and marimba, recorded out of doors on the Kii peninsula in the weeks before the summer rain. "
            "野帳 is the notebook that surveyors carry; this one was filled with sounds."
        ),
        credits=(
            "Ines Okafor: kalimba, marimba, field recordings",
            "Kenji Arai: harmonium",
            "Thanks to the Sato family",
        ),
        draw=field_notes_cover.draw,
        cover_alt="Paper ferns in white, coral, green and ochre under a pale moon",
    ),
)
