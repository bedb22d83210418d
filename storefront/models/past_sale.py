"""Sales of another platform, by which past buyers have their albums here too."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Base, Digest, Moment, Name, RowId
from storefront.models.purchase import AlbumPurchase


class PastSale(Base):
    """One line of another platform's list of sales. Its money is in that platform's books, and none of it is kept here.

    What it gives its buyer is a purchase of the channel "import", which costs nothing and moved no money.
    """

    __tablename__ = "past_sale"
    __table_args__ = (Index(None, "purchase_id"),)

    id: Mapped[RowId]
    #: SHA-256 of what tells this sale from any other, so that the same list again changes nothing.
    reference: Mapped[Digest] = mapped_column(unique=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("album_purchase.id"))
    #: What the platform calls the album, and the sale ("" where it has no number).
    item: Mapped[Name]
    transaction: Mapped[Name] = mapped_column(default="")
    sold_at: Mapped[Moment]
    created: Mapped[Moment]
    #: When a mail that tells its buyer of it was written.
    told_at: Mapped[datetime | None]

    purchase: Mapped[AlbumPurchase] = relationship()
