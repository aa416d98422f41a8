"""Before whom a situation picture was presented and when, and the day its public version was published."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade():
    op.add_column("situations", sa.Column("published_on", sa.Date(), nullable=True))
    op.create_table(
        "situation_presentations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("situation_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("presented_on", sa.Date(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situations.id"], name=op.f("fk_situation_presentations_situation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_presentations")),
        sa.UniqueConstraint(
            "situation_id", "recipient", "presented_on",
            name=op.f("uq_situation_presentations_situation_id_recipient_presented_on"),
        ),
    )  # fmt: skip
    op.create_index(
        op.f("ix_situation_presentations_situation_id"), "situation_presentations", ["situation_id"], unique=False
    )


def downgrade():
    op.drop_index(op.f("ix_situation_presentations_situation_id"), table_name="situation_presentations")
    op.drop_table("situation_presentations")
    op.drop_column("situations", "published_on")
