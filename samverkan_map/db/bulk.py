"""The bulk road for reports: the same rows as the ORM would write, as the database's own bytes, in blocks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, Protocol

import numpy as np
from sqlalchemy import DateTime, String, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from samverkan_map.db.tables import SRID, Report

_TABLE = [column for column in Report.__table__.columns if column.name != "id"]
COLUMNS = tuple(column.name for column in _TABLE)
"""The columns of a block of reports: lists, but for the times, which are datetime64[us], and `geom`, which is (n, 2) in
metres; NaT and NaN where there is none."""

_TIMES = {column.name for column in _TABLE if isinstance(column.type, DateTime)}
_TEXTS = {column.name for column in _TABLE if isinstance(column.type, String)}
_NAMES = ", ".join(COLUMNS)

MANY = 500
"""From so many rows on, the spatial index is filled after them instead of between them."""

_EMBEDDED_POINT = np.dtype(
    [("start", "u1"), ("order", "u1"), ("srid", "<i4"), ("box", "<f8", 4), ("mark", "u1"), ("kind", "<i4"),
     ("at", "<f8", 2), ("end", "u1")]
)  # fmt: skip
_POSTGIS_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("srid", "<i4"), ("at", "<f8", 2)])
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_ABSENT = r"\N"


def known_references(
    session: Session, source: str, references: Iterable[str], *, delivery_id: int | None = None
) -> set[str]:
    """Which of a source's references are stored already (with a delivery: came with it), asked with one parameter
    however many they are."""
    connection = session.connection()
    wanted = list(references)
    embedded = connection.dialect.name == "sqlite"
    within = "IN (SELECT value FROM json_each(:wanted))" if embedded else "= ANY(:wanted)"
    given = json.dumps(wanted) if embedded else wanted
    came = "" if delivery_id is None else " AND delivery_id = :delivery"
    question = text(f"SELECT source_ref FROM reports WHERE source = :source AND source_ref {within}{came}")
    asked = {"source": source, "wanted": given} | ({"delivery": delivery_id} if came else {})
    return set(connection.execute(question, asked).scalars())


def all_differ(sources: Sequence[str], references: Sequence[str]) -> bool:
    """Whether no two rows have the same source and reference.

    >>> all_differ(["a", "b"], ["1", "1"]), all_differ(["a", "a"], ["1", "1"])
    (True, False)
    """
    # Alone they mostly differ already, and pairs of a hundred thousand rows take four times as long.
    return len(set(references)) == len(references) or len(set(zip(sources, references, strict=True))) == len(references)


class Load(Protocol):
    """Blocks of reports on their way into the database, one at a time."""

    def send(self, columns: Mapping[str, Any]) -> int:
        """Give the database a block of `COLUMNS`, once the one before it is stored, and give how many rows of that one
        went in; a known (source, source_ref) is left as it was.

        Until `settle` is called the connection is taken: ask nothing else of it."""

    def settle(self) -> int:
        """Wait until the block is stored and give how many of its rows went in; 0 when there is none on its way."""

    def abandon(self, error: BaseException) -> None:
        """Leave the block that is on its way, so that the transaction can be rolled back."""


@contextmanager
def loading(session: Session) -> Iterator[Load]:
    """The way for blocks of reports. PostGIS takes a block in while the caller reads the next. Raises DBAPIError."""
    connection = session.connection()
    error_of_driver = connection.dialect.loaded_dbapi.Error
    load = (_EmbeddedLoad if connection.dialect.name == "sqlite" else _PostgisLoad)(connection)
    try:
        yield load
    except BaseException as error:
        with suppress(error_of_driver):
            load.abandon(error)
        if isinstance(error, error_of_driver):
            raise DBAPIError("reports", None, error) from error
        raise


class _EmbeddedLoad:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.accepted = 0

    def send(self, columns: Mapping[str, Any]) -> int:
        accepted = self.settle()
        if columns["source"]:
            self.accepted = _insert_embedded(self.connection, columns)
        return accepted

    def settle(self) -> int:
        accepted, self.accepted = self.accepted, 0
        return accepted

    def abandon(self, error: BaseException) -> None:
        """Nothing is ever on its way."""


class _PostgisLoad:
    """By COPY: straight into the table, or by way of a temporary one when a row of the block stands there already."""

    def __init__(self, connection: Connection) -> None:
        self.cursor = connection.connection.cursor()
        self.twice = connection.dialect.loaded_dbapi.IntegrityError
        self.lines: list[str] = []
        self.copy: Any = None

    def send(self, columns: Mapping[str, Any]) -> int:
        lines = _copy_lines(columns)  # while the server is still at the block before
        accepted, self.lines = self.settle(), lines
        if self.lines and all_differ(columns["source"], columns["source_ref"]):
            self.cursor.execute("SAVEPOINT straight")
            self.copy = self.cursor.copy(f"COPY reports ({_NAMES}) FROM STDIN")
            self.copy.__enter__().write("\n".join(self.lines) + "\n")
        return accepted

    def settle(self) -> int:
        lines, self.lines = self.lines, []
        if self.copy:
            copy, self.copy = self.copy, None
            try:
                copy.__exit__(None, None, None)
            except self.twice:  # somebody else has stored one of them since it was asked for
                self.cursor.execute("ROLLBACK TO SAVEPOINT straight")
            else:
                self.cursor.execute("RELEASE SAVEPOINT straight")
                return len(lines)
        return _insert_by_way(self.cursor, lines) if lines else 0

    def abandon(self, error: BaseException) -> None:
        if self.copy:
            copy, self.copy = self.copy, None
            copy.__exit__(type(error), error, error.__traceback__)


def _insert_by_way(cursor: Any, lines: list[str]) -> int:
    cursor.execute(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS incoming AS SELECT 0::bigint AS line, {_NAMES} FROM reports WITH NO DATA"
    )
    with cursor.copy(f"COPY incoming (line, {_NAMES}) FROM STDIN") as copy:
        copy.write("\n".join(f"{number}\t{line}" for number, line in enumerate(lines)) + "\n")
    cursor.execute(f"INSERT INTO reports ({_NAMES}) SELECT {_NAMES} FROM incoming ORDER BY line ON CONFLICT DO NOTHING")
    accepted = cursor.rowcount
    cursor.execute("TRUNCATE incoming")
    return accepted


def _insert_embedded(connection: Connection, columns: Mapping[str, Any]) -> int:
    marks = ", ".join("?" for _ in COLUMNS)
    sql = f"INSERT INTO reports ({_NAMES}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    values = {**columns, "geom": _embedded_points(columns["geom"])}
    values |= {name: _written(columns[name]) for name in _TIMES}
    cursor = connection.connection.cursor()
    try:
        with _index_afterwards(cursor) if len(columns["source"]) >= MANY else nullcontext():
            cursor.executemany(sql, list(zip(*(values[name] for name in COLUMNS), strict=True)))
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


def _embedded_points(points: np.ndarray) -> list[bytes | None]:
    """SpatiaLite's own form of each point."""
    records = np.zeros(len(points), dtype=_EMBEDDED_POINT)
    records["order"], records["srid"], records["mark"], records["kind"], records["end"] = 1, SRID, 0x7C, 1, 0xFE
    records["at"], records["box"] = points, np.tile(points, 2)
    return _pieces(records.tobytes(), _EMBEDDED_POINT.itemsize, points)


def _pieces(whole: Any, size: int, points: np.ndarray) -> list[Any]:
    there = np.isfinite(points[:, 0]).tolist()
    return [whole[at * size : at * size + size] if is_there else None for at, is_there in enumerate(there)]


def _written(times: np.ndarray) -> list[str | None]:
    """Times as both databases read them: `2025-03-01 13:05:00.000000`."""
    there = ~np.isnat(times)
    found = np.full(len(times), None, dtype=object)
    if there.any():
        texts = np.datetime_as_string(times[there].astype("datetime64[us]"))
        texts.view(np.uint32).reshape(len(texts), -1)[:, 10] = ord(" ")
        found[there] = texts
    return found.tolist()


def _copy_lines(columns: Mapping[str, Any]) -> list[str]:
    """A block in the text form of COPY."""
    return list(map("\t".join, zip(*(_copied(name, columns[name]) for name in COLUMNS), strict=True)))


def _copied(name: str, column: Any) -> list[str]:
    if name == "geom":
        column = _postgis_points(column)
    elif name in _TIMES:
        column = _written(column)
    elif name in _TEXTS:
        whole = "".join(filter(None, column))
        if any(chr(letter) in whole for letter in _ESCAPED):
            column = [value and value.translate(_ESCAPED) for value in column]
    else:
        return [_ABSENT if value is None else str(value) for value in column]
    return [_ABSENT if value is None else value for value in column]


def _postgis_points(points: np.ndarray) -> list[str | None]:
    """PostGIS's own form of each point."""
    records = np.zeros(len(points), dtype=_POSTGIS_POINT)
    records["order"], records["kind"], records["srid"], records["at"] = 1, 0x20000001, SRID, points
    return _pieces(records.tobytes().hex(), 2 * _POSTGIS_POINT.itemsize, points)


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
    pairs = np.array([(start, end or start) for start, end in rows.all()], dtype="datetime64[us]").reshape(-1, 2)
    starts, ends = pairs.astype("datetime64[s]").T
    return starts, ends


def _embedded_xy(blobs: Sequence[bytes | None]) -> tuple[np.ndarray, np.ndarray]:
    xy = np.full((len(blobs), 2), np.nan)
    there = np.array([blob is not None for blob in blobs], dtype=bool)
    joined = b"".join(blob for blob in blobs if blob is not None)
    if joined:
        # A point is a record of fixed length whose coordinates stand just before the closing byte.
        records = np.frombuffer(joined, dtype=np.uint8).reshape(-1, _EMBEDDED_POINT.itemsize)
        xy[there] = np.ascontiguousarray(records[:, -17:-1]).view("<f8")
    return xy[:, 0], xy[:, 1]


def _floats(columns: Sequence[Sequence[float | None]]) -> tuple[np.ndarray, np.ndarray]:
    e, n = (np.array(column, dtype=float) for column in columns)
    return e, n
