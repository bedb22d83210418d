"""Uploads of the admin's pages, and their files

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = ("open", "reading", "done", "refused")


def upgrade() -> None:
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "upload",
        sa.Column("id", row_id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("album_id", row_id, nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="uploadstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["album.id"], name="fk_upload_album_id_album"),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("public_id", name="uq_upload_public_id"),
    )
    op.create_index("ix_upload_album_id", "upload", ["album_id"])
    op.create_table(
        "upload_file",
        sa.Column("id", row_id, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("upload_id", row_id, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name="size"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_upload_file_upload_id_upload"),
        sa.PrimaryKeyConstraint("id", name="pk_upload_file"),
        sa.UniqueConstraint("public_id", name="uq_upload_file_public_id"),
        sa.UniqueConstraint(
            "upload_id", "name", "size", "modified", name="uq_upload_file_upload_id_name_size_modified"
        ),
    )


def downgrade() -> None:
    op.drop_table("upload_file")
    op.drop_table("upload")
