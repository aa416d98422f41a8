"""From a question of the address to what is counted: one theme, a closed period, cells of a size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.errors import BadQuestion
from samverkan_map.question import Question, day_of
from samverkan_map.reports import choosing
from samverkan_map.reports.frame import Frame
from samverkan_map.vocabulary import Period, ReportKind, add_months

CELLS = (100, 250, 500)
"""Sides of the squares that the page offers; all are whole numbers of the 50 m squares that coarse viewers see."""
SMALLEST, LARGEST = 50, 2000
NEW_MONTH = 3
"""A first report later in its month than this does not tell of the whole month."""
MONTHS = 12
"""The period is so many whole months when the question says none."""

NOT_HERE = ("q", "phase", "status", "keeper", "layer")
"""Filters that choose some places before anybody asks where there is most: the answer would be those places."""


@dataclass(frozen=True)
class Asked:
    """What is counted: reports of `question` in its closed `period`, in squares of `cell_metres`.

    `known` are the whole months that reports tell of; None when there is none of these kinds.
    """

    question: Question
    period: Period
    cell_metres: int
    known: Period | None
    coarse: bool

    @property
    def counted(self) -> Period:
        """The period as far as there are reports to count."""
        assert self.known and self.known.end and self.period.end
        return Period(self.period.start, min(self.period.end, self.known.end))

    @property
    def before(self) -> Period | None:
        """What the period is compared with: the same days a year before, or as long just before when it is longer than
        a year. None when the reports do not reach back so far."""
        start, end = self.counted.start, self.counted.end
        if not start or not end or start >= end or not self.known or not self.known.start:
            return None
        within_a_year = _year_before(end) <= start
        found = Period(_year_before(start), _year_before(end)) if within_a_year else self.counted.step(-1)
        return found if found.start and self.known.start <= found.start else None


def _year_before(day: date) -> date:
    """The same day a year earlier; the 28th for a leap day."""
    return date(day.year - 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


def ask(
    viewer: Viewer, agreement: Agreement, frame: Frame, question: Question, *, cell_metres: int, today: date
) -> Asked:
    """Close the period, choose the theme and the squares.

    Raises BadQuestion for a filter that has no place here, accidents beside complaints, strengths, a context source, a
    period or hour finer than the viewer may ask for, and squares that are no whole number of 50 m.
    """
    for name in NOT_HERE:
        if name in question.given:
            raise BadQuestion("hotspots.errors.not_here", name=name)
    for code in question.sources:
        if agreement.sources[code].context:
            raise BadQuestion("hotspots.errors.context", name="source")
    check_cell(cell_metres)
    choosing.refuse_finer(viewer, question)
    kinds = _kinds(viewer, agreement, question)
    known = _known(viewer, agreement, frame, kinds)
    period = _closed(question.period, known, today)
    return Asked(replace(question, kinds=kinds), period, cell_metres, known, access.coarse_time(viewer))


def check_cell(cell_metres: int) -> None:
    """Raises BadQuestion for squares that positions coarsened to 50 m do not fit into, or too large or too small."""
    if cell_metres % access.COARSE_METRES or not SMALLEST <= cell_metres <= LARGEST:
        raise BadQuestion("hotspots.errors.cell", name="cell", least=SMALLEST, most=LARGEST)


def _kinds(viewer: Viewer, agreement: Agreement, question: Question) -> tuple[ReportKind, ...]:
    """The kinds that are counted together. Accidents stand alone, and what people like is no problem."""
    name = "kind" if question.kinds else "type"
    wanted = {ReportKind(kind) for kind in question.kinds} or {agreement.types[one].kind for one in question.types}
    if ReportKind.STRENGTH in wanted:
        raise BadQuestion("hotspots.errors.strength", name=name)
    if ReportKind.ACCIDENT in wanted and len(wanted) > 1:
        raise BadQuestion("hotspots.errors.accidents_added", name=name)
    wanted = wanted or {ReportKind.PROBLEM, ReportKind.TRAFFIC}
    return tuple(kind for kind in ReportKind if kind in wanted & access.visible_kinds(viewer))


def _known(viewer: Viewer, agreement: Agreement, frame: Frame, kinds: tuple[ReportKind, ...]) -> Period | None:
    """The whole months that reports tell of, the first only when it is told from its beginning; None without reports of
    these kinds."""
    if not len(frame):
        return None
    visible, own = access.visible_kinds(viewer), {code for code, one in agreement.sources.items() if not one.context}
    counted = frame.lookup("source", lambda code: code in own)[frame.source]
    if not (counted & frame.lookup("kind", lambda kind: kind in kinds)[frame.kind]).any():
        return None
    there = np.flatnonzero(counted & frame.lookup("kind", lambda kind: kind in visible)[frame.kind])
    first, last = day_of(frame.day[there[-1]]), day_of(frame.day[there[0]])
    start, end = first.replace(day=1), add_months(last.replace(day=1), 1)
    return Period(start if first.day <= NEW_MONTH else min(add_months(start, 1), add_months(end, -1)), end)


def _closed(period: Period, known: Period | None, today: date) -> Period:
    month = today.replace(day=1)
    if period == Period():
        return Period(add_months(month, -MONTHS), month)
    first = known.start if known and known.start else add_months(month, -MONTHS)
    end = period.end or add_months(month, 1)
    return Period(period.start or min(first.replace(day=1), add_months(end, -1)), end)
