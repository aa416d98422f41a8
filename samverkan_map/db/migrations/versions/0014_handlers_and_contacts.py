"""Whose task a letter is, and where its sender wants the answer."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

MOMENTS = ("closed_at", "due_at", "tried_at", "told_at")


def upgrade():
    op.add_column("letters", sa.Column("handler_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_letters_handler_id"), "letters", ["handler_id"], unique=False)
    op.create_table(
        "letter_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("came_at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=True) for name in MOMENTS),
        sa.Column("failed", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_contacts_letter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_contacts")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_letter_contacts_letter_id")),
    )
    op.create_index(op.f("ix_letter_contacts_due_at"), "letter_contacts", ["due_at"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_letter_contacts_due_at"), table_name="letter_contacts")
    op.drop_table("letter_contacts")
    op.drop_index(op.f("ix_letters_handler_id"), table_name="letters")
    op.drop_column("letters", "handler_id")
