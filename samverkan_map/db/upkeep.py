"""Whether the database itself is well: whole, writable, its spatial indexes in step with the tables."""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import text
from sqlalchemy.engine import Connection

from samverkan_map.db.engine import Database
from samverkan_map.db.tables import Base

WAIT_SECONDS = 3
"""So long another writer is waited for before the database counts as locked."""


def is_whole(database: Database) -> bool:
    """Whether the file of the embedded database holds together; PostGIS checks its own pages as it reads them."""
    if not database.embedded:
        return True
    with database.engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"


def try_to_write(database: Database) -> None:
    """Take the right to write and give it back. Raises DBAPIError when it is not to be had."""
    with database.writing(wait=WAIT_SECONDS) as session:
        session.execute(text("UPDATE state SET value = value WHERE key = 'audit_head'"))
        session.rollback()


def spatial_columns() -> list[tuple[str, str]]:
    """(table, column) of everything that has a place on the map."""
    tables = Base.metadata.tables.values()
    return [(table.name, column.name) for table in tables for column in table.c if isinstance(column.type, Geometry)]


def broken_indexes(database: Database) -> list[str]:
    """The tables whose spatial index is missing or does not hold what the table holds."""
    sound = _sound_embedded if database.embedded else _sound_postgis
    with database.engine.connect() as connection:
        return [table for table, column in spatial_columns() if not sound(connection, table, column)]


def _sound_embedded(connection: Connection, table: str, column: str) -> bool:
    there = text("SELECT count(*) FROM sqlite_master WHERE name = :name")
    if not connection.execute(there, {"name": f"idx_{table}_{column}"}).scalar():
        return False
    check = text("SELECT CheckSpatialIndex(:table, :column)")
    return connection.execute(check, {"table": table, "column": column}).scalar() == 1


def _sound_postgis(connection: Connection, table: str, column: str) -> bool:
    question = text(
        "SELECT bool_or(indisvalid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
        "WHERE indrelid = to_regclass(:table) AND relname = :name"
    )
    return bool(connection.execute(question, {"table": table, "name": f"idx_{table}_{column}"}).scalar())


def rebuild_indexes(database: Database) -> list[str]:
    """Make every broken spatial index anew and give the tables that had one."""
    broken = broken_indexes(database)
    rebuild = _rebuild_embedded if database.embedded else _rebuild_postgis
    with database.writing() as session:
        for table, column in spatial_columns():
            if table in broken:
                rebuild(session.connection(), table, column)
        session.commit()
    return broken


def _rebuild_embedded(connection: Connection, table: str, column: str) -> None:
    where = {"table": table, "column": column}
    connection.execute(text("SELECT DisableSpatialIndex(:table, :column)"), where)
    connection.execute(text(f"DROP TABLE IF EXISTS idx_{table}_{column}"))
    connection.execute(text("SELECT CreateSpatialIndex(:table, :column)"), where)


def _rebuild_postgis(connection: Connection, table: str, column: str) -> None:
    connection.execute(text(f"DROP INDEX IF EXISTS idx_{table}_{column}"))
    connection.execute(text(f"CREATE INDEX idx_{table}_{column} ON {table} USING gist ({column})"))
