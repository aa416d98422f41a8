"""What residents report, and weeks with nothing to report."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0008"
down_revision = "0007"

INDEXED = ("hinted_id", "same_as_id", "report_id", "words_hash")


def upgrade():
    op.create_geospatial_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("how_often", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("words_hash", sa.String(), nullable=True),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("place_name", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column(
            "geom",
            Geometry(srid=3006, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("hinted_id", sa.Integer(), nullable=True),
        sa.Column("same_as_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("sent_to", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_words", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("unusable", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hinted_id"], ["places.id"], name=op.f("fk_letters_hinted_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["same_as_id"], ["letters.id"], name=op.f("fk_letters_same_as_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_letters_report_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_letters_code_hash")),
    )
    op.create_geospatial_index(
        "idx_letters_geom", "letters", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_letters_status_received_at"), "letters", ["status", "received_at"], unique=False)
    for column in INDEXED:
        op.create_index(op.f(f"ix_letters_{column}"), "letters", [column], unique=False)
    op.create_table(
        "quiet_weeks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_quiet_weeks_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_weeks")),
        sa.UniqueConstraint("organisation_id", "week", name=op.f("uq_quiet_weeks_organisation_id_week")),
    )
    op.create_index(op.f("ix_quiet_weeks_week"), "quiet_weeks", ["week"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_quiet_weeks_week"), table_name="quiet_weeks")
    op.drop_table("quiet_weeks")
    for column in reversed(INDEXED):
        op.drop_index(op.f(f"ix_letters_{column}"), table_name="letters")
    op.drop_index(op.f("ix_letters_status_received_at"), table_name="letters")
    op.drop_geospatial_index("idx_letters_geom", table_name="letters", postgresql_using="gist", column_name="geom")
    op.drop_geospatial_table("letters")
