"""Shapes and positions that somebody drew, pasted or typed: GeoJSON text, or two numbers."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry
from samverkan_map.errors import BadValue
from samverkan_map.exchange.positioned import epsg_of

LONGEST = 60_000
DEEPEST = 12
FIELD = "geometry"
KINDS = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


def shape_of(text: str, near: BaseGeometry) -> BaseGeometry:
    """The shape (EPSG:3006) of a GeoJSON geometry, or of a feature or collection that holds one; not yet repaired.

    `near` (EPSG:3006) is where it is expected, to tell which coordinate system wrong numbers are in.
    Raises BadValue for what is no GeoJSON, too long, nested too deep, holds other than numbers or more than one
    geometry, and for coordinates that are not longitude and latitude in this order, naming what they look like.

    >>> round(shape_of('{"type": "Point", "coordinates": [15, 60]}', shapely.Point(500000, 6651411)).x)
    500000
    """
    found = _only_geometry(_parsed(text))
    if not isinstance(found, dict) or found.get("type") not in KINDS:
        raise BadValue("geometry.errors.no_geometry", field=FIELD)
    if not _numbers(found.get("coordinates")):
        raise BadValue("geometry.errors.no_geometry", field=FIELD)
    try:
        degrees = shapely.force_2d(shapely.from_geojson(json.dumps(found)))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise BadValue("geometry.errors.no_geometry", field=FIELD) from error
    if degrees.is_empty:
        raise BadValue("geometry.errors.empty", field=FIELD)
    _check_degrees(shapely.get_coordinates(degrees), near)
    return geometry.transform(degrees, geometry.DEGREES, geometry.METRIC)


def _parsed(text: str) -> Any:
    if len(text) > LONGEST:
        raise BadValue("geometry.errors.too_long", field=FIELD, most=LONGEST)
    depth = deepest = 0
    for sign in re.findall(r"[\[{\]}]", text):
        depth += 1 if sign in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise BadValue("geometry.errors.too_deep", field=FIELD, most=DEEPEST)
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise BadValue("geometry.errors.no_geometry", field=FIELD) from error


def _refuse_constant(_word: str) -> Any:
    raise BadValue("geometry.errors.no_position", field=FIELD)


def _only_geometry(found: Any) -> Any:
    """The one geometry of a feature or a collection; a geometry itself as it is."""
    for _ in range(2):
        if not isinstance(found, dict):
            return None
        _check_system(found.get("crs"))
        if found.get("type") == "FeatureCollection":
            many = found.get("features")
            if not isinstance(many, list) or len(many) != 1:
                raise BadValue("geometry.errors.not_one", field=FIELD)
            found = many[0]
        elif found.get("type") == "Feature":
            found = found.get("geometry")
    if isinstance(found, dict):
        _check_system(found.get("crs"))
    return found


def _check_system(crs: Any) -> None:
    epsg = epsg_of(crs) if crs is not None else None
    if crs is not None and epsg != geometry.DEGREES:
        name = geometry.NAMES.get(epsg or 0) or f"EPSG:{epsg or '?'}"
        raise BadValue("geometry.errors.other_system", field=FIELD, system=name)


def _numbers(value: Any) -> bool:
    """Whether nested lists hold nothing but finite numbers."""
    if isinstance(value, list):
        return all(map(_numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_degrees(corners: np.ndarray, near: BaseGeometry) -> None:
    x, y = corners[:, 0], corners[:, 1]
    seen = geometry.recognise(x, y, near)
    if seen and seen.epsg != geometry.DEGREES:
        raise BadValue("geometry.errors.other_system", field=FIELD, system=seen.name)
    if seen and seen.swapped:
        raise BadValue("geometry.errors.swapped", field=FIELD)
    if (np.abs(x) > 180).any() or (np.abs(y) > 90).any():
        raise BadValue("geometry.errors.no_position", field=FIELD)


def point_of(text: str, near: BaseGeometry) -> Point | None:
    """The point (EPSG:3006) of two numbers in any known coordinate system and order; None when it is no such text.

    Raises BadValue for two numbers that are nowhere near.

    >>> lund = shapely.Point(386600, 6174500)
    >>> typed = ("13.21, 55.7", "55,7 13,21", "6174520, 386600", "N 6174520 E 386600")
    >>> [round(point_of(words, lund).x) for words in typed]
    [387505, 387505, 386600, 386600]
    """
    plain = re.sub(r"(?i)\b(?:lon|lat|[ne])\b[:=]?|°", " ", text).strip()
    parts = [part.strip(",") for part in re.split(r"[;\s]+", plain) if part.strip(",")]
    parts = plain.split(",") if len(parts) == 1 else parts
    if len(parts) != 2 or not all(re.fullmatch(r"\s*-?\d{1,8}(?:[.,]\d+)?\s*", part, re.ASCII) for part in parts):
        return None
    x, y = (float(part.replace(",", ".")) for part in parts)
    seen = geometry.recognise([x], [y], near)
    if seen is None:
        raise BadValue("geometry.errors.nowhere", field=FIELD)
    e, n = geometry.from_crs(*((y, x) if seen.swapped else (x, y)), seen.epsg)
    return Point(float(e), float(n))
