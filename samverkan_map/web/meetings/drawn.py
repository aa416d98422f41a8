"""The map of meeting mode: three classes, thick lines, and the number of the one stretch that is spoken of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from flask import g

from samverkan_map.exchange import svg_map
from samverkan_map.exchange.svg_map import DrawnLayer, Frame, Stretches
from samverkan_map.traffic import Ranking, Row
from samverkan_map.web import static_map
from samverkan_map.web.asking import watermark
from samverkan_map.web.texts import t
from samverkan_map.web.traffic.words import PUBLIC_LEAST

WIDTH, HEIGHT = 380, 350
"""Small on purpose: the page shows it larger, with lines that are seen from afar. Its legend is the page's."""

COLOURS = ("#FDE3C8", "#E2725B", "#5C0F4A")
AROUND_METRES = 500.0
LINE, SPOKEN_LINE, NUMBER = 5.0, 10.0, 22.0


def classes(most: int) -> list[tuple[int, int]]:
    """Three classes of counts at most; the first holds all that are too few to be told apart outside.

    >>> classes(25), classes(6), classes(3)
    ([(0, 4), (5, 15), (16, 25)], [(0, 4), (5, 6)], [(0, 4)])
    """
    middle = (PUBLIC_LEAST + most) // 2
    found = [(0, PUBLIC_LEAST - 1)]
    if most > middle > PUBLIC_LEAST:
        return [*found, (PUBLIC_LEAST, middle), (middle + 1, most)]
    return [*found, (PUBLIC_LEAST, most)] if most >= PUBLIC_LEAST else found


def draw(ranking: Ranking, rows: Sequence[Row], at: int) -> str:
    """The surroundings of the row `at` with its number, and the other rows of the list in their classes."""
    row = rows[at]
    own = _line(ranking, row)
    frame = Frame.around([own], margin=0.25, least=AROUND_METRES).fitted(WIDTH, HEIGHT)
    seen = _seen(ranking, rows, frame)
    found = classes(max(one.complaints for one in rows))
    layers: list[DrawnLayer] = []
    for colour, (low, high) in zip(COLOURS, found, strict=False):
        lines = [(_line(ranking, one), "") for one in seen if low <= one.complaints <= high and one is not row]
        layers.append(Stretches("", colour, lines, LINE))
    colour = next(colour for colour, (low, high) in zip(COLOURS, found, strict=False) if low <= row.complaints <= high)
    layers.append(Stretches("", colour, [(own, str(at + 1))], SPOKEN_LINE, NUMBER))
    return svg_map.draw(
        frame,
        [*static_map.ground(g.agreement.folder), *layers, *static_map.names(g.agreement.folder)],
        title=t("meetings.map_title", name=row.road.name),
        description=t("meetings.map_words", n=at + 1, name=row.road.name),
        watermark=watermark(),
        width=WIDTH,
        height=HEIGHT,
    )


def legend(rows: Sequence[Row]) -> list[str]:
    """The classes in words, the lowest first."""
    return [_class_words(low, high) for low, high in classes(max(row.complaints for row in rows))]


def _class_words(low: int, high: int) -> str:
    if not low:
        return t("meetings.few", n=high + 1)
    return t("traffic.map_one", n=low) if low == high else t("traffic.map_class", low=low, high=high)


def _line(ranking: Ranking, row: Row) -> shapely.LineString:
    return ranking.roads.lines[ranking.roads.at[row.road.id]]


def _seen(ranking: Ranking, rows: Sequence[Row], frame: Frame) -> list[Row]:
    lines = ranking.roads.lines[[ranking.roads.at[row.road.id] for row in rows]]
    inside = shapely.intersects(lines, shapely.box(frame.west, frame.south, frame.east, frame.north))
    return [rows[at] for at in np.flatnonzero(inside).tolist()]
