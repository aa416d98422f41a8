"""How many reports lie where: at the places of a measure, in the ring around, and where it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry, places
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
    around = _around(frame, mask, ground.treated, ground.ring_metres)
    treated, ring = around.zones(ground.foreign)
    taken = around.ids()
    if ground.comparison_area is not None:
        rows = np.flatnonzero(mask & frame.lookup("area", lambda code: code == ground.comparison_area)[frame.area])
        others, others_ring = frame.day[rows[~_among(frame.id[rows], taken)]], np.zeros(0, np.int32)
    else:
        there, beside = _around(frame, mask, ground.comparison, ground.ring_metres).zones()
        others, others_ring = _days_without(there, taken), _days_without(beside, taken)
    days = {TREATED: treated.day, RING: ring.day, COMPARISON: others, COMPARISON_RING: others_ring}
    kinds, numbers = np.unique(treated.type, return_counts=True)
    found = {str(treated.types[kind]): int(n) for kind, n in zip(kinds.tolist(), numbers.tolist(), strict=True)}
    return Tally(days, found)


def _days_without(found: Located, taken: np.ndarray) -> np.ndarray:
    return found.day[~_among(found.id, taken)]


def at(frame: Frame, mask: np.ndarray, spots: Sequence[Spot]) -> Located:
    """The reports of `mask` that belong to at least one of the places, each once."""
    return _around(frame, mask, spots, 0).zones()[0]


def in_and_around(frame: Frame, mask: np.ndarray, spots: Sequence[Spot], ring_metres: float) -> np.ndarray:
    """The numbers of the reports of `mask` at the places and in the whole ring around them."""
    return _around(frame, mask, spots, ring_metres).ids()


@dataclass(frozen=True)
class _Around:
    """The reports of a mask near some places, and how far each lies outside them: distances are measured once."""

    frame: Frame
    mask: np.ndarray
    spots: Sequence[Spot]
    ring_metres: float
    near: Located
    away: np.ndarray

    def zones(self, foreign: Sequence[BaseGeometry] = ()) -> tuple[Located, Located]:
        """The reports that belong to the places, and those in the ring around them."""
        near, picked = self.near, self._by_hand("picked")
        inside = (self.away <= 0) & ~_among(near.id, [*self._by_hand("refused")])
        around = (self.away > 0) & (self.away <= self.ring_metres) & ~_among(near.id, [*picked])
        if foreign and around.any():
            # Half-way between two measures a report counts for the nearer one.
            around[around] = self.away[around] <= _away(
                _rows(near, around), [(shape, places.reach_of(shape)) for shape in foreign]
            )
        by_hand = of_ids(self.frame, self.mask, picked - set(near.id[inside].tolist()) if picked else ())
        return _joined(_rows(near, inside), by_hand), _rows(near, around)

    def ids(self) -> np.ndarray:
        """The numbers of the reports at the places and in the whole ring around them."""
        return np.concatenate([found.id for found in self.zones()])

    def _by_hand(self, name: str) -> frozenset[int]:
        return frozenset().union(*(getattr(spot, name) for spot in self.spots))


def _among(ids: np.ndarray, some: Sequence[int] | np.ndarray) -> np.ndarray:
    # Numbers are given one after the other, so a table of them is small and needs no sorting.
    return np.isin(ids, some, kind="table") if len(some) else np.zeros(len(ids), bool)


def _around(frame: Frame, mask: np.ndarray, spots: Sequence[Spot], ring_metres: float) -> _Around:
    margin = max((spot.reach for spot in spots), default=0.0) + ring_metres
    boxes = [shapely.buffer(shapely.box(*spot.shape.bounds), margin).bounds for spot in spots]
    near = located(frame, mask, boxes)
    # The frame gives whole squares, and a comparison costs a tenth of a distance.
    close = np.zeros(len(near), dtype=bool)
    for west, south, east, north in boxes:
        close |= (near.e >= west) & (near.e <= east) & (near.n >= south) & (near.n <= north)
    near = _rows(near, close)
    return _Around(frame, mask, spots, ring_metres, near, _away(near, [(spot.shape, spot.reach) for spot in spots]))


def _away(found: Located, shapes: Sequence[tuple[BaseGeometry, float]]) -> np.ndarray:
    """How far each report lies outside the nearest shape's reach, in metres; not above zero when it belongs to it."""
    if not len(found) or not shapes:
        return np.full(len(found), np.inf)
    return np.min([geometry.distances(shape, found.e, found.n) - reach for shape, reach in shapes], axis=0)


def _rows(found: Located, chosen: np.ndarray) -> Located:
    return Located(*(column[chosen] for column in found.columns), types=found.types)


def _joined(one: Located, other: Located) -> Located:
    both = (np.concatenate(pair) for pair in zip(one.columns, other.columns, strict=True))
    return Located(*both, types=one.types)


def counts_per_square(frame: Frame, mask: np.ndarray, side_metres: float, period: Period) -> np.ndarray:
    """The reports of `mask` in a period in squares of this side, over all squares where anything was ever reported."""
    side = int(side_metres * CENTIMETRES)
    column, line = (frame.arrays[name][frame.mapped] // side for name in ("e", "n"))
    if not len(column):
        return np.zeros(0, int)
    lines = int(line.max() - line.min()) + 1
    square = (column - column.min()).astype(np.int64) * lines + (line - line.min())
    ever = np.bincount(square) > 0
    wanted = (mask & within(frame.day, period))[frame.mapped]
    return np.bincount(square[wanted], minlength=len(ever))[ever]
