"""The ledger: what is felt against what is measured, and what to measure next.

All rules are stated thresholds (`TrafficRules` of the agreement); a page shows them beside the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

from samverkan_map.agreement import TrafficRules
from samverkan_map.traffic.roads import Measured, Road

FEWEST_FELT = 2
"""However short the period, one complaint alone is not yet that many feel it."""


class Held(StrEnum):
    """What the complaints about speed and the latest measurement say together. `CALM` has neither and needs nothing."""

    BOTH = "felt_and_measured"
    FELT = "felt_not_high"
    MEASURED = "measured_not_felt"
    NEVER = "never_measured"
    CALM = "neither"


class Why(StrEnum):
    """Why a stretch should be measured, in the order of the queue."""

    FELT_NEVER = "felt_never"
    AFTER_MEASURE = "after_measure"
    FELT_OLD = "felt_old"
    SEVERE_NEVER = "severe_never"
    SOME_NEVER = "some_never"


def felt_from(rules: TrafficRules, months: float) -> int:
    """How many complaints about speed in a period of so many months count as felt.

    >>> felt_from(TrafficRules(), 12), felt_from(TrafficRules(), 1)
    (12, 2)
    """
    return max(FEWEST_FELT, ceil(rules.felt_per_month * months - 1e-9))


def is_high(rules: TrafficRules, speed_limit: int, v85: float) -> bool:
    """Whether a measured 85th percentile is high for the limit.

    >>> is_high(TrafficRules(), 40, 45.0), is_high(TrafficRules(), 40, 44.9)
    (True, False)
    """
    return v85 >= speed_limit + rules.high_over_limit


def hold(rules: TrafficRules, road: Road, speed_complaints: int, felt: int) -> Held:
    """Which of the verdicts a stretch has; `felt` is how many complaints it takes."""
    if road.latest is None:
        return Held.NEVER
    if is_high(rules, road.speed_limit, road.latest.v85):
        return Held.BOTH if speed_complaints >= felt else Held.MEASURED
    return Held.FELT if speed_complaints >= felt else Held.CALM


@dataclass(frozen=True)
class Wanted:
    """A stretch in the measuring queue: why, and the figures of that reason."""

    road: Road
    why: Why
    speed_complaints: int
    severe: int
    measure_on: date | None


def queue(
    rules: TrafficRules,
    found: Iterable[tuple[Road, int, int]],
    felt: int,
    *,
    measures: Mapping[int, date],
    today: date,
) -> list[Wanted]:
    """What to measure next: by the reason first, then by the number of complaints about speed.

    `found` gives each stretch with its complaints about speed and its severe accidents; `measures` when the last
    traffic measure on a stretch began to work.
    """
    rows = []
    for road, complaints, severe in found:
        if not (complaints or severe or road.id in measures):
            continue
        why = _why(rules, road, complaints, severe, felt, measures.get(road.id), today)
        if why:
            rows.append(Wanted(road, why, complaints, severe, measures.get(road.id)))
    order = {why: number for number, why in enumerate(Why)}
    return sorted(rows, key=lambda one: (order[one.why], -one.speed_complaints, -one.severe, one.road.name))


def _why(
    rules: TrafficRules, road: Road, complaints: int, severe: int, felt: int, measure: date | None, today: date
) -> Why | None:
    latest, is_felt = road.latest, complaints >= felt
    if latest is None:
        if is_felt:
            return Why.FELT_NEVER
        if measure:
            return Why.AFTER_MEASURE
        return Why.SEVERE_NEVER if severe else Why.SOME_NEVER if complaints else None
    if measure and latest.started_on < measure:
        return Why.AFTER_MEASURE
    return Why.FELT_OLD if is_felt and is_old(rules, latest, today) else None


def is_old(rules: TrafficRules, latest: Measured, today: date) -> bool:
    """Whether a measurement is so long ago that the road may be another one now."""
    return (today - latest.ended_on).days > 365.25 * rules.old_after_years
