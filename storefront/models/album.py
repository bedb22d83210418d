"""Albums as they are offered: words, price, cover, state. The music itself is in their editions."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.artist import AlbumArtist
from storefront.models.base import Amount, Base, Currency, Digest, Moment, Name, Prose, PublicId, RowId, Words, states
from storefront.money import NO_CURRENCY, Money

if TYPE_CHECKING:
    from storefront.models.edition import Edition


class AlbumState(StrEnum):
    """Draft until it is published; withdrawn albums stay in their owners' libraries."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Pricing(StrEnum):
    """Whether the price is what it costs, or the least that a buyer may choose."""

    FIXED = "fixed"
    MINIMUM = "minimum"


#: Plays everywhere; exactly as it was mastered; Apple's.
DEFAULT_FORMATS = ("mp3-v0", "flac", "aac-256")


class Album(Base):
    """An album of the shop. `edition_id` is the edition that is sold now."""

    __tablename__ = "album"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("state <> 'published' OR edition_id IS NOT NULL", name="published_edition"),
        Index(None, "state", "release_day", "id"),
        Index(None, "cover_digest"),
    )

    id: Mapped[RowId]
    public_id: Mapped[PublicId]
    #: Today's address; every address that it ever had is in album_slug.
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[Name]
    #: How the artists are written on the sleeve ("Mara Quist & The Slow Hours").
    artist_credit: Mapped[Name]
    #: Markdown.
    description: Mapped[Prose] = mapped_column(default="")
    #: One credit a line.
    credits: Mapped[Prose] = mapped_column(default="")
    label: Mapped[Name] = mapped_column(default="")
    copyright: Mapped[Name] = mapped_column(default="")
    genre: Mapped[Name] = mapped_column(default="")

    #: 0 of NO_CURRENCY while there is no price, which only a draft may be without.
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    pricing: Mapped[Pricing] = mapped_column(states(Pricing), default=Pricing.FIXED)

    #: What a lossless edition is offered in: names of media.formats. With one lossy track it is its originals instead.
    formats: Mapped[tuple[str, ...]] = mapped_column(
        Words(200), default=DEFAULT_FORMATS, server_default=",".join(DEFAULT_FORMATS)
    )

    state: Mapped[AlbumState] = mapped_column(states(AlbumState), default=AlbumState.DRAFT)
    #: As precise as it is known: "2026", "2026-11" or "2026-11-01".
    released: Mapped[str] = mapped_column(String(10))
    #: The day it begins to be sold, by the shop's time zone; the first day of a month or year that is all we know.
    release_day: Mapped[date] = mapped_column(Date)

    cover_digest: Mapped[Digest | None]
    cover_width: Mapped[int | None]
    cover_height: Mapped[int | None]
    cover_alt: Mapped[Name] = mapped_column(default="")
    #: Four colours, "#rrggbb": on light paper, under the label there, on dark paper, under the label there.
    accent: Mapped[str | None] = mapped_column(String(31))

    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id", use_alter=True))
    created: Mapped[Moment]
    updated: Mapped[Moment]

    artists: Mapped[list[AlbumArtist]] = relationship(back_populates="album", order_by=AlbumArtist.position)
    edition: Mapped["Edition | None"] = relationship(foreign_keys=edition_id, post_update=True)

    @property
    def price(self) -> Money:
        """What it costs; with Pricing.MINIMUM, at least. Of an album that has a price, as every public one has."""
        return Money(self.amount, self.currency)

    @property
    def price_so_far(self) -> Money | None:
        """The same; None for a draft whose price nobody has said yet."""
        return None if self.currency == NO_CURRENCY else self.price


class AlbumSlug(Base):
    """Every slug an album has had, today's included: unique in the whole shop, an old one answers 301."""

    __tablename__ = "album_slug"
    __table_args__ = (Index(None, "album_id"),)

    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"))

    album: Mapped[Album] = relationship()


class CatalogueVersion(Base):
    """One row, counted up by whatever changes what the public pages show; their ETag is made of it.

    `albums` is how many are public: counting ten thousand would cost more than the page that says so.
    """

    __tablename__ = "catalogue_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    albums: Mapped[int] = mapped_column(default=0)
