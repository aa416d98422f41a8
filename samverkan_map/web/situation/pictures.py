"""The pictures of figures for paper: maps with legend, scale, north, period and sources, and charts without colour.

Each says in words what it shows, for whoever does not see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from flask import g
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from samverkan_map.exchange import svg_charts
from samverkan_map.exchange.pdf import PrintedPicture
from samverkan_map.exchange.svg_charts import SHADES, Bar, Key
from samverkan_map.exchange.svg_map import DrawnLayer, Zones
from samverkan_map.exchange.svg_shapes import OUTLINE
from samverkan_map.situation import Figure
from samverkan_map.vocabulary import Phase
from samverkan_map.web.hotspot_map import MARGIN, picture
from samverkan_map.web.situation import drawn
from samverkan_map.web.situation.reading import Shown
from samverkan_map.web.texts import t

SIZE = (660, 470)
MAP_WIDTH = 92
"""How much of the width of a paper a map takes, per cent: so that it and its table have room on one page."""
AREA_RAMP = ("#F1F5FA", "#C3D3E6", "#8FAED0", "#5A83B0")
AREA_EDGE = "#101820"
POINT_METRES, POINT_FILL = 150, "#5A83B0"
PHASE_FILLS = {
    Phase.SCANNING: ("#FFFFFF", OUTLINE), Phase.ANALYSIS: ("#D9C2EA", OUTLINE), Phase.RESPONSE: ("#8E55BC", "#FFFFFF"),
    Phase.ASSESSMENT: ("#3F0766", "#FFFFFF"),
}  # fmt: skip
"""The colour of places, darker the further they have come, and that of a number on it."""
MOST_TOLD = 12


def picture_of(it: Shown, figure: Figure, width: int | None = None) -> PrintedPicture | None:
    """A figure as a picture, perhaps so wide (per cent); None for a table alone and for a figure without data."""
    made = _KINDS.get((figure.picture or {}).get("kind", ""))
    if made is None or figure.empty or not figure.rows:
        return None
    found = made(it, figure)
    return replace(found, width=width) if width else found


def name_of(figure: Figure) -> str:
    """The name of a figure's picture in files and addresses."""
    return figure.key.replace(".", "-")


def _map(it: Shown, figure: Figure, layers: list[DrawnLayer], words: str) -> PrintedPicture:
    about = t("papers.map_about", period=it.period("now"), sources=it.sources(figure))
    title = t("papers.map_title", title=it.title(figure))
    svg = picture([g.agreement.land], layers, title, margin=MARGIN, size=SIZE, about=about)
    return PrintedPicture(name_of(figure), svg, f"{title}. {words}", MAP_WIDTH)


def _squares(it: Shown, figure: Figure) -> PrintedPicture:
    named = [f"{row['number']} {it.say.cell(row, 'spot')}" for row in figure.rows]
    return _map(it, figure, drawn.squares_layers(figure), t("papers.map_numbered", places="; ".join(named)))


def _points(it: Shown, figure: Figure) -> PrintedPicture:
    """Where things are, with their numbers; those at the same place share a sign."""
    held: Mapping[str, Any] = figure.picture or {}
    of = held.get("of", "measures")
    words = t(f"papers.map_points_{of}", n=len(held["at"]))
    if "by" not in held:
        signs = Zones(t(f"papers.legend_{of}"), POINT_FILL, _numbered(held["at"]), AREA_EDGE, 1)
        return _map(it, figure, [signs], words)
    phases = {row["number"]: row[held["by"]] for row in figure.rows}
    layers: list[DrawnLayer] = []
    for phase, (fill, ink) in PHASE_FILLS.items():
        areas = _numbered([one for one in held["at"] if phases[one[0]] == phase])
        if areas:
            layers.append(Zones(it.say.column(phase), fill, areas, AREA_EDGE, 1, pill=fill, ink=ink))
    return _map(it, figure, layers, words)


def _numbered(at: Iterable[tuple[int, int, int]]) -> list[tuple[BaseGeometry, str]]:
    together: dict[tuple[int, int], list[str]] = {}
    for number, e, n in at:
        together.setdefault((e, n), []).append(str(number))
    return [(Point(where).buffer(POINT_METRES), ", ".join(numbers)) for where, numbers in together.items()]


def _bars(it: Shown, figure: Figure) -> PrintedPicture:
    held: Mapping[str, Any] = figure.picture or {}
    label = held["label"]
    return _areas(it, figure) if label == "area" and "value" not in held else _lying(it, figure)


def _lying(it: Shown, figure: Figure) -> PrintedPicture:
    made = drawn.named_bars(it.say, figure)
    bars = [Bar(one.name, one.count, one.before, one.told) for one in made]
    svg = svg_charts.lying_bars(bars, Key(*drawn.bar_names(it.say, figure)), title=it.title(figure))
    told = [
        t("papers.row", name=one.name, count=one.told)
        if one.before is None
        else t("papers.row_before", name=one.name, count=one.told, before=it.say.fmt.number(one.before))
        for one in made
    ]
    return PrintedPicture(name_of(figure), svg, t("papers.chart", title=it.title(figure), rows="; ".join(told)), 100)


def _key() -> Key:
    return Key(t("situation.bar_now"), t("situation.bar_before"))


def _words(it: Shown, figure: Figure, label: str) -> str:
    """What the largest rows say, as somebody would read them out."""
    told = [
        t("papers.row_before", name=it.say.cell(row, label), count=row["count"], before=row["before"])
        if row.get("before") is not None
        else t("papers.row", name=it.say.cell(row, label), count=row["count"])
        for row in list(figure.rows)[:MOST_TOLD]
    ]
    return t("papers.chart", title=it.title(figure), rows="; ".join(told))


def _areas(it: Shown, figure: Figure) -> PrintedPicture:
    """The sub-areas, darker the more there is, each with its number; what has no sub-area stands in the table alone."""
    known = {row["area"]: row["count"] for row in figure.rows if row["area"] in g.agreement.areas}
    most = max([1, *known.values()])
    edges = sorted({round(most * part) for part in (0.25, 0.5, 0.75, 1)})
    layers: list[DrawnLayer] = []
    low = 0
    for shade, high in enumerate(edges):
        areas = [
            (one.shape, str(known.get(code, 0)))
            for code, one in g.agreement.areas.items()
            if low <= known.get(code, 0) <= high
        ]
        if areas:
            name = t("papers.legend_area", low=low, high=high) if low < high else t("papers.legend_one", n=high)
            layers.append(Zones(name, AREA_RAMP[shade], areas, AREA_EDGE, 0.75))
        low = high + 1
    return _map(it, figure, layers, _words(it, figure, "area"))


def _months(it: Shown, figure: Figure) -> PrintedPicture:
    held: Mapping[str, Any] = figure.picture or {}
    first, last = min(held["months"]), max(held["months"])
    span = [str(one) for one in np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1)]
    values = [held["months"].get(name, 0) for name in span]
    names = [name[:4] if name.endswith("-01") else "" for name in span]
    before = sum(name < held["start"][:7] for name in span)
    svg = svg_charts.by_month(values, names, before, _key(), title=it.title(figure))
    mine = list(zip(span, values, strict=True))[before:] or list(zip(span, values, strict=True))
    high, low = max(mine, key=lambda one: one[1]), min(mine, key=lambda one: one[1])
    words = t("papers.months", title=it.title(figure), high=high[1], when=high[0], low=low[1], then=low[0])
    return PrintedPicture(name_of(figure), svg, words)


def _week(it: Shown, figure: Figure) -> PrintedPicture:
    held: Mapping[str, Any] = figure.picture or {}
    most = max(max(line) for line in held["rates"]) or 1
    rows = []
    for row, rates in zip(figure.rows, held["rates"], strict=True):
        shades = [1 + int((len(SHADES) - 1.001) * rate / most) if rate else 0 for rate in rates]
        rows.append((it.say.cell(row, "weekday")[:3], list(zip(row["parts"], shades, strict=True))))
    svg = svg_charts.week(rows, held["hours"], title=it.title(figure))
    return PrintedPicture(name_of(figure), svg, t("papers.week", title=it.title(figure)))


def _fields(it: Shown, figure: Figure) -> PrintedPicture:
    """A field for each row and each of the named columns, darker the more it is between `least` and `most`."""
    held: Mapping[str, Any] = figure.picture or {}
    names = held["columns"]
    most = max([held["most"], *(row[name] or 0 for row in figure.rows for name in names)])
    rows, told = [], []
    for row in figure.rows:
        row_name = it.say.cell(row, held["label"])
        parts = [it.say.cell(row, name) for name in names]
        shades = [_shade(row[name], held["least"], most) for name in names]
        rows.append((row_name, list(zip(parts, shades, strict=True))))
        each = (t("papers.row", name=it.say.column(name), count=part) for name, part in zip(names, parts, strict=True))
        told.append(f"{row_name}: {', '.join(each)}")
    svg = svg_charts.fields([it.say.column(name) for name in names], rows, title=it.title(figure))
    return PrintedPicture(name_of(figure), svg, t("papers.chart", title=it.title(figure), rows="; ".join(told)), 100)


def _shade(value: float | None, least: float, most: float) -> int:
    """How dark a field is: nothing at all is white, `most` the darkest.

    >>> [_shade(value, 0, 4) for value in (None, 0, 1, 4)], [_shade(value, 1, 5) for value in (1, 3, 5)]
    ([0, 0, 2, 5], [1, 3, 5])
    """
    if not value:
        return 0
    return 1 + int((len(SHADES) - 1.001) * (value - least) / (most - least))


_KINDS = {
    "squares": _squares, "points": _points, "bars": _bars, "months": _months, "week": _week, "fields": _fields,
}  # fmt: skip
