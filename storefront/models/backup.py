"""What the shop remembers of its backups."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.models.base import Base, Moment


class LastBackup(Base):
    """One row after the first: when `storefront backup` has made the last one."""

    __tablename__ = "last_backup"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made: Mapped[Moment]
