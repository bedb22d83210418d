"""What the owner has set at the desk: the shop's name, look, links and sender; and its texts, with their past."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.models.base import Base, Digest, Moment, Prose, RowId, UtcDateTime, Words, states


class ShopSettings(Base):
    """One row, with None for whatever nobody set; `version` is counted up by every save of it or of a text."""

    __tablename__ = "shop_settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str | None] = mapped_column(String(200))
    #: [[words, address], ...] in their order.
    links: Mapped[list[list[str]]] = mapped_column(JSON)
    #: Of the mails' sender; both or none.
    sender_name: Mapped[str | None] = mapped_column(String(200))
    sender_address: Mapped[str | None] = mapped_column(String(254))
    #: As Album.accent: "#rrggbb" four times, on light paper and its label, on dark paper and its label.
    accent: Mapped[str | None] = mapped_column(String(40))
    #: SHA-256 of the logo as it is stored, a PNG of this many pixels.
    logo_digest: Mapped[Digest | None]
    logo_width: Mapped[int | None]
    logo_height: Mapped[int | None]
    #: What albums may be priced in; None is any.
    currencies: Mapped[tuple[str, ...] | None] = mapped_column(Words)
    updated: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TextKind(StrEnum):
    """A page of the shop's own words, by the last part of its address."""

    TERMS = "terms"
    IMPRINT = "imprint"
    PRIVACY = "privacy"


class ShopText(Base):
    """A text as it stood from `since` until the next of its kind: what a buyer was shown can be told years later.

    Rows are added, and never changed. Empty words: the page was taken away.
    """

    __tablename__ = "shop_text"
    __table_args__ = (Index(None, "kind", "since", "id"),)

    id: Mapped[RowId]
    kind: Mapped[TextKind] = mapped_column(states(TextKind))
    #: Markdown.
    words: Mapped[Prose]
    #: SHA-256 of the words in UTF-8.
    digest: Mapped[Digest]
    since: Mapped[Moment]
