"""Stripe's events by the object that they are about

Revision: 0009, after 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_stripe_event_object_id", "stripe_event", ["object_id"])


def downgrade() -> None:
    op.drop_index("ix_stripe_event_object_id", "stripe_event")
