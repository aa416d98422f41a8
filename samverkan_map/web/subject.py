"""What a map is about: a row, a stretch or a searched name, where it lies, and what is shown around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import shapely
from flask import g, request
from shapely import box
from shapely.geometry.base import BaseGeometry

from samverkan_map import access, geometry, map_rows, question, traffic
from samverkan_map.agreement import Agreement, GazetteerEntry
from samverkan_map.errors import NotFound
from samverkan_map.map_rows import Box
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer
from samverkan_map.web import reading_log, row_words
from samverkan_map.web.finding import matches, street_lines
from samverkan_map.web.folium_map import Hit
from samverkan_map.web.legend import symbol_of

OUTSIDE_METRES = 2500
"""Farther outside the municipality than this nothing lies that was taken in."""

NEAR_DEGREES = (0.008, 0.0045)
"""How far east-west and north-south the map shows around what it is about."""

STRETCH = "stracka"


@dataclass(frozen=True)
class Subject:
    """Something with a name, a sign, and a shape in degrees; `key` is how the address names it (`places.12`)."""

    key: str
    name: str
    symbol: str
    shape: BaseGeometry


def searched() -> tuple[str, GazetteerEntry | None] | None:
    """What was searched for (`plats`) and the best match, or None when nothing was."""
    text = request.args.get("plats", "").strip()[:80]
    if not text:
        return None
    found = matches(g.agreement, text)
    return text, found[0] if found else None


def hit_of(place: tuple[str, GazetteerEntry | None] | None) -> Hit | None:
    """What marks a found name on the map; a whole sub-area needs no mark."""
    entry = place[1] if place else None
    if entry is None or entry.kind == "area":
        return None
    lines = street_lines(g.agreement, entry)
    at = (entry.lon, entry.lat)
    if lines:
        middle = shapely.line_interpolate_point(max(lines, key=shapely.length), 0.5, normalized=True)
        at = (middle.x, middle.y)
    rounded = tuple(tuple((round(x, 6), round(y, 6)) for x, y, *_ in line.coords) for line in lines)
    return Hit(entry.name, (round(at[1], 6), round(at[0], 6)), rounded)


def named(name: str) -> tuple[Layer, int] | None:
    """The row that a value of the address names (`objekt=traffic.12`), or None."""
    layer, number = _parted(name)
    return (Layer(layer), number) if layer in set(Layer) and number is not None else None


def _parted(name: str) -> tuple[str, int | None]:
    kind, _, number = request.args.get(name, "").partition(".")
    return kind, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


def of_address() -> Subject | None:
    """What the address says that the map is about: `kring` or `objekt`. Raises NotFound for what may not be seen."""
    if "about" not in g:
        g.about = _of_address()
    found: Subject | None = g.about
    return found


def _of_address() -> Subject | None:
    kind, number = _parted("kring")
    if kind == STRETCH and number is not None:
        if not access.visible_kinds(g.viewer):  # as on the page of the stretch
            raise NotFound("access.errors.not_found")
        stretch = traffic.get(g.session, g.viewer, number)
        line = geometry.transform(traffic.shape_of(stretch), geometry.METRIC, geometry.DEGREES)
        return Subject(f"{STRETCH}.{number}", stretch.name, Layer.TRAFFIC.value, line)
    for name in ("kring", "objekt"):
        if found := named(name):
            row, _ = map_rows.one(g.session, g.viewer, g.agreement, *found)
            if row.layer.kind:
                reading_log.note_reports(layer=row.layer.value, id=row.id)
            shape = row.shape if row.shape is not None or row.lon is None else shapely.Point(row.lon, row.lat)
            if shape is not None:
                return Subject(f"{row.layer}.{row.id}", row_words.title(row), symbol_of(row, g.agreement), shape)
    return None


CLOSE = 0.9
LEAST_ROOM = 0.0005
"""How much room a small picture leaves around an area, in widths of the area: its sign must not cover it."""

HIGHER = 1.76
"""How many times as high as wide a degree is drawn here."""


def close_bounds() -> Box | None:
    """The box (degrees) of a small picture of an area or a line, so near that its shape is seen; None for a point."""
    about = of_address()
    if about is None or "Point" in about.shape.geom_type:
        return None
    west, south, east, north = about.shape.bounds
    room = max(CLOSE * max(east - west, (north - south) * HIGHER), LEAST_ROOM)
    near = _near(about.shape.bounds)
    x, y = min(room, west - near[0]), min(room / HIGHER, south - near[1])
    return west - x, south - y, east + x, north + y


def first_bounds(asked: Question, place: tuple[str, GazetteerEntry | None] | None) -> Box:
    """The box (degrees) that the map of the address shows first."""
    if place and place[1]:
        return _around(place[1])
    if about := of_address():
        return _near(about.shape.bounds)
    if seen := request.args.get("vy"):
        return question.parse({"bbox": seen}, g.agreement, g.today).bbox or bounds(g.agreement)
    if asked.bbox:
        return asked.bbox
    if len(asked.areas) == 1:
        return _area_bounds(g.agreement, asked.areas[0])
    return bounds(g.agreement)


def _around(entry: GazetteerEntry) -> Box:
    if entry.kind == "area" and entry.area:
        return _area_bounds(g.agreement, entry.area)
    lines = street_lines(g.agreement, entry)
    return _near(shapely.total_bounds(lines or [shapely.Point(entry.lon, entry.lat)]).tolist())


def _near(box: Box) -> Box:
    x, y = NEAR_DEGREES
    wide, high = box[2] - box[0], box[3] - box[1]
    # What is itself large needs less room around it.
    x, y = max(x - wide / 2, x / 4), max(y - high / 2, y / 4)
    return box[0] - x, box[1] - y, box[2] + x, box[3] + y


@cache
def bounds(agreement: Agreement) -> Box:
    """West, south, east, north of the municipality's land in degrees."""
    return geometry.transform(agreement.land, geometry.METRIC, geometry.DEGREES).bounds


@cache
def all_round(agreement: Agreement) -> Box:
    """A box that holds every position that is taken in, also those a little outside the municipality's land."""
    w, s, e, n = agreement.land.bounds
    wide = box(w - OUTSIDE_METRES, s - OUTSIDE_METRES, e + OUTSIDE_METRES, n + OUTSIDE_METRES)
    return geometry.transform(wide, geometry.METRIC, geometry.DEGREES).bounds


@cache
def _area_bounds(agreement: Agreement, code: str) -> Box:
    return geometry.transform(agreement.areas[code].shape, geometry.METRIC, geometry.DEGREES).bounds
