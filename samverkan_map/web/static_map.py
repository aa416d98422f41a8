"""The static map of a question: for pages without JavaScript and for paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path

import geopandas
import numpy as np

from samverkan_map import geometry, map_rows
from samverkan_map.agreement import Agreement, features
from samverkan_map.exchange import svg_map
from samverkan_map.exchange.svg_map import Bubbles, DrawnLayer, Frame, Ground, Mark, Names, Symbols
from samverkan_map.map_rows import Cells
from samverkan_map.vocabulary import Layer
from samverkan_map.web.legend import COLOURS
from samverkan_map.web.texts import t

WIDTH, HEIGHT = 960, 720
TILE_PIXELS = 256
NEAREST_ZOOM = 17

_SHAPES = {Layer.PLACES: "drop", Layer.SITES: "square", Layer.MEASURES: "diamond"}
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


def draw(
    agreement: Agreement,
    cells: Cells,
    bounds: map_rows.Box,
    *,
    title: str,
    description: str,
    source: str,
    watermark: str | None,
    small: bool = False,
) -> str:
    """The rows of a question as one SVG: counts per cell for reports, signs for places, sites and measures.

    A `small` one stands beside words that say the rest, so it has no legend.
    """
    frame = Frame.around(
        geopandas.GeoSeries.from_xy([bounds[0], bounds[2]], [bounds[1], bounds[3]], crs=4326).to_crs(3006)
    )
    return svg_map.draw(
        frame,
        [*ground(agreement.folder), *_counts(cells), *_signs(cells), *names(agreement.folder)],
        title=title,
        description=description,
        legend="" if small else t("karta.legend"),
        source_line="" if small else source,
        watermark=watermark,
        width=WIDTH // 2 if small else WIDTH,
        height=HEIGHT // 2 if small else HEIGHT,
    )


def _counts(cells: Cells) -> list[DrawnLayer]:
    found = []
    for feature in cells.features:
        n = sum(count for layer, count in feature["counts"].items() if Layer(layer).kind)
        if n:
            e, north = geometry.to_metric(feature["lon"], feature["lat"])
            found.append((float(e), float(north), n))
    return [Bubbles(t("karta.reports_counted"), "#F4F1EC", found)] if found else []


def _signs(cells: Cells) -> list[DrawnLayer]:
    found: list[DrawnLayer] = []
    for layer, shape in _SHAPES.items():
        marks = [_mark(feature) for feature in cells.features if feature.get("layer") == layer]
        if marks:
            found.append(Symbols(t(f"vocabulary.layer.{layer}"), shape, COLOURS[layer], marks, ink="white"))
    return found


def _mark(feature: dict) -> Mark:
    e, n = geometry.to_metric(feature["lon"], feature["lat"])
    return Mark(float(e), float(n), name=feature.get("title") or "")


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
