"""Every table of the shop. Models are imported from here only."""

from storefront.models.account import Account, AccountSession, CountedTry, EmailLink, Role
from storefront.models.album import DEFAULT_FORMATS, Album, AlbumSlug, AlbumState, CatalogueVersion, Pricing
from storefront.models.album_total import AlbumTotal
from storefront.models.artist import AlbumArtist, Artist, ArtistSlug
from storefront.models.audit import Act, AuditEntry
from storefront.models.backup import LastBackup
from storefront.models.base import Base
from storefront.models.books import (
    CHARGES,
    DISPUTES,
    GIVES_NOTHING,
    REFUNDS,
    REFUSED,
    REQUESTED,
    CheckoutClosure,
    LedgerEntry,
    Refund,
)
from storefront.models.dispute import DECIDED, WAITS_FOR_SHOP, Dispute, DisputeAnswer, Wish
from storefront.models.download import Download
from storefront.models.edition import Edition, EditionState, File, FileKind, TakenOff, Track
from storefront.models.engine import add_to, end_reading, insert_once, make_engine, make_reader, make_sessions, writing
from storefront.models.job import Job
from storefront.models.mail import UNSENT, Mail, MailKind
from storefront.models.past_sale import PastSale
from storefront.models.purchase import (
    CHECKING,
    DISPUTES_WITH_ACCESS,
    AccessOverride,
    AlbumPurchase,
    Channel,
    PaymentAttempt,
    PurchaseLink,
    PurchaseState,
)
from storefront.models.shop import ShopSettings, ShopText, TextKind
from storefront.models.stripe_event import StripeEvent
from storefront.models.total import Span, Sum, Total, TotalsZone
from storefront.models.upload import Upload, UploadFile, UploadState

__all__ = [
    "CHARGES",
    "CHECKING",
    "DECIDED",
    "DEFAULT_FORMATS",
    "DISPUTES",
    "DISPUTES_WITH_ACCESS",
    "GIVES_NOTHING",
    "REFUNDS",
    "REFUSED",
    "REQUESTED",
    "UNSENT",
    "WAITS_FOR_SHOP",
    "AccessOverride",
    "Account",
    "AccountSession",
    "Act",
    "Album",
    "AlbumArtist",
    "AlbumPurchase",
    "AlbumSlug",
    "AlbumState",
    "AlbumTotal",
    "Artist",
    "ArtistSlug",
    "AuditEntry",
    "Base",
    "CatalogueVersion",
    "Channel",
    "CheckoutClosure",
    "CountedTry",
    "Dispute",
    "DisputeAnswer",
    "Download",
    "Edition",
    "EditionState",
    "EmailLink",
    "File",
    "FileKind",
    "Job",
    "LastBackup",
    "LedgerEntry",
    "Mail",
    "MailKind",
    "PastSale",
    "PaymentAttempt",
    "Pricing",
    "PurchaseLink",
    "PurchaseState",
    "Refund",
    "Role",
    "ShopSettings",
    "ShopText",
    "Span",
    "StripeEvent",
    "Sum",
    "TakenOff",
    "TextKind",
    "Total",
    "TotalsZone",
    "Track",
    "Upload",
    "UploadFile",
    "UploadState",
    "Wish",
    "add_to",
    "end_reading",
    "insert_once",
    "make_engine",
    "make_reader",
    "make_sessions",
    "writing",
]
