"""When in the week it happens: 7 by 24 hours, or 7 by 4 parts of the day when there are few reports."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map import access, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.clock import FEW_EVENTS, PART_HOURS, aoristic_week_hours, day_parts
from samverkan_map.hotspots.asked import Asked

ZONE = "Europe/Stockholm"
MOST_SPREAD = 20_000
"""Of more reports than this the hour is taken as it is known, without reading when each began and ended."""


@dataclass(frozen=True)
class Week:
    """Reports by weekday (rows from Monday) and hour, or part of the day when there are too few for hours.

    `spread` is whether reports known only as sometime between are shared out over that time; `unknown` how many have no
    known hour, `events` how many have.
    """

    rows: list[list[float]]
    part_hours: int
    events: float
    unknown: int
    spread: bool

    @property
    def most(self) -> float:
        """The most in any part."""
        return max((value for row in self.rows for value in row), default=0.0)

    def hours(self, part: int) -> str:
        """A part as the filter `hour` writes it."""
        return f"{part * self.part_hours:02d}-{(part + 1) * self.part_hours:02d}"


def week_of(session: Session, viewer: Viewer, agreement: Agreement, asked: Asked) -> Week | None:
    """The reports of a question over the week, whatever weekday and hour it names itself; None for a viewer of months.

    Raises BadQuestion.
    """
    if access.coarse_time(viewer) or asked.known is None:
        return None
    question = replace(asked.question, period=asked.counted, weekdays=(), hours=None)
    chosen = reports.choose(session, viewer, agreement, question)
    hours, known, spread = np.zeros((7, 24)), 0, chosen.total <= MOST_SPREAD
    if spread:
        starts, ends = reports.times(session, viewer, chosen.column("id").tolist())
        if known := len(starts):
            hours = aoristic_week_hours(starts, ends, ZONE).weights
    else:
        days, at = chosen.column("weekday").astype(int), chosen.column("hour").astype(int)
        there = (days >= 0) & (at >= 0)
        known = int(there.sum())
        hours = np.bincount(days[there] * 24 + at[there], minlength=168).reshape(7, 24).astype(float)
    enough = hours.sum() >= FEW_EVENTS - 1e-6
    shown = hours if enough else day_parts(hours)
    rows = [[round(float(value), 1) for value in row] for row in shown]
    return Week(rows, 1 if enough else PART_HOURS, float(hours.sum()), chosen.total - known, spread)
