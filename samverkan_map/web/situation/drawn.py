"""The pictures of figures in numbers that a template can draw, and the map of squares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from flask import g

from samverkan_map.analysis.grid import grid_from, square_shapes
from samverkan_map.exchange.svg_map import DrawnLayer, Zones
from samverkan_map.situation import Figure, Row, Speaker, Squares
from samverkan_map.web import charts, hotspot_comparison, hotspot_map
from samverkan_map.web.hotspot_map import MARGIN, OUTLINE, picture
from samverkan_map.web.texts import t

MOST_BARS = 12
BAR_WIDTH = 360
SHADES = 5


@dataclass(frozen=True)
class NamedBar:
    """A lying bar: its name, its number as it is told, what it is held against (None: nothing), and how far each
    reaches."""

    name: str
    told: str
    count: float
    before: float | None
    reach: float
    reach_before: float


@dataclass(frozen=True)
class Months:
    """Upright bars, one a month; those before `first_now` belong to the period that is compared with."""

    bars: charts.Bars
    first_now: int


def named_bars(say: Speaker, figure: Figure) -> list[NamedBar]:
    """The first rows of a table as bars: its counts held against those before, or what the picture names."""
    held = figure.picture or {}
    label, value = held["label"], held.get("value", "count")
    against = held.get("against", "before") if "value" not in held or "against" in held else ""
    column, wanted = held.get("only", ("", None))
    rows = [row for row in figure.rows if not column or row[column] == wanted][:MOST_BARS]
    most = max([1, *(max(row[value], row.get(against) or 0) for row in rows)])
    return [
        NamedBar(
            say.cell(row, label), say.cell(row, value), row[value], row.get(against),
            round(BAR_WIDTH * row[value] / most, 1), round(BAR_WIDTH * (row.get(against) or 0) / most, 1),
        )
        for row in rows
    ]  # fmt: skip


def bar_names(say: Speaker, figure: Figure) -> tuple[str, str]:
    """What a bar and the one that it is held against are called."""
    held = figure.picture or {}
    if "against" in held:
        return say.column(held["value"]), say.column(held["against"])
    return t("situation.bar_now"), t("situation.bar_before")


def months(drawn: Mapping[str, Any]) -> Months:
    """A bar for each month from the first to the last, also those without a report."""
    first, last = min(drawn["months"]), max(drawn["months"])
    span = np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)
    named = [str(month) for month in span]
    names = [name[:4] if name.endswith("-01") or at == 0 else "" for at, name in enumerate(named)]
    if len(names) > 1 and names[0] and any(names[1:3]):
        names[0] = ""
    bars = charts.bars([drawn["months"].get(name, 0) for name in named], names)
    return Months(bars, sum(name < drawn["start"][:7] for name in named))


def week(drawn: Mapping[str, Any], rows: Sequence[Row]) -> list[list[tuple[int, int | None]]]:
    """Count and shade (None: none) of each part of the week, by weekday."""
    most = max(max(line) for line in drawn["rates"]) or 1
    return [
        [
            (count, int((SHADES - 0.001) * rate / most) if rate else None)
            for count, rate in zip(row["parts"], rates, strict=True)
        ]
        for row, rates in zip(rows, drawn["rates"], strict=True)
    ]


def squares_map(figure: Figure, title: str) -> str:
    """The recurring places of a figure as a map, numbered, darker the more there is beside an even spread."""
    return picture([g.agreement.land], squares_layers(figure), title, margin=MARGIN)


def squares_layers(figure: Figure) -> list[DrawnLayer]:
    """The recurring places of a figure as layers of a map; none when there is no place."""
    zones: dict[int, list[tuple[shapely.Geometry, str]]] = {}
    for row, shape in spots(figure):
        zones.setdefault(step(row), []).append((shape, str(row["number"])))
    return [
        Zones(hotspot_map.label(at), hotspot_map.RAMP[at], areas, OUTLINE, hotspot_map.OPACITY)
        for at, areas in sorted(zones.items())
    ]


def spots(figure: Figure) -> Iterator[tuple[Row, shapely.Geometry]]:
    """The recurring places of a figure, each with its shape in EPSG:3006; none when there is no place."""
    if not figure.picture:
        return
    held = figure.picture["grid"]
    grid = grid_from(held["west"], held["south"], held["cell"], held["columns"], held["rows"])
    for row in figure.rows:
        shape = shapely.union_all(square_shapes(figure.picture["spots"][str(row["number"])], grid))
        yield row, shapely.simplify(shape, 0)


def step(row: Row) -> int:
    """Which colour of the ramp, and so which class, a recurring place has."""
    return sum(row["count"] >= times * row["expected"] for times in hotspot_map.TIMES)


def difference_map(squares: Squares, title: str, words: Mapping[int, str]) -> str:
    """Squares with more or fewer reports than before, those that are about the same in the middle colour."""
    layers: list[DrawnLayer] = []
    if squares.few:
        layers.append(hotspot_comparison.too_few(squares.few, t("situation.compare_few")))
    for step in hotspot_comparison.RAMP:
        areas = [shape for shape, found, _ in squares.judged if found == step]
        if areas:
            layers.append(hotspot_comparison.of_step(step, areas, words[step], hotspot_comparison.SURE))
    sure = [(shape, "") for shape, _, is_sure in squares.judged if is_sure]
    if sure:
        layers.append(Zones(t("comparing.legend_sure"), "none", sure, hotspot_comparison.HEAVY, 1))
    return picture([g.agreement.land], layers, title, margin=MARGIN)
