"""Recordings that were taken off a draft

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "taken_off",
        sa.Column("album_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sound_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["album.id"], name="fk_taken_off_album_id_album"),
        sa.PrimaryKeyConstraint("album_id", "sound_digest", name="pk_taken_off"),
    )


def downgrade() -> None:
    op.drop_table("taken_off")
