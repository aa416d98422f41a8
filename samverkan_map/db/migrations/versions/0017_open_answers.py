"""Answers without an account in a round of reviews: found again by the hash of a key."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade():
    op.add_column("reviews", sa.Column("key_hash", sa.String(), nullable=True))
    op.create_index(op.f("ix_reviews_key_hash"), "reviews", ["key_hash"], unique=True)


def downgrade():
    op.drop_index(op.f("ix_reviews_key_hash"), table_name="reviews")
    op.drop_column("reviews", "key_hash")
