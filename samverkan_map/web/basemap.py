"""The calm map under everything: which layers it has, how they are painted, or which tiles stand in their place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, g, request, send_file, url_for

from samverkan_map.agreement import features
from samverkan_map.errors import NotFound
from samverkan_map.settings import ROOT, Settings

blueprint = Blueprint("basemap", __name__)

TILES_ADDRESS = "/bakgrund/karta.pmtiles"
STEPS = 100_000
"""Coordinates are sent as whole numbers of this part of a degree, about a metre: the base map is no finer."""

_TOLD = ("name", "kind", "class", "rank", "min_zoom")
"""What the drawing of a feature depends on; nothing else of it is sent."""


@dataclass(frozen=True)
class BaseLayer:
    """One GeoJSON layer of the municipality's folder, drawn from `zoom` on.

    `style` is a Leaflet path style; its `rules` change it by property, `grows` lets widths follow the zoom, `edge`
    draws a casing under a line. `labels` writes names instead of drawing shapes.
    """

    name: str
    style: dict[str, Any] = field(default_factory=dict)
    zoom: float = 0
    labels: dict[str, Any] | None = None

    @property
    def source(self) -> str:
        """The name of its file, which shapes and names may share."""
        return (self.labels or {}).get("from", self.name)


def _fill(colour: str, **more: Any) -> dict[str, Any]:
    return {"stroke": False, "fill": True, "fillColor": colour, "fillOpacity": 1, **more}


def _rule(then: dict[str, Any], **where: str | list[str]) -> dict[str, Any]:
    return {"where": where, "then": then}


_ROAD_EDGES = [
    _rule({"weight": 3.6}, **{"class": "main"}),
    _rule({"weight": 4.8, "color": "#a79f8c"}, **{"class": "motorway"}),
]
_ROAD_RULES = [
    _rule({"weight": 2.4}, **{"class": "main"}),
    _rule({"weight": 3.4, "color": "#fbf3df"}, **{"class": "motorway"}),
]
LAYERS = (
    BaseLayer("ground", {
        "color": "#9dbccb", "weight": 1.2, "fill": True, "fillColor": "#f7f6f2", "fillOpacity": 1,
        "rules": [_rule({"fillColor": "#ecebe6"}, kind="neighbour")],
    }),
    BaseLayer("builtup", _fill("#ebe7de")),
    BaseLayer("greens", _fill("#ddebd0", rules=[
        _rule({"fillColor": "#f3e9cf"}, **{"class": "beach"}),
        _rule({"fillColor": "#e6e9d0"}, **{"class": "heath"}),
        _rule({"fillColor": "#cfe3c0"}, **{"class": "forest"}),
    ])),
    BaseLayer("roads", {
        "color": "#ffffff", "weight": 1.5, "grows": True, "lineCap": "round", "rules": _ROAD_RULES,
        "edge": {"color": "#b9b4a8", "weight": 2.5, "grows": True, "lineCap": "round", "rules": _ROAD_EDGES},
    }),
    BaseLayer("area_borders", {"color": "#8b96a0", "weight": 1.2, "dashArray": "2 5", "fill": False}),
    BaseLayer("boundary", {"color": "#4a5560", "weight": 1.6, "dashArray": "9 6", "fill": False}),
    BaseLayer("stops", zoom=14, labels={"kind": "stop"}),
    BaseLayer("road_names", zoom=15, labels={"kind": "road", "from": "roads", "skip": ["motorway"]}),
    BaseLayer("green_names", zoom=14, labels={"kind": "green", "from": "greens"}),
    BaseLayer("labels", zoom=11, labels={"kind": "place", "classes": {
        "town": "town", "village": "village", "neighbour": "away", "water": "water", "nature": "green",
    }}),
)  # fmt: skip
"""The built-in base map, lowest first."""

SOURCES = tuple(dict.fromkeys(layer.source for layer in LAYERS))
"""The layers of the folder that the base map is drawn from."""


@dataclass(frozen=True)
class Basemap:
    """What lies under the map: `kind` is builtin, pmtiles, xyz or none; the tiles' `address`; who is to be thanked."""

    kind: str
    address: str
    credit: str


def chosen(settings: Settings, own_credit: str) -> Basemap:
    """The base map that the settings ask for; `own_credit` names the sources of the built-in one."""
    kind, _, rest = settings.basemap.partition(":")
    credit = settings.basemap_attribution if kind in ("pmtiles", "xyz") else own_credit
    return Basemap(kind, TILES_ADDRESS if kind == "pmtiles" else rest, credit if kind != "none" else "")


def tiles_file(settings: Settings) -> Path | None:
    """The PMTiles file that the settings name, or None."""
    kind, _, rest = settings.basemap.partition(":")
    if kind != "pmtiles":
        return None
    return Path(rest) if Path(rest).is_absolute() else ROOT / rest


@blueprint.get("/bakgrund/karta.json")
def layers() -> Response:
    """All layers of the built-in base map as one answer, kept for a year under an address with its version."""
    body = orjson.dumps(packed(g.agreement.folder))
    response = Response(body, mimetype="application/json")
    response.set_etag(version(g.agreement.folder))
    response.make_conditional(request)
    return response


@blueprint.get("/bakgrund/karta.pmtiles")
def tiles() -> Response:
    """The PMTiles file that the administrator has chosen as base map; the browser asks for pieces of it."""
    path = tiles_file(current_app.extensions["samverkan"])
    if path is None or not path.exists():
        raise NotFound("access.errors.not_found")
    return send_file(path, mimetype="application/octet-stream", conditional=True)


def address(folder: Path) -> str:
    """The address of the built-in base map, with its content's hash."""
    return url_for("basemap.layers", v=version(folder))


def packed(folder: Path) -> dict[str, list]:
    """The layers of a municipality's folder, each feature as `[what is told of it, type, numbers]`.

    The numbers of a line are whole steps from the point before, east and north in turn, beginning at 0/0; polygons and
    collections are lists of such lines as in GeoJSON.
    """
    return _packed(folder, _changed(folder))


def version(folder: Path) -> str:
    """A word that changes when one of the layers does."""
    return _version(folder, _changed(folder))


def _changed(folder: Path) -> tuple[int, ...]:
    paths = (folder / f"{name}.geojson" for name in SOURCES)
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


@lru_cache(maxsize=8)
def _version(folder: Path, changed: tuple[int, ...]) -> str:
    return hashlib.sha256(orjson.dumps(_packed(folder, changed))).hexdigest()[:12]


@lru_cache(maxsize=8)
def _packed(folder: Path, _changed: tuple[int, ...]) -> dict[str, list]:
    return {name: [_feature(one) for one in features(folder, name)] for name in SOURCES}


def _feature(feature: dict) -> list:
    told = {name: feature["properties"][name] for name in _TOLD if name in feature["properties"]}
    shape = feature["geometry"]
    return [told, shape["type"], _steps(shape["coordinates"])]


def _steps(coordinates: list) -> list:
    """A point or a line as steps, a list of lines as a list of steps.

    >>> _steps([[13.0, 55.5], [13.00002, 55.49999]])
    [1300000, 5550000, 2, -1]
    """
    if not isinstance(coordinates[0], list):
        return [round(value * STEPS) for value in coordinates[:2]]
    if isinstance(coordinates[0][0], list):
        return [_steps(part) for part in coordinates]
    points = [(round(x * STEPS), round(y * STEPS)) for x, y, *_ in coordinates]
    before = [(0, 0), *points]
    return [n for (x, y), (a, b) in zip(points, before, strict=False) for n in (x - a, y - b)]
