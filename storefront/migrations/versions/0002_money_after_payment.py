"""Refunds, disputes, the ledger, and a checkout that may be closed

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MAIL_KINDS = ("receipt", "not_charged", "choose_password", "password_changed", "new_device")


def _allow(mail: BatchOperations, *kinds: str) -> None:
    """The kinds of mail that there are, in the check of the column."""
    if op.get_bind().dialect.name == "postgresql":  # SQLite's table is made anew without it
        mail.drop_constraint("mailkind", type_="check")
    mail.create_check_constraint("mailkind", sa.column("kind").in_(kinds))


def upgrade() -> None:
    op.create_table(
        "checkout_closure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("backup_made", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checkout_closure"),
    )
    op.create_table(
        "dispute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_dispute_id", sa.String(length=255), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("evidence_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["purchase_id"], ["album_purchase.id"], name="fk_dispute_purchase_id_album_purchase"),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
        sa.UniqueConstraint("stripe_dispute_id", name="uq_dispute_stripe_dispute_id"),
    )
    op.create_index("ix_dispute_purchase_id", "dispute", ["purchase_id"])

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["album_purchase.id"], name="fk_ledger_entry_purchase_id_album_purchase"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entry"),
        sa.UniqueConstraint("stripe_id", name="uq_ledger_entry_stripe_id"),
    )
    op.create_index("ix_ledger_entry_created", "ledger_entry", ["created"])
    op.create_index("ix_ledger_entry_purchase_id", "ledger_entry", ["purchase_id"])
    op.create_index("ix_ledger_entry_source", "ledger_entry", ["source"])

    op.create_table(
        "refund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("stripe_refund_id", sa.String(length=255), nullable=True),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("failure_reason", sa.String(length=300), nullable=False),
        sa.Column("requested_by", sa.String(length=254), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.ForeignKeyConstraint(["purchase_id"], ["album_purchase.id"], name="fk_refund_purchase_id_album_purchase"),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
        sa.UniqueConstraint("public_id", name="uq_refund_public_id"),
        sa.UniqueConstraint("stripe_refund_id", name="uq_refund_stripe_refund_id"),
    )
    op.create_index("ix_refund_purchase_id", "refund", ["purchase_id"])

    op.execute("UPDATE job SET kind = 'settle_aftermath' WHERE kind = 'book_fee'")
    op.create_index("ix_album_purchase_buyer_key", "album_purchase", ["buyer_key"])
    op.add_column("album_purchase", sa.Column("books_version", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("mail") as mail:
        mail.add_column(sa.Column("detail", sa.Text(), nullable=True))
        mail.add_column(sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False))
        _allow(mail, *MAIL_KINDS, "refunded", "attention")


def downgrade() -> None:
    op.execute("DELETE FROM mail WHERE kind IN ('refunded', 'attention')")
    with op.batch_alter_table("mail") as mail:
        _allow(mail, *MAIL_KINDS)
        mail.drop_column("again")
        mail.drop_column("detail")
    op.drop_column("album_purchase", "books_version")
    op.drop_index("ix_album_purchase_buyer_key", "album_purchase")
    op.drop_table("refund")
    op.drop_table("ledger_entry")
    op.drop_table("dispute")
    op.drop_table("checkout_closure")
