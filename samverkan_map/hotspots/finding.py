"""Count per square, decide by the exact chance, and describe each place that comes out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import shapely
from sqlalchemy.orm import Session

from samverkan_map import geometry
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.concentration import gini, place_concentration
from samverkan_map.analysis.effects import effect_verdict, gamma_poisson, rate_ratio
from samverkan_map.analysis.grid import Grid, cells_of, square_shapes
from samverkan_map.analysis.history import place_history
from samverkan_map.analysis.hit_rate import hit_rate
from samverkan_map.analysis.hotspots import Clusters, GiStar, HotCells, clusters, gi_star, hot_cells, outlines
from samverkan_map.hotspots import ground
from samverkan_map.hotspots.asked import Asked
from samverkan_map.hotspots.found import Counted, Hits, Hotspots, Spot, Square, Unevenness
from samverkan_map.hotspots.squares import hot_squares
from samverkan_map.question import Question, days_since_1970
from samverkan_map.reports import choosing
from samverkan_map.reports.frame import CENTIMETRES, Frame
from samverkan_map.vocabulary import Period, add_months

LEAST_EVENTS = 10
"""With fewer reports in the period nothing is looked for."""
LEAST_IN_SPOT = 3
"""A square can be hot by its neighbours alone; a spot with fewer reports of its own is none to work with."""
HISTORY_MONTHS, LEAST_MONTHS = 24, 12
NAMED_METRES = 600
"""So near must a street or a stop lie to lend a spot its name."""


@dataclass(frozen=True, eq=False)
class Events:
    """The reports of a question with a place on the grid: one value each of day, square, type, source and position."""

    day: np.ndarray
    cell: np.ndarray
    type: np.ndarray
    source: np.ndarray
    at: np.ndarray

    def only(self, which: np.ndarray) -> Events:
        """Some of them."""
        return Events(self.day[which], self.cell[which], self.type[which], self.source[which], self.at[which])

    def between(self, period: Period) -> np.ndarray:
        """Which of them happened in a closed period."""
        assert period.start and period.end
        return (self.day >= days_since_1970(period.start)) & (self.day < days_since_1970(period.end))


def compute(session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, asked: Asked) -> Hotspots:
    """The whole answer to a question. Raises BadQuestion."""
    if asked.known is None or asked.counted.start >= asked.counted.end:  # type: ignore[operator]
        return _empty(asked, frame, "no_reports" if asked.known is None else "no_period")
    grid = ground.grid_of(agreement, asked.cell_metres)
    exists = ground.existing(session, agreement, frame, asked.question, grid)
    if not exists.any():
        return _empty(asked, frame, "no_ground")
    months = _months(asked)
    wanted = [asked.counted, *([asked.before] if asked.before else []), *months[:1]]
    events, unmapped, outside = events_of(session, viewer, agreement, frame, asked.question, grid, exists, wanted)
    now = events.between(asked.counted)
    total = int(now.sum())
    about = _Found(asked, frame, events, now, exists, grid, months, agreement)
    spots: tuple[Spot, ...] = ()
    squares: tuple[Square, ...] = ()
    uneven, hits = None, None
    if total >= LEAST_EVENTS:
        spots, squares = about.spots()
        uneven, hits = about.unevenness(), about.hits()
    nothing = "" if total >= LEAST_EVENTS else "few" if total else "no_period"
    return Hotspots(
        given=dict(asked.question.given), kinds=tuple(map(str, asked.question.kinds)), cell_metres=asked.cell_metres,
        period=asked.period, counted=asked.counted, before=asked.before, known=asked.known, months=len(months),
        events=total, unmapped=unmapped, outside=outside, cells=int(exists.sum()), hot=len(squares),
        sources=most(events.source[now], frame.words["source"]), spots=spots, data_version=frame.version,
        nothing=nothing, uneven=uneven, hits=hits, squares=squares,
    )  # fmt: skip


def _empty(asked: Asked, frame: Frame, nothing: str) -> Hotspots:
    return Hotspots(
        given=dict(asked.question.given), kinds=tuple(map(str, asked.question.kinds)), cell_metres=asked.cell_metres,
        period=asked.period, counted=asked.period, before=None, known=asked.known, months=0, events=0, unmapped=0,
        outside=0, cells=0, hot=0, sources=(), spots=(), data_version=frame.version, nothing=nothing,
    )  # fmt: skip


def _months(asked: Asked) -> list[Period]:
    """The last whole months until the end of the period, as far back as there are reports, oldest first."""
    assert asked.counted.end and asked.known and asked.known.start
    end = asked.counted.end.replace(day=1)
    found = [Period(add_months(end, -back - 1), add_months(end, -back)) for back in range(HISTORY_MONTHS)]
    known = [month for month in found if month.end and month.end > asked.known.start]
    return known[::-1] if len(known) >= LEAST_MONTHS else []


def events_of(
    session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, question: Question, grid: Grid,
    exists: np.ndarray, wanted: list[Period],
) -> tuple[Events, int, int]:  # fmt: skip
    """The reports of a question over some closed periods and what lies between them; and how many of the first period
    have no position or no square. Raises BadQuestion."""
    span = Period(min(one.start for one in wanted if one.start), max(one.end for one in wanted if one.end))
    question = _of(question, span)
    chosen = choosing.choose(session, viewer, agreement, question, frame)
    mapped = chosen.column("mapped")
    at = np.column_stack([chosen.column(name) for name in ("e", "n")])
    cell = cells_of(at / CENTIMETRES, grid)
    here = mapped & (cell >= 0)
    here[here] = exists.ravel()[cell[here]]
    events = Events(chosen.column("day"), cell, chosen.column("type"), chosen.column("source"), at)
    now = events.between(wanted[0])
    return events.only(here), int((now & ~mapped).sum()), int((now & mapped & ~here).sum())


def _of(question: Question, span: Period) -> Question:
    """The question without its box (squares are in it or not), over a longer span."""
    return Question(
        period=span, focus=question.focus, kinds=question.kinds, types=question.types, areas=question.areas,
        sources=question.sources, weekdays=question.weekdays, hours=question.hours,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Found:
    """What the spots are described from."""

    asked: Asked
    frame: Frame
    events: Events
    now: np.ndarray
    exists: np.ndarray
    grid: Grid
    months: list[Period]
    agreement: Agreement

    def spots(self) -> tuple[tuple[Spot, ...], tuple[Square, ...]]:
        """The spots, and all hot squares, also those in no spot."""
        laid = self._laid(self.now)
        hot = hot_cells(laid, self.exists)
        if not hot.number:
            return (), ()
        grouped = clusters(hot, laid)
        grouped = replace(grouped, clusters=tuple(one for one in grouped.clusters if one.events >= LEAST_IN_SPOT))
        measure = gi_star(laid, self.exists)
        months = [hot_cells(self._laid(self.events.between(month)), self.exists).hot for month in self.months]
        squares = hot_squares(hot, measure.z, laid, grouped, months, self.grid)
        return (self._described(laid, hot, grouped, measure, months) if grouped.clusters else ()), squares

    def _described(
        self, laid: np.ndarray, hot: HotCells, grouped: Clusters, measure: GiStar, months: list[np.ndarray]
    ) -> tuple[Spot, ...]:
        labels = grouped.labels.ravel()
        used = np.flatnonzero((labels > 0) & (labels <= len(grouped.clusters)))
        # Without the corners along a straight edge, which nobody could pull at when a place is made of it.
        shapes = shapely.simplify(outlines(labels[used][None, :], square_shapes(used, self.grid)), 0)
        label = labels[self.events.cell]
        classes, hot_months = _history(grouped, months)
        before = label[self.events.between(self.asked.before)] if self.asked.before else None
        pairs = zip(grouped.clusters, shapes, strict=True)
        found = [
            Spot(
                number=one.label, shape=shape, cells=one.cells, events=int(one.events), expected=round(one.expected, 2),
                q=float(one.q), z=round(float(measure.z.ravel()[labels == one.label].max()), 2),
                **self._change(one.events, None if before is None else int((before == one.label).sum())),
                history=classes.get(one.label, ""), hot_months=hot_months.get(one.label, 0),
                **self._about(label == one.label, np.where(labels == one.label, hot.sums.ravel(), -1)),
            )
            for one, shape in pairs
        ]  # fmt: skip
        return tuple(found)

    def unevenness(self) -> Unevenness:
        """In how few squares most reports lie."""
        laid = self._laid(self.now)[self.exists]
        held = place_concentration(laid)
        return Unevenness(
            held.places_for(0.5) or 0, held.places_for(0.8) or 0, held.places_if_even(0.5),
            round(gini(laid).generalised or 0.0, 3),
        )  # fmt: skip

    def hits(self) -> Hits | None:
        """How well the map of the period before pointed at the reports of now; None when it pointed nowhere."""
        if self.asked.before is None:
            return None
        earlier = self._laid(self.events.between(self.asked.before))
        before = hot_cells(earlier, self.exists)
        number = int(before.number)
        if not number or earlier.sum() < LEAST_EVENTS:
            return None
        # The hot squares first, and nothing is said of the order of the others.
        found = hit_rate(self._laid(self.now)[self.exists], before.hot[self.exists].astype(float))
        shares = (getattr(found, name)[number - 1] for name in ("ground", "events", "pai", "pei"))
        return Hits(*(round(float(share), 4) for share in shares))

    def _laid(self, which: np.ndarray) -> np.ndarray:
        counts = np.bincount(self.events.cell[which], minlength=self.exists.size)
        return counts.reshape(self.exists.shape).astype(float)

    def _change(self, events: float, before: int | None) -> dict:
        if before is None or self.asked.before is None:
            return {"before": None, "ratio": None, "low": None, "high": None, "finding": ""}
        days, days_before = self.asked.counted.days or 1, self.asked.before.days or 1
        found = rate_ratio(int(events), before, days, days_before)
        chance = gamma_poisson(int(events), before, days, days_before).p_decrease
        finding = effect_verdict(before, int(events), found.low, found.high, chance)
        finite = {name: _finite(getattr(found, name)) for name in ("ratio", "low", "high")}
        return {"before": before, "finding": finding.value, **finite}

    def _about(self, inside: np.ndarray, sums: np.ndarray) -> dict:
        there = self.events.only(inside & self.now)
        words = self.frame.words
        busiest = int(sums.argmax())
        west, south, east, north = (float(side) for side in self.grid.edges(busiest))
        area, near = name_of(self.agreement, (west + east) / 2, (south + north) / 2)
        side = self.grid.cell_metres
        # Both coordinates as one number, which sorts many times faster than pairs.
        spots = np.unique(there.at[:, 0].astype(np.int64) * 2**32 + there.at[:, 1], return_counts=True)[1]
        return {
            "types": most(there.type, words["type"]),
            "sources": most(there.source, words["source"]),
            "area": area,
            "near": near,
            "core": int(sums[busiest]),
            "core_box": (west - side, south - side, east + side, north + side),
            "pile": 0 if self.asked.coarse else int(spots.max()),
        }


def _history(grouped: Clusters, months: list[np.ndarray]) -> tuple[dict[int, str], dict[int, int]]:
    """The class of each spot over the months, and in how many of them any of its squares was hot."""
    if not months:
        return {}, {}
    number = len(grouped.clusters)
    hot = np.zeros((len(months), number), dtype=bool)
    for place, month in enumerate(months):
        there = grouped.labels[month]
        hot[place, there[(there > 0) & (there <= number)] - 1] = True
    classes, often = place_history(hot), hot.sum(axis=0)
    return (
        {place + 1: str(classes[place]) for place in range(number)},
        {place + 1: int(often[place]) for place in range(number)},
    )


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 4)


def most(codes: np.ndarray, words: tuple[str | None, ...]) -> Counted:
    """How many there are of each code, by its word, the most first."""
    counts = np.bincount(codes, minlength=len(words)).tolist()
    found = [(word or "", count) for word, count in zip(words, counts, strict=False) if count]
    return tuple(sorted(found, key=lambda one: (-one[1], one[0])))


def name_of(agreement: Agreement, e: float, n: float) -> tuple[str, str]:
    """The sub-area of a position (code) and the street, stop or village nearest to it; "" where there is none."""
    names, tree = _names(agreement)
    found = tree.query_nearest(shapely.Point(e, n), max_distance=NAMED_METRES, all_matches=False)
    return str(agreement.area_of([e], [n])[0] or ""), names[int(found[0])] if len(found) else ""


@lru_cache(maxsize=4)
def _names(agreement: Agreement) -> tuple[list[str], shapely.STRtree]:
    entries = [entry for entry in agreement.gazetteer() if entry.kind != "area"]
    e, n = geometry.to_metric(np.array([one.lon for one in entries]), np.array([one.lat for one in entries]))
    return [entry.name for entry in entries], shapely.STRtree(shapely.points(e, n))
