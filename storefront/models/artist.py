"""Artists, and who made which album."""

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Base, Moment, Name, Prose, PublicId, RowId

if TYPE_CHECKING:
    from storefront.models.album import Album


class Artist(Base):
    """A band or a person, with a page of their own."""

    __tablename__ = "artist"

    id: Mapped[RowId]
    public_id: Mapped[PublicId]
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[Name] = mapped_column(unique=True)
    biography: Mapped[Prose] = mapped_column(default="")
    created: Mapped[Moment]

    albums: Mapped[list["AlbumArtist"]] = relationship(back_populates="artist")


class ArtistSlug(Base):
    """An address that an artist had before today's: it leads there, and no other artist gets it."""

    __tablename__ = "artist_slug"
    __table_args__ = (Index(None, "artist_id"),)

    slug: Mapped[str] = mapped_column(String(200), primary_key=True)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artist.id"))


class AlbumArtist(Base):
    """An album's artist, at a position of its credit ("A & B" is two rows)."""

    __tablename__ = "album_artist"
    __table_args__ = (Index(None, "artist_id"),)

    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artist.id"))

    album: Mapped["Album"] = relationship(back_populates="artists")
    artist: Mapped[Artist] = relationship(back_populates="albums")
