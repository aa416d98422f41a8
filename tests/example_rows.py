"""The example as its tests look at it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, select

from samverkan_map import access
from samverkan_map.db import engine
from samverkan_map.db.tables import (
    Base,
    Place,
    Report,
)  # fmt: skip

COORDINATOR = access.command_line()
UNTIL = date(2026, 11, 23)
START = date(2023, 11, 23)
NOW = datetime(2026, 11, 23, 12)
LOCAL = ZoneInfo("Europe/Stockholm")
SMALL = 400


def fingerprint(session) -> dict[str, str]:
    """A hash per table of every value but passwords, links, the audit log's own clock, and the counters of changes.

    A measure at two places counts as a change of the one or the other: the ORM does not say which.
    """
    return {table.name: _table_hash(session, table) for table in Base.metadata.sorted_tables if table.name != "audit"}


def _table_hash(session, table) -> str:
    columns = [column for column in table.columns if column.name not in ("password_hash", "token_hash", "version")]
    order = list(inspect(table).primary_key)
    found = session.execute(select(*columns).order_by(*order))
    if table.name == "state":
        found = [row for row in found if row.key != "audit_head"]
    content = [[_value(value) for value in row] for row in found]
    return f"{len(content)} {sha256(repr(content).encode()).hexdigest()}"


def _value(value):
    return engine.shape(value).wkt if hasattr(value, "desc") else value


def local_day(report: Report) -> date:
    return date(1970, 1, 1) + timedelta(days=report.day)


def of_type(rows, *types: str) -> list[Report]:
    return [row for row in rows if row.type in types]


def near(rows, place: Place, metres: float, *types: str) -> list[Report]:
    middle = engine.shape(place.geom).centroid
    return [row for row in of_type(rows, *types) if row.geom and engine.shape(row.geom).distance(middle) < metres]


def per_year(found, start: date, end: date) -> float:
    return sum(start <= local_day(row) < end for row in found) / (end - start).days * 365
