"""From where an attempt to pay was sent

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEX, TABLE = "ix_payment_attempt_with_address", "payment_attempt"
KNOWN = sa.text("address IS NOT NULL")


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("address", sa.String(length=45), nullable=True))
    op.create_index(INDEX, TABLE, ["sent_at"], sqlite_where=KNOWN, postgresql_where=KNOWN)


def downgrade() -> None:
    op.drop_index(INDEX, TABLE)
    op.drop_column(TABLE, "address")
