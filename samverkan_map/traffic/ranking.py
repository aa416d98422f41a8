"""The ranked list: every stretch of the municipality with what is complained of, what happened and what was measured.

One `Ranking` answers list, map, file and letter, so they cannot disagree. Complaints and accidents are never added.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, geometry, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis import streets
from samverkan_map.analysis.effects import Finding
from samverkan_map.db.tables import Organisation
from samverkan_map.question import Question, day_of
from samverkan_map.reports import Chosen
from samverkan_map.traffic import ledger
from samverkan_map.traffic.ledger import Held
from samverkan_map.traffic.placing import placed
from samverkan_map.traffic.roads import Road, Roads, current
from samverkan_map.traffic.spans import Spans, spans
from samverkan_map.vocabulary import Period, ReportKind, Severity

SORTS = ("place", "complaints", "rate", "change", "severe", "measured", "name")
SEVERE = (Severity.DEATH, Severity.SERIOUS)
UNKNOWN = "unknown"
MOST_VALUES = 4_000_000
"""Stretches times draws of their places: a list of thousands is drawn fewer times, never fewer than `LEAST_DRAWS`."""
LEAST_DRAWS = 200
FALSE_SHARE = 0.1
HALF = 0.5
KEPT = 24


class Sure(StrEnum):
    """How sure a change is: sure, unsure, or too few to say."""

    SURE = "sure"
    UNSURE = "unsure"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch in the list. What is None cannot be said: no rate under 100 metres, no change without a comparison."""

    road: Road
    complaints: int
    unknown_hour: int
    speed_complaints: int
    per_km_year: float | None
    smoothed: float | None
    place: int | None
    tied: bool
    low: int | None
    high: int | None
    before: int | None
    sure: Sure | None
    accidents: int
    severe: int
    graded: int
    score: float | None
    held: Held

    @property
    def change(self) -> int | None:
        """How many more complaints than in the comparison period; below zero for fewer."""
        return None if self.before is None else self.complaints - self.before


@dataclass(frozen=True, slots=True)
class Junction:
    """Where stretches meet, with what happened there; its events count for none of the stretches."""

    arms: tuple[Road, ...]
    at: tuple[float, float]
    complaints: int
    before: int | None
    accidents: int
    severe: int


@dataclass(frozen=True)
class Effort:
    """Who stands for more than half of the complaints: a source by code, or an organisation by name."""

    source: str
    organisation: str
    count: int
    total: int


@dataclass(frozen=True)
class Ranking:
    """All stretches, the first place first, and what the list was made of."""

    rows: tuple[Row, ...]
    roads: Roads
    spans: Spans
    felt: int
    total: int
    on_stretch: int
    accidents: int
    accidents_on: int
    junctions: tuple[Junction, ...]
    at_junctions: int
    common_rate: float
    differ: bool
    draws: int
    effort: Effort | None
    first_known: date | None
    version: str

    @property
    def begins_inside(self) -> bool:
        """Whether there are no reports at all from the beginning of the comparison period, so that it is too short."""
        before = self.spans.before
        return bool(before and before.start and (self.first_known is None or self.first_known > _after(before.start)))


def _after(start: date) -> date:
    """A month with no report at all is no beginning."""
    return date.fromordinal(start.toordinal() + 31)


_lock = threading.Lock()
_kept: OrderedDict[tuple[Any, ...], Ranking] = OrderedDict()


def rank(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, comparison: str, today: date
) -> Ranking:
    """All stretches for a question; what it says of stretches (keeper, sub-area, name, box) is `narrowed` afterwards.

    A place in the list is therefore the same whatever part of it is looked at. Kept until the data change.
    Raises BadQuestion.
    """
    access_as = (access.visible_kinds(viewer), access.coarse_time(viewer))
    asked = replace(question, keepers=(), areas=(), text="", bbox=None, phases=(), statuses=(), sort="", page=1)
    everything = reports.choose(session, viewer, agreement, replace(asked, period=Period()))
    frame, roads = everything.frame, current(session)
    first = day_of(int(frame.day[-1])) if len(frame) else None
    periods = spans(question.period, comparison, today, first)
    key = (roads.version, tuple(sorted(frame.deliveries.items())), access_as, agreement.folder, asked, periods)
    with _lock:
        found = _kept.get(key)
        if found:
            _kept.move_to_end(key)
            return found
    found = _ranked(session, viewer, agreement, asked, periods, roads, first)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def narrowed(ranking: Ranking, question: Question) -> list[Row]:
    """The rows of the stretches that a question means, in its order."""
    word = question.text.casefold()
    inside = _in_box(ranking.roads, question.bbox) if question.bbox else None
    rows = [
        row
        for row in ranking.rows
        if (not question.keepers or row.road.keeper in question.keepers)
        and (not question.areas or row.road.area in question.areas)
        and (not word or word in row.road.name.casefold())
        and (inside is None or row.road.id in inside)
    ]
    order = _ORDERS.get(question.sort)
    return sorted(rows, key=order) if order else rows


def _in_box(roads: Roads, bbox: tuple[float, float, float, float]) -> set[int]:
    """The numbers of the stretches of which some part lies in a box (degrees)."""
    box = geometry.transform(shapely.box(*bbox), geometry.DEGREES, geometry.METRIC)
    return {roads.rows[at].id for at in np.flatnonzero(shapely.intersects(box, roads.lines)).tolist()}


_ORDERS: dict[str, Any] = {
    "complaints": lambda row: -row.complaints,
    "rate": lambda row: -1.0 if row.per_km_year is None else -row.per_km_year - 1,
    "change": lambda row: -(row.change or 0),
    "severe": lambda row: (-row.severe, -(row.score or 0), -row.accidents),
    "measured": lambda row: row.road.latest.ended_on if row.road.latest else date.min,
    "name": lambda row: row.road.name.casefold(),
}


@dataclass(frozen=True)
class _Meetings:
    """Counts per junction, in the order of `Roads.junctions`."""

    now: np.ndarray
    before: np.ndarray | None
    accidents: np.ndarray
    severe: np.ndarray


@dataclass(frozen=True)
class _Counts:
    """Counts per stretch, in the order of the roads, and per junction."""

    now: np.ndarray
    before: np.ndarray | None
    unknown_hour: np.ndarray
    speed: np.ndarray
    accidents: dict[str, np.ndarray]
    meetings: _Meetings


def _ranked(
    session: Session,
    viewer: Viewer,
    agreement: Agreement,
    asked: Question,
    periods: Spans,
    roads: Roads,
    first: date | None,
) -> Ranking:
    def chosen(kind: ReportKind, period: Period) -> Chosen:
        kinds = tuple(one for one in (kind,) if not asked.kinds or kind in asked.kinds)
        part = replace(asked, kinds=kinds, period=period) if kinds else replace(asked, types=("",), period=period)
        return reports.choose(session, viewer, agreement, part)

    complaints, accidents = (chosen(kind, periods.now) for kind in (ReportKind.TRAFFIC, ReportKind.ACCIDENT))
    earlier = chosen(ReportKind.TRAFFIC, periods.before) if periods.before else None
    counts = _counted(session, agreement, roads, complaints, earlier, accidents)
    felt = ledger.felt_from(agreement.traffic, periods.months)
    rows, smoothed, draws = _rows(agreement, roads, periods, counts, felt)
    return Ranking(
        rows=rows,
        roads=roads,
        spans=periods,
        felt=felt,
        total=complaints.total,
        on_stretch=int(counts.now.sum()),
        accidents=accidents.total,
        accidents_on=int(sum(one.sum() for one in counts.accidents.values())),
        junctions=_junctions(roads, counts),
        at_junctions=int(counts.meetings.now.sum()),
        common_rate=smoothed.mean if smoothed else 0.0,
        differ=bool(smoothed and smoothed.between > 0),
        draws=draws,
        effort=_effort(session, complaints),
        first_known=first,
        version=_name(roads, complaints),
    )


def _name(roads: Roads, chosen: Chosen) -> str:
    """A short name for exactly these reports, stretches and measurements."""
    told = sorted((number, version) for number, (version, _) in chosen.frame.deliveries.items())
    return hashlib.sha256(f"{len(chosen.frame)} {told} {roads.version[1:]}".encode()).hexdigest()[:12]


def _counted(
    session: Session, agreement: Agreement, roads: Roads, complaints: Chosen, earlier: Chosen | None, accidents: Chosen
) -> _Counts:
    def per_road(chosen: Chosen, mask: np.ndarray | None = None) -> np.ndarray:
        return _bins(placed(session, chosen.frame, roads).stretch_of(chosen), mask, len(roads.rows))

    def per_junction(chosen: Chosen, mask: np.ndarray | None = None) -> np.ndarray:
        return _bins(placed(session, chosen.frame, roads).junction_of(chosen), mask, len(roads.junctions))

    types = complaints.frame.lookup("type", lambda code: code in agreement.traffic.speed_types)
    graded = accidents.column("severity")
    severe = accidents.frame.lookup("severity", SEVERE.__contains__)[graded]
    words = accidents.frame.words["severity"]
    return _Counts(
        now=per_road(complaints),
        before=per_road(earlier) if earlier else None,
        unknown_hour=per_road(complaints, complaints.column("hour") < 0),
        speed=per_road(complaints, types[complaints.column("type")]),
        accidents={word or UNKNOWN: per_road(accidents, graded == code) for code, word in enumerate(words)},
        meetings=_Meetings(
            now=per_junction(complaints),
            before=per_junction(earlier) if earlier else None,
            accidents=per_junction(accidents),
            severe=per_junction(accidents, severe),
        ),
    )


def _bins(at: np.ndarray, mask: np.ndarray | None, n: int) -> np.ndarray:
    """How many of each index, those below zero and outside the mask left out."""
    kept = at >= 0 if mask is None else (at >= 0) & mask
    return np.bincount(at[kept], minlength=n)


def _junctions(roads: Roads, counts: _Counts) -> tuple[Junction, ...]:
    """The junctions where something happened, most complaints first."""
    found = counts.meetings
    rows = [
        Junction(
            arms=tuple(roads.rows[arm] for arm in roads.junctions[at].arms),
            at=roads.junctions[at].at,
            complaints=int(found.now[at]),
            before=None if found.before is None else int(found.before[at]),
            accidents=int(found.accidents[at]),
            severe=int(found.severe[at]),
        )
        for at in np.flatnonzero(found.now + found.accidents).tolist()
    ]
    return tuple(sorted(rows, key=lambda one: (-one.complaints, -one.severe, -one.accidents, one.at)))


def _rows(
    agreement: Agreement, roads: Roads, periods: Spans, counts: _Counts, felt: int
) -> tuple[tuple[Row, ...], streets.SmoothedRates | None, int]:
    if not roads.rows:
        return (), None, 0
    n = len(roads.rows)
    exposure = roads.lengths / streets.rates.METRES_PER_KM * periods.years
    long = np.flatnonzero(roads.lengths >= streets.rates.LEAST_METRES)
    smoothed, places, draws = _places(counts.now[long], exposure[long]) if len(long) else (None, [], 0)
    rates: list[float | None] = [None] * n
    ranked: list[streets.Ranked | None] = [None] * n
    for index, at in enumerate(long.tolist()):
        assert smoothed is not None
        rates[at], ranked[at] = float(smoothed.rate[index]), places[index]
    sure = _sure(counts, periods)
    happened = _accidents(agreement, roads, counts, periods)
    rows = [
        Row(
            road=road,
            complaints=int(counts.now[at]),
            unknown_hour=int(counts.unknown_hour[at]),
            speed_complaints=int(counts.speed[at]),
            per_km_year=None if rates[at] is None else float(counts.now[at] / exposure[at]),
            smoothed=rates[at],
            place=one.place if one else None,
            tied=bool(one and one.tied),
            low=one.low if one else None,
            high=one.high if one else None,
            before=None if counts.before is None else int(counts.before[at]),
            sure=sure[at],
            accidents=int(happened[at].events),
            severe=int(happened[at].severe),
            graded=int(happened[at].events - (counts.accidents[UNKNOWN][at] if UNKNOWN in counts.accidents else 0)),
            score=happened[at].epdo if agreement.traffic.severity else None,
            held=ledger.hold(agreement.traffic, road, int(counts.speed[at]), felt),
        )
        for at, (road, one) in enumerate(zip(roads.rows, ranked, strict=True))
    ]
    rows.sort(key=lambda row: (row.place is None, row.place or 0, -row.complaints, row.road.name))
    return tuple(rows), smoothed, draws


def _places(events: np.ndarray, exposure: np.ndarray) -> tuple[streets.SmoothedRates, list[streets.Ranked], int]:
    smoothed = streets.without_flow(events, exposure)
    draws = int(np.clip(MOST_VALUES // len(events), LEAST_DRAWS, streets.bayes.DRAWS))
    return smoothed, streets.rank_intervals(smoothed.rate, smoothed.variance, draws=draws), draws


def _sure(counts: _Counts, periods: Spans) -> Sequence[Sure | None]:
    if counts.before is None or periods.before is None:
        return [None] * len(counts.now)
    found = streets.trends(counts.now, counts.before, float(periods.now.days or 1), float(periods.before.days or 1))
    clear = (Finding.CLEAR_DECREASE, Finding.CLEAR_INCREASE)
    return [
        Sure.FEW if one.finding is Finding.TOO_FEW
        else Sure.SURE if one.finding is Finding.UNCHANGED or (one.finding in clear and one.q <= FALSE_SHARE)
        else Sure.UNSURE
        for one in found
    ]  # fmt: skip


def _accidents(agreement: Agreement, roads: Roads, counts: _Counts, periods: Spans) -> list[streets.SegmentRate]:
    chosen = agreement.traffic.severity
    weights = {word: chosen.weights.get(word, 0.0) if chosen else 0.0 for word in counts.accidents}
    return streets.segment_rates(
        roads.lengths, counts.accidents, weights, max(periods.years, 1e-3), complaints=(), severe=SEVERE
    )


def _effort(session: Session, complaints: Chosen) -> Effort | None:
    """The source or the organisation behind more than half of all complaints."""
    total = complaints.total
    if not total:
        return None
    by_source = np.bincount(complaints.column("source"), minlength=1)
    if by_source.max() > HALF * total:
        word = complaints.frame.words["source"][int(by_source.argmax())]
        return Effort(str(word), "", int(by_source.max()), total)
    owners, many = np.unique(complaints.column("organisation"), return_counts=True)
    biggest = int(many.argmax())
    if owners[biggest] >= 0 and many[biggest] > HALF * total:
        name = session.scalar(select(Organisation.name).where(Organisation.id == int(owners[biggest])))
        return Effort("", name or "", int(many[biggest]), total)
    return None


def types_on(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, stretch_id: int
) -> list[tuple[str, int]]:
    """The types of the reports on a stretch with their numbers, most first. Raises BadQuestion."""
    chosen = reports.choose(session, viewer, agreement, question)
    here = _on(session, chosen, stretch_id)
    codes, numbers = np.unique(chosen.column("type")[here], return_counts=True)
    words = chosen.frame.words["type"]
    found = [(words[code] or "", n) for code, n in zip(codes.tolist(), numbers.tolist(), strict=True)]
    return sorted(found, key=lambda one: -one[1])


def monthly(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, stretch_id: int, kind: ReportKind
) -> tuple[date | None, list[int]]:
    """The first month with any report at all, and the number of one kind on a stretch in each month since.

    Raises BadQuestion.
    """
    asked = replace(question, kinds=(kind,), keepers=(), areas=(), text="", bbox=None, phases=(), statuses=())
    chosen = reports.choose(session, viewer, agreement, asked)
    if not len(chosen.frame):
        return None, []
    days = chosen.column("day")[_on(session, chosen, stretch_id)]
    ends = np.array([chosen.frame.day[-1], chosen.frame.day[0]], dtype="datetime64[D]").astype("datetime64[M]")
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    counts = np.bincount((months - ends[0]).astype(int), minlength=int((ends[1] - ends[0]).astype(int)) + 1)
    return ends[0].astype("datetime64[D]").item(), counts.tolist()


def _on(session: Session, chosen: Chosen, stretch_id: int) -> np.ndarray:
    """Which of the chosen reports count on a stretch."""
    roads = current(session)
    return placed(session, chosen.frame, roads).stretch_of(chosen) == roads.at[stretch_id]
