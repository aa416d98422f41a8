"""The map of recurring problems: each place outlined and numbered, coloured by how many times an even spread."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from flask import g

from samverkan_map.exchange import svg_map
from samverkan_map.exchange.svg_map import DrawnLayer, Frame, Zones
from samverkan_map.hotspots import Hotspots, Spot
from samverkan_map.web import static_map
from samverkan_map.web.asking import watermark
from samverkan_map.web.texts import t

WIDTH, HEIGHT = 960, 720
MARGIN = 0.04
RAMP = ("#FDE3C8", "#F6B48A", "#E2725B", "#AF2D5A", "#5C0F4A")
"""Light to dark; neighbours differ little, so the outline and the number say what and which."""
OUTLINE, OPACITY = "#3D0731", 0.8
TIMES = (3, 6, 12, 24)
"""From so many times an even spread on the next colour begins."""


def draw(found: Hotspots, title: str) -> str:
    """The picture as SVG text."""
    shapes = [spot.shape for spot in found.spots] or [g.agreement.land]
    zones: list[DrawnLayer] = [
        Zones(label(number), RAMP[number], _areas(found, number), OUTLINE, OPACITY)
        for number in range(len(RAMP))
        if _areas(found, number)
    ]
    around = [*shapes, g.agreement.land] if len(shapes) > 1 else shapes
    return picture(around, zones, title, margin=MARGIN if found.spots else 0)


def picture(
    around: Sequence[shapely.Geometry], layers: Sequence[DrawnLayer], title: str, margin: float, *,
    size: tuple[int, int] = (WIDTH, HEIGHT), about: str = "",
) -> str:  # fmt: skip
    """SVG text of layers on the base map, with the frame around some shapes and a share of room outside them.

    `about` is said before whose base map it is, such as the period and the sources.
    """
    return svg_map.draw(
        Frame.around(around, margin=margin),
        [*static_map.ground(g.agreement.folder), *layers, *static_map.names(g.agreement.folder)],
        title=title,
        description=title,
        legend=t("karta.legend"),
        source_line=f"{about} {g.agreement.credit}".strip(),
        watermark=watermark(),
        width=size[0],
        height=size[1],
    )


def step(spot: Spot) -> int:
    """Which colour of the ramp a spot has."""
    return sum(spot.events >= times * spot.expected for times in TIMES)


def _areas(found: Hotspots, number: int) -> list[tuple[shapely.Geometry, str]]:
    return [(spot.shape, str(spot.number)) for spot in found.spots if step(spot) == number]


def label(number: int) -> str:
    """What a colour of the ramp means."""
    if number == 0:
        return t("hotspots.legend_least", most=TIMES[0])
    if number == len(TIMES):
        return t("hotspots.legend_most", least=TIMES[-1])
    return t("hotspots.legend_times", least=TIMES[number - 1], most=TIMES[number])
