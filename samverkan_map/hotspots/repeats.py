"""Near repeats: whether one report makes another nearby soon after more likely, in bands of distance and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.spatial import cKDTree
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, TypeGroup
from samverkan_map.analysis.near_repeat import SURE, NearRepeat, near_repeat
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots import laying
from samverkan_map.hotspots.asked import CELLS
from samverkan_map.hotspots.laying import Work
from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, add_months

METRES = (0, 1, 100, 200, 400)
"""The first band is the same place: positions are kept to the centimetre."""
DAYS = (0, 3, 7, 14, 28)
MONTHS = 36
LEAST_EVENTS = 20
PERMUTATIONS, SEED = 199, 1
MOST_PAIRS = 250_000
"""So many pairs are shuffled in a second and a half; of more reports some are drawn."""


@dataclass(frozen=True)
class Band:
    """Pairs of reports in a band of distance and days, and what place and time apart would give.

    `percent` is how much above that they are, only where `over`: p below 0.05 and more than a fifth above.
    """

    days: tuple[int, int]
    pairs: int
    expected: float
    ratio: float
    p: float
    over: bool

    @property
    def percent(self) -> int:
        """How many per cent more than expected."""
        return round(100 * (self.ratio - 1))


@dataclass(frozen=True)
class Row:
    """One band of distance in metres, with a band of days in each column."""

    metres: tuple[int, int]
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Repeats:
    """The answer. Of the `events` of the period `merged` were the same place and day as another, `unplaced` had no
    position, and `used` were drawn (all, when pairs are few enough). `nothing` is "" or no_reports, few.
    """

    group: str
    types: tuple[str, ...]
    period: Period | None
    events: int
    unplaced: int
    merged: int
    used: int
    rows: tuple[Row, ...]
    permutations: int
    seed: int
    data_version: str
    nothing: str = ""

    @property
    def drawn(self) -> bool:
        """Whether only some of the reports are used."""
        return self.used < self.events - self.unplaced - self.merged

    @property
    def bands(self) -> int:
        """How many bands are tried."""
        return sum(len(row.bands) for row in self.rows)

    @property
    def by_chance(self) -> float:
        """How many bands have so low a p by chance alone."""
        return SURE * self.bands

    @property
    def over(self) -> list[tuple[Row, Band]]:
        """The bands to report."""
        return [(row, band) for row in self.rows for band in row.bands if band.over]


def groups(viewer: Viewer, agreement: Agreement) -> list[TypeGroup]:
    """The groups of types that the municipality looks at together, as far as the viewer may see all their kinds.

    Raises NotFound for a viewer who may only know months.
    """
    laying.needs_days(viewer)
    visible = access.visible_kinds(viewer)
    return [one for one in agreement.repeats.values() if {agreement.types[code].kind for code in one.types} <= visible]


def find(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, group: str, today: date
) -> Repeats:
    """Near repeats of a group of types over the period of the question, or the last three years.

    Raises BadQuestion as `hotspots.find`, and for an unknown group; NotFound for a viewer who may only know months.
    """
    laying.needs_days(viewer)
    if group not in agreement.repeats:
        known = ", ".join(agreement.repeats) or "–"
        raise BadQuestion("question.errors.unknown", name="group", value=group[:40], allowed=known)
    work = laying.begin(session, viewer, agreement, question, today=today, cell_metres=CELLS[0])
    return laying.kept(work, "repeats", lambda: _compute(work, agreement.repeats[group]), group)


def _period(work: Work) -> Period | None:
    asked = work.asked
    if not (asked.known and asked.known.start):
        return None
    if asked.question.period != Period():
        return asked.counted
    assert asked.counted.end
    return Period(max(asked.known.start, add_months(asked.counted.end, -MONTHS)), asked.counted.end)


def _compute(work: Work, group: TypeGroup) -> Repeats:
    period = _period(work)
    if period is None or period.start >= period.end:  # type: ignore[operator]
        return _answer(work, group, period, (0, 0, 0, 0), "no_reports")
    found = laying.chosen(work, period, group.types)
    mapped = found.column("mapped")
    # One thing told of twice the same day would look like a repeat of itself.
    at = np.column_stack([found.column(name)[mapped].astype(np.int64) for name in ("e", "n", "day")])
    single = np.unique(at, axis=0)
    points, days = single[:, :2] / 100.0, single[:, 2].astype(float)
    numbers = found.total, int((~mapped).sum()), len(at) - len(single), len(single)
    if len(single) < LEAST_EVENTS:
        return _answer(work, group, period, numbers, "few")
    drawn = _drawn(points)
    answer = near_repeat(points[drawn], days[drawn], METRES, DAYS, permutations=PERMUTATIONS, seed=SEED)
    return _answer(work, group, period, (*numbers[:3], len(drawn)), "", _rows(answer))


def _drawn(points: np.ndarray) -> np.ndarray:
    """As many reports, drawn with the seed, as give pairs few enough: pairs grow with the square of the reports."""
    order = np.random.default_rng(SEED).permutation(len(points))
    while True:
        tree = cKDTree(points[order])
        pairs = (int(tree.count_neighbors(tree, METRES[-1])) - len(order)) // 2
        if pairs <= MOST_PAIRS:
            return np.sort(order)
        order = order[: int(len(order) * (MOST_PAIRS / pairs) ** 0.5 * 0.98)]


def _answer(
    work: Work, group: TypeGroup, period: Period | None, numbers: tuple[int, int, int, int], nothing: str,
    rows: tuple[Row, ...] = (),
) -> Repeats:  # fmt: skip
    return Repeats(group.code, group.types, period, *numbers, rows, PERMUTATIONS, SEED, work.version, nothing)


def _rows(found: NearRepeat) -> tuple[Row, ...]:
    p = np.ones(found.ratio.shape) if found.p is None else found.p
    return tuple(
        Row(
            (METRES[row], METRES[row + 1]),
            tuple(
                Band(
                    (DAYS[column], DAYS[column + 1] - 1), int(found.observed[row, column]),
                    float(found.expected[row, column]), float(found.ratio[row, column]), float(p[row, column]),
                    bool(found.repeats[row, column]),
                )
                for column in range(len(DAYS) - 1)
            ),
        )
        for row in range(len(METRES) - 1)
    )  # fmt: skip
