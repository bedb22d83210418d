"""Addresses that artists had before

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "artist_slug",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("artist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artist.id"], name="fk_artist_slug_artist_id_artist"),
        sa.PrimaryKeyConstraint("slug", name="pk_artist_slug"),
    )
    op.create_index("ix_artist_slug_artist_id", "artist_slug", ["artist_id"])


def downgrade() -> None:
    op.drop_table("artist_slug")
