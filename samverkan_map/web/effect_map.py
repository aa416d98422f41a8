"""The map of a follow-up: the places of the measure, the ring around them, and what else goes on there."""

from __future__ import annotations

from typing import Any

import shapely
from flask import g

from samverkan_map import effects
from samverkan_map.errors import StepNotAllowed
from samverkan_map.exchange import svg_map
from samverkan_map.exchange.svg_map import DrawnLayer, Frame, Mark, Symbols, Zones
from samverkan_map.web import static_map
from samverkan_map.web.asking import watermark
from samverkan_map.web.texts import t

WIDTH, HEIGHT = 720, 440
PLACE, RING, OTHER = "#14735F", "#F2B56B", "#101820"


def draw(plan: Any) -> str:
    """The picture as SVG text. Where nothing can be computed yet it shows where it would be counted."""
    try:
        drawn = effects.zones_of(g.session, g.viewer, g.agreement, plan)
    except StepNotAllowed:
        drawn = effects.zones_of(g.session, g.viewer, g.agreement, plan, others=False)
    whole = shapely.union_all([*drawn.treated, *drawn.ring])
    layers: list[DrawnLayer] = [*static_map.ground(g.agreement.folder)]
    if drawn.ring:
        key = "effects.legend_ring_cut" if drawn.ring_cut else "effects.legend_ring"
        layers.append(Zones(t(key, metres=plan.ring_metres), RING, _areas(drawn.ring), "#6B4300", 0.5))
    layers.append(Zones(t("effects.legend_place"), PLACE, _areas(drawn.treated), "#101820", 0.75))
    if drawn.foreign:
        middles = [shape.representative_point() for shape in drawn.foreign]
        marks = [Mark(point.x, point.y) for point in middles]
        layers.append(Symbols(t("effects.legend_other"), "diamond", OTHER, marks, ink="white"))
    return svg_map.draw(
        Frame.around([whole], margin=0.25),
        [*layers, *static_map.names(g.agreement.folder)],
        title=t("effects.ring_map", metres=plan.ring_metres),
        description=t("effects.ring_map", metres=plan.ring_metres),
        legend=t("karta.legend"),
        source_line=g.agreement.credit,
        watermark=watermark(),
        width=WIDTH,
        height=HEIGHT,
    )


def _areas(shapes: list[shapely.Geometry]) -> list[tuple[shapely.Geometry, str]]:
    return [(shape, "") for shape in shapes if not shape.is_empty]
