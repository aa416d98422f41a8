"""The living map of the list: the same rows as the picture, in the same widths, numbered and to be chosen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import shapely
from flask import Response, g, request, url_for

from samverkan_map import geometry
from samverkan_map.web import basemap, folium_map, karta, subject
from samverkan_map.web.folium_map import Bounds, MapParts, View
from samverkan_map.web.texts import asset, t
from samverkan_map.web.traffic import drawn
from samverkan_map.web.traffic.blueprint import blueprint
from samverkan_map.web.traffic.listing import Listed, listed

ROOM = 0.06
"""So much room, of the width and height, is left around the stretches."""


def context(found: Listed) -> dict[str, Any]:
    """What the page needs to show the map: the map itself, the address of its script, base map and legend."""
    return {
        "parts": composed(found),
        "map_query": _query(found),
        "basemap": karta.base(),
        "background": basemap.address(g.agreement.folder),
        "legend": drawn.legend(found.shown),
    }


@blueprint.get("/trafik/karta.js")
def map_script() -> Response:
    """The script of the map, under its own address so that no page holds inline script."""
    called = "const samverkan = mapModule;\n"
    return Response(called + composed(listed()).script, mimetype="text/javascript")


def composed(found: Listed) -> MapParts:
    """The map of the rows that the page shows."""
    addresses = {
        "stretches": f"{url_for('traffic.geojson')}?{urlencode(_query(found))}",
        "sprite": asset("img/symbols.svg"),
        "background": basemap.address(g.agreement.folder),
    }
    widths = tuple((low, width) for _, low, width in drawn.legend(found.shown))
    drawing = (
        ("colour", drawn.LINE), ("none", drawn.NONE), ("widths", widths), ("numbered", drawn.NUMBERED),
        ("words", (("one", t("traffic.map_chosen")), ("open", t("traffic.map_open")))),
    )  # fmt: skip
    return folium_map.stretches(_view(found), tuple(addresses.items()), drawing)


def _query(found: Listed) -> dict[str, Any]:
    compare = {"compare": request.args["compare"]} if request.args.get("compare") else {}
    return found.asked.as_args() | compare


def _view(found: Listed) -> View:
    return View(
        bounds=_bounds(found),
        whole=subject.bounds(g.agreement),
        language=g.language,
        names=(("region", t("traffic.map_title")), ("nowhere", t("karta.no_position"))),
        basemap=karta.base(),
    )


def _bounds(found: Listed) -> Bounds:
    """The box around the rows of the page in degrees; the municipality without rows."""
    roads = found.ranking.roads
    lines = [roads.lines[roads.at[row.road.id]] for row in found.shown]
    if not lines:
        return subject.bounds(g.agreement)
    shape = geometry.transform(shapely.MultiLineString(lines), geometry.METRIC, geometry.DEGREES)
    west, south, east, north = shape.bounds
    wide, high = (east - west) * ROOM + 0.002, (north - south) * ROOM + 0.001
    return west - wide, south - high, east + wide, north + high
