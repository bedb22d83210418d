"""What each album has sold and brought in

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: As services/shop/figures/of_albums.py sums them.
FILL = """
INSERT INTO album_total (album_id, currency, sold, income)
SELECT album_id, currency, sum(sold), sum(income) FROM (
    SELECT album_id, currency, count(*) AS sold, 0 AS income FROM album_purchase
    WHERE state = 'paid' AND channel <> 'import' GROUP BY album_id, currency
    UNION ALL
    SELECT p.album_id, e.currency, 0, sum(e.net) FROM ledger_entry e
    JOIN album_purchase p ON p.id = e.purchase_id GROUP BY p.album_id, e.currency
) AS rows_of_albums GROUP BY album_id, currency
"""


def upgrade() -> None:
    op.create_table(
        "album_total",
        sa.Column("album_id", BIG_ID, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("income", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("sold >= 0", name="sold"),
        sa.ForeignKeyConstraint(["album_id"], ["album.id"], name="fk_album_total_album_id_album"),
        sa.PrimaryKeyConstraint("album_id", "currency", name="pk_album_total"),
    )
    op.execute(FILL)


def downgrade() -> None:
    op.drop_table("album_total")
