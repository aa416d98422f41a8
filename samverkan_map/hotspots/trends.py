"""How each square has come and gone over the last months: seventeen classes, with a trend, grouped into places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from scipy.ndimage import label
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.grid import square_shapes
from samverkan_map.analysis.history import (
    CLASSES,
    HISTORIES,
    LEAST_PERIODS,
    emerging_class,
    mann_kendall,
    place_history,
)
from samverkan_map.analysis.history import sen_slope as slope_of
from samverkan_map.analysis.hotspots import gi_star, hot_cells, outlines
from samverkan_map.hotspots import laying
from samverkan_map.hotspots.finding import LEAST_IN_SPOT, name_of
from samverkan_map.hotspots.laying import LEAST_EVENTS, Laid, Work
from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, add_months

MONTHS = 24
CELL = 250
"""A month holds few reports, so the squares begin larger than where a whole year is counted."""
ALPHA = 0.05
TOUCHING = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True)
class Patch:
    """Squares of one class that hang together (`shape` in EPSG:3006), `events` in all months.

    What follows is told of the square in it with most reports: which months were `hot`, the class of five (`five`), and
    Mann and Kendall's `z` and `p` with Sen's `slope` (Gi* z per month) of its own series.
    """

    number: int
    pattern: str
    shape: BaseGeometry
    squares: int
    events: int
    area: str
    near: str
    hot: tuple[bool, ...]
    five: str
    z: float
    p: float
    slope: float

    @property
    def hot_months(self) -> int:
        """In how many months the square was hot."""
        return sum(self.hot)

    @property
    def cold(self) -> bool:
        """Whether the class is one of the cold ones."""
        return self.pattern.endswith("cold")


@dataclass(frozen=True)
class Trends:
    """The answer: the patches, the one with most reports first, and how many squares each class has.

    `nothing` is "" or why nothing is told: no_reports, short (under ten months), few, no_ground.
    """

    kinds: tuple[str, ...]
    cell_metres: int
    months: Period | None
    periods: int
    events: int
    withheld: int
    unplaced: int
    cells: int
    patches: tuple[Patch, ...]
    squares: Mapping[str, int]
    five: Mapping[str, int]
    data_version: str
    nothing: str = ""

    def shown(self, cold: bool) -> tuple[Patch, ...]:
        """The patches to show: the cold ones only when they are asked for."""
        return tuple(one for one in self.patches if cold or not one.cold)


def find(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date, cell_metres: int = CELL
) -> Trends:
    """How the squares of a question have come and gone over the 24 months until the end of its period.

    Raises BadQuestion as `hotspots.find`.
    """
    work = laying.begin(session, viewer, agreement, question, today=today, cell_metres=cell_metres)
    return laying.kept(work, "trends", lambda: _compute(work))


def _months(work: Work) -> list[Period]:
    """The last whole months until the end of the period, oldest first, as far back as reports tell of them."""
    asked = work.asked
    if not (asked.known and asked.known.start and asked.counted.end):
        return []
    end = asked.counted.end.replace(day=1)
    return laying.whole_months(max(asked.known.start, add_months(end, -MONTHS)), end)


def _compute(work: Work) -> Trends:
    months = _months(work)
    if len(months) < LEAST_PERIODS:
        return _nothing(work, months, "short" if work.asked.known else "no_reports")
    laid = laying.lay(work, Period(months[0].start, months[-1].end))
    if not laid.exists.any() or len(laid.day) < LEAST_EVENTS:
        return _nothing(work, months, "few" if laid.exists.any() else "no_ground", laid)
    series = _series(laid, months)
    return Trends(
        kinds=tuple(map(str, work.asked.question.kinds)), cell_metres=work.asked.cell_metres,
        months=Period(months[0].start, months[-1].end), periods=len(months), events=len(laid.day),
        withheld=laid.withheld, unplaced=laid.unplaced, cells=int(laid.exists.sum()),
        patches=_patches(work, laid, series), squares=_counted(series.classes, CLASSES),
        five=_counted(series.five, HISTORIES), data_version=work.version,
    )  # fmt: skip


def _nothing(work: Work, months: list[Period], why: str, laid: Laid | None = None) -> Trends:
    return Trends(
        kinds=tuple(map(str, work.asked.question.kinds)), cell_metres=work.asked.cell_metres,
        months=Period(months[0].start, months[-1].end) if months else None, periods=len(months),
        events=0 if laid is None else len(laid.day), withheld=laid.withheld if laid else 0,
        unplaced=laid.unplaced if laid else 0, cells=0, patches=(), squares={}, five={}, data_version=work.version,
        nothing=why,
    )  # fmt: skip


def _counted(words: np.ndarray, known: np.ndarray) -> dict[str, int]:
    return {str(word): int((words == word).sum()) for word in known}


@dataclass(frozen=True, eq=False)
class _Series:
    """Per month and existing square: Gi* z and whether it was hot; per square both classes and the reports."""

    z: np.ndarray
    hot: np.ndarray
    five: np.ndarray
    classes: np.ndarray
    events: np.ndarray
    place: dict[int, int] = field(repr=False)


def _series(laid: Laid, months: list[Period]) -> _Series:
    """Hot is decided by the exact chance over the map of its month; cold can only be told by Gi*."""
    z, hot, cold = [], [], []
    events = np.zeros(int(laid.exists.sum()))
    for month in months:
        counts = laid.between(month)
        measure = gi_star(counts, laid.exists)
        z.append(measure.z[laid.exists])
        hot.append(hot_cells(counts, laid.exists, alpha=ALPHA).hot[laid.exists])
        cold.append(((measure.q <= ALPHA) & (measure.z < 0))[laid.exists] & ~hot[-1])
        events += counts[laid.exists]
    laid_z, laid_hot = np.array(z), np.array(hot)
    place = {int(cell): number for number, cell in enumerate(np.flatnonzero(laid.exists))}
    classes = emerging_class(laid_z, laid_hot, np.array(cold), alpha=ALPHA)
    return _Series(laid_z, laid_hot, place_history(laid_hot), classes, events, place)


def _patches(work: Work, laid: Laid, series: _Series) -> tuple[Patch, ...]:
    """Each class's squares that touch, as one; hot ones with hardly a report of their own are left out."""
    found = []
    for name in CLASSES[1:]:
        of_class = np.zeros(laid.exists.shape, dtype=bool)
        of_class[laid.exists] = series.classes == name
        labels, number = label(of_class, TOUCHING)
        if not number:
            continue
        used = np.flatnonzero(labels.ravel())
        shapes = outlines(labels.ravel()[used][None, :], square_shapes(used, laid.grid))
        for one, shape in enumerate(shapes, 1):
            mine = np.array([series.place[cell] for cell in used[labels.ravel()[used] == one].tolist()])
            found.append((series.events[mine].sum(), str(name), shape, mine))
    kept = [one for one in found if one[0] >= LEAST_IN_SPOT or one[1].endswith("cold")]
    kept.sort(key=lambda one: (one[1].endswith("cold"), -one[0], one[1]))
    cells = np.flatnonzero(laid.exists)
    return tuple(_patch(work, laid, series, cells, number, *one) for number, one in enumerate(kept, 1))


def _patch(
    work: Work, laid: Laid, series: _Series, cells: np.ndarray, number: int, events: float, name: str,
    shape: BaseGeometry, mine: np.ndarray,
) -> Patch:  # fmt: skip
    busiest = int(mine[np.argmax(series.events[mine])])
    trend = mann_kendall(series.z[:, [busiest]])
    west, south, east, north = (float(side) for side in laid.grid.edges(int(cells[busiest])))
    area, near = name_of(work.agreement, (west + east) / 2, (south + north) / 2)
    return Patch(
        number, name, shape, len(mine), int(events), area, near, tuple(map(bool, series.hot[:, busiest])),
        str(series.five[busiest]), round(float(trend.z[0]), 3), round(float(trend.p[0]), 4),
        round(float(slope_of(series.z[:, [busiest]])[0]), 4),
    )  # fmt: skip
