"""All stretches as they stand in the database, read once per version of it: what a list of thousands is made from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map.analysis import streets
from samverkan_map.db import engine
from samverkan_map.db.tables import Delivery, SpeedMeasurement, Stretch
from samverkan_map.traffic.deliveries import KINDS

KEPT = 2
POINTS_AT_ONCE = 100_000
"""A point as an object weighs a hundred times its numbers."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The latest measurement of a stretch; where two directions end the same day, the faster one."""

    started_on: date
    ended_on: date
    v85: float
    mean_speed: float
    share_over_limit: float
    vehicles: int


@dataclass(frozen=True, slots=True)
class Road:
    """A stretch without its line."""

    id: int
    name: str
    keeper: str
    speed_limit: int
    area: str | None
    length_metres: float
    function: str | None
    latest: Measured | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where at least three arms of the stretches meet: east and north in metres, and the indices of the stretches."""

    at: tuple[float, float]
    arms: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Roads:
    """All stretches by name; `version` names exactly them and their measurements. `lines` are in EPSG:3006."""

    version: tuple[Any, ...]
    rows: tuple[Road, ...]
    lines: np.ndarray = field(repr=False)

    @cached_property
    def at(self) -> Mapping[int, int]:
        """Where in `rows` each stretch stands."""
        return {road.id: index for index, road in enumerate(self.rows)}

    @cached_property
    def lengths(self) -> np.ndarray:
        """Metres, in the order of `rows`."""
        return np.array([road.length_metres for road in self.rows])

    @cached_property
    def junctions(self) -> tuple[Meeting, ...]:
        """The junctions of the network that the stretches make."""
        if not len(self.lines):
            return ()
        found = streets.joints(self.lines)
        first, last = (np.searchsorted(found.arms[:, 0], found.junctions, side=side) for side in ("left", "right"))
        return tuple(
            Meeting((float(found.xy[node, 0]), float(found.xy[node, 1])), tuple(found.arms[a:b, 1].tolist()))
            for node, a, b in zip(found.junctions.tolist(), first.tolist(), last.tolist(), strict=True)
        )

    def indices(self, ids: np.ndarray) -> np.ndarray:
        """Where each of some stretch numbers stands in `rows`; -1 for none of them."""
        table = np.full(max([0, *self.at]) + 2, -1)
        table[list(self.at)] = list(self.at.values())
        return table[np.where((ids >= 0) & (ids < len(table) - 1), ids, len(table) - 1)]

    def touched_by(self, shapes: Iterable[BaseGeometry], metres: float) -> list[list[int]]:
        """For each shape (EPSG:3006) the numbers of the stretches within some metres of it."""
        shapes = list(shapes)
        found: list[list[int]] = [[] for _ in shapes]
        if len(self.lines) and shapes:
            which, lines = self._tree.query(np.array(shapes, dtype=object), predicate="dwithin", distance=metres)
            for shape, line in zip(which.tolist(), lines.tolist(), strict=True):
                found[shape].append(self.rows[line].id)
        return found

    def longest_in(self, ids: Iterable[int], shape: BaseGeometry) -> int:
        """Which of some stretches has most of its length in a shape (EPSG:3006)."""
        return max(ids, key=lambda number: self.lines[self.at[number]].intersection(shape).length)

    def rivalled(self, xy: np.ndarray, at: np.ndarray, metres: float) -> np.ndarray:
        """Which points (n, 2) in metres have another stretch at most so much farther away than their own, by index."""
        found = np.zeros(len(at), dtype=bool)
        for first in range(0, len(at), POINTS_AT_ONCE):
            part = slice(first, first + POINTS_AT_ONCE)
            spots, own = shapely.points(xy[part]), at[part]
            reach = shapely.distance(spots, self.lines[own]) + metres
            which, lines = self._tree.query(spots, predicate="dwithin", distance=reach)
            found[first + which[lines != own[which]]] = True
        return found

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines)


_lock = threading.Lock()
_kept: OrderedDict[tuple[Any, ...], Roads] = OrderedDict()


def current(session: Session) -> Roads:
    """The stretches as this session sees them, read anew only when one of them or a measurement came, went or changed.

    Whoever shows them asks `access` first: a stretch is a fact about a road and open to all who see the page.
    """
    version = (str(session.get_bind().engine.url), *_version(session))  # type: ignore[union-attr]
    with _lock:
        if version not in _kept:
            _kept[version] = _read(session, version)
        _kept.move_to_end(version)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        return _kept[version]


def _version(session: Session) -> tuple[Any, ...]:
    """Changes whenever a stretch or a measurement does: files by delivery, single ones by number and version."""
    there = select(Delivery.id, Delivery.version, Delivery.at).where(
        Delivery.undone_at.is_(None), Delivery.kind.in_(KINDS)
    )
    deliveries = tuple(sorted(tuple(row) for row in session.execute(there)))
    stretches = select(func.count(), func.max(Stretch.id), func.sum(Stretch.version)).select_from(Stretch)
    measured = select(func.count(), func.max(SpeedMeasurement.id)).select_from(SpeedMeasurement)
    return deliveries, tuple(session.execute(stretches).one()), tuple(session.execute(measured).one())


def _read(session: Session, version: tuple[Any, ...]) -> Roads:
    latest = _latest(session)
    columns = (
        Stretch.id, Stretch.name, Stretch.keeper, Stretch.speed_limit, Stretch.area, Stretch.length_metres,
        Stretch.function, Stretch.geom,
    )  # fmt: skip
    found = session.execute(select(*columns).order_by(Stretch.name, Stretch.id)).all()
    lines = np.empty(len(found), dtype=object)
    lines[:] = [engine.shape(row.geom) for row in found]
    return Roads(version, tuple(Road(*row[:-1], latest.get(row.id)) for row in found), lines)


def _latest(session: Session) -> dict[int, Measured]:
    one = SpeedMeasurement
    columns = (
        one.stretch_id, one.started_on, one.ended_on, one.v85, one.mean_speed, one.share_over_limit, one.vehicles,
    )  # fmt: skip
    rows = session.execute(select(*columns).order_by(one.ended_on, one.v85, one.id))
    return {row.stretch_id: Measured(*row[1:]) for row in rows}
