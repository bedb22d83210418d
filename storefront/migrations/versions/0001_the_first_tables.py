"""The first tables

Revision: 0001, the first
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SOLD_EDITION = "fk_album_edition_id_edition"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column(
            "role",
            sa.Enum("customer", "admin", name="role", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("email_proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
        sa.UniqueConstraint("public_id", name="uq_account_public_id"),
    )
    # An album points to the edition it sells, and an edition to its album: SQLite takes its
    # key before the table that it names, PostgreSQL after.
    sqlite = op.get_bind().dialect.name == "sqlite"
    sold_edition = [sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=SOLD_EDITION)] if sqlite else []
    op.create_table(
        "album",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("artist_credit", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("credits", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=500), nullable=False),
        sa.Column("copyright", sa.String(length=500), nullable=False),
        sa.Column("genre", sa.String(length=500), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "pricing",
            sa.Enum("fixed", "minimum", name="pricing", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "withdrawn",
                name="albumstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("released", sa.String(length=10), nullable=False),
        sa.Column("release_day", sa.Date(), nullable=False),
        sa.Column("cover_digest", sa.String(length=64), nullable=True),
        sa.Column("cover_width", sa.Integer(), nullable=True),
        sa.Column("cover_height", sa.Integer(), nullable=True),
        sa.Column("cover_alt", sa.String(length=500), nullable=False),
        sa.Column("accent", sa.String(length=31), nullable=True),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state <> 'published' OR edition_id IS NOT NULL", name=op.f("ck_album_published_edition")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_album_amount")),
        *sold_edition,
        sa.PrimaryKeyConstraint("id", name="pk_album"),
        sa.UniqueConstraint("public_id", name="uq_album_public_id"),
        sa.UniqueConstraint("slug", name="uq_album_slug"),
    )
    op.create_index("ix_album_cover_digest", "album", ["cover_digest"])
    op.create_index("ix_album_state_album_release_day_album_id", "album", ["state", "release_day", "id"])

    op.create_table(
        "artist",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("biography", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_artist"),
        sa.UniqueConstraint("name", name="uq_artist_name"),
        sa.UniqueConstraint("public_id", name="uq_artist_public_id"),
        sa.UniqueConstraint("slug", name="uq_artist_slug"),
    )
    op.create_table(
        "catalogue_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("albums", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_catalogue_version_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_version"),
    )
    op.create_table(
        "counted_try",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counted_try"),
    )
    op.create_index("ix_counted_try_at", "counted_try", ["at"])
    op.create_index("ix_counted_try_subject_counted_try_at", "counted_try", ["subject", "at"])

    op.create_table(
        "email_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_email_link"),
    )
    op.create_index("ix_email_link_email", "email_link", ["email"])

    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=60), nullable=True),
        sa.Column("done", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.UniqueConstraint("key", name="uq_job_key"),
    )
    op.create_index(
        "ix_job_waiting",
        "job",
        ["due"],
        sqlite_where=sa.text("done IS NULL AND failed IS NULL"),
        postgresql_where=sa.text("done IS NULL AND failed IS NULL"),
    )

    op.create_table(
        "stripe_event",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("object_id", sa.String(length=255), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_event"),
    )
    op.create_index(
        "ix_stripe_event_undone",
        "stripe_event",
        ["received"],
        sqlite_where=sa.text("done IS NULL"),
        postgresql_where=sa.text("done IS NULL"),
    )

    op.create_table(
        "account_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_session_account_id_account"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_account_session"),
    )
    op.create_index("ix_account_session_account_id", "account_session", ["account_id"])

    op.create_table(
        "album_artist",
        sa.Column("album_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("artist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["album.id"], name="fk_album_artist_album_id_album"),
        sa.ForeignKeyConstraint(["artist_id"], ["artist.id"], name="fk_album_artist_artist_id_artist"),
        sa.PrimaryKeyConstraint("album_id", "position", name="pk_album_artist"),
    )
    op.create_index("ix_album_artist_artist_id", "album_artist", ["artist_id"])

    op.create_table(
        "album_slug",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("album_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["album.id"], name="fk_album_slug_album_id_album"),
        sa.PrimaryKeyConstraint("slug", name="pk_album_slug"),
    )
    op.create_index("ix_album_slug_album_id", "album_slug", ["album_id"])

    op.create_table(
        "edition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("album_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("building", "ready", name="editionstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["album.id"], name="fk_edition_album_id_album"),
        sa.PrimaryKeyConstraint("id", name="pk_edition"),
        sa.UniqueConstraint("album_id", "number", name="uq_edition_album_id_number"),
        sa.UniqueConstraint("public_id", name="uq_edition_public_id"),
    )
    op.create_table(
        "album_purchase",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("buyer_key", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("album_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "stripe", "free", "import", "gift", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("shown_amount", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("referrer_host", sa.String(length=253), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "open",
                "confirming",
                "action_required",
                "processing",
                "paid",
                "canceled",
                name="purchasestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("open_params", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubt_shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stripe_payment_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_charge_id", sa.String(length=255), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=True),
        sa.Column("net", sa.BigInteger(), nullable=True),
        sa.Column("settled_currency", sa.String(length=3), nullable=True),
        sa.Column("card_brand", sa.String(length=40), nullable=True),
        sa.Column("card_last4", sa.String(length=4), nullable=True),
        sa.Column("card_country", sa.String(length=2), nullable=True),
        sa.Column("card_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("refund_requested", sa.BigInteger(), nullable=False),
        sa.Column("dispute", sa.String(length=40), nullable=False),
        sa.Column(
            "access_override",
            sa.Enum("given", "withdrawn", name="accessoverride", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("access_reason", sa.Text(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.CheckConstraint("state <> 'paid' OR paid_at IS NOT NULL", name=op.f("ck_album_purchase_paid_at")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_album_purchase_amount")),
        sa.CheckConstraint(
            "refunded >= 0 AND refund_requested >= 0 AND refund_requested <= amount",
            name=op.f("ck_album_purchase_refunded"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_album_purchase_account_id_account"),
        sa.ForeignKeyConstraint(["album_id"], ["album.id"], name="fk_album_purchase_album_id_album"),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name="fk_album_purchase_edition_id_edition"),
        sa.PrimaryKeyConstraint("id", name="pk_album_purchase"),
        sa.UniqueConstraint("public_id", name="uq_album_purchase_public_id"),
        sa.UniqueConstraint("stripe_charge_id", name="uq_album_purchase_stripe_charge_id"),
        sa.UniqueConstraint("stripe_payment_id", name="uq_album_purchase_stripe_payment_id"),
    )
    op.create_index("ix_album_purchase_account_id", "album_purchase", ["account_id"])
    op.create_index("ix_album_purchase_album_id", "album_purchase", ["album_id"])
    op.create_index("ix_album_purchase_created_album_purchase_id", "album_purchase", ["created", "id"])
    op.create_index("ix_album_purchase_email", "album_purchase", ["email"])
    op.create_index(
        "uq_album_purchase_live",
        "album_purchase",
        ["buyer_key", "album_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'canceled' AND NOT (refund_requested >= amount AND amount > 0)"),
        postgresql_where=sa.text("state <> 'canceled' AND NOT (refund_requested >= amount AND amount > 0)"),
    )

    op.create_table(
        "track",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("disc", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("artist_credit", sa.String(length=500), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("isrc", sa.String(length=12), nullable=True),
        sa.Column("composer", sa.String(length=500), nullable=False),
        sa.Column("lyrics", sa.Text(), nullable=False),
        sa.Column("master_digest", sa.String(length=64), nullable=False),
        sa.Column("master_name", sa.String(length=500), nullable=False),
        sa.Column("sample_rate", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("bit_depth", sa.Integer(), nullable=True),
        sa.Column("peaks", sa.String(length=1200), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name="fk_track_edition_id_edition"),
        sa.PrimaryKeyConstraint("id", name="pk_track"),
        sa.UniqueConstraint("edition_id", "disc", "position", name="uq_track_edition_id_disc_position"),
    )
    op.create_table(
        "file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "archive", "track", "stream", name="filekind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(kind = 'archive') = (track_id IS NULL)", name=op.f("ck_file_track")),
        sa.CheckConstraint("size > 0", name=op.f("ck_file_size")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name="fk_file_edition_id_edition"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name="fk_file_track_id_track"),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
        sa.UniqueConstraint("track_id", "kind", "format", name="uq_file_track_id_kind_format"),
    )
    op.create_index("ix_file_digest", "file", ["digest"])
    op.create_index("ix_file_edition_id_file_kind", "file", ["edition_id", "kind"])
    op.create_index(
        "uq_file_archive",
        "file",
        ["edition_id", "format"],
        unique=True,
        sqlite_where=sa.text("track_id IS NULL"),
        postgresql_where=sa.text("track_id IS NULL"),
    )

    op.create_table(
        "mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receipt",
                "not_charged",
                "choose_password",
                "password_changed",
                "new_device",
                name="mailkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_mail_account_id_account"),
        sa.ForeignKeyConstraint(["purchase_id"], ["album_purchase.id"], name="fk_mail_purchase_id_album_purchase"),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.UniqueConstraint("key", name="uq_mail_key"),
    )
    op.create_index("ix_mail_created_mail_id", "mail", ["created", "id"])
    op.create_index("ix_mail_purchase_id", "mail", ["purchase_id"])

    op.create_table(
        "payment_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("decline_code", sa.String(length=80), nullable=True),
        sa.Column("decline_message", sa.String(length=300), nullable=True),
        sa.Column("tried_payment_method", sa.String(length=255), nullable=True),
        sa.Column("tried_charge", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["album_purchase.id"], name="fk_payment_attempt_purchase_id_album_purchase"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_attempt"),
        sa.UniqueConstraint("idempotency_key", name="uq_payment_attempt_idempotency_key"),
        sa.UniqueConstraint("purchase_id", "number", name="uq_payment_attempt_purchase_id_number"),
        sa.UniqueConstraint("token_hash", name="uq_payment_attempt_token_hash"),
    )
    op.create_table(
        "purchase_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("purchase_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["album_purchase.id"], name="fk_purchase_link_purchase_id_album_purchase"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_purchase_link"),
    )
    op.create_index("ix_purchase_link_purchase_id", "purchase_link", ["purchase_id"])

    if not sqlite:
        op.create_foreign_key(SOLD_EDITION, "album", "edition", ["edition_id"], ["id"])
    op.execute("INSERT INTO catalogue_version (id, version, albums) VALUES (1, 1, 0)")
    create_search(sqlite)


def create_search(sqlite: bool) -> None:
    """One row an album with the words to find it by; each database with its own full text."""
    if sqlite:
        op.execute("CREATE VIRTUAL TABLE album_search USING fts5(words, tokenize='unicode61', prefix='2 3')")
        return
    op.create_table(
        "album_search",
        sa.Column("rowid", sa.BigInteger(), sa.ForeignKey("album.id"), primary_key=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "document",
            postgresql.TSVECTOR(),
            sa.Computed("to_tsvector('simple'::regconfig, words)", persisted=True),
            nullable=False,
        ),
    )
    op.create_index("ix_album_search_document", "album_search", ["document"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("album_search")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(SOLD_EDITION, "album")
    for table in (
        "purchase_link",
        "payment_attempt",
        "mail",
        "file",
        "track",
        "album_purchase",
        "edition",
        "album_slug",
        "album_artist",
        "account_session",
        "stripe_event",
        "job",
        "email_link",
        "counted_try",
        "catalogue_version",
        "artist",
        "album",
        "account",
    ):
        op.drop_table(table)
