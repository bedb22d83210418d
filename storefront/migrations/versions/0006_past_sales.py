"""Sales of another platform, and the mail that tells their buyers

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MAIL_KINDS = (
    "receipt",
    "not_charged",
    "choose_password",
    "password_changed",
    "new_device",
    "refunded",
    "attention",
)


def _allow(mail: BatchOperations, *kinds: str) -> None:
    """The kinds of mail that there are, in the check of the column."""
    if op.get_bind().dialect.name == "postgresql":  # SQLite's table is made anew without it
        mail.drop_constraint("mailkind", type_="check")
    mail.create_check_constraint("mailkind", sa.column("kind").in_(kinds))


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "past_sale",
        sa.Column("id", row_id, nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("purchase_id", row_id, nullable=False),
        sa.Column("item", sa.String(length=500), nullable=False),
        sa.Column("transaction", sa.String(length=500), nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["purchase_id"], ["album_purchase.id"], name="fk_past_sale_purchase_id_album_purchase"),
        sa.PrimaryKeyConstraint("id", name="pk_past_sale"),
        sa.UniqueConstraint("reference", name="uq_past_sale_reference"),
    )
    op.create_index("ix_past_sale_purchase_id", "past_sale", ["purchase_id"])
    with op.batch_alter_table("mail") as mail:
        _allow(mail, *MAIL_KINDS, "past_sales")


def downgrade() -> None:
    op.execute("DELETE FROM mail WHERE kind = 'past_sales'")
    with op.batch_alter_table("mail") as mail:
        _allow(mail, *MAIL_KINDS)
    op.drop_table("past_sale")
