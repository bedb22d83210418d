"""The owner's lists walk one index each, whatever is asked: those of purchases have all columns of it

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "album_purchase"
STANDING = ["state", "channel", "refunded", "dispute"]
WIDE = {
    "ix_album_purchase_by_time": ["created", "id", "amount", "currency", "album_id", *STANDING],
    "ix_album_purchase_by_amount": ["currency", "amount", "created", "id", "album_id", *STANDING],
    "ix_album_purchase_of_album": ["album_id", "created", "id", "amount", "currency", *STANDING],
    "ix_album_purchase_in_state": ["state", "created", "id", "amount", "currency", "album_id", *STANDING[1:]],
}
NARROW = {
    "ix_album_purchase_created_album_purchase_id": ["created", "id"],
    "ix_album_purchase_by_amount": ["amount", "id"],
    "ix_album_purchase_of_album": ["album_id", "created", "id"],
    "ix_album_purchase_in_state": ["state", "created", "id"],
    "ix_album_purchase_in_currency": ["currency", "created", "id"],
}
RARE = {
    "ix_album_purchase_checking": "state IN ('confirming', 'action_required', 'processing')",
    "ix_album_purchase_elsewhere": "channel = 'import'",
    "ix_album_purchase_refunded": "refunded > 0",
    "ix_album_purchase_disputed": "dispute <> 'none'",
}


def _exchange(old: dict[str, list[str]], new: dict[str, list[str]], rare: list[str]) -> None:
    for name in (*old, *RARE):
        op.drop_index(name, TABLE)
    for name, columns in new.items():
        op.create_index(name, TABLE, columns)
    for name, condition in RARE.items():
        where = sa.text(condition)
        op.create_index(name, TABLE, rare, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    _exchange(NARROW, WIDE, WIDE["ix_album_purchase_by_time"])
    op.create_index("ix_dispute_created_dispute_id", "dispute", ["created", "id"])


def downgrade() -> None:
    op.drop_index("ix_dispute_created_dispute_id", "dispute")
    _exchange(WIDE, NARROW, ["created", "id"])
