"""Rounds of reviews: when a site is reviewed, who was invited, and what a review says of strengths and offers."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade():
    op.add_column("reviews", sa.Column("round_id", sa.Integer(), nullable=True))
    op.add_column("reviews", sa.Column("strengths", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("reviews", sa.Column("contribution", sa.String(), nullable=False, server_default=""))
    op.add_column("reviews", sa.Column("measure_id", sa.Integer(), nullable=True))
    op.add_column("reviews", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_index(op.f("ix_reviews_round_id"), "reviews", ["round_id"], unique=False)
    _rounds()
    _invitations()


def _rounds():
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_rounds_site_id_sites"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_index(op.f("ix_rounds_site_id"), "rounds", ["site_id"], unique=False)


def _invitations():
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_invitations_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_invitations_review_id_reviews"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
        sa.UniqueConstraint("round_id", "organisation_id", name=op.f("uq_invitations_round_id_organisation_id")),
    )
    for column in ("round_id", "organisation_id", "review_id"):
        op.create_index(op.f(f"ix_invitations_{column}"), "invitations", [column], unique=False)


def downgrade():
    op.drop_table("invitations")
    op.drop_table("rounds")
    op.drop_index(op.f("ix_reviews_round_id"), table_name="reviews")
    for column in ("version", "measure_id", "contribution", "strengths", "round_id"):
        op.drop_column("reviews", column)
