"""Which stretch a report was made on, where somebody decided it by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.create_table(
        "snaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=False),
        sa.Column("stretch_id", sa.Integer(), nullable=True),
        sa.Column("from_stretch_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stretch_id"], ["stretches.id"], name=op.f("fk_snaps_stretch_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["from_stretch_id"], ["stretches.id"], name=op.f("fk_snaps_from_stretch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snaps")),
        sa.UniqueConstraint("source", "source_ref", name=op.f("uq_snaps_source_source_ref")),
    )
    op.create_index(op.f("ix_snaps_stretch_id"), "snaps", ["stretch_id"], unique=False)
    op.create_index(op.f("ix_snaps_from_stretch_id"), "snaps", ["from_stretch_id"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_snaps_from_stretch_id"), table_name="snaps")
    op.drop_index(op.f("ix_snaps_stretch_id"), table_name="snaps")
    op.drop_table("snaps")
