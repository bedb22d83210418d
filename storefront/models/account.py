"""People: accounts, their sessions, the links that prove an address, and what limits guessing."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.models.base import Base, Digest, Email, Moment, Name, PublicId, RowId, states


class Role(StrEnum):
    """What an account may do."""

    CUSTOMER = "customer"
    #: Looks at the desk and answers customers; decides nothing about money, music or the shop.
    STAFF = "staff"
    ADMIN = "admin"


class Account(Base):
    """Somebody who signs in. `email` is case-folded; one account an address."""

    __tablename__ = "account"
    __table_args__ = (Index(None, "created", "email"),)

    id: Mapped[RowId]
    public_id: Mapped[PublicId]
    email: Mapped[Email] = mapped_column(unique=True)
    #: argon2id, in PHC string format.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(states(Role), default=Role.CUSTOMER)
    #: When the address was proven by a mailed link; guests' purchases join from then on.
    email_proven_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created: Mapped[Moment]


class AccountSession(Base):
    """A sign-in in one browser. The cookie holds a random token, the row its SHA-256."""

    __tablename__ = "account_session"
    __table_args__ = (Index(None, "account_id"),)

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created: Mapped[Moment]
    last_seen: Mapped[Moment]
    user_agent: Mapped[Name] = mapped_column(default="")

    account: Mapped[Account] = relationship()


class EmailLink(Base):
    """A link mailed to prove an address, and to choose a password with; once, and not for long.

    It names an address and not an account, so that strangers and customers are treated alike until it is opened.
    Only the token's SHA-256 is kept.
    """

    __tablename__ = "email_link"
    __table_args__ = (Index(None, "email"),)

    token_hash: Mapped[Digest] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    created: Mapped[Moment]
    expires: Mapped[Moment]
    used_at: Mapped[datetime | None]


class CountedTry(Base):
    """A try of something that is limited: a password, a mailed link, a guessed token; old rows are cleaned away."""

    __tablename__ = "counted_try"
    __table_args__ = (Index(None, "subject", "at"), Index(None, "at"))

    id: Mapped[RowId]
    #: What is counted: "password account <SHA-256 of the address>", "password network <IPv4 or IPv6 /64>", ...
    subject: Mapped[str] = mapped_column(String(120))
    at: Mapped[Moment]
