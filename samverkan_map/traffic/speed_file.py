"""A file of speed measurements: each row one measurement of one stretch, checked and stored whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.db.tables import SpeedMeasurement, Stretch
from samverkan_map.errors import BadValue
from samverkan_map.exchange import checks
from samverkan_map.exchange.table import Table
from samverkan_map.reports.deliveries import Preview
from samverkan_map.reports.row_by_row import Row, delivery, keeps, rows_of, start, store
from samverkan_map.traffic.deliveries import SPEEDS, Intake
from samverkan_map.traffic.keeping import checked_measurement, find
from samverkan_map.vocabulary import Permission

NEEDED = ("stretch", "started_on", "mean_speed", "v85", "share_over_limit", "share_over_30", "vehicles")
FIGURES = ("mean_speed", "v85", "share_over_limit", "share_over_30", "vehicles")
CLOSE = 1e-6

Place = tuple[int, date, date, str]


def take_in_speeds(
    session: Session, actor: Viewer, table: Table, how: Intake, *, file_hash: str, now: datetime
) -> Preview:
    """Take in a table of measurements and say what became of every row.

    A measurement that is there already with the same figures is known; one of the same stretch, days and direction with
    other figures is refused. A missing last day means one day, a missing direction both together; shares stand from 0
    to 1 or with %.
    Raises NotAllowed, BadFile (no column for what must be known).
    """
    preview = start(actor, Permission.IMPORT_SPEEDS, table, {name: name in table.mapped for name in NEEDED})
    by_name: dict[str, list[Stretch]] = defaultdict(list)
    for stretch in find(session, actor):
        by_name[_key(stretch.name)].append(stretch)
    there = {_place(one): one for one in session.scalars(select(SpeedMeasurement))}
    new = []
    for row in rows_of(table, preview):
        try:
            found = _measurement_of(row, by_name, now.date())
            if _is_known(found, there):
                preview.known += 1
            else:
                new.append(found)
                there[_place(found)] = found
        except BadValue as refusal:
            preview.refused.append(row.refused(refusal.key, refusal.fields))
    preview.refused.sort(key=lambda one: one.row_number)
    preview.accepted = len(new)
    if keeps(how, preview):
        arrived = delivery(actor, SPEEDS, table.path, preview, file_hash, now)
        store(session, actor, Permission.IMPORT_SPEEDS, arrived, new, preview)
        session.expire_all()
    return preview


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _place(one: SpeedMeasurement) -> Place:
    return one.stretch_id, one.started_on, one.ended_on, one.direction.casefold()


def _is_known(found: SpeedMeasurement, there: Mapping[Place, SpeedMeasurement]) -> bool:
    other = there.get(_place(found))
    if other is None:
        return False
    if all(abs(getattr(other, name) - getattr(found, name)) <= CLOSE for name in FIGURES):
        return True
    raise BadValue("refusals.traffic.measured_differently", field="started_on", value=found.started_on.isoformat())


def _measurement_of(row: Row, by_name: Mapping[str, list[Stretch]], today: date) -> SpeedMeasurement:
    values = row.values
    named = by_name.get(_key(values["stretch"]), [])
    if len(named) != 1:
        key = "refusals.traffic.several_stretches" if named else "refusals.traffic.no_such_stretch"
        raise BadValue(key, field="stretch", value=values["stretch"][:60])
    first = _day("started_on", values["started_on"])
    last = _day("ended_on", values["ended_on"]) if values.get("ended_on") else first
    if last > today:
        raise BadValue("refusals.traffic.not_yet", field="ended_on", value=last.isoformat())
    figures = {name: _number(name, values[name], share=name.startswith("share")) for name in FIGURES}
    direction = values.get("direction", "")
    return checked_measurement(named[0], started_on=first, ended_on=last, direction=direction, **figures)


def _day(field: str, word: str) -> date:
    found, faults = checks.times([word])
    if faults or found[0] is None:
        raise BadValue("refusals.traffic.no_day", field=field, value=word[:40])
    return found[0].first.date()


def _number(field: str, word: str, *, share: bool) -> float:
    percent = share and word.endswith("%")
    (value,), faults = checks.numbers([word.removesuffix("%").strip() if percent else word])
    if faults or np.isnan(value):
        raise BadValue("refusals.traffic.no_number", field=field, value=word[:40])
    return float(value) / 100 if percent else float(value)
