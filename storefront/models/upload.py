"""Music on its way in through a browser: an upload, and its files. How much of one is here, its part on disk says."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Base, Currency, Moment, Name, PublicId, RowId, states

if TYPE_CHECKING:
    from storefront.models.album import Album


class UploadState(StrEnum):
    """Open while files come; reading from "these are all" on; then done, or refused as a whole."""

    OPEN = "open"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"


class Upload(Base):
    """Files that become an album, or are added to one."""

    __tablename__ = "upload"
    __table_args__ = (Index(None, "album_id"),)

    id: Mapped[RowId]
    public_id: Mapped[PublicId]
    #: The album that the files are for; for a new one None until it is made.
    album_id: Mapped[int | None] = mapped_column(ForeignKey("album.id"))
    state: Mapped[UploadState] = mapped_column(states(UploadState), default=UploadState.OPEN)
    #: What a new album costs, in Stripe's units of the currency; None where nobody said a price.
    amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[Currency | None]
    #: How many of the files were looked at so far.
    looked_at: Mapped[int] = mapped_column(default=0)
    #: What became of them: [{"file": ..., "what": ..., "good": true}, ...]; "file" is "" for what concerns all.
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    created: Mapped[Moment]
    updated: Mapped[Moment]

    album: Mapped["Album | None"] = relationship()
    files: Mapped[list["UploadFile"]] = relationship(back_populates="upload", order_by="UploadFile.name")


class UploadFile(Base):
    """A file as the browser knows it; one that is chosen again after a reload is known by all three of these."""

    __tablename__ = "upload_file"
    __table_args__ = (
        UniqueConstraint("upload_id", "name", "size", "modified"),
        CheckConstraint("size > 0", name="size"),
    )

    id: Mapped[RowId]
    public_id: Mapped[PublicId]
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"))
    #: Its path within what was chosen, with slashes.
    name: Mapped[Name]
    #: In bytes.
    size: Mapped[int] = mapped_column(BigInteger)
    #: When it was last modified, in milliseconds since 1970, as browsers say it.
    modified: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[Moment]

    upload: Mapped[Upload] = relationship(back_populates="files")
