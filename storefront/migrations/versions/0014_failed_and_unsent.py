"""What the desk asks of jobs and mails: those that failed, and those to somebody

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UNSENT = sa.text("sent_at IS NULL")
FAILED = sa.text("failed IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_mail_recipient", "mail", ["recipient", "created", "id"])
    op.create_index("ix_mail_unsent", "mail", ["created", "id"], sqlite_where=UNSENT, postgresql_where=UNSENT)
    op.create_index("ix_job_failed", "job", ["failed", "id"], sqlite_where=FAILED, postgresql_where=FAILED)


def downgrade() -> None:
    op.drop_index("ix_job_failed", "job")
    op.drop_index("ix_mail_unsent", "mail")
    op.drop_index("ix_mail_recipient", "mail")
