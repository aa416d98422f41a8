"""The calm map under everything: which layers it has, how they are painted, or which tiles stand in their place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from samverkan_map.settings import ROOT, Settings

TILES_ADDRESS = "/bakgrund/karta.pmtiles"


@dataclass(frozen=True)
class BaseLayer:
    """One GeoJSON layer of the municipality's folder, drawn from `zoom` on; a higher `order` lies above.

    `style` is a Leaflet path style; its `rules` change it by property, `grows` lets widths follow the zoom, `edge`
    draws a casing under a line. `labels` writes names instead of drawing shapes.
    """

    name: str
    order: int
    style: dict[str, Any] = field(default_factory=dict)
    zoom: float = 0
    labels: dict[str, Any] | None = None


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
    BaseLayer("ground", 1, {
        "color": "#9dbccb", "weight": 1.2, "fill": True, "fillColor": "#f7f6f2", "fillOpacity": 1,
        "rules": [_rule({"fillColor": "#ecebe6"}, kind="neighbour")],
    }),
    BaseLayer("builtup", 2, _fill("#ebe7de")),
    BaseLayer("greens", 3, _fill("#ddebd0", rules=[
        _rule({"fillColor": "#f3e9cf"}, **{"class": "beach"}),
        _rule({"fillColor": "#e6e9d0"}, **{"class": "heath"}),
        _rule({"fillColor": "#cfe3c0"}, **{"class": "forest"}),
    ])),
    BaseLayer("roads", 4, {
        "color": "#ffffff", "weight": 1.5, "grows": True, "lineCap": "round", "rules": _ROAD_RULES,
        "edge": {"color": "#b9b4a8", "weight": 2.5, "grows": True, "lineCap": "round", "rules": _ROAD_EDGES},
    }),
    BaseLayer("area_borders", 5, {"color": "#8b96a0", "weight": 1.2, "dashArray": "2 5", "fill": False}),
    BaseLayer("boundary", 6, {"color": "#4a5560", "weight": 1.6, "dashArray": "9 6", "fill": False}),
    BaseLayer("stops", 7, zoom=14, labels={"kind": "stop"}),
    BaseLayer("road_names", 8, zoom=15, labels={"kind": "road", "from": "roads", "skip": ["motorway"]}),
    BaseLayer("green_names", 9, zoom=14, labels={"kind": "green", "from": "greens"}),
    BaseLayer("labels", 10, zoom=11, labels={"kind": "place", "classes": {
        "town": "town", "village": "village", "neighbour": "away", "water": "water", "nature": "green",
    }}),
)  # fmt: skip
"""The built-in base map, lowest first."""

FILES = frozenset((layer.labels or {}).get("from", layer.name) for layer in LAYERS)
"""The names under which `/bakgrund/<name>.geojson` answers."""


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


def version(folder: Path, name: str) -> str:
    """A word that changes when the layer's file does, for addresses that may be kept for a year."""
    path = folder / f"{name}.geojson"
    return _hash(path, path.stat().st_mtime_ns) if path.exists() else "0"


@cache
def _hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
