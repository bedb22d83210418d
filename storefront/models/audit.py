"""Who did what at the shop's desk or at its command line. Rows are added, and never changed."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.models.base import Base, Moment, PublicId, RowId


class Act(StrEnum):
    """What somebody did, by the noun that it was done to. An older shop's rows may hold other words."""

    ALBUM_ON_SALE = "album_on_sale"
    ALBUM_OFF_SALE = "album_off_sale"
    ALBUM_SAVED = "album_saved"
    ARTIST_SAVED = "artist_saved"
    #: Of the one that is left.
    ARTISTS_MERGED = "artists_merged"
    ARTIST_DELETED = "artist_deleted"
    UPLOAD_FINISHED = "upload_finished"
    #: By the job that reads the files, for whoever finished the upload.
    ALBUM_FROM_UPLOAD = "album_from_upload"
    PURCHASE_REFUND = "purchase_refund"
    PURCHASE_RECEIPT = "purchase_receipt"
    PURCHASE_ACCESS = "purchase_access"
    PURCHASE_NOTE = "purchase_note"
    #: One for each purchase, and one for the account.
    PURCHASE_ADDRESS = "purchase_address"
    ACCOUNT_ADDRESS = "account_address"
    SESSIONS_ENDED = "sessions_ended"
    MAIL_AGAIN = "mail_again"
    JOB_AGAIN = "job_again"
    JOB_FORGOTTEN = "job_forgotten"
    STAFF_ADDED = "staff_added"
    STAFF_REMOVED = "staff_removed"
    OWNER_REMOVED = "owner_removed"
    #: The subject is the page of the settings.
    SETTINGS_SAVED = "settings_saved"
    SETTINGS_TEST_MAIL = "settings_test_mail"
    SETTINGS_CHECKED = "settings_checked"
    #: Their subject is the purchase; the detail names the dispute.
    DISPUTE_SAVED = "dispute_saved"
    DISPUTE_CONTESTED = "dispute_contested"
    DISPUTE_ACCEPTED = "dispute_accepted"


class AuditEntry(Base):
    """One act, written in the transaction that it tells of."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "at", "id"), Index(None, "subject", "at"))

    id: Mapped[RowId]
    public_id: Mapped[PublicId]
    at: Mapped[Moment]
    #: None for the command line.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: The account's address at that time, or "command".
    who: Mapped[str] = mapped_column(String(254))
    act: Mapped[str] = mapped_column(String(40))
    #: The public id of what it was done to: an album, a purchase, an upload or an account, as the act says;
    #: a mail's kind, a job's kind, the page of the settings.
    subject: Mapped[str] = mapped_column(String(32))
    #: What there is to know beside it, by name; no secrets.
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
