"""Situation pictures: versions, the words of each party with what stood there before, and approvals."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade():
    _situations()
    _texts()
    _approvals()


def _situations():
    op.create_table(
        "situations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("checksum", sa.String(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(), nullable=True),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["earlier_id"], ["situations.id"], name=op.f("fk_situations_earlier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situations")),
    )


def _texts():
    op.create_table(
        "situation_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("situation_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situations.id"], name=op.f("fk_situation_texts_situation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_situation_texts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_texts")),
        sa.UniqueConstraint(
            "situation_id", "section", "party", name=op.f("uq_situation_texts_situation_id_section_party")
        ),
    )
    op.create_index(op.f("ix_situation_texts_situation_id"), "situation_texts", ["situation_id"], unique=False)
    op.create_table(
        "situation_earlier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"], ["situation_texts.id"], name=op.f("fk_situation_earlier_text_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_earlier")),
    )
    op.create_index(op.f("ix_situation_earlier_text_id"), "situation_earlier", ["text_id"], unique=False)


def _approvals():
    op.create_table(
        "situation_approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("situation_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("void_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situations.id"], name=op.f("fk_situation_approvals_situation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_situation_approvals_person_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_situation_approvals_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_approvals")),
    )
    op.create_index(op.f("ix_situation_approvals_situation_id"), "situation_approvals", ["situation_id"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_situation_approvals_situation_id"), table_name="situation_approvals")
    op.drop_table("situation_approvals")
    op.drop_index(op.f("ix_situation_earlier_text_id"), table_name="situation_earlier")
    op.drop_table("situation_earlier")
    op.drop_index(op.f("ix_situation_texts_situation_id"), table_name="situation_texts")
    op.drop_table("situation_texts")
    op.drop_table("situations")
