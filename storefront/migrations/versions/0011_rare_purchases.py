"""Rare purchases among many: those that are being checked, those from elsewhere, those in another currency

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "album_purchase"
PARTIAL = {
    "ix_album_purchase_checking": "state IN ('confirming', 'action_required', 'processing')",
    "ix_album_purchase_elsewhere": "channel = 'import'",
}


def upgrade() -> None:
    op.create_index("ix_album_purchase_in_currency", TABLE, ["currency", "created", "id"])
    for name, condition in PARTIAL.items():
        where = sa.text(condition)
        op.create_index(name, TABLE, ["created", "id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in (*PARTIAL, "ix_album_purchase_in_currency"):
        op.drop_index(name, TABLE)
