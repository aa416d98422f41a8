"""SWEREF 99 TM inside, WGS 84 outside: the one door between metres and degrees, and the small repairs of shapes.

Everything is vectorised and always in the order east, north (or longitude, latitude). Nothing here knows a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyproj
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from samverkan_map.errors import BadValue

METRIC = 3006
DEGREES = 4326
NAMES = {DEGREES: "WGS 84", METRIC: "SWEREF 99 TM", 3008: "SWEREF 99 13 30"}
"""The coordinate systems that are recognised from the numbers alone; `--crs` may name any other."""

GEOMETRY_COLLECTION = 7

NEAR_METRES = 2_000.0
FARTHEST_METRES = 500_000.0
REACH_METRES = 1e8
SAMPLES = 500


@dataclass(frozen=True)
class Recognised:
    """Which coordinate system a pair of columns is in; `swapped` when the first column holds north or latitude."""

    epsg: int
    swapped: bool
    name: str


@dataclass(frozen=True)
class Repaired:
    """A shape that can be stored, and the key of the sentence that says what was done to it (None: nothing)."""

    geometry: BaseGeometry
    note: str | None = None


@cache
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def to_metric(lon, lat) -> tuple[np.ndarray, np.ndarray]:
    """East and north in metres (EPSG:3006) of longitudes and latitudes; any shape, the same shape back.

    >>> e, n = to_metric(15.0, 60.0)
    >>> round(float(e)), round(float(n))
    (500000, 6651411)
    """
    return from_crs(lon, lat, DEGREES)


def to_degrees(e, n) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude (WGS 84) of east and north in metres (EPSG:3006); any shape, the same shape back.

    >>> lon, lat = to_degrees(500000.0, 6651411.190)
    >>> round(float(lon), 6), round(float(lat), 6)
    (15.0, 60.0)
    """
    return _transformer(METRIC, DEGREES).transform(np.asarray(e, float), np.asarray(n, float))


def from_crs(x, y, epsg: int) -> tuple[np.ndarray, np.ndarray]:
    """East and north in metres (EPSG:3006) of coordinates in `epsg`, given as x (east) and y (north).

    What lies outside the reach of the system comes back as infinity. Raises BadValue for an unknown `epsg`.

    >>> e, n = from_crs(150000.0, 6150000.0, 3008)
    >>> round(float(e)), round(float(n))
    (405186, 6148563)
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if epsg == METRIC:
        return x, y
    try:
        transformer = _transformer(epsg, METRIC)
    except pyproj.exceptions.CRSError as error:
        raise BadValue("geometry.errors.unknown_crs", field="crs", value=epsg) from error
    return transformer.transform(x, y)


def on_earth(e, n) -> np.ndarray:
    """Which positions (EPSG:3006) are numbers that can be measured from: neither missing nor beyond any grid.

    >>> on_earth(np.array([375000.0, np.nan, 1e300]), np.array([6148000.0, 0.0, 0.0])).tolist()
    [True, False, False]
    """
    return (np.abs(e) < REACH_METRES) & (np.abs(n) < REACH_METRES)


def recognise(x, y, near: BaseGeometry) -> Recognised | None:
    """Which coordinate system, and in which order, a sample of positions is in; None when no candidate fits.

    Each candidate is tried both ways round. The one that puts most positions within 2 km of `near` (EPSG:3006) wins;
    when none puts any there (a file from elsewhere) the one that puts their middle nearest, at most 500 km away.

    >>> vellinge = shapely.Point(375000, 6148000).buffer(5000)
    >>> recognise([55.46, 55.47], [13.02, 13.03], vellinge)
    Recognised(epsg=4326, swapped=True, name='WGS 84')
    """
    x, y = _sample(x, y)
    if not len(x):
        return None
    fits = [
        (*_fit(*((y, x) if swapped else (x, y)), epsg, near), -swapped, epsg)
        for epsg in NAMES
        for swapped in (False, True)
    ]
    hits, nearness, order, epsg = max(fits)
    if not hits and -nearness > FARTHEST_METRES:
        return None
    return Recognised(epsg, bool(order), NAMES[epsg])


def _sample(x, y) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(x, float).ravel(), np.asarray(y, float).ravel()
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    step = max(1, len(x) // SAMPLES)
    return x[::step], y[::step]


def _fit(x: np.ndarray, y: np.ndarray, epsg: int, near: BaseGeometry) -> tuple[int, float]:
    e, n = from_crs(x, y, epsg)
    distance = np.full(len(e), np.inf)
    real = on_earth(e, n)
    distance[real] = shapely.distance(shapely.points(e[real], n[real]), near)
    return int((distance <= NEAR_METRES).sum()), -float(np.median(distance))


def transform(geometry: BaseGeometry, source: int, target: int) -> BaseGeometry:
    """A whole shape from one coordinate system (EPSG number) to another."""
    move = _transformer(source, target).transform
    return shapely.transform(geometry, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))


def to_geojson(geometry: BaseGeometry) -> dict:
    """An RFC 7946 geometry (WGS 84, 6 decimals, outer rings anticlockwise) of a shape in EPSG:3006.

    >>> to_geojson(shapely.Point(500000, 6651411.190))
    {'type': 'Point', 'coordinates': (15.0, 60.0)}
    """
    return degrees_to_geojson(transform(geometry, METRIC, DEGREES))


def degrees_to_geojson(geometry: BaseGeometry) -> dict:
    """The same of a shape that is in degrees already."""
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, 6))
    return mapping(shapely.orient_polygons(rounded))


def from_geojson(geometry: dict) -> BaseGeometry:
    """A shape in EPSG:3006 of an RFC 7946 geometry (WGS 84).

    Raises BadValue when it is no geometry at all or holds numbers that are no positions.

    >>> round(from_geojson({"type": "Point", "coordinates": [15, 60]}).x, 3)
    500000.0
    """
    try:
        degrees = shapely.force_2d(shape(geometry))
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, shapely.errors.ShapelyError) as error:
        raise BadValue("geometry.errors.no_geometry", field="geometry") from error
    return transform(degrees, DEGREES, METRIC)


def repair(geometry: BaseGeometry) -> Repaired:
    """A shape that can be stored: self-crossing polygons are mended, self-crossing lines kept and reported.

    Raises BadValue for an empty shape, for one with infinite coordinates, and for a polygon without any surface.

    >>> bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> repair(bow_tie).geometry.area, repair(bow_tie).note
    (2.0, 'geometry.mended')
    """
    if geometry is None or geometry.is_empty:
        raise BadValue("geometry.errors.empty", field="geometry")
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise BadValue("geometry.errors.no_position", field="geometry")
    if shapely.get_dimensions(geometry) == 1:
        return Repaired(geometry, None if geometry.is_simple else "geometry.line_crosses")
    if geometry.is_valid:
        return Repaired(geometry)
    return Repaired(_surface(shapely.make_valid(geometry)), "geometry.mended")


def _surface(geometry: BaseGeometry) -> BaseGeometry:
    parts = [part for part in shapely.get_parts(geometry).tolist() if shapely.get_dimensions(part) == 2]
    if not parts:
        raise BadValue("geometry.errors.no_surface", field="geometry")
    return shapely.union_all(parts)


def clip(geometry: BaseGeometry, to: BaseGeometry) -> BaseGeometry:
    """The part of a shape that lies inside `to`, without the leftovers of a lower dimension along its edge.

    >>> clip(shapely.box(0, 0, 4, 4), shapely.box(2, 0, 9, 9)).area
    8.0
    """
    inside = shapely.intersection(geometry, to)
    dimension = shapely.get_dimensions(geometry)
    parts = [part for part in shapely.get_parts(inside).tolist() if shapely.get_dimensions(part) == dimension]
    return shapely.union_all(parts)


def snap_to_lines(points, lines, *, within_metres: float) -> tuple[np.ndarray, np.ndarray]:
    """The nearest line of each point: its index, or -1 when none lies `within_metres`; and the distance in metres.

    `points` is an array of shapely points, `lines` a sequence of shapely lines, all in EPSG:3006. The distance of a
    point without a line is infinity.

    >>> index, distance = snap_to_lines(shapely.points([1, 1], [3, 90]), [shapely.LineString([(0, 0), (9, 0)])],
    ...                                 within_metres=25)
    >>> index.tolist(), distance.tolist()
    ([0, -1], [3.0, inf])
    """
    points = np.atleast_1d(np.asarray(points, object))
    index, distance = np.full(len(points), -1), np.full(len(points), np.inf)
    if len(points) and len(lines):
        found, metres = shapely.STRtree(lines).query_nearest(
            points, max_distance=within_metres, return_distance=True, all_matches=False
        )
        index[found[0]], distance[found[0]] = found[1], metres
    return index, distance


MOST_SEGMENTS = 64
"""Beyond so many, an index over the shape is faster than going through it."""


def distances(to: BaseGeometry, e: np.ndarray, n: np.ndarray) -> np.ndarray:
    """How far positions lie from a shape, in the unit of both; 0 inside an area and nan where a position is nan.

    The same as `shapely.distance` of points, several times faster for few corners, because no point is made.

    >>> distances(shapely.box(0, 0, 2, 2), np.array([1.0, 5.0, 2.0]), np.array([1.0, 6.0, -1.0]))
    array([0., 5., 1.])
    """
    areas = shapely.get_dimensions(to) == 2
    lines = shapely.get_rings(shapely.get_parts(to)) if areas else shapely.get_parts(to)
    corners, line = shapely.get_coordinates(lines, return_index=True)
    if shapely.get_type_id(to) == GEOMETRY_COLLECTION or len(corners) > MOST_SEGMENTS:
        return shapely.distance(to, shapely.points(e, n))
    whole = line[1:] == line[:-1]
    alone = ~np.isin(line, line[1:][whole])
    pairs = [*zip(corners[:-1][whole], corners[1:][whole], strict=True), *((one, one) for one in corners[alone])]
    nearest, inside = np.full(len(e), np.inf), np.zeros(len(e), bool)
    for start, end in pairs:
        x, y, (dx, dy) = e - start[0], n - start[1], end - start
        if areas and dy:
            inside ^= ((y < 0) != (y < dy)) & (x < y * (dx / dy))
        along = np.clip((x * dx + y * dy) / (dx * dx + dy * dy), 0, 1) if dx or dy else 0.0
        np.minimum(nearest, np.hypot(x - along * dx, y - along * dy), out=nearest)
    nearest[inside] = 0
    return nearest
