"""The entries of a static map's legend: a small picture of each layer that is seen, and its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .svg_canvas import Canvas, defined, hatched, used
from .svg_layers import GROUND, DrawnLayer, Ground, Rings, Stretches, Symbols, Zones
from .svg_rings import ring
from .svg_shapes import INK, OUTLINE, tag


def entries(canvas: Canvas, layer: DrawnLayer) -> list[tuple[str, str]]:
    """Small pictures around 0,0 and their words; none for what is not in the legend."""
    if isinstance(layer, Rings):
        return _ring_entries(layer)
    label = getattr(layer, "label", "")
    if not label:
        return []
    if isinstance(layer, Zones):
        return [(_zone_sample(canvas, layer), label)]
    if not isinstance(layer, Symbols):
        return [(_SAMPLE[type(layer)](layer), label)]
    picture = used(defined(canvas, layer), layer.shape, layer.glyph)
    lift = 12 if layer.shape == "drop" else 0
    place = f"translate(0 {lift}) scale(.8)"
    return [(tag("g", picture, transform=place, fill=INK[layer.ink], font_weight="700", text_anchor="middle"), label)]


def _ring_entries(layer: Rings) -> list[tuple[str, str]]:
    """What a ring is, and the sign of each layer that has something to count."""
    seen = [name for name in layer.looks if any(one.counts.get(name) for one in layer.counts)]
    signs = [
        (tag("g", layer.signs[name], transform="translate(-12 -12) scale(.75)"), layer.looks[name].label)
        for name in seen
    ]
    if not any(sum(one.counts.values()) > 1 for one in layer.counts):
        return signs
    sample = tag("g", ring(dict.fromkeys(seen[:2], 1), layer.looks, 12, "n"), font_weight="700", text_anchor="middle")
    return [*signs, (sample, layer.label)]


def _ground_sample(layer: Ground) -> str:
    return "".join(
        tag("path", d="M-13 0H13", fill="none", stroke=stroke, stroke_width=width, stroke_dasharray=dashes)
        if fill == "none"
        else tag("rect", x=-11, y=-8, width=22, height=16, rx=2, fill=fill, stroke="#B9B4A8")
        for fill, stroke, width, dashes in GROUND[layer.style]
    )


def _stretch_sample(layer: Stretches) -> str:
    return "".join(
        tag("path", d="M-10 0H10", stroke=colour, stroke_width=min(layer.width, 12) + extra, stroke_linecap="round")
        for colour, extra in ((OUTLINE, 4), (layer.colour, 0))
    )


def _zone_sample(canvas: Canvas, layer: Zones) -> str:
    look: dict[str, Any] = {"fill": layer.fill, "fill_opacity": layer.opacity, "stroke": layer.outline}
    if layer.round:
        return tag("circle", r=8, **look)
    box: dict[str, Any] = {"x": -11, "y": -8, "width": 22, "height": 16}
    lines = tag("rect", **box, fill=hatched(canvas, layer.hatch)) if layer.hatch else ""
    return tag("rect", **box, **look) + lines


_SAMPLE: dict[type, Callable[[Any], str]] = {
    Ground: _ground_sample,
    Stretches: _stretch_sample,
}
