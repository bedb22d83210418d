"""Who did what

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("who", sa.String(length=254), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_audit_entry_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sa.UniqueConstraint("public_id", name="uq_audit_entry_public_id"),
    )
    op.create_index("ix_audit_entry_at_audit_entry_id", "audit_entry", ["at", "id"])
    op.create_index("ix_audit_entry_subject_audit_entry_at", "audit_entry", ["subject", "at"])


def downgrade() -> None:
    op.drop_table("audit_entry")
