"""The map of meeting mode: three classes, thick outlines, and the number of the one that is spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import shapely
from flask import g

from samverkan_map.exchange import svg_map
from samverkan_map.exchange.svg_map import DrawnLayer, Frame, Stretches, Zones
from samverkan_map.hotspots import Spot
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
EDGE, SPOKEN_EDGE = 2.0, 5.0


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
    name = row.road.name
    return _picture(frame, layers, t("meetings.map_title", name=name), t("meetings.map_words", n=at + 1, name=name))


def draw_spot(spots: Sequence[Spot], at: int, name: str) -> str:
    """The surroundings of the recurring place `at` with its number, and the others in their classes."""
    spot = spots[at]
    frame = Frame.around([spot.shape], margin=0.4, least=AROUND_METRES).fitted(WIDTH, HEIGHT)
    layers: list[DrawnLayer] = []
    for colour, (low, high) in zip(COLOURS, thirds(*_fewest_and_most(spots)), strict=False):
        inside = [one for one in spots if low <= one.events <= high]
        layers.append(Zones("", colour, [(one.shape, "") for one in inside if one is not spot], edge=EDGE))
        if spot in inside:
            own = Zones("", colour, [(spot.shape, str(spot.number))], edge=SPOKEN_EDGE, rank_size=NUMBER)
    title = t("meetings.spot_map_title", name=name)
    return _picture(frame, [*layers, own], title, t("meetings.spot_map_words", n=spot.number, name=name))


def thirds(fewest: int, most: int) -> list[tuple[int, int]]:
    """At most three equally wide classes of counts.

    >>> thirds(5, 25), thirds(7, 7)
    ([(5, 11), (12, 18), (19, 25)], [(7, 7)])
    """
    step = ceil((most - fewest + 1) / len(COLOURS))
    return [(low, min(low + step - 1, most)) for low in range(fewest, most + 1, step)]


def _fewest_and_most(spots: Sequence[Spot]) -> tuple[int, int]:
    counts = [spot.events for spot in spots]
    return min(counts), max(counts)


def spot_legend(spots: Sequence[Spot], *, accidents: bool) -> list[str]:
    """The classes of recurring places in words, the lowest first."""
    return [_class_words(low, high, accidents=accidents) for low, high in thirds(*_fewest_and_most(spots))]


def _picture(frame: Frame, layers: Sequence[DrawnLayer], title: str, description: str) -> str:
    return svg_map.draw(
        frame,
        [*static_map.ground(g.agreement.folder), *layers, *static_map.names(g.agreement.folder)],
        title=title,
        description=description,
        watermark=watermark(),
        width=WIDTH,
        height=HEIGHT,
    )


def legend(rows: Sequence[Row]) -> list[str]:
    """The classes in words, the lowest first."""
    return [_class_words(low, high) for low, high in classes(max(row.complaints for row in rows))]


def _class_words(low: int, high: int, *, accidents: bool = False) -> str:
    if not low:
        return t("meetings.few", n=high + 1)
    if accidents:
        return t("meetings.accidents_from_to", low=low, high=high)
    return t("traffic.map_one", n=low) if low == high else t("traffic.map_class", low=low, high=high)


def _line(ranking: Ranking, row: Row) -> shapely.LineString:
    return ranking.roads.lines[ranking.roads.at[row.road.id]]


def _seen(ranking: Ranking, rows: Sequence[Row], frame: Frame) -> list[Row]:
    lines = ranking.roads.lines[[ranking.roads.at[row.road.id] for row in rows]]
    inside = shapely.intersects(lines, shapely.box(frame.west, frame.south, frame.east, frame.north))
    return [rows[at] for at in np.flatnonzero(inside).tolist()]
