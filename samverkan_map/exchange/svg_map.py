"""The one static map: for pages without JavaScript, for print and for reports.

Everything is in metres (EPSG:3006) until it is drawn. Shape says what kind of thing a symbol is, its number or letter
which one, and its colour only supports; the legend names the layers that are seen and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from zlib import crc32

import geopandas
import shapely

from .svg_canvas import Canvas, defined, hatched, used
from .svg_furniture import (
    Sheet,
    legend_rows,
    north_arrow_at,
    scale_bar_at,
    watermark_across,
    watermark_in_corner,
)
from .svg_grouping import FAMILIES, Part, grouped
from .svg_layers import (
    GROUND,
    NAME_STYLES,
    ROADS,
    WATER,
    Counted,
    DrawnLayer,
    Frame,
    Ground,
    Look,
    Mark,
    Names,
    Rings,
    Spoken,
    Stretches,
    Symbols,
    Zones,
)
from .svg_legend import entries as legend_entries
from .svg_rings import drawn_disc, reach
from .svg_shapes import (
    FONT,
    HALO,
    INK,
    OUTLINE,
    SHAPES,
    overlaps,
    path_data,
    tag,
    text_at,
    text_width,
    words,
)

__all__ = [
    "Counted", "DrawnLayer", "Frame", "Ground", "Look", "Mark", "Names", "Rings", "Spoken", "Stretches", "Symbols",
    "Zones", "draw",
]  # fmt: skip

_SIMPLER_PIXELS = 0.35
_BESIDE = ((0, 0), (0, -22), (0, 22), (24, 0), (-24, 0), (24, -22), (-24, 22), (24, 22), (-24, -22))


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
    canvas = Canvas(frame, width, height, prefix=f"map{crc32(repr((frame, title)).encode()):08x}")
    canvas.taken += [(0, height - 44, 190, height), (width - 48, 0, width, 60)]
    in_order = sorted(range(len(layers)), key=lambda place: _ORDER[type(layers[place])])
    seen = {place for place in in_order if _DRAW[type(layers[place])](canvas, layers[place])}
    entries = [entry for place in sorted(seen) if legend for entry in legend_entries(canvas, layers[place])]
    below, total = legend_rows(Sheet(width, height, legend, entries, source_line))
    around = [
        scale_bar_at(14, height - 20, canvas.scale, width) if scale_bar else "",
        north_arrow_at(width - 26, 34) if north_arrow else "",
        watermark_in_corner(watermark) if watermark else "",
    ]
    across = watermark_across(watermark, width, height) if watermark else ""
    water = tag("rect", width=width, height=height, fill=WATER)
    picture = "".join([water, *canvas.ground, across, *canvas.names, *canvas.marks, *canvas.above, *around])
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


def _draw_ground(canvas: Canvas, layer: Ground) -> bool:
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


def _road_scale(canvas: Canvas) -> float:
    """How much wider than in the overview of a municipality (about 30 metres per pixel) roads are drawn here."""
    return min(max((30 * canvas.scale) ** 0.4, 0.7), 3.0)


def _in_frame(canvas: Canvas, shapes: geopandas.GeoDataFrame | Sequence[shapely.Geometry]) -> geopandas.GeoSeries:
    """What of some shapes is seen, no finer than the pixels. Cut a little outside, so that no cut edge is drawn."""
    series = shapes.geometry if isinstance(shapes, geopandas.GeoDataFrame) else geopandas.GeoSeries(list(shapes))
    frame, edge = canvas.frame, 20 / canvas.scale
    simpler = series.simplify(_SIMPLER_PIXELS / canvas.scale)
    seen = simpler.clip_by_rect(frame.west - edge, frame.south - edge, frame.east + edge, frame.north + edge)
    return seen[~(seen.is_empty | seen.isna())]


def _draw_names(canvas: Canvas, layer: Names) -> bool:
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


def _free_place(canvas: Canvas, x: float, y: float, name: str, size: float) -> tuple[float, float] | None:
    """Where a name can stand at or near a pixel without touching anything, or None."""
    half, tall = text_width(name, size) / 2 + 3, size * 0.7
    for over, down in _tries(half):
        box = (x + over - half, y + down - tall, x + over + half, y + down + tall)
        inside = box[0] > 4 and box[1] > 4 and box[2] < canvas.width - 4 and box[3] < canvas.height - 4
        if inside and not overlaps(box, canvas.taken):
            canvas.taken.append(box)
            return x + over, y + down
    return None


def _tries(half: float) -> Iterator[tuple[float, float]]:
    """How far from its place a name may stand: there, or so close beside it that it is read with it."""
    yield 0, 0
    for away in range(20, 53, 8):
        yield from ((0, -away), (0, away), (half + away - 7, 0), (7 - half - away, 0))


def _draw_symbols(canvas: Canvas, layer: Symbols) -> bool:
    marks = [mark for mark in layer.marks if canvas.shows(mark.x, mark.y)]
    if not marks:
        return False
    identifier = defined(canvas, layer)
    written = []
    for mark in marks:
        x, y = canvas.pixel(mark.x, mark.y)
        left, top, right, bottom = SHAPES[layer.shape].reach
        canvas.taken.append((x + left, y + top, x + right, y + bottom))
        name = tag("title", words(mark.name)) if mark.name else ""
        inside = name + used(identifier, layer.shape, mark.text or layer.glyph)
        written.append(tag("g", inside, transform=f"translate({x:.1f} {y:.1f})"))
    return _group(canvas.marks, written, fill=INK[layer.ink], font_weight="700", text_anchor="middle")


def _draw_rings(canvas: Canvas, layer: Rings) -> bool:
    seen = [(one, canvas.pixel(one.x, one.y)) for one in layer.counts if canvas.shows(one.x, one.y)]
    discs = grouped([found for one, at in seen for found in _parts(one, at)], canvas.spoken)
    canvas.taken += [reach(disc) for disc in discs]
    # Rings first, so that what stands at their edge lies above.
    written = [drawn_disc(disc, layer.looks, layer.signs) for disc in sorted(discs, key=lambda disc: not disc.main)]
    veil = 0.5 if layer.muted else None
    return _group(canvas.marks, written, font_weight="700", text_anchor="middle", opacity=veil)


def _parts(one: Counted, at: tuple[float, float]) -> Iterator[tuple[int, Part]]:
    for place, family in enumerate(FAMILIES):
        if counts := {layer: one.counts[layer] for layer in family if one.counts.get(layer)}:
            yield place, Part(counts, *at, one.sign, one.name)


def _draw_spoken(canvas: Canvas, layer: Spoken) -> bool:
    seen = _in_frame(canvas, [layer.shape])
    drawn = "".join(tag("path", d=path_data(one, canvas.to_pixels)) for one in seen if one.geom_type != "Point")
    fill = "#FFDD00" if any("Polygon" in one.geom_type for one in seen) else "none"
    for stroke, width in ((HALO, 10), (OUTLINE, 5), ("#FFDD00", 2)):
        look: dict[str, Any] = {
            "fill": fill if width == 5 else "none",
            "fill_opacity": 0.25,
            "stroke_linejoin": "round",
        }
        _group(canvas.ground, [drawn], stroke=stroke, stroke_width=width, stroke_linecap="round", **look)
    middle = _middle(layer.shape)
    x, y = canvas.pixel(middle.x, middle.y)
    canvas.take(x, y, 24, 24)
    canvas.spoken.append((x, y, 24.0))
    halo = tag("circle", cx=x, cy=y, r=23, fill=HALO, stroke="#FFDD00", stroke_width=3)
    halo += tag("circle", cx=x, cy=y, r=25, fill="none", stroke=OUTLINE, stroke_width=2)
    sign = tag("g", layer.sign, transform=f"translate({x - 18:.1f} {y - 18:.1f}) scale(1.125)")
    canvas.above.append(tag("g", tag("title", words(layer.name)) + halo + sign))
    canvas.above.append(_spoken_name(canvas, x, y, layer.name))
    return True


def _spoken_name(canvas: Canvas, x: float, y: float, name: str) -> str:
    """The name above its sign, moved so that it stays inside the picture."""
    half = text_width(name, 14) / 2
    x = min(max(x, half + 8), canvas.width - half - 8)
    y = y - 38 if y > 60 else y + 38
    canvas.take(x, y, half, 10)
    canvas.spoken += [(x + over * half, y, 12.0) for over in (-0.7, 0, 0.7)]
    look = {"fill": OUTLINE, "stroke": HALO, "stroke_width": 4, "stroke_linejoin": "round", "paint_order": "stroke"}
    return text_at(x, y, name, font_size=14, font_weight="700", text_anchor="middle", **look)


def _middle(shape: shapely.Geometry) -> shapely.Point:
    """Where the sign of a shape stands: on a line in its middle, in an area inside it."""
    if shape.geom_type == "LineString":
        return shapely.line_interpolate_point(shape, 0.5, normalized=True)
    return shape.representative_point()


def _draw_stretches(canvas: Canvas, layer: Stretches) -> bool:
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
            stroke_linecap="butt" if layer.joined else "round",
            stroke_linejoin="round",
        )
    for line in seen:
        for x, y in canvas.to_pixels(shapely.get_coordinates(shapely.segmentize(line, 12 / canvas.scale))):
            canvas.take(x, y, 8, 8)
    for line, rank in layer.lines:
        _draw_rank(
            canvas,
            shapely.line_interpolate_point(line, (0.5, 0.25, 0.75, 0.05, 0.95), normalized=True),
            rank,
            layer.rank_size,
        )
    return bool(path)


def _draw_zones(canvas: Canvas, layer: Zones) -> bool:
    seen = _in_frame(canvas, [area for area, _ in layer.areas])
    for area, rank in layer.areas:
        _draw_rank(canvas, [area.representative_point()], rank, layer.rank_size, layer.pill, layer.ink)
    paths = [tag("path", d=path_data(area, canvas.to_pixels)) for area in seen]
    look: dict[str, Any] = {"fill_rule": "evenodd", "stroke": layer.outline, "stroke_width": layer.edge}
    there = _group(canvas.ground, paths, fill=layer.fill, fill_opacity=layer.opacity, **look)
    if there and layer.hatch:
        _group(canvas.ground, paths, fill=hatched(canvas, layer.hatch), fill_rule="evenodd")
    return there


def _draw_rank(
    canvas: Canvas, points: Iterable[shapely.Point], rank: str, size: float = 13.0, fill: str = HALO, ink: str = OUTLINE
) -> None:  # fmt: skip
    """The rank at the first of the points, or beside it, where no other rank stands; then where it hides least."""
    seen = [canvas.pixel(one.x, one.y) for one in points if not one.is_empty and canvas.shows(one.x, one.y)]
    if not rank or not seen:
        return
    tall = round(0.8 * size)
    half = max(text_width(rank, size) / 2 + 0.46 * size, tall + 1)
    tries = [(x + over, y + down) for over, down in _BESIDE for x, y in seen]
    boxes = [(x - half, y - tall - 1, x + half, y + tall + 1) for x, y in tries]
    free = next((at for at, box in enumerate(boxes) if not overlaps(box, canvas.ranks)), 0)
    x, y = tries[free]
    canvas.ranks.append(boxes[free])
    canvas.take(x, y, half, tall + 1)
    pill: dict[str, Any] = {"x": x - half, "y": y - tall, "width": 2 * half, "height": 2 * tall, "rx": tall}
    canvas.marks.append(tag("rect", **pill, fill=fill, stroke=OUTLINE, stroke_width=1.5))
    larger = None if size == 13.0 else size
    canvas.marks.append(text_at(x, y, rank, fill=ink, font_size=larger, font_weight="700", text_anchor="middle"))


_DRAW: dict[type, Callable[[Canvas, Any], bool]] = {
    Ground: _draw_ground,
    Names: _draw_names,
    Symbols: _draw_symbols,
    Rings: _draw_rings,
    Spoken: _draw_spoken,
    Stretches: _draw_stretches,
    Zones: _draw_zones,
}
# Names come last because they give way to everything else, although they are drawn below the marks.
_ORDER = {Ground: 0, Zones: 1, Stretches: 2, Spoken: 3, Rings: 4, Symbols: 5, Names: 6}
