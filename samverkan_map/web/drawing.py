"""A form that draws on the map: the map itself, and the other ways to say where. Places and measures have one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import shapely
from flask import g
from shapely.geometry.base import BaseGeometry

from samverkan_map import geometry, traffic
from samverkan_map.errors import BadValue
from samverkan_map.exchange import drawn
from samverkan_map.map_rows import Box
from samverkan_map.question import Question
from samverkan_map.web import karta
from samverkan_map.web.finding import matches
from samverkan_map.web.forms import Compared, Given, Sent
from samverkan_map.web.texts import t

RADII = (25, 50, 100, 200)
CURVE = 8


@dataclass(frozen=True)
class Where:
    """A sound shape (EPSG:3006), the stretch it is, and what was done to it to make it sound."""

    shape: BaseGeometry
    stretch_id: int | None
    note: str


def read(sent: Sent) -> Where:
    """Where the place is: what was drawn, otherwise the stretch, otherwise the name or numbers.

    Raises FaultyForm, naming all that is wrong with the form so far.
    """
    pasted, spot = sent.text("geometry", most=drawn.LONGEST), sent.text("spot", most=200)
    stretch = sent.choice("stretch_id", [str(one.id) for one in traffic.find(g.session, g.viewer)])
    radius = sent.choice("radius", map(str, RADII))
    if not (pasted or spot or stretch):
        sent.fault("geometry", "places.need_where")
    found = None
    if not sent.faults.keys() & {"geometry", "spot", "stretch_id", "radius"}:
        try:
            found = _where(pasted, stretch, spot, radius)
        except BadValue as refusal:
            sent.refused(refusal)
    sent.done()
    assert found
    return found


def _where(pasted: str, stretch: str, spot: str, radius: str) -> Where:
    if pasted:
        repaired = geometry.repair(drawn.shape_of(pasted, g.agreement.land))
        return Where(repaired.geometry, None, (repaired.note or "").removeprefix("geometry."))
    if stretch:
        return Where(traffic.shape_of(traffic.get(g.session, g.viewer, int(stretch))), int(stretch), "")
    point = _spot(spot)
    return Where(point.buffer(int(radius), quad_segs=CURVE) if radius else point, None, "")


def _spot(text: str) -> BaseGeometry:
    """The point that typed numbers or a name mean. Raises BadValue."""
    try:
        found = drawn.point_of(text, g.agreement.land)
    except BadValue as refusal:
        raise BadValue(refusal.key, **(refusal.fields | {"field": "spot"})) from refusal
    if found is not None:
        return found
    named = [entry for entry in matches(g.agreement, text) if entry.kind != "area"]
    if not named:
        raise BadValue("places.unknown_spot", field="spot", value=text[:40])
    e, n = geometry.to_metric(named[0].lon, named[0].lat)
    return shapely.Point(float(e), float(n))


def as_text(shape: BaseGeometry | None) -> str:
    """A shape as the form's field holds it."""
    return "" if shape is None else json.dumps(geometry.to_geojson(shape))


def compared(shape: BaseGeometry | None) -> Compared:
    """The stored shape for the conflict page, in words that tell one drawing from another."""
    text = as_text(shape)
    return Compared("geometry", t("places.where"), [text] if text else [], _in_words)


def _in_words(text: str) -> str:
    """A drawn shape in words: what it is and how many corners, with the text itself to copy."""
    try:
        found = drawn.shape_of(text, g.agreement.land)
    except BadValue:
        return text
    corners = int(shapely.get_num_coordinates(found)) - (found.geom_type == "Polygon")
    return t("places.drawn_words", kind=t(f"places.drawn_kind_{shapely.get_dimensions(found)}"), n=corners, text=text)


def standing(given: Given) -> BaseGeometry | None:
    """The shape that stands in the form, right or wrong, so that the map shows where it lies; None when it is none."""
    try:
        return drawn.shape_of(given.one("geometry"), g.agreement.land)
    except BadValue:
        return None


def bounds_of(shape: BaseGeometry | None) -> Box | None:
    """What the map shows so that a shape is seen with its surroundings."""
    if shape is None:
        return None
    return geometry.transform(shape.buffer(150), geometry.METRIC, geometry.DEGREES).bounds


def context(seen: Box | None) -> dict[str, Any]:
    """The map to draw on, first showing `seen`, and the other ways to say where."""
    stretches = [(one.id, one.name) for one in traffic.find(g.session, g.viewer)]
    return bare_context(seen) | {
        "stretches": stretches,
        "radii": [(metres, t("places.radius_metres", n=metres)) for metres in RADII],
    }


def bare_context(seen: Box | None) -> dict[str, Any]:
    """The map to draw on alone."""
    view = {"vy": ",".join(f"{side:.5f}" for side in seen)} if seen else {}
    return {"parts": karta.composed(Question()), "map_query": view, "basemap": karta.base()}
