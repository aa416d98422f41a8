"""The map of the figures: each sub-area as dark as its number, with the number or the word on it."""

from __future__ import annotations

from math import ceil

from flask import g
from shapely.geometry.base import BaseGeometry

from samverkan_map.analysis.suppression import FEW, SHOWN
from samverkan_map.exchange.svg_map import DrawnLayer, Zones
from samverkan_map.figures import Cell, Line
from samverkan_map.web.hotspot_map import HEIGHT, WIDTH, picture
from samverkan_map.web.texts import Format, t

RAMP = ("#E3ECF6", "#B5CCE6", "#7FA6D1", "#4A7BB5")
"""Light to dark; the number on each says the rest."""
LITTLE, HIDDEN = "#FFFFFF", "#D9D4CB"
OUTLINE, OPACITY = "#101820", 0.85
MARGIN = 0.04


def legend(line: Line, fewest: int) -> list[tuple[str, str, list[str]]]:
    """Colour, words and sub-areas of each step that is on the map."""
    found: dict[tuple[str, str], list[str]] = {}
    for area in g.agreement.areas:
        cell = line.cells[area]
        found.setdefault((colour(cell, line, fewest), _words(cell, line, fewest)), []).append(area)
    order = [LITTLE, *RAMP, HIDDEN]
    return sorted(((*key, areas) for key, areas in found.items()), key=lambda one: (order.index(one[0]), one[1]))


def key(line: Line, fewest: int) -> list[tuple[str, str]]:
    """Colour and words of each step."""
    return [(fill, words) for fill, words, _ in legend(line, fewest)]


def colour(cell: Cell, line: Line, fewest: int) -> str:
    """The colour of a sub-area: of its number's step, white for small and grey for what is held back."""
    if cell.state != SHOWN or cell.count is None:
        return LITTLE if cell.state == FEW else HIDDEN
    if cell.count < fewest:
        return LITTLE
    return RAMP[min((cell.count - fewest) // _step(line, fewest), len(RAMP) - 1)]


def draw(line: Line, fewest: int, title: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> str:
    """The picture as SVG text, so many pixels wide and high."""
    zones: list[DrawnLayer] = [
        Zones(words, fill, [_labelled(area, line, fewest) for area in areas], OUTLINE, OPACITY)
        for fill, words, areas in legend(line, fewest)
    ]
    return picture([g.agreement.land], zones, title, margin=MARGIN, size=size)


def empty() -> str:
    """The sub-areas before anything is published."""
    return picture([g.agreement.land], [], t("figures.nothing"), margin=MARGIN)


def _step(line: Line, fewest: int) -> int:
    """How many numbers share a colour: a quarter of the way from the smallest told to the largest shown."""
    most = max([line.cells[area].count or 0 for area in g.agreement.areas] or [0])
    return max(1, ceil((most - fewest + 1) / len(RAMP)))


def _words(cell: Cell, line: Line, fewest: int) -> str:
    if cell.state == FEW:
        return t("figures.few", n=fewest)
    if cell.state != SHOWN or cell.count is None:
        return t("figures.held")
    if cell.count < fewest:
        return "0"
    number, step = Format(g.language).number, _step(line, fewest)
    at = min((cell.count - fewest) // step, len(RAMP) - 1)
    low = fewest + at * step
    return number(low) if step == 1 else f"{number(low)}–{number(low + step - 1)}"


def _labelled(area: str, line: Line, fewest: int) -> tuple[BaseGeometry, str]:
    """A sub-area's shape and what stands on it."""
    cell = line.cells[area]
    number = "–" if cell.count is None else Format(g.language).number(cell.count)
    return g.agreement.areas[area].shape, f"<{fewest}" if cell.state == FEW else number
