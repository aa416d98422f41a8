"""Where a measure works, where the problem may have moved to, and where neither reaches. Metres, EPSG:3006."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map.analysis.checks import positive, table
from samverkan_map.errors import BadNumbers

TREATED, CATCHMENT, OUTSIDE = "treated", "catchment", "outside"
ZONES = np.array([TREATED, CATCHMENT, OUTSIDE])
QUARTER_STEPS = 64
"""Corners per quarter circle of a drawn ring: its edge then lies within 4 cm of 500 metres."""
SAMPLE_METRES = 10.0
GRID_METRES = 0.001
"""Shapes are laid over each other on corners a millimetre apart. Cells between nearly the same points, or points on one
circle, otherwise cross each other by less than a number can say, and the overlay fails."""


@dataclass(frozen=True)
class Zoned:
    """For each point the index of the nearest site and the zone around it."""

    site: np.ndarray
    zone: np.ndarray


def zones(points: Any, sites: Sequence[BaseGeometry], treated_metres: float, catchment_metres: float) -> Zoned:
    """Which zone each point lies in; the edge belongs to the inner zone.

    With several sites a point belongs to the nearest, so two overlapping rings are cut where they are equally far.

    Units: metres (EPSG:3006); `points` of shape (n, 2) as east and north, `sites` of any kind of geometry; Zoned out,
    its arrays of shape (n,).
    Raises BadNumbers for points of another shape or not finite, no site, an empty site, and radii that are not
    0 < treated < catchment (treated may be 0 when a site has a surface or a length).
    Source: methods, section 7.3, after Bowers & Johnson (2003).

    >>> found = zones([(0, 0), (100, 0), (100.01, 0), (400, 0)], [shapely.Point(0, 0)], 100, 300)
    >>> found.zone.tolist()
    ['treated', 'treated', 'catchment', 'outside']
    """
    inner, outer = _radii(sites, treated_metres, catchment_metres)
    places = _places(points)
    distances = np.array([shapely.distance(site, places) for site in sites])
    shortest = distances.min(axis=0)
    return Zoned(distances.argmin(axis=0), ZONES[(shortest > inner).astype(int) + (shortest > outer)])


def _places(points: Any) -> np.ndarray:
    return shapely.points(table("points", points if np.size(points) else np.empty((0, 2)), (None, 2)))


def _radii(sites: Sequence[BaseGeometry], treated_metres: float, catchment_metres: float) -> tuple[float, float]:
    if not len(sites) or any(shapely.is_empty(site) for site in sites):
        raise BadNumbers("analysis.errors.empty", field="sites")
    flat = all(isinstance(site, shapely.Point) for site in sites)
    inner = positive("treated_metres", treated_metres) if flat or treated_metres else 0.0
    outer = positive("catchment_metres", catchment_metres)
    if outer <= inner:
        raise BadNumbers("analysis.errors.ring", field="catchment_metres")
    return inner, outer


@dataclass(frozen=True)
class RingAreas:
    """Square metres of the treated zone and of the ring around it."""

    treated: float
    catchment: float


def ring_areas(site: BaseGeometry, treated_metres: float, catchment_metres: float) -> RingAreas:
    """How large the zones around one site are: exactly for a point, for other sites as they are drawn.

    Units: metres (EPSG:3006) in, square metres out; one geometry in, RingAreas out.
    Raises BadNumbers as `zones` does.
    Source: own rule (2026): a drawn circle has corners and is a little smaller than a true one.

    >>> found = ring_areas(shapely.Point(0, 0), 100, 300)
    >>> round(found.treated, 2), round(found.catchment, 2)
    (31415.93, 251327.41)
    """
    inner, outer = _radii([site], treated_metres, catchment_metres)
    if isinstance(site, shapely.Point):
        return RingAreas(math.pi * inner**2, math.pi * (outer**2 - inner**2))
    within, whole = (shapely.area(shapely.buffer(site, metres, quad_segs=QUARTER_STEPS)) for metres in (inner, outer))
    return RingAreas(float(within), float(whole - within))


@dataclass(frozen=True)
class Ring:
    """The shapes of one site's two zones, as they are drawn on the map."""

    treated: BaseGeometry
    catchment: BaseGeometry


def ring_shapes(sites: Sequence[BaseGeometry], treated_metres: float, catchment_metres: float) -> list[Ring]:
    """The zones of several sites as shapes, overlapping ones cut where they are equally far from both.

    Exact between points; between lines and surfaces the cut follows their outlines, sampled every ten metres.

    Units: metres (EPSG:3006); geometries in, one Ring for each out, in the same order; no two rings share a surface.
    Raises BadNumbers as `zones` does.
    Source: methods, section 7.3 (2026); the cut is that of Voronoi (1908).

    >>> one, other = ring_shapes([shapely.Point(0, 0), shapely.Point(200, 0)], 50, 300)
    >>> round(one.catchment.bounds[2]), round(other.catchment.bounds[0])
    (100, 100)
    """
    inner, outer = _radii(sites, treated_metres, catchment_metres)
    own = _own_ground(sites, outer)
    found = []
    for site, ground in zip(sites, own, strict=True):
        treated, whole = (_common(_around(site, metres), ground) for metres in (inner, outer))
        found.append(Ring(treated, without(whole, treated)))
    return found


def _around(site: BaseGeometry, metres: float) -> BaseGeometry:
    return shapely.buffer(site, metres, quad_segs=QUARTER_STEPS)


def surface(shape: BaseGeometry) -> BaseGeometry:
    """What of a shape has a surface, in one piece or several; empty when nothing has.

    Units: metres in and out; one geometry of any kind in, a polygon or a multipolygon out.
    Raises nothing.
    Source: own rule (2026): an overlay may leave lines and points where shapes only touch.

    >>> both = shapely.GeometryCollection([shapely.box(0, 0, 2, 2), shapely.LineString([(2, 2), (3, 3)])])
    >>> surface(both).geom_type, surface(shapely.Point(0, 0)).is_empty
    ('Polygon', True)
    """
    flat = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 2]
    if any(part.geom_type == "GeometryCollection" for part in flat):
        flat = [surface(part) for part in flat]
    return _together(flat)


def without(shape: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """What of a surface lies outside another one; lines and points that are left over are not kept.

    Units: metres in and out; two geometries in, a polygon or a multipolygon out.
    Raises nothing.
    Source: own rule (2026), laid over each other on whole millimetres.

    >>> without(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 5, 2)).bounds
    (0.0, 0.0, 1.0, 2.0)
    """
    return surface(shapely.difference(surface(shape), surface(other), grid_size=GRID_METRES))


def _common(shape: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    return surface(shapely.intersection(surface(shape), surface(other), grid_size=GRID_METRES))


def _own_ground(sites: Sequence[BaseGeometry], reach: float) -> list[BaseGeometry]:
    """For each site the ground that is nearer to it than to any other."""
    everything = shapely.box(*shapely.buffer(shapely.union_all(sites), 2 * reach).bounds)
    samples = [shapely.get_coordinates(shapely.segmentize(site, SAMPLE_METRES)) for site in sites]
    owner = np.repeat(np.arange(len(sites)), [len(one) for one in samples])
    rounded = np.round(np.concatenate(samples) / (10 * GRID_METRES)) * (10 * GRID_METRES)
    together, first = np.unique(rounded, axis=0, return_index=True)
    if len(together) == 1 or len(set(owner[first])) == 1:
        empty = shapely.Polygon()
        return [everything if index == owner[first][0] else empty for index in range(len(sites))]
    points = shapely.points(together)
    cells = shapely.make_valid(
        shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=everything))
    )
    inside, which = shapely.STRtree(cells).query(points, predicate="intersects")
    whose = np.full(len(cells), -1)
    whose[which] = owner[first][inside]
    ground = [_together(surface(cell) for cell in cells[whose == index]) for index in range(len(sites))]
    surfaces = [surface(site) for site in sites]
    taken = _together(surfaces)
    return [
        _together([without(cut, taken), without(flat, _together(surfaces[:index]))])
        for index, (cut, flat) in enumerate(zip(ground, surfaces, strict=True))
    ]


def _together(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    whole = shapely.union_all(list(shapes), grid_size=GRID_METRES)
    return shapely.Polygon() if whole.is_empty else whole
