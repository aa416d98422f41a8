"""The pieces of a static map: paths, symbols and texts as SVG, by presentation attributes only.

Inline style would be refused by the content policy of the pages these pictures stand on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely

OUTLINE = "#101820"
HALO = "#FFFFFF"
INK = {"dark": OUTLINE, "white": "#FFFFFF"}
FONT = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', 'DejaVu Sans', sans-serif"


class Shape(NamedTuple):
    """A symbol whose place is at 0,0: where its number goes, and how far it reaches (left, top, right, bottom)."""

    body: str
    text_at: tuple[float, float]
    reach: tuple[float, float, float, float]


SHAPES = {
    "circle": Shape('<circle r="10"/>', (0, 0), (-12, -12, 12, 12)),
    "square": Shape('<rect x="-9.5" y="-9.5" width="19" height="19" rx="2"/>', (0, 0), (-12, -12, 12, 12)),
    "diamond": Shape('<path d="M0-13.5 13.5 0 0 13.5-13.5 0Z"/>', (0, 0), (-15, -15, 15, 15)),
    "drop": Shape('<path d="M0 0C-3-6-10-11-10-18a10 10 0 0 1 20 0C10-11 3-6 0 0Z"/>', (0, -18), (-12, -30, 12, 2)),
}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tag(name: str, inside: str = "", **attributes: object) -> str:
    """One element; `stroke_width=2` becomes `stroke-width="2"`, None is left out. `inside` is already SVG.

    >>> tag("circle", r=3, stroke_width=2.0)
    '<circle r="3" stroke-width="2"/>'
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_written(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def words(text: str) -> str:
    """A text as it may stand in the file: escaped, without what XML does not allow.

    >>> words("<b>\\x00 & co")
    '&lt;b&gt; &amp; co'
    """
    return escape(_NOT_IN_XML.sub("", text))


def text_at(x: float, y: float, text: str, **attributes: object) -> str:
    """A text whose middle height is at `y`, without relying on baseline properties that print programs lack."""
    return tag("text", words(text), x=x, y=y, dy=".35em", **attributes)


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in the unit of `size`, in the widest of the fonts that may be used."""
    narrow = sum(letter in "iljtfr.,:;'|! ()I" for letter in text)
    wide = sum(letter in "mwMW—" for letter in text)
    return size * (0.63 * len(text) - 0.25 * narrow + 0.27 * wide)


def path_data(shape: shapely.Geometry, to_pixels) -> str:
    """The `d` of a line or an area. `to_pixels` turns an array (n, 2) of metres into pixels.

    >>> path_data(shapely.LineString([(0, 0), (2, 1)]), lambda corners: corners)
    'M0 0 2 1'
    """
    parts = shapely.get_parts(shape)
    is_area = shapely.get_dimensions(parts) == 2
    pieces = [*shapely.get_rings(parts[is_area]), *parts[shapely.get_dimensions(parts) == 1]]
    closed = len(shapely.get_rings(parts[is_area]))
    corners, index = shapely.get_coordinates(pieces, return_index=True)
    if not len(corners):
        return ""
    pixels = np.round(to_pixels(corners), 1)
    runs = np.split(pixels, np.flatnonzero(np.diff(index)) + 1)
    return "".join(_run(run, closed=place < closed) for place, run in enumerate(runs))


def symbol(identifier: str, shape: str, fill: str) -> str:
    """A definition to `use`: the shape with a 2 px dark outline inside a 1 px white halo, readable on any ground."""
    body = SHAPES[shape].body
    halo = tag("g", body, fill=HALO, stroke=HALO, stroke_width=4, stroke_linejoin="round")
    return tag("g", halo + tag("g", body, fill=fill, stroke=OUTLINE, stroke_width=2), id=identifier)


def thousands(number: int) -> str:
    """A whole number with narrow spaces between thousands.

    >>> thousands(12345)
    '12\u202f345'
    """
    return f"{number:,}".replace(",", "\u202f")


def _run(corners: np.ndarray, closed: bool) -> str:
    if closed:
        corners = corners[:-1]
    changed = np.ones(len(corners), dtype=bool)
    changed[1:] = (corners[1:] != corners[:-1]).any(axis=1)
    return "M" + " ".join(map(_short, corners[changed].ravel().tolist())) + ("Z" if closed else "")


def _short(value: float) -> str:
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _written(value: object) -> str:
    if isinstance(value, float):
        return _short(value) if abs(value) >= 0.1 or value == 0 else f"{value:.2f}"
    return _NOT_IN_XML.sub("", str(value))


def overlaps(box: Sequence[float], others: Sequence[Sequence[float]]) -> bool:
    """Whether a box (left, top, right, bottom) touches any of the others."""
    left, top, right, bottom = box
    return any(left < o[2] and right > o[0] and top < o[3] and bottom > o[1] for o in others)
