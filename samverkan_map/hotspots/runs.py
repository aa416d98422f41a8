"""Kept runs: exactly what was found one day, for meetings, minutes and pictures of the situation."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from samverkan_map import access, traffic
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.grid import QUEEN
from samverkan_map.db.tables import Run
from samverkan_map.errors import NotFound, StepNotAllowed
from samverkan_map.hotspots import along, effort
from samverkan_map.hotspots.along import Along
from samverkan_map.hotspots.answering import answer
from samverkan_map.hotspots.asked import CELLS
from samverkan_map.hotspots.effort import Effort
from samverkan_map.hotspots.finding import HISTORY_MONTHS, LEAST_EVENTS, LEAST_IN_SPOT
from samverkan_map.hotspots.found import Hotspots
from samverkan_map.hotspots.things import Method, Things
from samverkan_map.hotspots.written import Answer, along_from_plain, as_plain, effort_from_plain, from_plain
from samverkan_map.question import Question, hours_of
from samverkan_map.vocabulary import Permission, ReportKind

KIND = "hotspots."
"""What a run is a kind of; the method follows."""
ALPHA = 0.05
MOST_LISTED = 200


def keep(
    session: Session, actor: Viewer, agreement: Agreement, question: Question, *, today: date, now: datetime,
    method: Method = Method.CELLS, cell_metres: int | None = None, bandwidth: int | None = None,
) -> Run:  # fmt: skip
    """Find and keep the answer as a dated set, with who reported, and with stretches what lies along them; the newest
    one, unchanged, is not kept twice.

    Raises BadQuestion as `answer`, StepNotAllowed when nothing could be looked for, NotAllowed.
    """
    found = answer(
        session, actor, agreement, question, today=today, method=method, cell_metres=cell_metres, bandwidth=bandwidth
    )
    made = Run(
        kind=f"{KIND}{method}", at=now, who=actor.name, data_version=found.data_version, kinds=list(found.kinds),
        fine=_is_fine(actor, question, found), asked=_asked(question, found),
        parameters=_parameters(session, actor, found), result=as_plain(found),
    )  # fmt: skip
    access.gate(session, actor, Permission.KEEP_RUN, made, kept=found.data_version)
    if found.nothing:
        raise StepNotAllowed("hotspots.errors.nothing_to_keep")
    made.result["effort"] = as_plain(who_reported(session, actor, agreement, question, found, today=today))
    if method is Method.STREETS and (beside := along.find(session, actor, agreement, question, today=today)):
        made.result["along"] = as_plain(beside)
    newest = session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one_or_none()
    if newest and (newest.kind, newest.asked, newest.parameters, newest.result) == (
        made.kind, made.asked, made.parameters, made.result,
    ):  # fmt: skip
        return newest
    session.add(made)
    session.flush()
    return made


def who_reported(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, found: Answer, *, today: date
) -> Effort:
    """Who stands behind the reports that an answer counts. Raises BadQuestion as `answer`."""
    counted = replace(question, kinds=tuple(map(ReportKind, found.kinds)))
    before = found.before if isinstance(found, Hotspots) else None
    if found.nothing:
        return effort.find(session, viewer, agreement, counted, today=today)
    return effort.find(session, viewer, agreement, counted, today=today, period=found.counted, before=before)


def method_of(run: Run) -> Method:
    """Which method a run was looked for with."""
    return Method(run.kind.removeprefix(KIND))


def stretches_version(session: Session) -> str:
    """The name of the stretches there are now: where they lie decides where reports along them count."""
    return hashlib.sha256(repr(traffic.roads(session).version[1:]).encode()).hexdigest()[:12]


def _parameters(session: Session, actor: Viewer, found: Answer) -> dict[str, Any]:
    """What the answer depends on besides the question and the reports."""
    told: dict[str, Any] = {"cell_metres": found.cell_metres, "coarse": access.coarse_position(actor) is not None}
    told |= {"stretches": stretches_version(session), "least_events": LEAST_EVENTS, "least_in_spot": LEAST_IN_SPOT}
    if isinstance(found, Things):
        return told | {"reach_metres": found.reach_metres}
    return told | {"alpha": ALPHA, "contiguity": QUEEN, "history_months": HISTORY_MONTHS}


def _asked(question: Question, found: Answer) -> dict[str, Any]:
    """The filters of the address with the period as days, so that the same can be asked again whatever day it is."""
    kept = {name: value for name, value in question.given.items() if name not in ("period", "from", "to", "page")}
    return kept | {"from": _day(found.period.start), "to": _day(found.period.end)}


def question_of(run: Run) -> dict[str, str]:
    """The address's filters that ask the same as a run, whoever asks: kinds, method and sizes too."""
    method, asked = method_of(run), dict(run.asked)
    if "kind" not in asked and "type" not in asked:
        asked["kind"] = ",".join(run.kinds)
    if method is not Method.CELLS:
        asked["method"] = method.value
    sizes = {"cell": run.parameters["cell_metres"], "bandwidth": run.parameters.get("reach_metres")}
    used = {"cell": method is Method.DENSITY or (method is Method.CELLS and sizes["cell"] != CELLS[0])}
    return asked | {name: str(value) for name, value in sizes.items() if value and used.get(name, True)}


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _is_fine(actor: Viewer, question: Question, found: Answer) -> bool:
    """Whether it tells more about time than months and four-hour bands, or more about places than whoever sees 50 m
    squares is shown: the other methods than squares hold back less for the others."""
    if isinstance(found, Things) and access.coarse_position(actor) is None:
        return True
    edges = (found.counted, found.before if isinstance(found, Hotspots) else None, found.period)
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


def find_runs(session: Session, viewer: Viewer, *, most: int = MOST_LISTED, first: int = 0) -> list[Run]:
    """Kept runs that the viewer may see, the newest first, from the place `first` on."""
    return _seen(session, viewer)[first : first + most]


def count_runs(session: Session, viewer: Viewer) -> int:
    """How many kept runs the viewer may see."""
    return len(_seen(session, viewer))


def _seen(session: Session, viewer: Viewer) -> list[Run]:
    newest = session.scalars(select(Run).options(defer(Run.result)).order_by(Run.id.desc()))
    return [run for run in newest if access.sees(viewer, run)]


def found_in(viewer: Viewer, run: Run) -> Answer:
    """What a run found, as it was, as far as the viewer may see it."""
    found = from_plain(run.result)
    if access.coarse_position(viewer) is None or isinstance(found, Things):
        return found
    return replace(found, spots=tuple(replace(spot, pile=0) for spot in found.spots))


def along_in(run: Run) -> Along | None:
    """What lay along the streets of a run; None for another method, and where that was not kept."""
    return along_from_plain(run.result.get("along"))


def effort_in(viewer: Viewer, run: Run) -> Effort | None:
    """Who stood behind a run's reports, as far as the viewer may see it; None where that was not kept."""
    found = effort_from_plain(run.result.get("effort"))
    return replace(found, organisation="") if found and access.coarse_position(viewer) is not None else found
