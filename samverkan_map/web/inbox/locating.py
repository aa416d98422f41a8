"""Where a report is about: a name from the list, what was pointed at, or what somebody wrote."""

from __future__ import annotations

import json
from functools import cache

import shapely

from samverkan_map import geometry
from samverkan_map.agreement import Agreement, GazetteerEntry
from samverkan_map.agreement.names import plain
from samverkan_map.errors import BadValue
from samverkan_map.exchange import drawn
from samverkan_map.inbox import Where
from samverkan_map.vocabulary import Precision
from samverkan_map.web import finding
from samverkan_map.web.texts import label, t

SHORT_STREET_METRES = 300
"""The middle of a street no longer than this says well enough where on it something is."""

MOST_MATCHES = 8


def key_of(entry: GazetteerEntry) -> str:
    """A name of the list as a form carries it."""
    return f"{entry.name}|{entry.area or ''}"


@cache
def entries(agreement: Agreement) -> dict[str, GazetteerEntry]:
    """The names of the list by their keys; of a name that means a street and a village the street."""
    order = ("area", "locality", "stop", "street")
    return {key_of(one): one for one in sorted(agreement.gazetteer(), key=lambda one: order.index(one.kind))}


def grouped(agreement: Agreement) -> list[tuple[str, list[tuple[str, str]]]]:
    """The list to choose from: per sub-area its names in alphabetical order, itself first."""
    found = []
    for area in agreement.areas.values():
        mine = [(key, one) for key, one in entries(agreement).items() if one.area == area.code]
        mine.sort(key=lambda pair: (pair[1].kind != "area", plain(pair[1].name)))
        words = [(key, t("inbox.whole_area") if one.kind == "area" else one.name) for key, one in mine]
        found.append((label(area), words))
    return found


def matches(agreement: Agreement, text: str) -> list[GazetteerEntry]:
    """The names that somebody may mean; of an address the street. Only one when it is written in full."""
    words = text.split()
    while words and any(sign.isdigit() for sign in words[-1]):
        words.pop()
    found = [one for one in finding.matches(agreement, " ".join(words)) if entries(agreement).get(key_of(one)) == one]
    whole = [one for one in found if plain(one.name) == plain(" ".join(words))]
    return (whole or found)[:MOST_MATCHES]


@cache
def of_entry(agreement: Agreement, entry: GazetteerEntry) -> Where:
    """Where a name of the list is; a long street or a whole part of the municipality has no position."""
    point = shapely.Point(*map(float, geometry.to_metric(entry.lon, entry.lat)))
    if entry.kind == "stop":
        return Where(point, entry.name, Precision.POINT)
    if entry.kind == "area" or plain(entry.name) in _area_names(agreement):
        return Where(None, entry.name, Precision.AREA)
    if entry.kind == "street" and _length(agreement, entry) > SHORT_STREET_METRES:
        return Where(None, _full_name(agreement, entry), Precision.STREET)
    return Where(point, entry.name, Precision.STREET)


@cache
def _area_names(agreement: Agreement) -> frozenset[str]:
    areas = agreement.areas.values()
    return frozenset(plain(name) for area in areas for name in (*area.names, *area.label.values()))


def _length(agreement: Agreement, entry: GazetteerEntry) -> float:
    lines = finding.street_lines(agreement, entry)
    return sum(geometry.transform(line, geometry.DEGREES, geometry.METRIC).length for line in lines)


def _full_name(agreement: Agreement, entry: GazetteerEntry) -> str:
    """The name of a street, with the sub-area beside it where several have one of that name."""
    twice = sum(one.name == entry.name and one.kind == "street" for one in entries(agreement).values()) > 1
    area = agreement.areas.get(entry.area or "")
    return f"{entry.name}, {area.label['sv']}" if twice and area else entry.name


def of_shape(agreement: Agreement, text: str) -> Where:
    """Where something that was pointed at or drawn is (GeoJSON). Raises BadValue."""
    shape = drawn.shape_of(text, agreement.land)
    if shape.geom_type not in ("Point", "LineString"):
        raise BadValue("inbox.errors.too_large", field="plats")
    middle = shape if shape.geom_type == "Point" else shape.interpolate(0.5, normalized=True)
    precision = Precision.POINT if shape.geom_type == "Point" else Precision.STREET
    return Where(shape, finding.nearest_street(agreement, middle), precision)


def as_text(where: Where) -> str:
    """The shape of a place as a form carries it; "" when it has none."""
    return "" if where.shape is None else json.dumps(geometry.to_geojson(where.shape))


def in_words(agreement: Agreement, where: Where, area: str | None = None) -> str:
    """Where it is, as somebody would say it."""
    middle = where.middle
    if area is None and middle is not None:
        area = agreement.area_of([middle.x], [middle.y])[0]
    name, part = where.place_name, label(agreement.areas[area]) if area in agreement.areas else ""
    if where.shape is None:
        return name if not part or part in name else f"{name}, {part}"
    key = "inbox.along" if where.shape.geom_type == "LineString" else "inbox.near"
    said = t(key, name=name) if name else t("inbox.pointed_at")
    return f"{said}, {part}" if part and part != name else said
