"""Stretches and speed measurements by file: what they came with, their function and the direction measured."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("deliveries", sa.Column("kind", sa.String(), nullable=False, server_default="reports"))
    op.add_column("stretches", sa.Column("function", sa.String(), nullable=True))
    op.add_column("stretches", sa.Column("source_ref", sa.String(), nullable=True))
    op.add_column("stretches", sa.Column("delivery_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_stretches_delivery_id"), "stretches", ["delivery_id"], unique=False)
    op.add_column("speed_measurements", sa.Column("direction", sa.String(), nullable=False, server_default=""))
    op.add_column("speed_measurements", sa.Column("delivery_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_speed_measurements_delivery_id"), "speed_measurements", ["delivery_id"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_speed_measurements_delivery_id"), table_name="speed_measurements")
    op.drop_column("speed_measurements", "delivery_id")
    op.drop_column("speed_measurements", "direction")
    op.drop_index(op.f("ix_stretches_delivery_id"), table_name="stretches")
    op.drop_column("stretches", "delivery_id")
    op.drop_column("stretches", "source_ref")
    op.drop_column("stretches", "function")
    op.drop_column("deliveries", "kind")
