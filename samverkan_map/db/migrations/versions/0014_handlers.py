"""Whose task a letter is."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade():
    op.add_column("letters", sa.Column("handler_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_letters_handler_id"), "letters", ["handler_id"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_letters_handler_id"), table_name="letters")
    op.drop_column("letters", "handler_id")
