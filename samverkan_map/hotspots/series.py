"""The same question period by period: small maps that share one scale, so that the eye may compare them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.grid import Grid
from samverkan_map.hotspots import ground
from samverkan_map.hotspots.asked import Asked, ask
from samverkan_map.hotspots.comparing import SIZES
from samverkan_map.hotspots.finding import events_of
from samverkan_map.hotspots.remembering import remembered
from samverkan_map.question import Question
from samverkan_map.reports import frame as frames
from samverkan_map.reports.frame import Frame
from samverkan_map.vocabulary import Period, add_months

STEPS = {"month": 1, "quarter": 3, "year": 12}
"""How long each map's period is, in months, by the word of the address; the first is the usual one."""
MOST_MAPS = 24
USUAL_SIZE = 500
CLASSES = 5

__all__ = ["MOST_MAPS", "SIZES", "STEPS", "USUAL_SIZE", "Panel", "Series", "limits_up_to", "over_time"]


@dataclass(frozen=True, eq=False)
class Panel:
    """One period: how many reports there were, and the squares (places in the flat grid) with how many each."""

    period: Period
    events: int
    cells: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True, eq=False)
class Series:
    """The maps, the oldest first. `nothing` is "" or why there are none; `limits` the lower ones of the classes;
    `left_out` the periods before them, for which there was no room."""

    given: Mapping[str, str]
    kinds: tuple[str, ...]
    cell_metres: int
    step: str
    grid: Grid
    known: Period | None
    data_version: str
    nothing: str = ""
    panels: tuple[Panel, ...] = ()
    limits: tuple[int, ...] = ()
    unmapped: int = 0
    left_out: tuple[Period, ...] = ()

    @property
    def events(self) -> int:
        """How many reports all maps hold."""
        return sum(panel.events for panel in self.panels)

    def step_of(self, count: int) -> int:
        """Which class, from 0, a count is in."""
        return sum(count >= limit for limit in self.limits) - 1


def over_time(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date,
    step: str = "month", cell_metres: int = USUAL_SIZE,
) -> Series:  # fmt: skip
    """The last periods that are over and that reports tell of whole, at most 24; only those in a period asked for.

    Raises BadQuestion as `find` does.
    """
    frame = frames.current(session)
    asked = ask(viewer, agreement, frame, question, cell_metres=cell_metres, today=today)
    given = tuple(sorted(question.given.items()))
    key = ("series", agreement.folder, asked, step, today, given, viewer.role, ground.stretches_known(session))
    return remembered(frame, key, lambda: _laid_out(session, viewer, agreement, frame, asked, step, today))


def _laid_out(
    session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, asked: Asked, step: str, today: date
) -> Series:
    grid = ground.grid_of(agreement, asked.cell_metres)
    begun = (
        dict(asked.question.given), tuple(map(str, asked.question.kinds)), asked.cell_metres, step, grid, asked.known,
        frame.version,
    )  # fmt: skip
    all_periods = _periods(asked, STEPS[step], today) if asked.known else []
    left_out, periods = all_periods[:-MOST_MAPS], all_periods[-MOST_MAPS:]
    if not periods:
        return Series(*begun, "no_reports" if asked.known is None else "no_period")
    exists = ground.existing(session, agreement, frame, asked.question, grid)
    whole = Period(periods[0].start, periods[-1].end)
    events, unmapped, _ = events_of(session, viewer, agreement, frame, asked.question, grid, exists, [whole])
    panels = []
    for period in periods:
        cells, counts = np.unique(events.cell[events.between(period)], return_counts=True)
        panels.append(Panel(period, int(counts.sum()), cells, counts))
    highest = max((int(panel.counts.max(initial=0)) for panel in panels), default=0)
    return Series(*begun, "" if highest else "empty", tuple(panels), limits_up_to(highest), unmapped, tuple(left_out))


def _periods(asked: Asked, months: int, today: date) -> list[Period]:
    """Whole periods back from the last month that is over and told of; the oldest first."""
    assert asked.known and asked.known.start and asked.known.end
    first, last = asked.known.start, min(asked.known.end, today.replace(day=1))
    if asked.question.period != Period():
        assert asked.period.start and asked.period.end
        first, last = max(first, asked.period.start), min(last, asked.period.end.replace(day=1))
    found: list[Period] = []
    while add_months(last, -months) >= first:
        found.append(Period(add_months(last, -months), last))
        last = add_months(last, -months)
    return found[::-1]


def limits_up_to(highest: int) -> tuple[int, ...]:
    """At most five lower limits of classes of counts from one up, each class as many times wider than the one below.

    >>> limits_up_to(3), limits_up_to(60)
    ((1, 2, 3), (1, 2, 5, 12, 26))
    """
    if highest <= CLASSES:
        return tuple(range(1, highest + 1))
    return tuple(sorted({max(1, round(highest ** (place / CLASSES))) for place in range(CLASSES)}))
