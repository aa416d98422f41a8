"""What GeoJSON and GeoPackage have in common: values as texts, and a geometry as one position or as a line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from .columns import POSITION_COLUMNS, REPORT_COLUMNS, plain
from .table import Fault

_POSITION_NAMES = {plain(name) for ours in POSITION_COLUMNS for name in (ours, *REPORT_COLUMNS[ours])}
_EPSG = re.compile(r"EPSG:(?:[\d.]*:)?(\d{4,6})\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Drawn:
    """How a geometry becomes columns: their names, the properties that give way to them, and the texts in them."""

    columns: tuple[str, ...]
    giving_way: frozenset[str]
    texts: Callable[[BaseGeometry | None], tuple[list[str], Fault | None]]

    @property
    def mapped(self) -> dict[str, str]:
        """The columns as a table maps them: ours are theirs."""
        return {name: name for name in self.columns}


def named_columns(properties: Iterable[str], drawn: Drawn | None = None) -> tuple[list[str], list[str]]:
    """The header of a file with geometries, and the properties in it: those named like coordinates give way to x and y.

    >>> named_columns(["typ", "lon"])
    (['typ', 'x', 'y'], ['typ'])
    """
    own = drawn or POINTS
    kept = [name for name in properties if plain(name) not in own.giving_way]
    return [*kept, *own.columns], kept


def epsg_of(crs: object) -> int | None:
    """The EPSG code a `crs` member of GeoJSON names; CRS84 is 4326 in the order of GeoJSON.

    >>> epsg_of({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}})
    3006
    """
    name = crs_name(crs)
    if not isinstance(name, str):
        return None
    if name.upper().endswith("CRS84"):
        return 4326
    found = _EPSG.search(name)
    return int(found[1]) if found else None


def crs_name(crs: object) -> object:
    """What a `crs` member of GeoJSON calls its system, or the member itself when it does not say."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return crs if name is None else name


def as_text(value: object) -> str:
    """One value as the text a CSV file would hold: whole numbers without `.0`, dates in ISO 8601, nothing as "".

    >>> as_text(12.0), as_text(None), as_text(0.00001), as_text([1, "a"])
    ('12', '', '0.00001', '[1,"a"]')
    """
    if isinstance(value, str):
        return value
    if value is None or value is False or value is True:
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, dict)):
        return orjson.dumps(value).decode()
    return str(value)


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text else text


def point_of(geometry: BaseGeometry | None) -> tuple[str, str, Fault | None]:
    """The position of a geometry as two texts, or the reason why a report cannot stand there: only points can."""
    if geometry is None or geometry.is_empty:
        return "", "", None
    if geometry.geom_type == "MultiPoint" and len(geometry.geoms) == 1:
        geometry = geometry.geoms[0]
    if geometry.geom_type == "Point":
        if math.isfinite(geometry.x) and math.isfinite(geometry.y):
            return as_text(geometry.x), as_text(geometry.y), None
        return "", "", ("readers.rows.geometry_infinite", {})
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        crossing = "Self-intersection" in shapely.is_valid_reason(geometry)
        return "", "", ("readers.rows.crosses_itself" if crossing else "readers.rows.is_area", {})
    if geometry.geom_type in ("LineString", "MultiLineString"):
        return "", "", ("readers.rows.is_line", {})
    return "", "", ("readers.rows.not_one_point", {})


def line_of(geometry: BaseGeometry | None) -> tuple[str, Fault | None]:
    """The line of a geometry as WKT, or the reason why a stretch cannot be it; several lines that join are one.

    >>> line_of(shapely.MultiLineString([[(0, 0), (1, 0)], [(1, 0), (2, 0)]]))
    ('LINESTRING (0 0, 1 0, 2 0)', None)
    """
    if geometry is None or geometry.is_empty:
        return "", ("readers.rows.no_line", {})
    if geometry.geom_type not in ("LineString", "MultiLineString"):
        return "", ("readers.rows.not_a_line", {})
    found = shapely.force_2d(geometry)
    if not all(map(math.isfinite, shapely.get_coordinates(found).ravel().tolist())):
        return "", ("readers.rows.line_infinite", {})
    if found.geom_type == "MultiLineString":
        found = shapely.line_merge(found) if len(found.geoms) > 1 else found.geoms[0]
    if found.geom_type != "LineString":
        return "", ("readers.rows.several_lines", {"n": len(found.geoms)})
    return shapely.to_wkt(found, rounding_precision=-1), None


def _point_texts(geometry: BaseGeometry | None) -> tuple[list[str], Fault | None]:
    x, y, fault = point_of(geometry)
    return [x, y], fault


def _line_texts(geometry: BaseGeometry | None) -> tuple[list[str], Fault | None]:
    line, fault = line_of(geometry)
    return [line], fault


POINTS = Drawn(("x", "y"), frozenset(_POSITION_NAMES), _point_texts)
LINES = Drawn(("line",), frozenset({"line"}), _line_texts)
