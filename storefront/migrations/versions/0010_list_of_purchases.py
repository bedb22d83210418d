"""What the owner's list of purchases is asked for

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "album_purchase"
INDEXES = {
    "ix_album_purchase_of_album": ["album_id", "created", "id"],
    "ix_album_purchase_in_state": ["state", "created", "id"],
    "ix_album_purchase_by_card": ["card_last4", "created", "id"],
    "ix_album_purchase_by_amount": ["amount", "id"],
}
PARTIAL = {"ix_album_purchase_refunded": "refunded > 0", "ix_album_purchase_disputed": "dispute <> 'none'"}


def upgrade() -> None:
    op.drop_index("ix_album_purchase_album_id", TABLE)
    for name, columns in INDEXES.items():
        op.create_index(name, TABLE, columns)
    for name, condition in PARTIAL.items():
        where = sa.text(condition)
        op.create_index(name, TABLE, ["created", "id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in (*PARTIAL, *INDEXES):
        op.drop_index(name, TABLE)
    op.create_index("ix_album_purchase_album_id", TABLE, ["album_id"])
