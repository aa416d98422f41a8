"""The databases: the same tables, the same answers, the index used, nothing half."""

from datetime import datetime

import numpy as np
import pytest
from alembic import command
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from samverkan_map.db import bulk, engine
from samverkan_map.db.tables import Base, Measure, Report


def test_migrations_go_from_empty_to_exactly_the_tables_in_the_code(database):
    with database._writing_engine.begin() as connection:
        command.check(engine.migration_config(connection))


def test_migrations_go_down_to_nothing_and_up_again(database):
    with database._writing_engine.begin() as connection:
        command.downgrade(engine.migration_config(connection), "base")
    engine.upgrade(database)
    with database.engine.connect() as connection:
        for table in Base.metadata.tables.values():
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


def test_upgrade_twice_changes_nothing(database):
    engine.upgrade(database)
    assert engine.revision(database) == engine.newest_revision()


def test_embedded_database_keeps_what_it_acknowledged(embedded):
    with embedded.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_box_question_uses_the_spatial_index(database):
    statement = select(Report.id).where(engine.bbox_hit(Report.geom, (370000, 6140000, 371000, 6141000)))
    sql = str(statement.compile(database.engine))
    with database.engine.connect() as connection:
        if database.embedded:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
            assert any("VIRTUAL TABLE INDEX" in line for line in plan), plan
            assert not any(line == "SCAN reports" for line in plan), plan
        else:
            connection.execute(text("SET enable_seqscan = off"))
            plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}")]
            assert any("idx_reports_geom" in line for line in plan), plan


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_audit_log_cannot_be_changed_even_by_sql(database, statement):
    with database.writing() as session:
        session.execute(
            text(
                "INSERT INTO audit (id, at, who, action, object_kind, object_id, details, previous_hash, hash) "
                "VALUES (1, '2026-01-01 00:00:00', 'a', 'b', 'c', 'd', '', '', 'h')"
            )
        )
        session.commit()
        with pytest.raises(DBAPIError, match="can only grow"):
            session.execute(text(statement))


def test_bulk_points_are_the_points_that_were_given(database, session):
    session.execute(text(_DELIVERY))
    row = dict.fromkeys(bulk.COLUMNS) | {
        "delivery_id": 1, "source": "est", "kind": "problem", "type": "klotter", "day": 20000, "precision": "point",
    }  # fmt: skip
    given = [row | {"source_ref": "1", "geom": (370123.25, 6140456.5)}, row | {"source_ref": "2", "geom": None}]
    assert inserted(session, given) == 2
    assert inserted(session, given[:1]) == 0
    point = session.scalars(select(Report).where(Report.source_ref == "1")).one()
    assert engine.shape(point.geom).coords[0] == (370123.25, 6140456.5)
    near = select(Report.source_ref).where(*engine.within_distance(Report.geom, engine.shape(point.geom).buffer(5), 10))
    assert session.scalars(near).all() == ["1"]
    (block,) = bulk.report_columns(session, ["day"])
    assert block["e"][0] == 370123.25
    assert block["n"][0] == 6140456.5
    assert block["e"][1] != block["e"][1]


def test_a_block_with_rows_that_are_known_or_stand_twice_stores_each_of_the_others_once(session):
    session.execute(text(_DELIVERY))
    refs = [str(number) for number in range(8)]
    assert inserted(session, [_ROW | {"source_ref": ref} for ref in refs[2:5]]) == 3
    assert inserted(session, [_ROW | {"source_ref": ref} for ref in refs]) == 5
    assert inserted(session, [_ROW | {"source_ref": ref} for ref in ("8", "9", "8")]) == 2
    found = session.scalars(select(Report.source_ref).order_by(Report.source_ref)).all()
    assert found == [*refs, "8", "9"]


def test_a_block_gives_back_every_letter_time_and_number_it_was_given(session):
    session.execute(text(_DELIVERY))
    words = ["\\N", "C:\\temp\\", "rad ett\nrad två\r\n", "kolumn\tkolumn", "å ’ 🚲", "", None, "\\."]
    moments = [datetime(2025, 3, 1, 12, 30), datetime(1990, 1, 1), datetime(2027, 12, 31, 22, 59, 59, 999999), None]
    rows = [
        _ROW | {"source_ref": str(number), "description": said, "occurred_from": moments[number % 4], "hour": number}
        for number, said in enumerate(words)
    ]
    assert inserted(session, rows) == len(rows)
    stored = session.execute(
        select(Report.description, Report.occurred_from, Report.hour, Report.weekday).order_by(Report.hour)
    )
    assert [tuple(row) for row in stored] == [
        (row["description"], row["occurred_from"], row["hour"], None) for row in rows
    ]


def test_many_points_at_once_stand_in_the_spatial_index_like_single_ones(embedded):
    with embedded.writing() as session:
        session.execute(text(_DELIVERY))
        row = dict.fromkeys(bulk.COLUMNS) | {
            "delivery_id": 1, "source": "est", "kind": "problem", "type": "klotter", "day": 20000, "precision": "point",
        }  # fmt: skip
        rows = [row | {"source_ref": str(i), "geom": (370000.0 + i, 6140000.0)} for i in range(600)]
        assert inserted(session, [*rows, rows[0]]) == 600
        single = row | {"source_ref": "single", "geom": (370000.5, 6140000.0)}
        assert inserted(session, [single]) == 1
        box = engine.bbox_hit(Report.geom, (370000, 6139999, 370009.5, 6140001))
        assert session.scalar(select(func.count(Report.id)).where(box)) == 11
        assert session.scalar(text("SELECT CheckSpatialIndex('reports', 'geom')")) == 1


def inserted(session, rows: list[dict]) -> int:
    """How many rows of `bulk.COLUMNS` went in as one block."""
    block = {name: [row[name] for row in rows] for name in bulk.COLUMNS}
    for name in ("occurred_from", "occurred_to", "reported_at"):
        block[name] = np.array(block[name], dtype="datetime64[us]")
    block["geom"] = np.array([point or (np.nan, np.nan) for point in block["geom"]])
    with bulk.loading(session) as load:
        load.send(block)
        return load.settle()


_ROW = dict.fromkeys(bulk.COLUMNS) | {
    "delivery_id": 1, "source": "est", "kind": "problem", "type": "klotter", "day": 20000, "precision": "area",
}  # fmt: skip
_DELIVERY = (
    "INSERT INTO deliveries (id, at, who, source, file_name, file_hash, read, accepted, known, refused, left_out, "
    "notes, version) VALUES (1, '2026-01-01 00:00:00', 'a', 'est', 'f', 'h', 0, 0, 0, 0, 0, '[]', 1)"
)


def test_what_an_older_version_stored_is_whole_after_an_upgrade(database):
    with database._writing_engine.begin() as connection:
        command.downgrade(engine.migration_config(connection), "0001")
        connection.execute(
            text("INSERT INTO organisations (id, code, name, kind) VALUES (1, 'k', 'K', 'municipality')")
        )
        connection.execute(
            text(
                "INSERT INTO measures (id, title, published, mechanism, status, summary, owner_id, planned_start, "
                "updated_on, geom, version) VALUES (7, 'Ljus', true, 'increase_risk', 'ongoing', 'Fler lampor', 1, "
                "'2026-01-01', '2026-01-02', ST_GeomFromText('POINT(370000 6140000)', 3006), 3)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO follow_ups (id, measure_id, indicator, window_months, comparison, due_on, note, version) "
                "VALUES (1, 7, 'Rapporter', 12, 'Samma tid', '2027-03-01', '', 1)"
            )
        )
    engine.upgrade(database)
    with database.writing() as session:
        measure = session.get(Measure, 7)
        assert (measure.title, measure.version, measure.kind, measure.waiver) == ("Ljus", 3, "situational", "")
        planned = measure.follow_ups[0]
        assert (planned.types, planned.same_season, planned.ring_metres, planned.changes) == ([], True, 200, [])
        measure.title = "Nytt ljus"
        session.flush()
