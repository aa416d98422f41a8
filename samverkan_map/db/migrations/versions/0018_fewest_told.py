"""The smallest number that may be told of a published year."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade():
    op.add_column("figure_years", sa.Column("fewest", sa.Integer(), nullable=False, server_default="5"))


def downgrade():
    op.drop_column("figure_years", "fewest")
