"""Whom the sign-in service knows an account by, and whether it asked for a second step."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

NAMES = ("provider_name", "provider_issuer", "provider_subject")


def upgrade():
    # Both databases take unique indexes on a table that exists; SQLite takes no constraint there.
    for name in NAMES:
        op.add_column("people", sa.Column(name, sa.String(), nullable=True))
    op.add_column("people", sa.Column("connected_at", sa.DateTime(), nullable=True))
    op.add_column("sessions", sa.Column("two_steps", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_people_provider_name"), "people", ["provider_name"], unique=True)
    op.create_index(
        op.f("ix_people_provider_issuer_provider_subject"), "people", ["provider_issuer", "provider_subject"],
        unique=True,
    )  # fmt: skip


def downgrade():
    op.drop_index(op.f("ix_people_provider_issuer_provider_subject"), table_name="people")
    op.drop_index(op.f("ix_people_provider_name"), table_name="people")
    op.drop_column("sessions", "two_steps")
    for name in ("connected_at", *NAMES):
        op.drop_column("people", name)
