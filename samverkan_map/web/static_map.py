"""The static map of a question: for pages without JavaScript and for paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from samverkan_map import geometry, map_rows
from samverkan_map.agreement import Agreement, features
from samverkan_map.exchange import svg_map
from samverkan_map.exchange.svg_map import Counted, Frame, Ground, Look, Names, Rings, Spoken
from samverkan_map.vocabulary import Layer
from samverkan_map.web.folium_map import Hit
from samverkan_map.web.joined import STATIC
from samverkan_map.web.legend import COLOURS
from samverkan_map.web.subject import Subject
from samverkan_map.web.texts import t

WIDTH, HEIGHT = 960, 720
TILE_PIXELS = 256
NEAREST_ZOOM = 17

_TARGET = '<circle cx="16" cy="16" r="8" fill="#0B4FA0" stroke="#FFFFFF" stroke-width="3"/>'
_EDGE_SIGNS = {
    Layer.ACCIDENT: ('<circle r="10"/>', "#FFFFFF"),
    Layer.STRENGTH: (
        '<path d="M0 10.5C-5.5 6-11.2 3-11.2-3-11.2-10.5-3.9-11 0-4.8 3.9-11 11.2-10.5 11.2-3 11.2 3 5.5 6 0 10.5Z"/>',
        "#101820",
    ),
}
"""The signs with a number that accidents and what is safe have at the edge of a ring of others."""

_GROUND = (
    ("ground", "kind", {"municipality": "land", "neighbour": "land_beyond"}),
    ("builtup", "class", {"builtup": "builtup"}),
    ("greens", "class", {"park": "green", "forest": "green", "heath": "green"}),
    ("roads", "class", {"street": "road", "main": "main_road", "motorway": "motorway"}),
)


@dataclass(frozen=True)
class Seen:
    """The box (degrees) that a picture shows with some room around it, and the zoom level it is like."""

    box: map_rows.Box
    zoom: int


def seen(bounds: map_rows.Box) -> Seen:
    """What a picture of `bounds` shows.

    >>> seen((12.8, 55.35, 13.2, 55.53)).zoom
    11
    """
    west, south, east, north = bounds
    # A degree of latitude is about 1.76 times as high as a degree of longitude is wide here.
    wide = max(east - west, (north - south) * 1.76 * WIDTH / HEIGHT)
    zoom = int(log2(360 * WIDTH / (TILE_PIXELS * wide)))
    box = (west - wide / 2, south - wide / 2, east + wide / 2, north + wide / 2)
    return Seen(box, min(zoom, NEAREST_ZOOM))


@dataclass(frozen=True)
class Words:
    """What is written in and under a picture."""

    title: str
    description: str
    source: str
    watermark: str | None


def draw(
    agreement: Agreement,
    features: list[dict[str, Any]],
    bounds: map_rows.Box,
    words: Words,
    *,
    about: Subject | None = None,
    hit: Hit | None = None,
    small: bool = False,
) -> str:
    """The rows of a question as one SVG, and what it is `about` in a thick outline with everything else behind a veil.

    `features` are what the living map draws, with `counts`, `lon` and `lat`. A `small` picture stands beside words that
    say the rest, so it has no legend.
    """
    frame = Frame.around(
        geopandas.GeoSeries.from_xy([bounds[0], bounds[2]], [bounds[1], bounds[3]], crs=4326).to_crs(3006),
        least=0.0 if small else 100.0,
    )
    others = [one for one in features if about is None or f"{one.get('layer')}.{one.get('id')}" != about.key]
    return svg_map.draw(
        frame,
        [*ground(agreement.folder), *_spoken(about, hit), _counted(others, muted=small), *names(agreement.folder)],
        title=words.title,
        description=words.description,
        legend="" if small else t("karta.legend"),
        source_line="" if small else words.source,
        watermark=words.watermark,
        width=WIDTH // 2 if small else WIDTH,
        height=HEIGHT // 2 if small else HEIGHT,
    )


def _counted(features: list[dict[str, Any]], *, muted: bool) -> Rings:
    looks = {
        layer.value: Look(t(f"vocabulary.layer.{layer}"), colour, *_EDGE_SIGNS.get(layer, ()))
        for layer, colour in COLOURS.items()
    }
    counts = []
    for one in features:
        e, n = geometry.to_metric(one["lon"], one["lat"])
        counts.append(Counted(float(e), float(n), one["counts"], one.get("symbol", ""), one.get("title") or ""))
    return Rings(t("karta.reports_counted"), looks, signs(), counts, muted)


def _spoken(about: Subject | None, hit: Hit | None) -> list[Spoken]:
    found = []
    if about:
        shape = geometry.transform(about.shape, geometry.DEGREES, geometry.METRIC)
        found.append(Spoken(about.name, shape, signs()[about.symbol]))
    if hit:
        lines = [shapely.LineString(line) for line in hit.lines]
        where = shapely.union_all(lines) if lines else shapely.Point(hit.at[1], hit.at[0])
        shape = geometry.transform(where, geometry.DEGREES, geometry.METRIC)
        found.append(Spoken(hit.name, shape, _TARGET))
    return found


@cache
def signs() -> Mapping[str, str]:
    """The inside of each map symbol, 32 units wide, by its name."""
    text = (STATIC / "img/symbols.svg").read_text(encoding="utf-8")
    return dict(re.findall(r'<symbol id="([\w-]+)" viewBox="0 0 32 32">(.*?)</symbol>', text))


@cache
def ground(folder: Path) -> tuple[Ground, ...]:
    """The base map of a municipality's folder in metres, lowest first."""
    layers = []
    for name, key, styles in _GROUND:
        frame = _metric(folder, name)
        if name == "ground" and not frame.empty:
            layers.append(Ground("shore", frame))
        for value, style in styles.items():
            if not frame.empty and not (chosen := frame[frame[key] == value]).empty:
                layers.append(Ground(style, chosen))
    for name, style in (("area_borders", "area"), ("boundary", "border")):
        if not (frame := _metric(folder, name)).empty:
            layers.append(Ground(style, frame.boundary if style == "border" else frame))
    return tuple(layers)


@cache
def names(folder: Path) -> tuple[Names, ...]:
    """The names of the base map in metres, the most important first."""
    frame = _metric(folder, "labels")
    if frame.empty:
        return ()
    frame = frame.sort_values("rank")
    styles = (("town", "town"), ("water", "sea"), ("village", "village"))
    return tuple(
        Names(style, [(point.x, point.y, name) for point, name in zip(chosen.geometry, chosen["name"], strict=True)])
        for kind, style in styles
        if not (chosen := frame[frame["kind"] == kind]).empty
    )


def _metric(folder: Path, name: str) -> geopandas.GeoDataFrame:
    found = features(folder, name)
    if not found:
        return geopandas.GeoDataFrame({"geometry": np.empty(0, object)}, crs=3006)
    frame = geopandas.GeoDataFrame.from_features(found, crs=4326).to_crs(3006)
    areas_and_lines = ~frame.geometry.geom_type.isin(["Point"])
    return frame if name == "labels" else frame[areas_and_lines]
