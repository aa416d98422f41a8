"""When problems are reported at a site, hour by hour, and which of those hours nobody watches over.

The hours stand from six in the morning on, so that each of the four times of day that reviews speak of is one piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flask import g

from samverkan_map import access, map_rows, places, sites
from samverkan_map.places import door_hours
from samverkan_map.vocabulary import DayPart, Layer, Permission
from samverkan_map.web import charts

SPANS = {
    DayPart.MORNING: tuple(range(6, 10)), DayPart.DAY: tuple(range(10, 17)), DayPart.EVENING: tuple(range(17, 22)),
    DayPart.NIGHT: (22, 23, *range(6)),
}  # fmt: skip
"""The hours of each time of day."""

ORDER = tuple(hour for span in SPANS.values() for hour in span)
MONTHS = 24
AROUND_METRES = 50
BUSY = 1.5
"""A time of day is busy from so many times the events an hour that an average hour has."""

FEWEST_TIMED = 10
"""Of fewer events with a known hour nothing is said of when they are."""

FEWEST_BY_HOUR = 48
"""From two an hour on, single hours are judged; of fewer only whole times of day, all hours of one alike."""


@dataclass(frozen=True)
class Problems:
    """The events of a site by hour: `each` per hour of the day (0-23), `parts` per time of day, `untimed` without one.

    `busy` are the times of day with many for their length. By the hours of the place `guarded_by`, `alone` has for each
    hour of the day the weekdays (0 = Monday) on which it has problems and nobody is there, and `unguarded` says the
    same in words; without such a place `guarded_by` is empty.
    """

    total: int
    untimed: int
    each: tuple[int, ...]
    parts: dict[DayPart, int]
    busy: frozenset[DayPart]
    guarded_by: str = ""
    unguarded: str = ""
    alone: tuple[tuple[int, ...], ...] = ((),) * 24

    @property
    def by_hour(self) -> bool:
        """Whether there are enough to judge single hours."""
        return self.total >= FEWEST_BY_HOUR

    @property
    def weights(self) -> np.ndarray:
        """Events by hour of the week, shape (7, 24), all days alike: what the unguarded hours are judged by."""
        judged = np.array(self.each, float)
        if not self.by_hour:
            for part, span in SPANS.items():
                judged[list(span)] = self.parts[part] / len(span)
        return np.tile(judged / 7, (7, 1))


def counted(hours: np.ndarray) -> Problems | None:
    """Events by their hour (0-23, -1 for not known); None when too few are known.

    >>> found = counted(np.array([23] * 8 + [12] * 4 + [-1] * 3))
    >>> found.parts["night"], sorted(found.busy), found.each[12], found.untimed
    (8, [<DayPart.NIGHT: 'night'>], 4, 3)
    """
    known = hours[hours >= 0]
    if len(known) < FEWEST_TIMED:
        return None
    each = np.bincount(known, minlength=24)
    parts = {part: int(each[list(span)].sum()) for part, span in SPANS.items()}
    busy = {part for part, span in SPANS.items() if parts[part] / len(span) >= BUSY * len(known) / 24}
    return Problems(len(known), len(hours) - len(known), tuple(each.tolist()), parts, frozenset(busy))


def problems_at(site: Any) -> Problems | None:
    """When problems are reported at the site, for those who may see hours of single reports."""
    if not access.may(g.viewer, Permission.SEE_EXACT_REPORTS):
        return None
    period = places.since(g.today, MONTHS)
    around = sites.shape_of(site).buffer(AROUND_METRES)
    found = places.reports_of(g.session, g.viewer, g.agreement, around, period=period)
    problems = counted(found.of_kinds(g.agreement, places.TROUBLE).hours)
    return problems and _guarded(site, problems)


def _guarded(site: Any, problems: Problems) -> Problems:
    """The problems with their unguarded hours, by the nearest place whose hours are known."""
    _, near = map_rows.one(g.session, g.viewer, g.agreement, Layer.SITES, site.id)
    for place in (places.get(g.session, g.viewer, row.id) for row in near if row.layer is Layer.PLACES):
        gap = places.gap(place, problems.weights) if access.sees_inside(g.viewer, place) else None
        if gap is not None:
            alone = tuple(tuple(np.flatnonzero(days).tolist()) for days in gap.hours.T)
            words = places.runs_in_words(gap.runs, g.language)
            return replace(problems, guarded_by=place.name, unguarded=words, alone=alone)
    return problems


# ---- Drawn -----------------------------------------------------------------------------------------------------------

WIDTH, LEFT, HOUR, VOICE, BARS = 360, 72, 12, 26, 96
"""Sizes in the picture's own units, which are pixels on a phone: made for 360 px, larger on a screen."""


@dataclass(frozen=True)
class Drawn:
    """The voices' four times of day above the hours of problems: where everything stands in a picture."""

    width: int
    height: int
    voices: list[tuple[int, Any]]
    spans: list[tuple[int, int, DayPart]]
    bars: list[tuple[int, float, float, int, bool]]
    ticks: list[tuple[float, int]]
    clock: list[tuple[int, str]]
    top: int
    bottom: int


def drawn(problems: Problems, voices: Sequence[Any]) -> Drawn:
    """The picture of what each voice says above the hour bars; no rows when nothing may be told of any of them."""
    told = list(voices) if any(score for one in voices for score in one.scores.values()) else []
    top = 22 + VOICE * len(told)
    bottom = top + BARS
    most = charts.nice(max(problems.each))
    starts = {hour: LEFT + at * HOUR for at, hour in enumerate(ORDER)}

    def high(n: int) -> float:
        return round((BARS - 14) * n / most, 1)

    return Drawn(
        WIDTH, bottom + 34,
        voices=[(22 + at * VOICE, one) for at, one in enumerate(told)],
        spans=[(starts[span[0]], len(span) * HOUR, part) for part, span in SPANS.items()],
        bars=[(starts[hour], bottom - high(n), high(n), hour, bool(problems.alone[hour]))
              for hour, n in enumerate(problems.each)],
        ticks=[(bottom - high(n), n) for n in (0, most)],
        clock=[(starts[hour], f"{hour:02d}") for hour in ORDER if hour % 3 == 0],
        top=top, bottom=bottom,
    )  # fmt: skip


def rows(problems: Problems, language: str) -> list[tuple[str, int, str]]:
    """The same as rows of a table: the hour, its events, and on which days it is unguarded."""
    return [
        (f"{hour:02d}–{(hour + 1) % 24:02d}", problems.each[hour], door_hours.days_in_words(days, language))
        for hour in ORDER
        for days in (problems.alone[hour],)
    ]
