"""Safety walks with their points, and pictures of what residents report."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0013"
down_revision = "0012"


def upgrade():
    _walks()
    _pictures()


def _walks():
    op.create_table(
        "walks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("walked_on", sa.Date(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["leader_id"], ["people.id"], name=op.f("fk_walks_leader_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walks")),
    )
    op.create_geospatial_table(
        "walk_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("walk_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("place_name", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column(
            "geom",
            Geometry(srid=3006, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["walk_id"], ["walks.id"], name=op.f("fk_walk_points_walk_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_walk_points_report_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_points")),
    )
    op.create_geospatial_index(
        "idx_walk_points_geom", "walk_points", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    for column in ("walk_id", "report_id"):
        op.create_index(op.f(f"ix_walk_points_{column}"), "walk_points", [column], unique=False)


def _pictures():
    op.create_table(
        "letter_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("came_at", sa.DateTime(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_photos_letter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_photos")),
        sa.UniqueConstraint("file", name=op.f("uq_letter_photos_file")),
    )
    op.create_index(op.f("ix_letter_photos_letter_id"), "letter_photos", ["letter_id"], unique=False)


def downgrade():
    op.drop_index(op.f("ix_letter_photos_letter_id"), table_name="letter_photos")
    op.drop_table("letter_photos")
    for column in ("report_id", "walk_id"):
        op.drop_index(op.f(f"ix_walk_points_{column}"), table_name="walk_points")
    op.drop_geospatial_index(
        "idx_walk_points_geom", table_name="walk_points", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("walk_points")
    op.drop_table("walks")
