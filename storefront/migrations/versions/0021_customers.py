"""What the list of customers is asked for: addresses by their beginning, and each one's last purchase

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
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
    "past_sales",
)


def _collate(collation: str) -> None:
    """PostgreSQL compares by its locale unless told otherwise, and finds no beginnings by an index then."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("account", "album_purchase"):
            op.execute(f'ALTER TABLE {table} ALTER COLUMN email TYPE VARCHAR(254) COLLATE "{collation}"')


def _allow(*kinds: str) -> None:
    """The kinds of mail that there are, in the check of the column."""
    with op.batch_alter_table("mail") as mail:
        if op.get_bind().dialect.name == "postgresql":  # SQLite's table is made anew without it
            mail.drop_constraint("mailkind", type_="check")
        mail.create_check_constraint("mailkind", sa.column("kind").in_(kinds))


def upgrade() -> None:
    op.drop_index("ix_album_purchase_email", "album_purchase")
    _collate("C")
    op.create_index("ix_album_purchase_of_buyer", "album_purchase", ["email", "created", "id"])
    op.create_index("ix_account_created_account_email", "account", ["created", "email"])
    _allow(*MAIL_KINDS, "address_changed")


def downgrade() -> None:
    op.execute("DELETE FROM mail WHERE kind = 'address_changed'")
    _allow(*MAIL_KINDS)
    op.drop_index("ix_account_created_account_email", "account")
    op.drop_index("ix_album_purchase_of_buyer", "album_purchase")
    _collate("default")
    op.create_index("ix_album_purchase_email", "album_purchase", ["email"])
