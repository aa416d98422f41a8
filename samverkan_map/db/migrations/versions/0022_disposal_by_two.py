"""Who entered a decision on disposal, and who else confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

COLUMNS = {"entered_by_id": sa.Integer(), "confirmed_at": sa.DateTime(), "confirmed_by": sa.String()}


def upgrade():
    for name, kind in COLUMNS.items():
        op.add_column("disposal_decisions", sa.Column(name, kind, nullable=True))


def downgrade():
    for name in COLUMNS:
        op.drop_column("disposal_decisions", name)
