"""When in the week it happens: 7 by 24 hours, or 7 by 4 parts of the day when there are few reports."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map import access, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.clock import FEW_EVENTS, PART_HOURS, aoristic_week_hours, day_parts, per_weekday
from samverkan_map.hotspots.asked import Asked
from samverkan_map.vocabulary import Period

ZONE = "Europe/Stockholm"
SHADES = 5
TOLD, LEAST_TOLD = 3, 3
"""So many parts of the week are told as those with most, and none that holds fewer reports."""
MOST_SPREAD = 20_000
"""Of more reports than this the hour is taken as it is known, without reading when each began and ended."""


@dataclass(frozen=True)
class Week:
    """Reports by weekday (rows from Monday) and hour, or part of the day when there are too few for hours.

    `rates` are the same for each day of that weekday in the period, which holds `days` of each; they say which hours
    stand out, for a period may hold five Fridays and four Mondays. Without them (under a week) the counts do.
    `spread` is whether reports known only as sometime between are shared out over that time; `unknown` how many have no
    known hour, `events` how many have.
    """

    rows: list[list[float]]
    rates: list[list[float]]
    days: list[int]
    part_hours: int
    events: float
    unknown: int
    spread: bool

    def shade(self, day: int, part: int) -> int | None:
        """Which of five shades a part has, by its rate; None for an empty one."""
        shown = self.rates or self.rows
        most = max(value for row in shown for value in row)
        return int((SHADES - 0.001) * shown[day][part] / most) if shown[day][part] else None

    @property
    def standing_out(self) -> list[tuple[int, int]]:
        """The few parts (day, part) with the highest rates, that hold enough to be told."""
        told = [
            (rate, -day, -part)
            for day, row in enumerate(self.rates)
            for part, rate in enumerate(row)
            if self.rows[day][part] >= LEAST_TOLD
        ]
        return [(-day, -part) for _, day, part in sorted(told, reverse=True)[:TOLD]]

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
    rates, weekdays = _rates(hours, asked.counted)

    def rows(table: np.ndarray, decimals: int) -> list[list[float]]:
        return [[round(float(value), decimals) for value in row] for row in (table if enough else day_parts(table))]

    told = [] if rates is None else rows(rates, 4)
    return Week(
        rows(hours, 1), told, weekdays, 1 if enough else PART_HOURS, float(hours.sum()), chosen.total - known, spread
    )


def _rates(hours: np.ndarray, period: Period) -> tuple[np.ndarray | None, list[int]]:
    """Reports per day of each weekday; None for a period under a week, where a report that is spread out may reach a
    weekday that the period does not hold."""
    assert period.start and period.end
    if (period.end - period.start).days < len(hours):
        return None, []
    found = per_weekday(hours, period.start, period.end)
    return found.per_day, found.days.tolist()
