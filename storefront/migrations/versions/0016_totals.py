"""Sums by day and by month, filled from what is there, in UTC; and when a buyer had bought before

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEX = "ix_album_purchase_again"
KINDS = ("booked", "sold", "again", "album", "country", "referrer", "format")
SPANS = ("day", "month")
#: What was paid or taken for nothing here: what another platform sold is no sale of this shop's.
#: Said so that SQLite goes through the table, not through the index of nearly all of its rows.
SALES = "FROM album_purchase WHERE coalesce(state, '') = 'paid' AND channel <> 'import'"
#: The purchases of an address in their order, each with the one before it.
BEFORE = f"""
UPDATE album_purchase SET bought_before = line.before FROM (
  SELECT id, lag(paid_at) OVER (PARTITION BY email ORDER BY paid_at, id) AS before {SALES}
) AS line WHERE line.id = album_purchase.id AND line.before IS NOT NULL"""


def upgrade() -> None:
    op.create_table(
        "total",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("span", sa.String(length=32), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=253), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_quoted(KINDS)})", name=op.f("ck_total_sum")),
        sa.CheckConstraint(f"span IN ({_quoted(SPANS)})", name=op.f("ck_total_span")),
        sa.PrimaryKeyConstraint("kind", "span", "begins", "currency", "name", name="pk_total"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "totals_zone",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_totals_zone"),
    )
    op.execute("INSERT INTO totals_zone (id, name) VALUES (1, 'UTC')")
    op.add_column("album_purchase", sa.Column("bought_before", sa.DateTime(timezone=True), nullable=True))
    op.execute(BEFORE)
    where = sa.text("bought_before IS NOT NULL")
    op.create_index(INDEX, "album_purchase", ["bought_before", "paid_at"], sqlite_where=where, postgresql_where=where)
    _fill(op.get_bind().dialect.name == "sqlite")


def downgrade() -> None:
    op.drop_index(INDEX, "album_purchase")
    op.drop_column("album_purchase", "bought_before")
    op.drop_table("totals_zone")
    op.drop_table("total")


def _fill(sqlite: bool) -> None:
    def day(moment: str) -> str:
        return f"date({moment})" if sqlite else f"CAST({moment} AT TIME ZONE 'UTC' AS DATE)"

    month = "strftime('%Y-%m', bought_before)" if sqlite else "to_char(bought_before AT TIME ZONE 'UTC', 'YYYY-MM')"
    album, paid = "CAST(album_id AS VARCHAR(20))", day("paid_at")
    form = "substr(name, 1, instr(name || '.', '.') - 1)" if sqlite else "split_part(name, '.', 1)"
    form = f"substr({form}, 1, instr({form} || '@', '@') - 1)" if sqlite else f"split_part({form}, '@', 1)"
    _sum("booked", day("created"), "currency", "type", "amount", "fee", "FROM ledger_entry")
    _sum("sold", paid, "currency", "channel", "amount", "0", SALES)
    _sum("again", paid, "'xxx'", f"coalesce({month}, '')", "0", "0", SALES)
    _sum("album", paid, "currency", album, "amount", "0", SALES)
    _sum("country", paid, "currency", "card_country", "amount", "0", f"{SALES} AND card_country IS NOT NULL")
    _sum("referrer", paid, "currency", "referrer_host", "amount", "0", f"{SALES} AND referrer_host <> ''")
    _sum("format", day("began"), "'xxx'", form, "0", "0", "FROM download WHERE name <> 'stream'")
    begins = "date(begins, 'start of month')" if sqlite else "CAST(date_trunc('month', begins) AS DATE)"
    op.execute(
        "INSERT INTO total (kind, span, begins, currency, name, count, amount, fee) "
        f"SELECT kind, 'month', {begins}, currency, name, sum(count), sum(amount), sum(fee) "
        f"FROM total WHERE span = 'day' AND kind <> 'booked' GROUP BY 1, 3, 4, 5"
    )


def _sum(kind: str, begins: str, currency: str, name: str, amount: str, fee: str, rows: str) -> None:
    op.execute(
        "INSERT INTO total (kind, span, begins, currency, name, count, amount, fee) "
        f"SELECT '{kind}', 'day', {begins}, {currency}, {name}, count(*), sum({amount}), sum({fee}) "
        f"{rows} GROUP BY 3, 4, 5"
    )


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
