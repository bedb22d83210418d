"""How times are written: in the shop's zone and by its locale, and in UTC where a machine or a mouse asks."""

from datetime import UTC, datetime

import pytest
from babel.dates import format_datetime

from storefront.rendering import make_environment
from storefront.settings import read_settings

WINTER = datetime(2026, 11, 28, 23, 40, 16, 500_000, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


def written(words, value, zone="UTC", locale="en"):
    settings = read_settings({"shop.timezone": zone, "shop.locale": locale})
    return make_environment(settings).from_string(words).render(value=value)


@pytest.mark.parametrize(
    ("zone", "value", "text"),
    [
        ("UTC", WINTER, "Nov 28, 2026, 11:40:16\u202fPM UTC"),
        ("Europe/Berlin", WINTER, "Nov 29, 2026, 12:40:16\u202fAM CET"),
        ("Europe/Berlin", SUMMER, "Jul 2, 2026, 12:30:00\u202fAM CEST"),
        ("America/Sao_Paulo", SUMMER, "Jul 1, 2026, 7:30:00\u202fPM -03"),
    ],
)
def test_a_time_names_its_zone(zone, value, text):
    assert written("{{ value|moment }}", value, zone) == text


@pytest.mark.parametrize("locale", ["en", "de", "fr", "ja", "nb", "en_GB", "pt_BR", "zh", "ar", "ko", "hu", "bg"])
def test_a_locales_times_are_as_babel_writes_them(locale):
    text = written("{{ value|moment }}", WINTER, locale=locale)
    assert text == f"{format_datetime(WINTER, 'medium', locale=locale)} UTC"


def test_the_desk_has_it_for_machines_and_mice_too():
    text = written("{{ value|when }}", WINTER, "Asia/Tokyo", "de")
    assert text == (
        '<time datetime="2026-11-28T23:40:16Z" title="2026-11-28 23:40:16 UTC">29.11.2026, 08:40:16 JST</time>'
    )
