"""What the shop answers to a dispute, and mails that are about one

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FOREIGN_KEY = "fk_mail_dispute_id_dispute"


def upgrade() -> None:
    op.add_column("dispute", sa.Column("submissions", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "dispute_answer",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("dispute_id", BIG_ID, nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_by", sa.String(length=254), nullable=False),
        sa.Column("wish", sa.String(length=32), nullable=True),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("submissions_before", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by", sa.String(length=254), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.CheckConstraint(sa.column("wish").in_(("contest", "accept")), name="wish"),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name="fk_dispute_answer_dispute_id_dispute"),
        sa.PrimaryKeyConstraint("id", name="pk_dispute_answer"),
        sa.UniqueConstraint("dispute_id", name="uq_dispute_answer_dispute_id"),
    )
    with op.batch_alter_table("mail") as mail:
        mail.add_column(sa.Column("dispute_id", BIG_ID, nullable=True))
        mail.create_foreign_key(FOREIGN_KEY, "dispute", ["dispute_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("mail") as mail:
        mail.drop_constraint(FOREIGN_KEY, type_="foreignkey")
        mail.drop_column("dispute_id")
    op.drop_table("dispute_answer")
    op.drop_column("dispute", "submissions")
