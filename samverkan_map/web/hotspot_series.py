"""The whole series as small maps, one for each period, on one scale: for the eye and for paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from flask import Blueprint, Response, g, render_template

from samverkan_map import geometry
from samverkan_map.analysis.grid import square_shapes
from samverkan_map.exchange import svg_map
from samverkan_map.exchange.svg_map import Frame
from samverkan_map.exchange.svg_shapes import path_data
from samverkan_map.hotspots import series
from samverkan_map.hotspots.series import SIZES, STEPS, USUAL_SIZE, Panel, Series
from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, add_months
from samverkan_map.web import hotspot_parts, static_map
from samverkan_map.web.asking import ask
from samverkan_map.web.hotspot_map import OPACITY, OUTLINE, RAMP
from samverkan_map.web.hotspot_parts import speaker
from samverkan_map.web.texts import t

blueprint = Blueprint("hotspot_series", __name__)

OWN = ("cell", "step")
WIDTH, HEIGHT = 320, 240
COLUMNS = ("from", "to", "count", "squares", "most_in_square", "cell_metres")


@dataclass(frozen=True)
class Drawn:
    """One small map: its words, its shapes as (colour, outline of all its squares), and its row of the table."""

    words: str
    title: str
    panel: Panel
    shapes: list[tuple[str, str]]
    squares: int
    most: int


@blueprint.get("/aterkommande/serie")
def page() -> str:
    """The maps, and the same as a table."""
    asked = ask(own=OWN)
    found = _found(asked)
    frame = _frame(asked)
    return render_template(
        "hotspots/series.html",
        question=asked,
        found=found,
        maps=[_drawn(found, panel, frame) for panel in found.panels],
        span=Period(found.panels[0].period.start, found.panels[-1].period.end) if found.panels else None,
        legend=_legend(found),
        steps=list(STEPS),
        sizes=SIZES,
        cell=found.cell_metres,
        usual=USUAL_SIZE,
        width=WIDTH,
        height=HEIGHT,
        outline=OUTLINE,
        opacity=OPACITY,
        most=series.MOST_MAPS,
        earlier=_earlier(found),
        query=asked.as_args(page=None, cell=hotspot_parts.cell(None), step=found.step),
        ground={name: asked.given[name] for name in ("area", "bbox") if asked.given.get(name)},
        asked_period=asked.period,
        **hotspot_parts.choices(found.kinds),
    )


@blueprint.get("/aterkommande/serie.csv")
def csv() -> Response:
    """The periods with their counts as CSV."""
    found = _found(ask(own=OWN))
    rows = [
        {
            "from": panel.period.start, "to": panel.period.end, "count": panel.events, "squares": len(panel.cells),
            "most_in_square": int(panel.counts.max(initial=0)), "cell_metres": found.cell_metres,
        }
        for panel in found.panels
    ]  # fmt: skip
    return hotspot_parts.csv(COLUMNS, rows, "serie.csv")


@blueprint.get("/aterkommande/serie/grund.svg")
def ground() -> Response:
    """The base map that lies under each of the small maps."""
    picture = svg_map.draw(
        _frame(ask()),
        [*static_map.ground(g.agreement.folder)],
        title=t("karta.map_of", municipality=g.agreement.name),
        description=t("karta.map_of", municipality=g.agreement.name),
        scale_bar=False,
        north_arrow=False,
        width=WIDTH,
        height=HEIGHT,
    )
    return Response(picture, mimetype="image/svg+xml")


def _found(asked: Question) -> Series:
    return series.over_time(
        g.session, g.viewer, g.agreement, asked, today=g.today, step=hotspot_parts.one_of("step", list(STEPS)),
        cell_metres=hotspot_parts.cell(USUAL_SIZE) or USUAL_SIZE,
    )  # fmt: skip


def _earlier(found: Series) -> dict[str, str | None]:
    """The months of the maps that there was no room for, as the address asks for them."""
    if not found.left_out:
        return {}
    first, last = found.left_out[0].start, found.left_out[-1].end
    assert first and last
    return {"period": None, "from": f"{first:%Y-%m}", "to": f"{add_months(last, -1):%Y-%m}"}


def _frame(asked: Question) -> Frame:
    """The sub-areas or the box that the question names, or the whole municipality."""
    if asked.bbox:
        shapes = [geometry.transform(shapely.box(*asked.bbox), geometry.DEGREES, geometry.METRIC)]
    else:
        shapes = [g.agreement.areas[code].shape for code in asked.areas] or [g.agreement.land]
    return Frame.around(shapes, margin=0.02).fitted(WIDTH, HEIGHT)


def _drawn(found: Series, panel: Panel, frame: Frame) -> Drawn:
    title = speaker().period(panel.period)
    scale = WIDTH / (frame.east - frame.west)

    def pixels(corners: np.ndarray) -> np.ndarray:
        return (corners - (frame.west, frame.north)) * (scale, -scale)

    steps = np.searchsorted(found.limits, panel.counts, side="right") - 1
    shapes = []
    for step in range(len(found.limits)):
        if len(there := panel.cells[steps == step]):
            squares = shapely.geometrycollections(square_shapes(there, found.grid))
            shapes.append((_colour(found, step), path_data(squares, pixels)))
    words = t("series.map_words", period=title, n=panel.events)
    return Drawn(words, title, panel, shapes, len(panel.cells), int(panel.counts.max(initial=0)))


def _colour(found: Series, step: int) -> str:
    """The ramp, with the darkest for the highest class however many there are."""
    return RAMP[len(RAMP) - len(found.limits) + step]


def _legend(found: Series) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    for step, low in enumerate(found.limits):
        fields: dict[str, Any] = {"low": low}
        if step + 1 == len(found.limits):
            words = t("series.legend_most", **fields)
        elif found.limits[step + 1] - low > 1:
            words = t("series.legend_class", **fields, high=found.limits[step + 1] - 1)
        else:
            words = t("series.legend_one", **fields)
        told.append((_colour(found, step), words))
    return told
