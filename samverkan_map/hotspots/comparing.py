"""Two periods beside each other, square by square: where there is more or less than before, and how sure that is.

A square is judged only with ten reports in the two periods together. Many squares are judged at once, so what is
called sure allows for that; squares that are sure, touch each other and go the same way are one numbered change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from scipy.ndimage import label
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import question as questions
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.effects import Finding
from samverkan_map.analysis.effects.verdict import FEW_TOGETHER
from samverkan_map.analysis.grid import Grid, square_shapes
from samverkan_map.analysis.streets import Trend, trends
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots import ground
from samverkan_map.hotspots.asked import CELLS, Asked, ask
from samverkan_map.hotspots.finding import Events, events_of, name_of
from samverkan_map.hotspots.remembering import remembered
from samverkan_map.question import Question
from samverkan_map.reports import choosing
from samverkan_map.reports import frame as frames
from samverkan_map.reports.frame import Frame
from samverkan_map.traffic import COMPARISONS, spans
from samverkan_map.vocabulary import Period

SIZES = (*CELLS, 1000)
USUAL_SIZE = 250
ALPHA = 0.05
LITTLE, MUCH = 1.25, 2.0
"""A rate that is less than a quarter up (or as much down) is about the same; twice or half of it is a large change."""
BY_CHANCE = 0.2
"""So large a share of squares without any change looks probably changed, up or down, all the same."""
UP = frozenset({Finding.CLEAR_INCREASE, Finding.PROBABLE_INCREASE})
DOWN = frozenset({Finding.CLEAR_DECREASE, Finding.PROBABLE_DECREASE})
CLEAR = frozenset({Finding.CLEAR_INCREASE, Finding.CLEAR_DECREASE})
SAME_DAYS = 3
"""Two periods of as many months, or this many days apart in length, are told as equally long."""


@dataclass(frozen=True)
class Side:
    """Counts of both periods and what they say together; `high` None for no upper end, `ratio` None without any
    report before.

    `step` is -2 to 2 by the size of the change alone, 0 for about the same; `sure` whether the change holds though many
    squares are judged at once, or a large one can be ruled out.
    """

    before: int
    now: int
    ratio: float | None
    low: float
    high: float | None
    q: float
    finding: str
    sure: bool
    step: int


@dataclass(frozen=True)
class Cell:
    """A square that was judged (EPSG:3006), and the number of the change that it belongs to, or 0."""

    shape: BaseGeometry
    side: Side
    number: int


@dataclass(frozen=True)
class Change:
    """Squares that touch and went the same way: a place (`shape` in EPSG:3006) to talk about."""

    number: int
    shape: BaseGeometry
    cells: int
    side: Side
    area: str
    near: str


@dataclass(frozen=True)
class Comparison:
    """The answer for two periods. `nothing` is "" or why nothing is compared: no_reports, no_now, no_before, few,
    no_ground.

    `few` holds the squares with some reports, but too few to be judged; `whole` the two periods over all squares.
    """

    given: Mapping[str, str]
    kinds: tuple[str, ...]
    cell_metres: int
    asked: Period
    now: Period
    before: Period
    known: Period | None
    data_version: str
    nothing: str = ""
    whole: Side | None = None
    cells: tuple[Cell, ...] = ()
    few: tuple[BaseGeometry, ...] = ()
    changes: tuple[Change, ...] = ()
    exists: int = 0
    unmapped: int = 0
    outside: int = 0

    @property
    def same_length(self) -> bool:
        """Whether the counts may stand beside each other as they are."""
        return same_length(self.now, self.before)


def same_length(one: Period, other: Period) -> bool:
    """Whether two closed periods are as many months, or as good as as many days."""
    months = [_months(period) for period in (one, other)]
    if None not in months:
        return months[0] == months[1]
    return abs((one.days or 0) - (other.days or 0)) <= SAME_DAYS


def _months(period: Period) -> int | None:
    start, end = period.start, period.end
    if not start or not end or start.day != 1 or end.day != 1:
        return None
    return (end.year - start.year) * 12 + end.month - start.month


def compare(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date,
    cell_metres: int = USUAL_SIZE, comparison: str = COMPARISONS[0], before: Period | None = None,
) -> Comparison:  # fmt: skip
    """The period of a question against one before it: the same a year before, that just before, or any given one.

    Periods of other lengths are compared as rates. Raises BadQuestion as `find` does, and for periods that overlap or
    stand in the wrong order.
    """
    frame = frames.current(session)
    asked = ask(viewer, agreement, frame, question, cell_metres=cell_metres, today=today)
    told = asked.counted if asked.known and _begins_before(asked.period, asked.known) else asked.period
    # A month that is not over yet would look like a decrease.
    both = spans(told, comparison, today, None)
    now, earlier = both.now, before or both.before
    if earlier is None or earlier.start is None or earlier.end is None:
        raise BadQuestion("comparing.errors.no_earlier", name="compare")
    _check(viewer, question, now, earlier)
    given = tuple(sorted(question.given.items()))
    key = ("compare", agreement.folder, asked, earlier, given, viewer.role, ground.stretches_known(session))
    return remembered(frame, key, lambda: _compared(session, viewer, agreement, frame, asked, now, earlier))


def _begins_before(period: Period, known: Period) -> bool:
    return bool(period.start and known.end and period.start < known.end)


def _check(viewer: Viewer, question: Question, now: Period, before: Period) -> None:
    assert now.start and now.end and before.start and before.end
    if before.start < now.end and now.start < before.end:
        raise BadQuestion("comparing.errors.overlap", name="before_from")
    if before.start > now.start:
        raise BadQuestion("comparing.errors.order", name="before_from")
    try:
        choosing.refuse_finer(viewer, Question(period=before))
    except BadQuestion as error:
        name = f"before_{error.fields['name']}"
        raise BadQuestion(error.key, **error.fields | {"name": name}) from error


def _compared(
    session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, asked: Asked, now: Period, before: Period
) -> Comparison:
    def answer(nothing: str, **found: object) -> Comparison:
        return Comparison(
            dict(asked.question.given), tuple(map(str, asked.question.kinds)), asked.cell_metres,
            asked.period, now, before, asked.known, frame.version, nothing, **found,  # type: ignore[arg-type]
        )  # fmt: skip

    if nothing := _unknown(asked.known, now, before):
        return answer(nothing)
    grid = ground.grid_of(agreement, asked.cell_metres)
    exists = ground.existing(session, agreement, frame, asked.question, grid)
    if not exists.any():
        return answer("no_ground")
    events, unmapped, outside = events_of(
        session, viewer, agreement, frame, asked.question, grid, exists, [now, before]
    )
    later, earlier = (_per_cell(events, period, grid) for period in (now, before))
    lengths = float(now.days or 1), float(before.days or 1)
    whole = trends([later.sum()], [earlier.sum()], *lengths)[0]
    rest = {"exists": int(exists.sum()), "unmapped": unmapped, "outside": outside, "whole": _side(whole)}
    judged = np.flatnonzero(later + earlier >= FEW_TOGETHER)
    few = tuple(square_shapes(np.flatnonzero((later + earlier > 0) & (later + earlier < FEW_TOGETHER)), grid))
    if not len(judged):
        return answer("few", few=few, **rest)
    sides = [_side(one) for one in trends(later[judged], earlier[judged], *lengths)]
    changes, numbers = _changes(agreement, grid, judged, sides, lengths)
    cells = zip(square_shapes(judged, grid), sides, numbers, strict=True)
    return answer("", few=few, cells=tuple(Cell(*one) for one in cells), changes=changes, **rest)


def _unknown(known: Period | None, now: Period, before: Period) -> str:
    """Why two periods cannot be compared: reports tell of only a part of them."""
    if known is None or known.start is None or known.end is None:
        return "no_reports"
    assert now.start and now.end and before.start
    if now.start >= known.end or now.end <= known.start:
        return "no_now"
    return "no_before" if before.start < known.start else ""


def _per_cell(events: Events, period: Period, grid: Grid) -> np.ndarray:
    return np.bincount(events.cell[events.between(period)], minlength=grid.rows * grid.columns)


def _side(one: Trend) -> Side:
    sure = (one.finding in CLEAR and one.q <= ALPHA) or one.finding is Finding.UNCHANGED
    ratio = one.ratio if one.ratio is not None and np.isfinite(one.ratio) else None
    high = round(one.high, 4) if np.isfinite(one.high) else None
    return Side(
        int(one.before), int(one.now), None if ratio is None else round(ratio, 4), round(one.low, 4), high,
        float(one.q), one.finding.value, sure, step_of(one.ratio),
    )  # fmt: skip


def step_of(ratio: float | None) -> int:
    """Which of the five colours of change a ratio has, -2 to 2; 0 where there is none.

    >>> [step_of(ratio) for ratio in (0.5, 0.7, 1.0, 1.25, float("inf"))]
    [-2, -1, 0, 1, 2]
    """
    if ratio is None:
        return 0
    return sum(ratio >= limit for limit in (LITTLE, MUCH)) - sum(ratio <= 1 / limit for limit in (LITTLE, MUCH))


def _way(side: Side) -> tuple[bool, int]:
    """Whether a change is sure, and 1 up, -1 down, 0 when not even probable."""
    finding = Finding(side.finding)
    way = 1 if finding in UP else -1 if finding in DOWN else 0
    return side.sure and way != 0, way


def _changes(
    agreement: Agreement, grid: Grid, judged: np.ndarray, sides: list[Side], lengths: tuple[float, float]
) -> tuple[tuple[Change, ...], list[int]]:
    """The changes, the sure and then the largest first, and for each judged square the number of its own."""
    ways = [_way(side) for side in sides]
    groups: list[np.ndarray] = []
    for wanted in ((True, 1), (True, -1), (False, 1), (False, -1)):
        laid = np.zeros(grid.shape, dtype=bool)
        laid.ravel()[judged[[way == wanted for way in ways]]] = True
        found = label(laid, np.ones((3, 3)))[0].ravel()[judged]
        groups += [np.flatnonzero(found == one) for one in range(1, int(found.max(initial=0)) + 1)]
    told = [(group, _together([sides[at] for at in group], lengths)) for group in groups]
    told.sort(key=lambda one: (not _sure(one[0], ways), -abs(_more(one[1], lengths)), int(one[0][0])))
    numbers = [0] * len(judged)
    for number, (group, _) in enumerate(told, 1):
        for at in group.tolist():
            numbers[at] = number
    return tuple(
        _change(agreement, grid, judged[group], side, number) for number, (group, side) in enumerate(told, 1)
    ), numbers


def _sure(group: np.ndarray, ways: list[tuple[bool, int]]) -> bool:
    return ways[int(group[0])][0]


def _more(side: Side, lengths: tuple[float, float]) -> float:
    """How many more than the rate of before would give."""
    return side.now - side.before * lengths[0] / lengths[1]


def _together(sides: list[Side], lengths: tuple[float, float]) -> Side:
    """Squares as one, which are sure when each of them is over the whole map."""
    one = _side(trends([sum(side.now for side in sides)], [sum(side.before for side in sides)], *lengths)[0])
    return replace(one, q=min(side.q for side in sides), sure=all(side.sure for side in sides))


def _change(agreement: Agreement, grid: Grid, cells: np.ndarray, side: Side, number: int) -> Change:
    shape = shapely.simplify(shapely.union_all(square_shapes(cells, grid)), 0)
    middle = shape.representative_point()
    return Change(number, shape, len(cells), side, *name_of(agreement, middle.x, middle.y))


def earlier_period(given: Mapping[str, str], agreement: Agreement, today: date) -> Period | None:
    """The period to compare with that the address gives as `before_from` and `before_to`; None for neither.

    Raises BadQuestion when one of them is lacking or cannot be read.
    """
    values = {name: given.get(f"before_{name}", "").strip() for name in ("from", "to")}
    if not any(values.values()):
        return None
    for name, value in values.items():
        if not value:
            raise BadQuestion("comparing.errors.half", name=f"before_{name}")
    try:
        return questions.parse(values, agreement, today).period
    except BadQuestion as error:
        name = f"before_{error.fields['name']}"
        raise BadQuestion(error.key, **error.fields | {"name": name}) from error
