"""Answers without an account in a round of reviews, found again by the hash of a key; how few are told of a year."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade():
    op.add_column("reviews", sa.Column("key_hash", sa.String(), nullable=True))
    op.add_column("figure_years", sa.Column("fewest", sa.Integer(), nullable=False, server_default="5"))
    op.create_index(op.f("ix_reviews_key_hash"), "reviews", ["key_hash"], unique=True)


def downgrade():
    op.drop_column("figure_years", "fewest")
    op.drop_index(op.f("ix_reviews_key_hash"), table_name="reviews")
    op.drop_column("reviews", "key_hash")
