"""The formats that an album is offered in, previews, and how loud tracks are

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FILE_KINDS = ("archive", "track", "stream")


def _allow(file: BatchOperations, *kinds: str) -> None:
    """The kinds of file that there are, in the check of the column."""
    if op.get_bind().dialect.name == "postgresql":  # SQLite's table is made anew without it
        file.drop_constraint("filekind", type_="check")
    file.create_check_constraint("filekind", sa.column("kind").in_(kinds))


def upgrade() -> None:
    op.add_column(
        "album", sa.Column("formats", sa.String(length=200), server_default="mp3-v0,flac,aac-256", nullable=False)
    )
    op.execute("UPDATE album SET formats = 'mp3-v0,flac'")  # all that was ever made of them
    op.add_column("edition", sa.Column("loudness_lufs", sa.Double(), nullable=True))
    with op.batch_alter_table("track") as track:
        track.add_column(sa.Column("loudness_lufs", sa.Double(), nullable=True))
        track.add_column(sa.Column("peak", sa.Double(), nullable=True))
        track.add_column(sa.Column("preview_seconds", sa.Integer(), nullable=True))
        track.create_check_constraint(
            "preview_seconds", sa.text("preview_seconds = 0 OR preview_seconds BETWEEN 30 AND 90")
        )
    with op.batch_alter_table("file") as file:
        _allow(file, *FILE_KINDS, "preview")


def downgrade() -> None:
    op.execute("DELETE FROM file WHERE kind = 'preview'")
    with op.batch_alter_table("file") as file:
        _allow(file, *FILE_KINDS)
    with op.batch_alter_table("track") as track:
        track.drop_constraint("preview_seconds", type_="check")
        track.drop_column("preview_seconds")
        track.drop_column("peak")
        track.drop_column("loudness_lufs")
    op.drop_column("edition", "loudness_lufs")
    op.drop_column("album", "formats")
