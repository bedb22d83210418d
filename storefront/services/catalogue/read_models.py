"""What the public pages show, as plain values: made from columns, since entities cost ten times as much."""

from datetime import date
from typing import NamedTuple

from storefront.models import Pricing
from storefront.money import Money


class Cover(NamedTuple):
    """A picture that is stored in several widths; `width` and `height` are the original's, in pixels."""

    digest: str
    width: int
    height: int
    alt: str


class AlbumCard(NamedTuple):
    """An album in a list."""

    slug: str
    title: str
    artist_credit: str
    price: Money
    pricing: Pricing
    #: The day it begins to be sold.
    release_day: date
    #: As precise as it is known: "2026", "2026-11" or "2026-11-01".
    released: str
    #: Whether it is sold today.
    available: bool
    cover: Cover | None


class AlbumList(NamedTuple):
    """One page of a list; pages are counted from 1.

    `words` is what was searched for: None for all albums, empty before anything was asked.
    """

    cards: list[AlbumCard]
    page: int
    pages: int
    total: int
    words: str | None


class Home(NamedTuple):
    """The front page: the newest album that is sold, and those after it."""

    front: AlbumCard | None
    #: Markdown.
    front_description: str
    albums: list[AlbumCard]
    #: How many albums the shop has.
    total: int


class TrackLine(NamedTuple):
    """A track of an album's list."""

    disc: int
    position: int
    title: str
    #: Where it differs from the album's.
    artist_credit: str | None
    duration_ms: int
    #: The address of what is played in the shop; None before the album is sold, and for what is not to be heard.
    stream: str | None
    #: The length of what is played, where that is only the beginning.
    preview_ms: int | None
    #: The outline of what is played, at most 150 hexadecimal digits.
    peaks: str


class Disc(NamedTuple):
    """A disc of an album, or all of it."""

    number: int
    tracks: list[TrackLine]


class FormatLine(NamedTuple):
    """A format in which the album is bought."""

    format: str
    label: str
    #: "24 bit, 48 kHz", or empty.
    detail: str
    #: Of the whole album, in bytes; None before it is made.
    size: int | None


class ArtistLink(NamedTuple):
    """An artist's name and address."""

    name: str
    slug: str


class AlbumPage(NamedTuple):
    """All that an album's page tells."""

    slug: str
    title: str
    artist_credit: str
    artists: list[ArtistLink]
    #: None for a draft that has none yet.
    price: Money | None
    pricing: Pricing
    available: bool
    release_day: date
    released: str
    cover: Cover | None
    #: Markdown.
    description: str
    credits: list[str]
    label: str
    copyright: str
    genre: str
    tracks: list[TrackLine]
    #: The same tracks, disc by disc.
    discs: list[Disc]
    duration_ms: int
    formats: list[FormatLine]
    #: Other albums of its artists.
    more: list[AlbumCard]


class ArtistPage(NamedTuple):
    """An artist and all their albums, newest first."""

    name: str
    slug: str
    #: Markdown.
    biography: str
    albums: list[AlbumCard]


class ArtistLine(NamedTuple):
    """An artist in the list of artists, with the number of their albums."""

    name: str
    slug: str
    albums: int
