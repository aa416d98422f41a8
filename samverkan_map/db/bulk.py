"""The bulk road for reports: the same rows as the ORM would write, as the database's own bytes, in blocks."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from samverkan_map.db.tables import SRID, Report

COLUMNS = tuple(column.name for column in Report.__table__.columns if column.name != "id")
"""The columns a row holds, in this order; `geom` is the last and is `(e, n)` in metres or None."""

_TIMES = tuple(COLUMNS.index(name) for name in ("occurred_from", "occurred_to", "reported_at"))

MANY = 500
"""From so many rows on, the spatial index is filled after them instead of between them."""

_EMBEDDED_POINT = struct.Struct("<BBi4dBi2dB")
_POSTGIS_POINT = struct.Struct("<BIi2d")


def known_references(session: Session, source: str, references: Iterable[str]) -> set[str]:
    """Which of a source's references are stored already, asked with one parameter however many they are."""
    connection = session.connection()
    wanted = list(references)
    embedded = connection.dialect.name == "sqlite"
    within = "IN (SELECT value FROM json_each(:wanted))" if embedded else "= ANY(:wanted)"
    given = json.dumps(wanted) if embedded else wanted
    question = text(f"SELECT source_ref FROM reports WHERE source = :source AND source_ref {within}")
    return set(connection.execute(question, {"source": source, "wanted": given}).scalars())


def insert_reports(session: Session, rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert rows of `COLUMNS` and give how many went in; a known (source, source_ref) is left as it was."""
    if not rows:
        return 0
    connection = session.connection()
    insert = _insert_embedded if connection.dialect.name == "sqlite" else _insert_postgis
    return insert(connection, rows)


def _insert_embedded(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
    marks = ", ".join("?" for _ in COLUMNS)
    sql = f"INSERT INTO reports ({', '.join(COLUMNS)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    cursor = connection.connection.cursor()
    try:
        with _index_afterwards(cursor) if len(rows) >= MANY else nullcontext():
            cursor.executemany(sql, [_embedded_row(row) for row in rows])
            return cursor.rowcount
    finally:
        cursor.close()


@contextmanager
def _index_afterwards(cursor: Any) -> Iterator[None]:
    """Put new positions into the R-tree all at once: SpatiaLite's triggers do it row by row, at a third of the time.

    The triggers go and come back within the caller's transaction, so nobody ever sees the table without them.
    """
    wanted = ", ".join(f"'{name}_reports_geom'" for name in ("gii", "ggi", "tmi"))
    triggers = cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE name IN ({wanted})").fetchall()
    (last,) = cursor.execute("SELECT coalesce(max(id), 0) FROM reports").fetchone()
    for name, _ in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    cursor.execute(
        "INSERT INTO idx_reports_geom SELECT id, MbrMinX(geom), MbrMaxX(geom), MbrMinY(geom), MbrMaxY(geom) "
        "FROM reports WHERE id > ? AND geom IS NOT NULL",
        (last,),
    )
    for _, sql in triggers:
        cursor.execute(sql)


def _embedded_row(row: tuple[Any, ...]) -> list[Any]:
    values = list(row)
    for index in _TIMES:
        if values[index] is not None:
            values[index] = values[index].isoformat(" ", "microseconds")
    if row[-1] is not None:
        e, n = row[-1]
        values[-1] = _EMBEDDED_POINT.pack(0, 1, SRID, e, n, e, n, 0x7C, 1, e, n, 0xFE)
    return values


def _insert_postgis(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
    names = ", ".join(COLUMNS)
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE IF NOT EXISTS incoming AS "
            f"SELECT 0::bigint AS line, {names} FROM reports WITH NO DATA"
        )
    )
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY incoming (line, {names}) FROM STDIN") as copy:
        for line, row in enumerate(rows):
            copy.write_row((line, *_postgis_row(row)))
    found = connection.execute(
        text(f"INSERT INTO reports ({names}) SELECT {names} FROM incoming ORDER BY line ON CONFLICT DO NOTHING")
    )
    connection.execute(text("TRUNCATE incoming"))
    return found.rowcount


def _postgis_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    if row[-1] is None:
        return row
    return (*row[:-1], _POSTGIS_POINT.pack(1, 0x20000001, SRID, *row[-1]).hex())


def report_columns(
    session: Session, names: Sequence[str], *, deliveries: Iterable[int] | None = None
) -> Iterator[dict[str, np.ndarray]]:
    """The reports of `deliveries` (None: all) in blocks of arrays: `id`, the named columns, `e` and `n` in metres.

    A report without a position has NaN for both.
    """
    connection = session.connection()
    embedded = connection.dialect.name == "sqlite"
    point = "geom" if embedded else "ST_X(geom), ST_Y(geom)"
    sql = f"SELECT id, {', '.join(names)}, {point} FROM reports"
    if deliveries is not None:
        sql += f" WHERE delivery_id IN ({', '.join(str(int(number)) for number in deliveries) or 'NULL'})"
    # The driver's own cursor: at a million rows SQLAlchemy's row objects cost more than the rows.
    cursor = connection.connection.cursor() if embedded else connection.connection.cursor(name="report_columns")
    cursor.execute(sql)
    try:
        while rows := cursor.fetchmany(50_000):
            columns = list(zip(*rows, strict=True))
            block = {name: np.array(column) for name, column in zip(("id", *names), columns, strict=False)}
            block["e"], block["n"] = _embedded_xy(columns[-1]) if embedded else _floats(columns[-2:])
            yield block
    finally:
        cursor.close()


def times_of(session: Session, ids: Iterable[int], *, kinds: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """When each of the reports `ids` of some kinds began and ended (UTC, datetime64[s]); those without are left out."""
    connection = session.connection()
    embedded = connection.dialect.name == "sqlite"
    within = "IN (SELECT value FROM json_each(:ids))" if embedded else "= ANY(:ids)"
    allowed = "IN (SELECT value FROM json_each(:kinds))" if embedded else "= ANY(:kinds)"
    given = {"ids": [int(number) for number in ids], "kinds": [str(kind) for kind in kinds]}
    question = text(
        "SELECT occurred_from, occurred_to FROM reports "
        f"WHERE id {within} AND kind {allowed} AND occurred_from IS NOT NULL ORDER BY id"
    )
    rows = connection.execute(question, {name: json.dumps(one) for name, one in given.items()} if embedded else given)
    pairs = np.array([(start, end or start) for start, end in rows], dtype="datetime64[us]").reshape(-1, 2)
    starts, ends = pairs.astype("datetime64[s]").T
    return starts, ends


def _embedded_xy(blobs: Sequence[bytes | None]) -> tuple[np.ndarray, np.ndarray]:
    xy = np.full((len(blobs), 2), np.nan)
    there = np.array([blob is not None for blob in blobs], dtype=bool)
    joined = b"".join(blob for blob in blobs if blob is not None)
    if joined:
        # A point is a record of fixed length whose coordinates stand just before the closing byte.
        records = np.frombuffer(joined, dtype=np.uint8).reshape(-1, _EMBEDDED_POINT.size)
        xy[there] = np.ascontiguousarray(records[:, -17:-1]).view("<f8")
    return xy[:, 0], xy[:, 1]


def _floats(columns: Sequence[Sequence[float | None]]) -> tuple[np.ndarray, np.ndarray]:
    e, n = (np.array(column, dtype=float) for column in columns)
    return e, n
