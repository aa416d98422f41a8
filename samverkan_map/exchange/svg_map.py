"""The one static map: for pages without JavaScript, for print and for reports.

Everything is in metres (EPSG:3006) until it is drawn. Shape says what kind of thing a symbol is, its number or letter
which one, and its colour only supports; the legend names the layers that are seen and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import floor, log10, sqrt
from typing import Any
from zlib import crc32

import geopandas
import numpy as np
import shapely

from .svg_furniture import (
    Sheet,
    legend_rows,
    north_arrow_at,
    scale_bar_at,
    watermark_across,
    watermark_in_corner,
)
from .svg_layers import (
    GROUND,
    NAME_STYLES,
    ROADS,
    WATER,
    Bubbles,
    DrawnLayer,
    Frame,
    Ground,
    Mark,
    Names,
    Stretches,
    Symbols,
    Zones,
)
from .svg_shapes import (
    FONT,
    HALO,
    INK,
    OUTLINE,
    SHAPES,
    overlaps,
    path_data,
    symbol,
    tag,
    text_at,
    text_width,
    thousands,
    words,
)

__all__ = ["Bubbles", "DrawnLayer", "Frame", "Ground", "Mark", "Names", "Stretches", "Symbols", "Zones", "draw"]

_SIMPLER_PIXELS = 0.35


@dataclass
class _Canvas:
    """The picture while it is made: what is drawn, what is defined, and which places are taken.

    `ground` lies at the bottom, then come `names` and on top the `marks`.
    """

    frame: Frame
    width: int
    height: int
    prefix: str
    ground: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    defined: list[str] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    @property
    def scale(self) -> float:
        """Pixels per metre."""
        return self.width / (self.frame.east - self.frame.west)

    def to_pixels(self, corners: np.ndarray) -> np.ndarray:
        return (corners - (self.frame.west, self.frame.north)) * (self.scale, -self.scale)

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.frame.west) * self.scale, (self.frame.north - y) * self.scale

    def shows(self, x: float, y: float) -> bool:
        return self.frame.west <= x <= self.frame.east and self.frame.south <= y <= self.frame.north

    def take(self, x: float, y: float, half_wide: float, half_high: float) -> None:
        """Keep names away from here."""
        self.taken.append((x - half_wide, y - half_high, x + half_wide, y + half_high))


def draw(
    frame: Frame,
    layers: Sequence[DrawnLayer],
    *,
    title: str,
    description: str,
    legend: str = "",
    scale_bar: bool = True,
    north_arrow: bool = True,
    source_line: str = "",
    watermark: str | None = None,
    width: int = 960,
    height: int = 600,
) -> str:
    """The map as one SVG text, `width` pixels wide; the map itself is `height` high and the legend stands below it.

    `legend` is the heading of the legend ("Teckenförklaring"); without it there is none. `title` and `description` are
    read by screen readers and must say what the picture shows.
    """
    frame = frame.fitted(width, height)
    canvas = _Canvas(frame, width, height, prefix=f"map{crc32(repr((frame, title)).encode()):08x}")
    canvas.taken += [(0, height - 44, 190, height), (width - 48, 0, width, 60)]
    in_order = sorted(range(len(layers)), key=lambda place: _ORDER[type(layers[place])])
    seen = {place for place in in_order if _DRAW[type(layers[place])](canvas, layers[place])}
    entries = [entry for place in sorted(seen) if legend and (entry := _legend_entry(canvas, layers[place]))]
    below, total = legend_rows(Sheet(width, height, legend, entries, source_line))
    around = [
        scale_bar_at(14, height - 20, canvas.scale, width) if scale_bar else "",
        north_arrow_at(width - 26, 34) if north_arrow else "",
        watermark_in_corner(watermark) if watermark else "",
    ]
    across = watermark_across(watermark, width, height) if watermark else ""
    water = tag("rect", width=width, height=height, fill=WATER)
    picture = "".join([water, *canvas.ground, across, *canvas.names, *canvas.marks, *around])
    inside = [
        tag("title", words(title), id=f"{canvas.prefix}-title"),
        tag("desc", words(description), id=f"{canvas.prefix}-desc"),
        tag("defs", "".join(canvas.defined)) if canvas.defined else "",
        tag("rect", width=width, height=total, fill="#FFFFFF"),
        tag("svg", picture, width=width, height=height, viewBox=f"0 0 {width} {height}", overflow="hidden"),
        tag("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, fill="none", stroke="#B9B4A8"),
        below,
    ]
    return _root("".join(inside), width, total, canvas.prefix)


def bubble_radius(n: int) -> float:
    """The radius in pixels of a count: its area grows with n, between what holds the digits and what hides the map.

    >>> bubble_radius(1), bubble_radius(100), bubble_radius(100000)
    (11.0, 21.0, 34.0)
    """
    digits = 7.0 + 4.0 * (floor(log10(max(n, 1))) + 1)
    return round(min(max(11.0, digits, 1.0 + 2.0 * sqrt(n)), 34.0), 1)


def _root(inside: str, width: int, height: int, prefix: str) -> str:
    return tag(
        "svg",
        inside,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{prefix}-title {prefix}-desc",
        font_family=FONT,
        font_size=13,
    )


def _group(place: list[str], pieces: list[str], **attributes: object) -> bool:
    """Put some elements in a group last in `place`; False when there are none."""
    inside = "".join(pieces)
    if inside:
        place.append(tag("g", inside, **attributes))
    return bool(inside)


def _draw_ground(canvas: _Canvas, layer: Ground) -> bool:
    shapes = _in_frame(canvas, layer.shapes)
    paths = [tag("path", d=path) for shape in shapes if (path := path_data(shape, canvas.to_pixels))]
    wider = _road_scale(canvas) if layer.style in ROADS else 1.0
    for fill, stroke, stroke_width, dashes in GROUND[layer.style]:
        _group(
            canvas.ground,
            paths,
            fill=fill,
            fill_rule="evenodd",
            stroke=None if stroke == "none" else stroke,
            stroke_width=stroke_width * wider or None,
            stroke_dasharray=dashes,
            stroke_linejoin="round",
            stroke_linecap=None if dashes else "round",
        )
    return bool(paths)


def _road_scale(canvas: _Canvas) -> float:
    """How much wider than in the overview of a municipality (about 30 metres per pixel) roads are drawn here."""
    return min(max((30 * canvas.scale) ** 0.4, 0.7), 3.0)


def _in_frame(canvas: _Canvas, shapes: geopandas.GeoDataFrame | Sequence[shapely.Geometry]) -> geopandas.GeoSeries:
    """What of some shapes is seen, no finer than the pixels. Cut a little outside, so that no cut edge is drawn."""
    series = shapes.geometry if isinstance(shapes, geopandas.GeoDataFrame) else geopandas.GeoSeries(list(shapes))
    frame, edge = canvas.frame, 20 / canvas.scale
    simpler = series.simplify(_SIMPLER_PIXELS / canvas.scale)
    seen = simpler.clip_by_rect(frame.west - edge, frame.south - edge, frame.east + edge, frame.north + edge)
    return seen[~(seen.is_empty | seen.isna())]


def _draw_names(canvas: _Canvas, layer: Names) -> bool:
    size, colour, weight, spacing = NAME_STYLES[layer.style]
    written = []
    for x, y, name in layer.names:
        if canvas.shows(x, y):
            place = _free_place(canvas, *canvas.pixel(x, y), name, size * (1.1 if spacing else 1.0))
            written += [text_at(*place, name)] if place else []
    at_sea = layer.style == "sea"
    return _group(
        canvas.names,
        written,
        fill=colour,
        font_size=size,
        font_weight=weight,
        letter_spacing=spacing,
        font_style="italic" if at_sea else None,
        text_anchor="middle",
        stroke=WATER if at_sea else HALO,
        stroke_width=3,
        stroke_linejoin="round",
        paint_order="stroke",
    )


def _free_place(canvas: _Canvas, x: float, y: float, name: str, size: float) -> tuple[float, float] | None:
    """Where a name can stand at or near a pixel without touching anything, or None."""
    half, tall = text_width(name, size) / 2 + 3, size * 0.7
    for over, down in ((0, 0), (0, -20), (0, 20), (half + 14, 0), (-half - 14, 0), (0, -32), (0, 32)):
        box = (x + over - half, y + down - tall, x + over + half, y + down + tall)
        inside = box[0] > 4 and box[1] > 4 and box[2] < canvas.width - 4 and box[3] < canvas.height - 4
        if inside and not overlaps(box, canvas.taken):
            canvas.taken.append(box)
            return x + over, y + down
    return None


def _draw_symbols(canvas: _Canvas, layer: Symbols) -> bool:
    marks = [mark for mark in layer.marks if canvas.shows(mark.x, mark.y)]
    if not marks:
        return False
    identifier = _defined(canvas, layer)
    written = []
    for mark in marks:
        x, y = canvas.pixel(mark.x, mark.y)
        left, top, right, bottom = SHAPES[layer.shape].reach
        canvas.taken.append((x + left, y + top, x + right, y + bottom))
        name = tag("title", words(mark.name)) if mark.name else ""
        inside = name + _symbol(identifier, layer.shape, mark.text or layer.glyph)
        written.append(tag("g", inside, transform=f"translate({x:.1f} {y:.1f})"))
    return _group(canvas.marks, written, fill=INK[layer.ink], font_weight="700", text_anchor="middle")


def _defined(canvas: _Canvas, layer: Symbols) -> str:
    """The name under which a layer's symbol is defined; layers that look alike share it."""
    identifier = f"{canvas.prefix}-{layer.shape}-{layer.fill.strip('#')}"
    definition = symbol(identifier, layer.shape, layer.fill)
    if definition not in canvas.defined:
        canvas.defined.append(definition)
    return identifier


def _symbol(identifier: str, shape: str, text: str) -> str:
    x, y = SHAPES[shape].text_at
    number = text_at(x, y, text, font_size=12 if len(text) < 3 else 9) if text else ""
    return tag("use", href=f"#{identifier}") + number


def _draw_bubbles(canvas: _Canvas, layer: Bubbles) -> bool:
    written = []
    for x_metres, y_metres, n in sorted(layer.counts, key=lambda count: -count[2]):
        if n > 0 and canvas.shows(x_metres, y_metres):
            x, y = canvas.pixel(x_metres, y_metres)
            radius = bubble_radius(n)
            canvas.take(x, y, radius, radius)
            written += [
                tag("circle", cx=x, cy=y, r=radius, stroke=HALO, stroke_width=4),
                tag("circle", cx=x, cy=y, r=radius, stroke=OUTLINE, stroke_width=2),
                text_at(x, y, thousands(n), fill=INK[layer.ink]),
            ]
    return _group(canvas.marks, written, fill=layer.fill, font_size=12, font_weight="700", text_anchor="middle")


def _draw_stretches(canvas: _Canvas, layer: Stretches) -> bool:
    seen = _in_frame(canvas, [line for line, _ in layer.lines])
    data = "".join(path_data(line, canvas.to_pixels) for line in seen)
    path = [tag("path", d=data)] if data else []
    for colour, extra in ((HALO, 6.0), (OUTLINE, 4.0), (layer.colour, 0.0)):
        _group(
            canvas.ground,
            path,
            fill="none",
            stroke=colour,
            stroke_width=layer.width + extra,
            stroke_linecap="round",
            stroke_linejoin="round",
        )
    for line in seen:
        for x, y in canvas.to_pixels(shapely.get_coordinates(shapely.segmentize(line, 12 / canvas.scale))):
            canvas.take(x, y, 8, 8)
    for line, rank in layer.lines:
        _draw_rank(canvas, shapely.line_interpolate_point(line, 0.5, normalized=True), rank)
    return bool(path)


def _draw_zones(canvas: _Canvas, layer: Zones) -> bool:
    seen = _in_frame(canvas, [area for area, _ in layer.areas])
    for area, rank in layer.areas:
        _draw_rank(canvas, area.representative_point(), rank)
    return _group(
        canvas.ground,
        [tag("path", d=path_data(area, canvas.to_pixels)) for area in seen],
        fill=layer.fill,
        fill_opacity=layer.opacity,
        fill_rule="evenodd",
        stroke=layer.outline,
        stroke_width=1.5,
    )


def _draw_rank(canvas: _Canvas, point: shapely.Point, rank: str) -> None:
    if not rank or point.is_empty or not canvas.shows(point.x, point.y):
        return
    x, y = canvas.pixel(point.x, point.y)
    half = max(text_width(rank, 13) / 2 + 6, 11)
    canvas.take(x, y, half, 11)
    pill: dict[str, Any] = {"x": x - half, "y": y - 10, "width": 2 * half, "height": 20, "rx": 10}
    canvas.marks.append(tag("rect", **pill, fill=HALO, stroke=OUTLINE, stroke_width=1.5))
    canvas.marks.append(text_at(x, y, rank, fill=OUTLINE, font_weight="700", text_anchor="middle"))


def _legend_entry(canvas: _Canvas, layer: DrawnLayer) -> tuple[str, str] | None:
    """A small picture around 0,0 and its words; None for what is not in the legend."""
    label = getattr(layer, "label", "")
    if not label:
        return None
    if not isinstance(layer, Symbols):
        return _SAMPLE[type(layer)](layer), label
    picture = _symbol(_defined(canvas, layer), layer.shape, layer.glyph)
    lift = 12 if layer.shape == "drop" else 0
    place = f"translate(0 {lift}) scale(.8)"
    return tag("g", picture, transform=place, fill=INK[layer.ink], font_weight="700", text_anchor="middle"), label


def _ground_sample(layer: Ground) -> str:
    return "".join(
        tag("path", d="M-13 0H13", fill="none", stroke=stroke, stroke_width=width, stroke_dasharray=dashes)
        if fill == "none"
        else tag("rect", x=-11, y=-8, width=22, height=16, rx=2, fill=fill, stroke="#B9B4A8")
        for fill, stroke, width, dashes in GROUND[layer.style]
    )


def _bubble_sample(layer: Bubbles) -> str:
    circle = tag("circle", r=10, fill=layer.fill, stroke=OUTLINE, stroke_width=2)
    return circle + text_at(0, 0, "n", fill=INK[layer.ink], font_size=11, font_weight="700", text_anchor="middle")


def _stretch_sample(layer: Stretches) -> str:
    return "".join(
        tag("path", d="M-10 0H10", stroke=colour, stroke_width=6 + extra, stroke_linecap="round")
        for colour, extra in ((OUTLINE, 4), (layer.colour, 0))
    )


def _zone_sample(layer: Zones) -> str:
    look: dict[str, Any] = {"fill": layer.fill, "fill_opacity": layer.opacity, "stroke": layer.outline}
    return tag("rect", x=-11, y=-8, width=22, height=16, **look)


_SAMPLE: dict[type, Callable[[Any], str]] = {
    Ground: _ground_sample,
    Bubbles: _bubble_sample,
    Stretches: _stretch_sample,
    Zones: _zone_sample,
}
_DRAW: dict[type, Callable[[_Canvas, Any], bool]] = {
    Ground: _draw_ground,
    Names: _draw_names,
    Symbols: _draw_symbols,
    Bubbles: _draw_bubbles,
    Stretches: _draw_stretches,
    Zones: _draw_zones,
}
# Names come last because they give way to everything else, although they are drawn below the marks.
_ORDER = {Ground: 0, Zones: 1, Stretches: 2, Bubbles: 3, Symbols: 4, Names: 5}
