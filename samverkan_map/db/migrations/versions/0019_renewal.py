"""How one agreement's work went over into the next."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade():
    op.create_table(
        "period_starts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("start_year", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_starts")),
        sa.UniqueConstraint("start_year", name=op.f("uq_period_starts_start_year")),
    )
    op.create_table(
        "period_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("start_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("measure_id", sa.Integer(), nullable=True),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["start_id"], ["period_starts.id"], name=op.f("fk_period_choices_start_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_period_choices_place_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_period_choices_measure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_choices")),
    )
    for column in ("start_id", "place_id", "measure_id"):
        op.create_index(op.f(f"ix_period_choices_{column}"), "period_choices", [column], unique=False)


def downgrade():
    for column in ("measure_id", "place_id", "start_id"):
        op.drop_index(op.f(f"ix_period_choices_{column}"), table_name="period_choices")
    op.drop_table("period_choices")
    op.drop_table("period_starts")
