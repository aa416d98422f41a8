"""Where the invented happens: streets, squares, parks and beaches of the municipality, in whole decimetres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry
from samverkan_map.agreement import Agreement, features
from samverkan_map.errors import SetUpTrouble

STEP = 50
"""Decimetres between two possible positions; a report lies within half of that from one."""

ROADSIDE = 60
"""So many decimetres to each side of a street's middle."""

BESIDE = 1800
BESIDE_STEP = 300
"""How far from a drawn street something may lie that belongs to it, and the step there, in decimetres."""

COAST_METRES = 30
"""More than any spread, so that nothing lies in the sea."""
SHORTEST_METRES = 60
GREEN_STEP = 400
"""As STEP, on a green area."""


@dataclass(frozen=True, eq=False)
class Spot:
    """Where some reports lie. `e`, `n` are possible positions and `weights` how often each is meant, all whole numbers;
    `spread` is how far from one a report may lie. The words: how a person says where, the name of the spot, and the
    name that stands alone when somebody gives no position."""

    phrase: str
    place_name: str
    named: str
    e: np.ndarray
    n: np.ndarray
    weights: np.ndarray
    spread: int


class Ground:
    """The municipality's streets and named spots."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.roads: dict[str, LineString] = {}
        self.in_town: set[str] = set()
        for one in features(agreement.folder, "roads"):
            name = one["properties"]["name"]
            self.roads.setdefault(name, _whole(geometry.from_geojson(one["geometry"])))
            if one["properties"]["class"] == "street":
                self.in_town.add(name)
        self.greens = {
            one["properties"]["name"]: geometry.from_geojson(one["geometry"])
            for one in features(agreement.folder, "greens")
        }
        self.built = shapely.union_all(
            [geometry.from_geojson(one["geometry"]) for one in features(agreement.folder, "builtup")]
        )
        self.inland = shapely.buffer(agreement.land, -COAST_METRES)
        for shape in (self.inland, self.built):
            shapely.prepare(shape)

    def spots(self, where: Mapping[str, Any], *, on_road: bool) -> list[tuple[int, Spot]]:
        """The spots that a row of the material means, with whole weights; a sub-area's lie on its streets or beside.

        Raises SetUpTrouble for an unknown name.
        """
        if "area" in where:
            return list(self._all_over(where["area"], on_road))
        e, n, weights, spread = self._positions(where)
        name = next(where[key] for key in ("place_name", "street", "green", "spot") if key in where)
        phrase = where.get("phrase") or f"på {name}"
        middle = len(e) // 2
        town = self._town(self.agreement.area_of([e[middle] / 10], [n[middle] / 10])[0])
        return [(1, Spot(phrase, name, where.get("named") or f"{name}, {town}", e, n, weights, spread))]

    def shape(self, where: Mapping[str, Any]) -> BaseGeometry:
        """A row of the material as one shape in EPSG:3006: a line for a street, a circle for a spot with a radius."""
        if "street" in where:
            return self.line(where["street"], *where.get("part", (0, 100)))
        if "green" in where:
            return _rounded(self.greens[where["green"]])
        e, n = self._middle(where)
        point = Point(e / 10, n / 10)
        return _rounded(point.buffer(where["radius"], quad_segs=6)) if "radius" in where else point

    def line(self, street: str, start: int, end: int) -> LineString:
        """A part of a street, in per cent of its length from its beginning."""
        e, n = self._along(street, start, end)
        return _rounded(shapely.simplify(LineString(np.column_stack([e, n]) / 10), 0.5))

    def _positions(self, where: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
        if "street" in where:
            e, n = self._along(where["street"], *where.get("part", (0, 100)))
            return *self._on_land(e, n, np.ones(len(e), np.int64)), ROADSIDE
        if "green" in where:
            return *self._on_green(where["green"]), GREEN_STEP // 2
        east, north = self._middle(where)
        return *self._on_land(*_around(east, north, where["radius"] * 10)), STEP // 2

    def _all_over(self, area: str, on_road: bool) -> Iterator[tuple[int, Spot]]:
        shape = self.agreement.areas[area].shape
        shapely.prepare(shape)
        town = self._town(area)
        for name in self.roads:
            road = self._lived_in(shape, *self._along(name, 0, 100))
            if len(road[0]) * STEP <= SHORTEST_METRES * 10 or name.startswith("E6"):
                continue
            e, n, weights = road if on_road else self._lived_in(shape, *_beside(*road))
            # A through road is long, but people live and walk along the streets.
            much = len(road[0]) if name in self.in_town else len(road[0]) // 3
            at = "i" if name.endswith("by") else "på"
            spread = ROADSIDE if on_road else BESIDE_STEP // 2
            yield much, Spot(f"{at} {name}", name, f"{name}, {town}", e, n, weights, spread)

    def _lived_in(self, area: BaseGeometry, e, n) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The positions of a sub-area where people live."""
        here = shapely.intersects_xy(area, e / 10, n / 10) & shapely.intersects_xy(self.built, e / 10, n / 10)
        return self._on_land(e[here], n[here], np.ones(here.sum(), np.int64))

    def _town(self, area: str) -> str:
        return self.agreement.areas[area].names[0]

    def _middle(self, where: Mapping[str, Any]) -> tuple[int, int]:
        east, north = where.get("shift", (0, 0))
        for entry in self.agreement.gazetteer():
            if entry.name == where["spot"] and entry.kind != "area":
                e, n = geometry.to_metric(entry.lon, entry.lat)
                return round(float(e) * 10) + east * 10, round(float(n) * 10) + north * 10
        raise SetUpTrouble("demo.errors.unknown_spot", name=where["spot"])

    def _along(self, street: str, start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        if street not in self.roads:
            raise SetUpTrouble("demo.errors.unknown_spot", name=street)
        points = [
            (e + (e2 - e) * step // steps, n + (n2 - n) * step // steps)
            for (e, n), (e2, n2) in pairwise(_corners(self.roads[street]))
            for steps in [max(1, isqrt((e2 - e) ** 2 + (n2 - n) ** 2) // STEP)]
            for step in range(steps)
        ]
        chosen = points[len(points) * start // 100 : len(points) * end // 100 + 1]
        e, n = np.array(chosen, dtype=np.int64).T
        return e, n

    def _on_green(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        shape = self.greens[name]
        shapely.prepare(shape)
        west, south, east, north = (round(side * 10) // GREEN_STEP * GREEN_STEP for side in shape.bounds)
        grid = np.meshgrid(np.arange(west, east, GREEN_STEP), np.arange(south, north, GREEN_STEP))
        e, n = (side.ravel() for side in grid)
        there = shapely.intersects_xy(shape, e / 10, n / 10)
        return self._on_land(e[there], n[there], np.ones(there.sum(), np.int64))

    def _on_land(self, e, n, weights) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        dry = shapely.intersects_xy(self.inland, e / 10, n / 10)
        return e[dry], n[dry], weights[dry]


def _around(e: int, n: int, radius: int, step: int = STEP) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions round a middle, most near it and none beyond the radius."""
    steps = np.arange(-(radius // step), radius // step + 1, dtype=np.int64)
    east, north = (side.ravel() for side in np.meshgrid(steps, steps))
    weights = (radius // step) ** 2 + 1 - east**2 - north**2
    near = weights > 0
    return e + east[near] * step, n + north[near] * step, weights[near] ** 2 // 64 + 1


def _beside(e: np.ndarray, n: np.ndarray, _: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions on and off a road, most near it: the side streets that are not drawn."""
    east, north, _ = _around(0, 0, BESIDE, BESIDE_STEP)
    e, n = e[:: BESIDE_STEP // STEP], n[:: BESIDE_STEP // STEP]
    return (e[:, None] + east).ravel(), (n[:, None] + north).ravel()


def _whole(line: LineString) -> LineString:
    return shapely.transform(line, lambda xy: np.round(xy * 10))


def _corners(line: LineString) -> list[tuple[int, int]]:
    return [(int(e), int(n)) for e, n in line.coords]


def _rounded(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda xy: np.round(xy, 1))
