"""What was fetched of a purchase, and from where: the evidence that a buyer had the music, if a payment is disputed.

https://docs.stripe.com/disputes/evidence-best-practices asks for it as the "access activity log".
"""

from datetime import date

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Base, Moment
from storefront.models.purchase import AlbumPurchase


class Download(Base):
    """One row a day for each file of a purchase and each network that asked for it, in however many parts."""

    __tablename__ = "download"

    purchase_id: Mapped[int] = mapped_column(ForeignKey("album_purchase.id"), primary_key=True)
    #: By UTC.
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    #: As in addresses: "flac" is the whole album, "flac.3" its third track, "stream" stands for every track's.
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: An IPv4 address, or the /64 of an IPv6 address.
    network: Mapped[str] = mapped_column(String(45), primary_key=True)
    began: Mapped[Moment]
    #: To a quarter of an hour.
    last_asked: Mapped[Moment]

    purchase: Mapped[AlbumPurchase] = relationship()
