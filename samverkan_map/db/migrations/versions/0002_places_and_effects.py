"""The planner's round: problem definitions, causes, picked reports, hours, promises, effects, drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "handled_forms",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_handled_forms")),
    )
    op.create_index(op.f("ix_handled_forms_at"), "handled_forms", ["at"], unique=False)
    op.create_table(
        "causes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("lap", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("struck_on", sa.Date(), nullable=True),
        sa.Column("struck_note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_causes_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_causes")),
    )
    op.create_index(op.f("ix_causes_place_id"), "causes", ["place_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("person_id", "form", "object_id", name=op.f("uq_drafts_person_id_form_object_id")),
    )
    op.create_table(
        "measure_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("planned_start", sa.Date(), nullable=False),
        sa.Column("planned_end", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_measure_parts_measure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_parts")),
    )
    op.create_index(op.f("ix_measure_parts_measure_id"), "measure_parts", ["measure_id"], unique=False)
    op.create_table(
        "place_hours",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_hours_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", "kind", name=op.f("pk_place_hours")),
    )
    op.create_table(
        "problem_definitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("lap", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("where_words", sa.String(), nullable=False),
        sa.Column("when_words", sa.String(), nullable=False),
        sa.Column("how_often", sa.String(), nullable=False),
        sa.Column("who_affected", sa.String(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_problem_definitions_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_definitions")),
        sa.UniqueConstraint("place_id", "lap", name=op.f("uq_problem_definitions_place_id_lap")),
    )
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("kronor", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_promises_measure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_promises_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_measure_id"), "promises", ["measure_id"], unique=False)
    op.create_table(
        "comparison_places",
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_comparison_places_follow_up_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_comparison_places_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("follow_up_id", "place_id", name=op.f("pk_comparison_places")),
    )
    op.create_index(op.f("ix_comparison_places_place_id"), "comparison_places", ["place_id"], unique=False)
    op.create_table(
        "effects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("follow_up_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("data_version", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_effects_follow_up_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effects")),
    )
    op.create_index(op.f("ix_effects_follow_up_id"), "effects", ["follow_up_id"], unique=False)
    op.create_table(
        "measure_causes",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cause_id"], ["causes.id"], name=op.f("fk_measure_causes_cause_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_measure_causes_measure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("measure_id", "cause_id", name=op.f("pk_measure_causes")),
    )
    op.create_index(op.f("ix_measure_causes_cause_id"), "measure_causes", ["cause_id"], unique=False)
    op.create_table(
        "place_reports",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("belongs", sa.Boolean(), nullable=False),
        sa.Column("picked_on", sa.Date(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["places.id"], name=op.f("fk_place_reports_place_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_place_reports_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "report_id", name=op.f("pk_place_reports")),
    )
    op.create_index(op.f("ix_place_reports_report_id"), "place_reports", ["report_id"], unique=False)
    op.add_column("follow_ups", sa.Column("types", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("follow_ups", sa.Column("same_season", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("follow_ups", sa.Column("comparison_area", sa.String(), nullable=True))
    op.add_column("follow_ups", sa.Column("comparison_reason", sa.String(), nullable=False, server_default=""))
    op.add_column("follow_ups", sa.Column("ring_metres", sa.Integer(), nullable=False, server_default="200"))
    op.add_column("follow_ups", sa.Column("chosen_for_height", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("follow_ups", sa.Column("changes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("follow_ups", sa.Column("next_step", sa.String(), nullable=True))
    op.add_column("measures", sa.Column("catalogue_code", sa.String(), nullable=True))
    op.add_column("measures", sa.Column("kind", sa.String(), nullable=False, server_default="situational"))
    op.add_column("measures", sa.Column("term", sa.String(), nullable=False, server_default="short"))
    op.add_column("measures", sa.Column("works_while_ongoing", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("measures", sa.Column("own_geometry", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("measures", sa.Column("expected", sa.String(), nullable=False, server_default=""))
    op.add_column("measures", sa.Column("cost_kronor", sa.Integer(), nullable=True))
    op.add_column("measures", sa.Column("dose_planned", sa.String(), nullable=False, server_default=""))
    op.add_column("measures", sa.Column("dose_delivered", sa.String(), nullable=False, server_default=""))
    op.add_column("measures", sa.Column("waiver", sa.String(), nullable=False, server_default=""))
    op.add_column("phase_moves", sa.Column("missing", sa.JSON(), nullable=False, server_default="[]"))
    op.drop_column("sessions", "language")
    op.create_index(op.f("ix_audit_object_kind_object_id"), "audit", ["object_kind", "object_id"])


def downgrade():
    op.drop_index(op.f("ix_audit_object_kind_object_id"), table_name="audit")
    op.add_column("sessions", sa.Column("language", sa.VARCHAR(), nullable=True))
    op.drop_column("phase_moves", "missing")
    op.drop_column("measures", "waiver")
    op.drop_column("measures", "dose_delivered")
    op.drop_column("measures", "dose_planned")
    op.drop_column("measures", "cost_kronor")
    op.drop_column("measures", "expected")
    op.drop_column("measures", "own_geometry")
    op.drop_column("measures", "works_while_ongoing")
    op.drop_column("measures", "term")
    op.drop_column("measures", "kind")
    op.drop_column("measures", "catalogue_code")
    op.drop_column("follow_ups", "next_step")
    op.drop_column("follow_ups", "changes")
    op.drop_column("follow_ups", "chosen_for_height")
    op.drop_column("follow_ups", "ring_metres")
    op.drop_column("follow_ups", "comparison_reason")
    op.drop_column("follow_ups", "comparison_area")
    op.drop_column("follow_ups", "same_season")
    op.drop_column("follow_ups", "types")
    op.drop_index(op.f("ix_place_reports_report_id"), table_name="place_reports")
    op.drop_table("place_reports")
    op.drop_index(op.f("ix_measure_causes_cause_id"), table_name="measure_causes")
    op.drop_table("measure_causes")
    op.drop_index(op.f("ix_effects_follow_up_id"), table_name="effects")
    op.drop_table("effects")
    op.drop_index(op.f("ix_comparison_places_place_id"), table_name="comparison_places")
    op.drop_table("comparison_places")
    op.drop_index(op.f("ix_promises_measure_id"), table_name="promises")
    op.drop_table("promises")
    op.drop_table("problem_definitions")
    op.drop_table("place_hours")
    op.drop_index(op.f("ix_measure_parts_measure_id"), table_name="measure_parts")
    op.drop_table("measure_parts")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_causes_place_id"), table_name="causes")
    op.drop_table("causes")
    op.drop_index(op.f("ix_handled_forms_at"), table_name="handled_forms")
    op.drop_table("handled_forms")
