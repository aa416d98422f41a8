"""Screens that show a meeting: who let them, when they were opened, and when they were closed."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade():
    op.create_table(
        "meeting_screens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("forum", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_meeting_screens_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_screens")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_meeting_screens_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_meeting_screens_token_hash")),
    )
    for column in ("forum", "person_id"):
        op.create_index(op.f(f"ix_meeting_screens_{column}"), "meeting_screens", [column], unique=False)


def downgrade():
    op.drop_table("meeting_screens")
