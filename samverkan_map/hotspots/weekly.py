"""The week's alarm list: which sub-area and type had more than usual, what is new somewhere, and how often it errs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.alarms import LIMIT, WEEKS, false_alarms, weekly_z
from samverkan_map.analysis.grid import cells_of
from samverkan_map.analysis.scan import permutation_scan, scan_p
from samverkan_map.hotspots import ground, laying
from samverkan_map.hotspots.finding import name_of
from samverkan_map.hotspots.laying import Work
from samverkan_map.question import Question, day_of, days_since_1970
from samverkan_map.reports import choosing
from samverkan_map.reports.choosing import Chosen
from samverkan_map.vocabulary import Period

LEAST_WEEKS = 12
WEEK = timedelta(days=7)
HUNDRED = 100
SCAN_CELL, SCAN_DAYS, SCAN_CELLS = 250, (7, 14, 28), (1, 2, 4)
SCAN_LIMIT, LEAST_CASES = 0.05, 3
PERMUTATIONS, SEED = 199, 1
MOST_SCANNED = 50_000
SAME = 1e-9


@dataclass(frozen=True)
class Watched:
    """A sub-area and type in the week: its count against what was `usual`, with z and the least count that rings.

    `at_least` is how probable so many or more are in this week, and `in_a_year` in some week of a year (Naus), when
    nothing has changed.
    """

    area: str
    type: str
    count: int
    usual: float
    z: float
    least: int
    at_least: float
    in_a_year: float

    @property
    def rings(self) -> bool:
        """Whether it is an alarm."""
        return self.count >= self.least


@dataclass(frozen=True)
class Fresh:
    """The most striking square of the last weeks for a kind: `cases` where `expected` came before, within `metres` and
    `days`; `p` among shuffled dates, `shape` in EPSG:3006."""

    kind: str
    cases: int
    expected: float
    days: int
    metres: int
    p: float
    shape: BaseGeometry
    area: str
    near: str

    @property
    def rings(self) -> bool:
        """Whether it is an alarm."""
        return self.p <= SCAN_LIMIT


@dataclass(frozen=True)
class Weekly:
    """The list of one week, Monday to Monday. `weeks` are those that "usual" is counted from, `pairs` how many are
    watched, `watched` those with any report, the most unusual first.

    Of a hundred weeks without change `false_weeks` have an alarm; in the last `tried` weeks `rang` had. `fresh` is one
    per kind that could be searched. `nothing` is "" or no_reports, short.
    """

    week: Period
    newest: date | None
    first: date | None
    weeks: int
    pairs: int
    events: int
    watched: tuple[Watched, ...]
    false_weeks: float
    tried: int
    rang: int
    fresh: tuple[Fresh, ...]
    drawn: int
    withheld: int
    data_version: str
    nothing: str = ""

    @property
    def alarms(self) -> list[Watched]:
        """Those that ring."""
        return [one for one in self.watched if one.rings]

    @property
    def clusters(self) -> list[Fresh]:
        """The new clusters that ring."""
        return [one for one in self.fresh if one.rings]


def find(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date, week: date | None = None
) -> Weekly:
    """The alarm list of the week that begins on a Monday; when None is given, of the last whole one that reports tell
    of within the days that the question asks for.

    Raises BadQuestion as `hotspots.find`, NotFound for a viewer who may only know months.
    """
    laying.needs_days(viewer)
    work = laying.begin(session, viewer, agreement, question, today=today, cell_metres=SCAN_CELL)
    until = question.period.end if question.given.get("from") or question.given.get("to") else None
    return laying.kept(work, "weekly", lambda: _compute(work, today, week, until), today, week, until)


def _compute(work: Work, today: date, wanted: date | None, until: date | None) -> Weekly:
    asked = work.asked
    whole = _whole(work)
    if whole is None:
        return _nothing(work, Period(), None, None, "no_reports")
    last = day_of(whole.column("day").max())
    newest = min(_monday(today), _monday(last) + WEEK) - WEEK
    last_asked = newest if until is None else min(newest, _monday(until) - WEEK)
    start = last_asked if wanted is None else wanted
    assert asked.known and asked.known.start
    first = _monday(asked.known.start + timedelta(days=6))
    weeks = (start - first).days // 7
    if weeks < LEAST_WEEKS or start > newest:
        return _nothing(work, Period(start, start + WEEK), newest, first, "short")
    found = laying.chosen(work, Period(first, start + WEEK))
    counts, pairs = _counts(found, first, weeks + 1)
    usual = _usual(counts)
    rare = [false_alarms(float(mean), LIMIT, 1).per_week for mean in usual[:, -1]]
    tried = np.arange(max(LEAST_WEEKS, weeks - WEEKS), weeks)
    rang = (counts[:, tried] >= _least(usual[:, tried])).any(axis=0)
    fresh, drawn, withheld = _fresh(work, start + WEEK)
    return Weekly(
        week=Period(start, start + WEEK), newest=newest, first=first + LEAST_WEEKS * WEEK, weeks=min(WEEKS, weeks),
        pairs=len(pairs), events=int(counts[:, -1].sum()), watched=_watched(found, pairs, counts[:, -1], usual[:, -1]),
        false_weeks=HUNDRED * (1 - math.prod(1 - one for one in rare)), tried=len(tried), rang=int(rang.sum()),
        fresh=fresh, drawn=drawn, withheld=withheld, data_version=work.version,
    )  # fmt: skip


def _nothing(work: Work, week: Period, newest: date | None, first: date | None, why: str) -> Weekly:
    start = first + LEAST_WEEKS * WEEK if first else None
    return Weekly(week, newest, start, 0, 0, 0, (), 0.0, 0, 0, (), 0, 0, work.version, why)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _whole(work: Work) -> Chosen | None:
    """All reports that the viewer counts, whatever types or areas are asked for: they tell how far reports reach."""
    if work.asked.known is None:
        return None
    found = choosing.choose(work.session, work.viewer, work.agreement, Question(period=work.asked.known), work.frame)
    return found if found.total else None


def _counts(found: Chosen, first: date, weeks: int) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Reports per sub-area and type (rows, those that ever had any) and week (columns), and which pairs they are."""
    known = found.frame.lookup("area", lambda code: code is not None)[found.column("area")]
    week = (found.column("day")[known] - days_since_1970(first)) // 7
    types = len(found.frame.words["type"])
    pair = found.column("area")[known].astype(np.int64) * types + found.column("type")[known]
    codes, row = np.unique(pair, return_inverse=True)
    counts = np.bincount(row.ravel() * weeks + week, minlength=len(codes) * weeks)
    return counts.reshape(len(codes), weeks), [divmod(code, types) for code in codes.tolist()]


def _usual(counts: np.ndarray) -> np.ndarray:
    """The mean of up to 52 weeks before each week, half a report added so that what never happened is not impossible.

    The first week, which has none before it, is given one week.
    """
    ever = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    week = np.arange(counts.shape[1])
    before = np.maximum(week - WEEKS, 0)
    return (ever[:, week] - ever[:, before] + 0.5) / np.maximum(week - before, 1)


def _least(usual: np.ndarray) -> np.ndarray:
    """The smallest week that rings, as `false_alarms` has it."""
    return np.ceil((np.sqrt(usual) + LIMIT / 2) ** 2 - SAME)


def _watched(found: Chosen, pairs: list[tuple[int, int]], counts: np.ndarray, usual: np.ndarray) -> tuple[Watched, ...]:
    words, told = found.frame.words, []
    for number in np.flatnonzero(counts).tolist():
        area, kind = pairs[number]
        count, mean = int(counts[number]), float(usual[number])
        week = weekly_z(count, mean)
        told.append(
            Watched(
                words["area"][area] or "", words["type"][kind] or "", count, mean, week.z,
                int(_least(usual[number])), week.at_least, scan_p(count, mean, WEEKS),
            )
        )  # fmt: skip
    return tuple(sorted(told, key=lambda one: (-one.z, one.area, one.type)))


def _fresh(work: Work, end: date) -> tuple[tuple[Fresh, ...], int, int]:
    """The most striking square of each kind over the last year; how many reports were drawn when they are too many (0:
    all), and how many are never told below a sub-area."""
    year = Period(end - WEEKS * WEEK, end)
    found, withheld = laying.without_sensitive(work, laying.chosen(work, year))
    kinds = found.frame.words["kind"]
    grid = ground.grid_of(work.agreement, SCAN_CELL)
    cell = cells_of(laying.positions(found), grid)
    there = found.column("mapped") & (cell >= 0)
    days, kind, cell = found.column("day")[there], found.column("kind")[there], cell[there]
    told, drawn = [], 0
    for name in work.asked.question.kinds:
        mine = np.flatnonzero(np.isin(kind, [number for number, word in enumerate(kinds) if word == name]))
        if len(mine) > MOST_SCANNED:
            mine, drawn = np.random.default_rng(SEED).choice(mine, MOST_SCANNED, replace=False), MOST_SCANNED
        if len(mine) >= laying.LEAST_EVENTS and (one := _scanned(work, str(name), cell[mine], days[mine], end, grid)):
            told.append(one)
    return tuple(told), drawn, withheld


def _scanned(work: Work, kind: str, cell: np.ndarray, days: np.ndarray, end: date, grid) -> Fresh | None:
    places = np.column_stack([cell % grid.columns, cell // grid.columns])
    found = permutation_scan(
        places, days, grid.shape, days_since_1970(end) - 1, SCAN_DAYS, SCAN_CELLS, least_cases=LEAST_CASES,
        permutations=PERMUTATIONS, seed=SEED,
    )  # fmt: skip
    one = found.window
    if one is None or found.p is None:
        return None
    first, last = (
        one.row * grid.columns + one.column,
        (one.row + one.size - 1) * grid.columns + one.column + one.size - 1,
    )
    west, south, _, _ = (float(side) for side in grid.edges(first))
    _, _, east, north = (float(side) for side in grid.edges(last))
    area, near = name_of(work.agreement, (west + east) / 2, (south + north) / 2)
    return Fresh(
        kind, one.cases, one.expected, one.days, one.size * SCAN_CELL, found.p,
        shapely.box(west, south, east, north), area, near,
    )  # fmt: skip
