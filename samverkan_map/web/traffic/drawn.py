"""The static map of the list: the width of a line is the count, the number on it the place."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import shapely
from flask import g

from samverkan_map.exchange import svg_map
from samverkan_map.exchange.svg_map import DrawnLayer, Frame, Stretches
from samverkan_map.traffic import Ranking, Row
from samverkan_map.web import static_map
from samverkan_map.web.asking import watermark
from samverkan_map.web.texts import t

WIDTH, HEIGHT = 520, 560
LINE, NONE = "#7DB8FF", "#FFFFFF"
WIDTHS = (3.0, 6.0, 10.0, 15.0)
NUMBERED = 12
"""So many of the first have their number on the map; more would hide each other."""


def classes(most: int) -> list[tuple[int, int]]:
    """At most four equally wide classes of counts from one up.

    >>> classes(40), classes(2)
    ([(1, 10), (11, 20), (21, 30), (31, 40)], [(1, 1), (2, 2)])
    """
    step = max(1, ceil(most / len(WIDTHS)))
    return [(low, min(low + step - 1, most)) for low in range(1, most + 1, step)]


def legend(rows: Sequence[Row]) -> list[tuple[str, int, float]]:
    """The classes of counts among some rows: in words, from how many, and how wide; first those with none."""
    found = [(t("traffic.map_none"), 0, 2.0)]
    for width, (low, high) in zip(WIDTHS, classes(max([row.complaints for row in rows] or [0])), strict=False):
        words = t("traffic.map_one", n=low) if low == high else t("traffic.map_class", low=low, high=high)
        found.append((words, low, width))
    return found


def draw(ranking: Ranking, rows: Sequence[Row], *, plain: bool = False) -> str:
    """The rows as a picture; `plain` numbers them in their order and tells no counts, for a letter."""
    lines = {row.road.id: ranking.roads.lines[ranking.roads.at[row.road.id]] for row in rows}
    layers = _plain(rows, lines) if plain else _counted(rows, lines)
    title = t("traffic.map_plain" if plain else "traffic.map_title")
    shapes = list(lines.values()) or [g.agreement.land]
    return svg_map.draw(
        Frame.around(shapes, margin=0.08),
        [*static_map.ground(g.agreement.folder), *layers, *static_map.names(g.agreement.folder)],
        title=title,
        description=t("traffic.map_words", names=", ".join(row.road.name for row in rows[:NUMBERED])),
        legend=t("karta.legend"),
        source_line=g.agreement.credit,
        watermark=watermark(),
        width=WIDTH,
        height=HEIGHT,
    )


def _counted(rows: Sequence[Row], lines: dict[int, shapely.LineString]) -> list[DrawnLayer]:
    numbered = {row.road.id: str(row.place) for row in rows[:NUMBERED] if row.place and row.complaints}
    classes_of = legend(rows)
    found: list[DrawnLayer] = []
    for at, (words, low, width) in enumerate(classes_of):
        above = classes_of[at + 1][1] if at + 1 < len(classes_of) else None
        inside = [
            (lines[row.road.id], numbered.get(row.road.id, ""))
            for row in rows
            if low <= row.complaints and (above is None or row.complaints < above)
        ]
        found.append(Stretches(words, LINE if low else NONE, inside, width))
    return found


def _plain(rows: Sequence[Row], lines: dict[int, shapely.LineString]) -> list[DrawnLayer]:
    return [Stretches(t("traffic.map_yours"), LINE, [(lines[row.road.id], str(n)) for n, row in enumerate(rows, 1)])]
