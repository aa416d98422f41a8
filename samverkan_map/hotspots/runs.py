"""Kept runs: exactly what was found one day, for meetings, minutes and pictures of the situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.analysis.grid import QUEEN
from samverkan_map.db.tables import Run
from samverkan_map.errors import NotFound, StepNotAllowed
from samverkan_map.hotspots.finding import HISTORY_MONTHS, LEAST_EVENTS, LEAST_IN_SPOT
from samverkan_map.hotspots.found import Hotspots, as_plain, from_plain
from samverkan_map.question import Question, hours_of
from samverkan_map.vocabulary import Permission

KIND = "hotspots.cells"
ALPHA = 0.05


def keep_found(session: Session, actor: Viewer, question: Question, found: Hotspots, *, now: datetime) -> Run:
    """Keep an answer as it is. The newest run, unchanged, is not kept twice.

    Raises StepNotAllowed when nothing could be looked for, NotAllowed.
    """
    made = Run(
        kind=KIND, at=now, who=actor.name, data_version=found.data_version, kinds=list(found.kinds),
        fine=_is_fine(question, found), asked=_asked(question, found),
        parameters={
            "cell_metres": found.cell_metres, "alpha": ALPHA, "contiguity": QUEEN, "least_events": LEAST_EVENTS,
            "least_in_spot": LEAST_IN_SPOT, "history_months": HISTORY_MONTHS,
        },
        result=as_plain(found),
    )  # fmt: skip
    access.gate(session, actor, Permission.KEEP_RUN, made, kept=found.data_version)
    if found.nothing:
        raise StepNotAllowed("hotspots.errors.nothing_to_keep")
    newest = session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one_or_none()
    if newest and (newest.kind, newest.asked, newest.parameters, newest.result) == (
        made.kind, made.asked, made.parameters, made.result,
    ):  # fmt: skip
        return newest
    session.add(made)
    session.flush()
    return made


def _asked(question: Question, found: Hotspots) -> dict[str, Any]:
    """The filters of the address with the period as days, so that the same can be asked again whatever day it is."""
    kept = {name: value for name, value in question.given.items() if name not in ("period", "from", "to", "page")}
    return kept | {"from": _day(found.period.start), "to": _day(found.period.end)}


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _is_fine(question: Question, found: Hotspots) -> bool:
    """Whether it tells more about time than months and four-hour bands."""
    edges = (found.counted, found.before, found.period)
    days = any(day and day.day != 1 for period in edges if period for day in (period.start, period.end))
    hours = set(hours_of(question.hours)) if question.hours else set()
    bands = {access.hour_band(hour) for hour in hours}
    return days or bool(question.weekdays) or len(hours) != 4 * len(bands)


def get_run(session: Session, viewer: Viewer, run_id: int) -> Run:
    """One kept run. Raises NotFound when there is none that the viewer may see."""
    found = session.get(Run, run_id)
    if found is None or not access.sees(viewer, found):
        raise NotFound("hotspots.errors.no_such_run")
    return found


def find_runs(session: Session, viewer: Viewer, *, most: int = 200) -> list[Run]:
    """The kept runs that the viewer may see, the newest first."""
    newest = session.scalars(select(Run).order_by(Run.id.desc()).limit(most))
    return [run for run in newest if access.sees(viewer, run)]


def found_in(viewer: Viewer, run: Run) -> Hotspots:
    """What a run found, as it was, as far as the viewer may see it."""
    found = from_plain(run.result)
    if access.coarse_position(viewer) is None:
        return found
    return replace(found, spots=tuple(replace(spot, pile=0) for spot in found.spots))
