"""What comes from others beside the reports: answers of surveys, reported crime, themes of dialogues."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

TABLES = ("survey_values", "crime_counts", "dialogue_themes")


def upgrade():
    _table(
        "survey_values", ["source", "year", "area", "question"],
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("response_rate", sa.Double(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
    )  # fmt: skip
    _table(
        "crime_counts", ["year", "category"],
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
    )  # fmt: skip
    _table(
        "dialogue_themes", ["source", "held_on", "area", "type"],
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
    )  # fmt: skip


def _table(name, unique, *columns):
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f(f"fk_{name}_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")),
    )
    op.create_index(op.f(f"ix_{name}_delivery_id"), name, ["delivery_id"], unique=False)


def downgrade():
    for name in reversed(TABLES):
        op.drop_index(op.f(f"ix_{name}_delivery_id"), table_name=name)
        op.drop_table(name)
