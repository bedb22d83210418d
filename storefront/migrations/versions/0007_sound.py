"""The sound of a track, by which a recording is known whatever its tags

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("track", sa.Column("sound_digest", sa.String(length=64), nullable=True))
    op.create_index("ix_track_sound_digest", "track", ["sound_digest"])


def downgrade() -> None:
    op.drop_index("ix_track_sound_digest", "track")
    op.drop_column("track", "sound_digest")
