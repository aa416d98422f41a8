"""Earlier texts: what was written before it was changed, readable and possible to take away."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.create_table(
        "earlier_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("measure_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("lap", sa.Integer(), nullable=True),
        sa.Column("replaced_on", sa.Date(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_earlier_texts_place_id_places"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_earlier_texts_measure_id_measures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_texts")),
    )
    for column in ("place_id", "measure_id"):
        op.create_index(op.f(f"ix_earlier_texts_{column}"), "earlier_texts", [column], unique=False)


def downgrade():
    for column in ("measure_id", "place_id"):
        op.drop_index(op.f(f"ix_earlier_texts_{column}"), table_name="earlier_texts")
    op.drop_table("earlier_texts")
