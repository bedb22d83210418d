"""What the overview asks for: the last message of Stripe's, refunds that failed, and when the last backup was made

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FAILED = sa.text("failed_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "last_backup",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_last_backup_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_last_backup"),
    )
    op.create_index("ix_stripe_event_received", "stripe_event", ["received"])
    op.create_index("ix_refund_failed", "refund", ["failed_at"], sqlite_where=FAILED, postgresql_where=FAILED)


def downgrade() -> None:
    op.drop_index("ix_refund_failed", "refund")
    op.drop_index("ix_stripe_event_received", "stripe_event")
    op.drop_table("last_backup")
