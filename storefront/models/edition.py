"""Editions: what exactly is sold and kept. A change of the music makes a new edition; the old one is never altered."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Base, Digest, Moment, Name, Prose, PublicId, RowId, states

if TYPE_CHECKING:
    from storefront.models.album import Album


class EditionState(StrEnum):
    """Ready when every format that it offers has been built."""

    BUILDING = "building"
    READY = "ready"


class FileKind(StrEnum):
    """A whole album, one track to keep, one track to listen to, or the beginning of one for who does not own it."""

    ARCHIVE = "archive"
    TRACK = "track"
    STREAM = "stream"
    PREVIEW = "preview"


class Edition(Base):
    """One version of an album's music; a purchase is of an edition."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("album_id", "number"),)

    id: Mapped[RowId]
    public_id: Mapped[PublicId]
    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"))
    number: Mapped[int]
    state: Mapped[EditionState] = mapped_column(states(EditionState), default=EditionState.BUILDING)
    #: SHA-256 of the masters, their tags and the cover, by which an import knows that nothing changed.
    fingerprint: Mapped[Digest]
    #: Of all tracks as one, in LUFS (EBU R 128); None until it is measured, and for silence.
    loudness_lufs: Mapped[float | None]
    created: Mapped[Moment]

    album: Mapped["Album"] = relationship(foreign_keys=album_id)
    tracks: Mapped[list["Track"]] = relationship(back_populates="edition", order_by="(Track.disc, Track.position)")
    files: Mapped[list["File"]] = relationship(back_populates="edition")


class TakenOff(Base):
    """A recording that was taken off the album while its edition was a draft, of which nothing else is left: so that an
    import leaves it off."""

    __tablename__ = "taken_off"

    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"), primary_key=True)
    sound_digest: Mapped[Digest] = mapped_column(primary_key=True)


class Track(Base):
    """A track of an edition, with the master it is made from."""

    __tablename__ = "track"
    __table_args__ = (
        UniqueConstraint("edition_id", "disc", "position"),
        CheckConstraint("preview_seconds = 0 OR preview_seconds BETWEEN 30 AND 90", name="preview_seconds"),
        Index(None, "sound_digest"),
    )

    id: Mapped[RowId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    disc: Mapped[int]
    position: Mapped[int]
    title: Mapped[Name]
    #: Where it differs from the album's.
    artist_credit: Mapped[Name | None]
    duration_ms: Mapped[int]
    isrc: Mapped[str | None] = mapped_column(String(12))
    composer: Mapped[Name] = mapped_column(default="")
    lyrics: Mapped[Prose] = mapped_column(default="")
    #: The master in storage, under this key.
    master_digest: Mapped[Digest]
    master_name: Mapped[Name]
    #: SHA-256 of the sound in it, without its tags, by which the same recording is known; None where none was taken.
    sound_digest: Mapped[Digest | None]
    sample_rate: Mapped[int]
    channels: Mapped[int]
    #: None for a lossy master.
    bit_depth: Mapped[int | None]
    #: 300 loudness peaks as hex bytes, for the player's wave; empty until they are made.
    peaks: Mapped[str] = mapped_column(String(1200), default="")
    #: Integrated loudness (EBU R 128); None until it is measured, and for silence.
    loudness_lufs: Mapped[float | None]
    #: The highest sample, 1.0 being full scale; None until it is measured.
    peak: Mapped[float | None]
    #: How much of it who does not own it may hear: None is all of it, 0 nothing, else its first 30 to 90 seconds,
    #: which are a file of their own (FileKind.PREVIEW).
    preview_seconds: Mapped[int | None]

    edition: Mapped[Edition] = relationship(back_populates="tracks")


class File(Base):
    """A file of an edition, ready to be sent. Its bytes are in storage under its digest, and the digest is its ETag."""

    __tablename__ = "file"
    __table_args__ = (
        Index("uq_file_archive", "edition_id", "format", unique=True,
              sqlite_where=text("track_id IS NULL"), postgresql_where=text("track_id IS NULL")),
        UniqueConstraint("track_id", "kind", "format"),
        CheckConstraint("(kind = 'archive') = (track_id IS NULL)", name="track"),
        CheckConstraint("size > 0", name="size"),
        Index(None, "digest"),
        Index(None, "edition_id", "kind"),
    )  # fmt: skip

    id: Mapped[RowId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    kind: Mapped[FileKind] = mapped_column(states(FileKind))
    #: A name of media.formats: "flac", "mp3-v0", "stream".
    format: Mapped[str] = mapped_column(String(16))
    digest: Mapped[Digest]
    size: Mapped[int] = mapped_column(BigInteger)
    #: What the buyer's computer is to call it.
    name: Mapped[Name]

    edition: Mapped[Edition] = relationship(back_populates="files")
    track: Mapped[Track | None] = relationship()
