"""How many reports lie where: at the places of a measure, in the ring around, and where it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map import places
from samverkan_map.question import days_since_1970
from samverkan_map.reports.frame import CENTIMETRES, Frame
from samverkan_map.reports.located import Located, located, of_ids
from samverkan_map.vocabulary import Period

TREATED, RING, COMPARISON, COMPARISON_RING = "treated", "ring", "comparison", "comparison_ring"
ZONES = (TREATED, RING, COMPARISON, COMPARISON_RING)


@dataclass(frozen=True)
class Spot:
    """A place to count at: its shape (EPSG:3006), and the reports that people said belong to it or do not."""

    shape: BaseGeometry
    picked: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()

    @property
    def reach(self) -> float:
        """How far from the shape a report still belongs to it, in metres."""
        return float(places.reach_of(self.shape))


@dataclass(frozen=True)
class Ground:
    """Where is counted. `foreign` are places of other measures going on at the same time: the ring is cut half-way."""

    treated: tuple[Spot, ...]
    ring_metres: int = 0
    comparison: tuple[Spot, ...] = ()
    comparison_area: str | None = None
    foreign: tuple[BaseGeometry, ...] = ()


@dataclass(frozen=True)
class Tally:
    """The days (since 1970) of the reports in each zone, and the type codes of those in the treated one."""

    days: dict[str, np.ndarray]
    types: dict[str, int]

    def count(self, zone: str, period: Period) -> int:
        """How many reports in a zone and a period."""
        return int(np.count_nonzero(within(self.days[zone], period)))

    def pair(self, zone: str, before: Period, after: Period) -> tuple[int, int]:
        """How many before and after."""
        return self.count(zone, before), self.count(zone, after)

    def months(self, zone: str, first: date, end: date) -> np.ndarray:
        """Reports per whole calendar month from the month of `first` to the last one that is over at `end`."""
        start, stop = (np.datetime64(day, "M").astype(int) for day in (first, end))
        month = self.days[zone].astype("datetime64[D]").astype("datetime64[M]").astype(int)
        return np.bincount(month[(month >= start) & (month < stop)] - start, minlength=max(0, stop - start))


def within(days: np.ndarray, period: Period) -> np.ndarray:
    """Which days lie in a period."""
    assert period.start and period.end
    return (days >= days_since_1970(period.start)) & (days < days_since_1970(period.end))


def tally(frame: Frame, mask: np.ndarray, ground: Ground) -> Tally:
    """Count the reports of `mask` (one bool per report) where the ground says."""
    treated, ring = _zones(frame, mask, ground.treated, ground.ring_metres, ground.foreign)
    taken = in_and_around(frame, mask, ground.treated, ground.ring_metres)
    if ground.comparison_area is not None:
        rows = (
            mask
            & frame.lookup("area", lambda code: code == ground.comparison_area)[frame.area]
            & ~np.isin(frame.id, taken)
        )
        others, others_ring = frame.day[rows], np.zeros(0, np.int32)
    else:
        comparison, around = _zones(frame, mask, ground.comparison, ground.ring_metres, ())
        others, others_ring = _days_without(comparison, taken), _days_without(around, taken)
    days = {TREATED: treated.day, RING: ring.day, COMPARISON: others, COMPARISON_RING: others_ring}
    kinds, numbers = np.unique(treated.type, return_counts=True)
    found = {str(treated.types[kind]): int(n) for kind, n in zip(kinds.tolist(), numbers.tolist(), strict=True)}
    return Tally(days, found)


def _days_without(found: Located, taken: np.ndarray) -> np.ndarray:
    return found.day[~np.isin(found.id, taken)]


def at(frame: Frame, mask: np.ndarray, spots: Sequence[Spot]) -> Located:
    """The reports of `mask` that belong to at least one of the places, each once."""
    return _zones(frame, mask, spots, 0, ())[0]


def in_and_around(frame: Frame, mask: np.ndarray, spots: Sequence[Spot], ring_metres: float) -> np.ndarray:
    """The numbers of the reports of `mask` at the places and in the whole ring around them."""
    return np.concatenate([found.id for found in _zones(frame, mask, spots, ring_metres, ())])


def _zones(
    frame: Frame, mask: np.ndarray, spots: Sequence[Spot], ring_metres: float, foreign: Sequence[BaseGeometry]
) -> tuple[Located, Located]:
    """The reports that belong to the places, and those in the ring around them."""
    margin = max((spot.reach for spot in spots), default=0.0) + ring_metres
    near = located(frame, mask, [shapely.buffer(shapely.box(*spot.shape.bounds), margin).bounds for spot in spots])
    picked, refused = (frozenset().union(*(getattr(spot, name) for spot in spots)) for name in ("picked", "refused"))
    away = _away(near, [(spot.shape, spot.reach) for spot in spots])
    inside = (away <= 0) & ~np.isin(near.id, list(refused))
    around = (away > 0) & (away <= ring_metres) & ~np.isin(near.id, list(picked))
    if foreign and around.any():
        # Half-way between two measures a report counts for the nearer one.
        others = _away(near, [(shape, places.reach_of(shape)) for shape in foreign])
        around &= away <= others
    by_hand = of_ids(frame, mask, picked - set(near.id[inside].tolist()))
    return _joined(_rows(near, inside), by_hand), _rows(near, around)


def _away(found: Located, shapes: Sequence[tuple[BaseGeometry, float]]) -> np.ndarray:
    """How far each report lies outside the nearest shape's reach, in metres; not above zero when it belongs to it."""
    if not len(found) or not shapes:
        return np.full(len(found), np.inf)
    points = shapely.points(found.e, found.n)
    return np.min([shapely.distance(shape, points) - reach for shape, reach in shapes], axis=0)


def _rows(found: Located, chosen: np.ndarray) -> Located:
    return Located(*(column[chosen] for column in found.columns), types=found.types)


def _joined(one: Located, other: Located) -> Located:
    both = (np.concatenate(pair) for pair in zip(one.columns, other.columns, strict=True))
    return Located(*both, types=one.types)


def counts_per_square(frame: Frame, mask: np.ndarray, side_metres: float, period: Period) -> np.ndarray:
    """The reports of `mask` in a period in squares of this side, over all squares where anything was ever reported."""
    side = int(side_metres * CENTIMETRES)
    column, line = (frame.arrays[name][frame.mapped].astype(np.int64) // side for name in ("e", "n"))
    _, square = np.unique(column << 32 | line, return_inverse=True)
    wanted = (mask & within(frame.day, period))[frame.mapped]
    return np.bincount(square[wanted], minlength=int(square.max()) + 1 if len(square) else 0)
