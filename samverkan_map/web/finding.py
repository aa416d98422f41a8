"""Finding a place, street or stop by part of its name."""

from __future__ import annotations

from functools import cache

import shapely
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry
from samverkan_map.agreement import Agreement, GazetteerEntry, features

STREET_REACH_DEGREES = 0.03
"""A street of the name is the one meant when it is this close to where the gazetteer has it."""

NEAR_METRES = 150
"""A spot farther from every street than this is near none."""


def matches(agreement: Agreement, text: str) -> list[GazetteerEntry]:
    """The names that hold `text`, those that begin with it first, each once."""
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return []
    holding = [entry for entry in agreement.gazetteer() if wanted in entry.name.casefold()]
    holding.sort(key=lambda entry: _rank(entry, wanted))
    return list({(entry.name, entry.area): entry for entry in reversed(holding)}.values())[::-1]


def _rank(entry: GazetteerEntry, wanted: str) -> tuple[bool, bool, bool, int]:
    name = entry.name.casefold()
    return name != wanted, not name.startswith(wanted), entry.kind != "area", len(name)


def street_lines(agreement: Agreement, entry: GazetteerEntry) -> list[BaseGeometry]:
    """The lines (degrees) of a street on the base map; none for what is no street or is not drawn."""
    if entry.kind != "street":
        return []
    where = Point(entry.lon, entry.lat)
    return [
        line for name, line in _roads(agreement) if name == entry.name and line.distance(where) < STREET_REACH_DEGREES
    ]


@cache
def _roads(agreement: Agreement) -> list[tuple[str, BaseGeometry]]:
    return [(one["properties"].get("name", ""), shape(one["geometry"])) for one in features(agreement.folder, "roads")]


def nearest_street(agreement: Agreement, point: BaseGeometry) -> str:
    """The name of the street nearest to a point (EPSG:3006); "" when none is near."""
    lines = [(name, line.distance(point)) for name, line in _metric_roads(agreement) if name]
    name, metres = min(lines, key=lambda one: one[1], default=("", 0.0))
    return name if metres <= NEAR_METRES else ""


@cache
def _metric_roads(agreement: Agreement) -> list[tuple[str, BaseGeometry]]:
    found = [(name, geometry.transform(line, geometry.DEGREES, geometry.METRIC)) for name, line in _roads(agreement)]
    for _, line in found:
        shapely.prepare(line)
    return found
