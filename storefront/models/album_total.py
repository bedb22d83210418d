"""What an album has come to since it was made; kept by the step that sells it or books its money."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storefront.models.base import Amount, Base, Currency


class AlbumTotal(Base):
    """One album in one currency."""

    __tablename__ = "album_total"
    __table_args__ = (CheckConstraint("sold >= 0", name="sold"),)

    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"), primary_key=True)
    currency: Mapped[Currency] = mapped_column(primary_key=True)
    #: Purchases that were paid here, or free, at a price in this currency, whatever became of them later.
    sold: Mapped[int]
    #: What the ledger leaves of its purchases in this currency, less fees, refunds and disputes. May be below zero.
    income: Mapped[Amount]
