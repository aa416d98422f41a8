"""How few squares hold most reports, and what the map of the year before was worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.concentration import Concentration, gini, place_concentration
from samverkan_map.analysis.hit_rate import hit_rate
from samverkan_map.analysis.hotspots import hot_cells
from samverkan_map.hotspots import laying
from samverkan_map.hotspots.asked import CELLS
from samverkan_map.hotspots.laying import LEAST_EVENTS, Work
from samverkan_map.question import Question
from samverkan_map.vocabulary import Period

SHARES = (0.25, 0.5, 0.8)
TOP = 0.2
CURVE = 60
AREAS = (0.01, 0.05)
"""Besides the squares that were hot, the busiest hundredth and twentieth of all squares are tried."""


@dataclass(frozen=True)
class Step:
    """In how few squares a share of the reports lies: of all squares, of those with any report, and the lowest number
    there could be, when no two reports shared a square."""

    share: float
    squares: int
    of_all: float
    of_active: float
    even: int


@dataclass(frozen=True)
class Hit:
    """What a part of the earlier map was worth: so many `squares`, the shares `ground` of all and `events` of now.

    `pai` is the one over the other, `pei` that over the best there could be, `rri` the reports of before over those of
    now in them. `key` says which part: hot, top_1, top_5.
    """

    key: str
    squares: int
    ground: float
    events: float
    before: int
    now: int
    pai: float
    pei: float
    rri: float | None


@dataclass(frozen=True)
class Held:
    """The answer. `curve` are (share of squares, share of reports, the same if even), the busiest squares first; `top`
    is the share that a fifth of the squares with any report holds.

    `nothing` is "" or no_reports, no_period, no_ground, few; `no_hits` is "" or not_compared, few, none_hot.
    """

    kinds: tuple[str, ...]
    cell_metres: int
    period: Period | None
    before: Period | None
    events: int
    unplaced: int
    cells: int
    active: int
    steps: tuple[Step, ...]
    top: float
    gini: float | None
    curve: tuple[tuple[float, float, float], ...]
    hits: tuple[Hit, ...]
    no_hits: str
    data_version: str
    nothing: str = ""


def find(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date,
    cell_metres: int = CELLS[0],
) -> Held:  # fmt: skip
    """How concentrated the reports of a question are, and how the map of the year before hit them.

    Raises BadQuestion as `hotspots.find`.
    """
    work = laying.begin(session, viewer, agreement, question, today=today, cell_metres=cell_metres)
    return laying.kept(work, "held", lambda: _compute(work))


def _compute(work: Work) -> Held:
    asked = work.asked
    if asked.known is None or asked.counted.start >= asked.counted.end:  # type: ignore[operator]
        return _nothing(work, "no_reports" if asked.known is None else "no_period")
    before = asked.before
    span = Period(before.start if before else asked.counted.start, asked.counted.end)
    laid = laying.lay(work, span, sensitive=True)
    if not laid.exists.any():
        return _nothing(work, "no_ground")
    now = laid.between(asked.counted)[laid.exists]
    if now.sum() < LEAST_EVENTS:
        return _nothing(work, "few", int(now.sum()))
    found = place_concentration(now)
    earlier = laid.between(before) if before else None
    hits, no_hits = ((), "not_compared") if earlier is None else _hits(earlier, laid.exists, now)
    return Held(
        kinds=tuple(map(str, asked.question.kinds)), cell_metres=asked.cell_metres, period=asked.counted,
        before=before, events=found.total, unplaced=laid.unplaced, cells=found.places, active=found.active,
        steps=tuple(_step(found, share) for share in SHARES),
        top=int(found.events[math.ceil(TOP * found.active) - 1]) / found.total,
        gini=gini(now).generalised, curve=_curve(found), hits=hits, no_hits=no_hits, data_version=work.version,
    )  # fmt: skip


def _nothing(work: Work, why: str, events: int = 0) -> Held:
    asked = work.asked
    return Held(
        tuple(map(str, asked.question.kinds)), asked.cell_metres, asked.counted if asked.known else None, None, events,
        0, 0, 0, (), 0.0, None, (), (), "not_compared", work.version, why,
    )  # fmt: skip


def _step(found: Concentration, share: float) -> Step:
    return Step(
        share, found.places_for(share) or 0, found.share_of_places_for(share) or 0.0,
        found.share_of_active_for(share) or 0.0, found.places_if_even(share),
    )  # fmt: skip


def _curve(found: Concentration) -> tuple[tuple[float, float, float], ...]:
    """Points of the curve, closest where it bends most: at the busiest squares."""
    last = max(found.active, min(found.places, found.total))
    wanted = [*np.linspace(0, last, CURVE), *np.geomspace(1, last, CURVE), *(found.places_for(one) for one in SHARES)]
    at = sorted({int(one) for one in wanted if one is not None} | {found.places})
    reached = [0, *found.events.tolist()]
    return tuple((n / found.places, reached[n] / found.total, found.events_if_even(n) / found.total) for n in at)


def _hits(earlier: np.ndarray, exists: np.ndarray, now: np.ndarray) -> tuple[tuple[Hit, ...], str]:
    """The hot squares of before, and the busiest parts of its map, held against the reports of now."""
    then = earlier[exists]
    if then.sum() < LEAST_EVENTS:
        return (), "few"
    hot = hot_cells(earlier, exists).hot[exists]
    found = [] if not hot.any() else [_hit("hot", hot.astype(float), int(hot.sum()), then, now)]
    for area in AREAS:
        number = max(1, math.floor(area * len(now)))
        found.append(_hit(f"top_{round(100 * area)}", then, number, then, now))
    return tuple(found), "" if hot.any() else "none_hot"


def _hit(key: str, predicted: np.ndarray, number: int, then: np.ndarray, now: np.ndarray) -> Hit:
    found = hit_rate(now, predicted)
    chosen = found.order[:number]
    before, after = int(then[chosen].sum()), int(now[chosen].sum())
    ground, events, pai, pei = (float(getattr(found, name)[number - 1]) for name in ("ground", "events", "pai", "pei"))
    return Hit(key, number, ground, events, before, after, pai, pei, before / after if after else None)
