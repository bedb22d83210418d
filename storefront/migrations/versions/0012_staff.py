"""Staff: who looks at the desk, and answers customers

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _allow(*roles: str) -> None:
    """The roles that there are, in the check of the column."""
    with op.batch_alter_table("account") as account:
        if op.get_bind().dialect.name == "postgresql":  # SQLite's table is made anew without it
            account.drop_constraint("role", type_="check")
        account.create_check_constraint("role", sa.column("role").in_(roles))


def upgrade() -> None:
    _allow("customer", "staff", "admin")


def downgrade() -> None:
    op.execute("UPDATE account SET role = 'customer' WHERE role = 'staff'")
    _allow("customer", "admin")
