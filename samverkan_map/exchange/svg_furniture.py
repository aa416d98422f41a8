"""What stands around a static map: legend, scale bar, north arrow, sources, and the mark of invented material."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from .svg_shapes import OUTLINE, tag, text_at, text_width

_TEXT, _MUTED = "#1A1F24", "#4A5560"
_ROW, _EDGE = 30, 14


@dataclass(frozen=True)
class Sheet:
    """The picture and what is written below it; an entry is a small picture around 0,0 and its words."""

    width: int
    height: int
    heading: str
    entries: Sequence[tuple[str, str]]
    source_line: str


def legend_rows(sheet: Sheet) -> tuple[str, int]:
    """The legend and the source line below the map, and the height of the whole picture with them."""
    drawn: list[str] = []
    y = sheet.height
    if sheet.entries:
        y += 22
        drawn.append(text_at(_EDGE, y, sheet.heading, fill=_TEXT, font_weight="700"))
        y += 28
        y = _entries(sheet, y, drawn) + 22
    for line in _lines(sheet.source_line, sheet.width - 2 * _EDGE, 11.5):
        y += 16
        drawn.append(text_at(_EDGE, y, line, fill=_MUTED, font_size=11.5))
    return "".join(drawn), y + (14 if drawn else 0)


def scale_bar_at(x: float, y: float, pixels_per_metre: float, width: int) -> str:
    """A metric scale bar whose left end is at x, y, at most a fifth of the width long."""
    metres = scale_length(min(width / 5, 150) / pixels_per_metre)
    long = metres * pixels_per_metre
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    long_with_words = long + text_width(words, 12) + 22
    ground = tag("rect", x=x - 8, y=y - 10, width=long_with_words, height=22, rx=4, fill="#FFFFFF", fill_opacity=0.86)
    line = f"M{x:.1f} {y - 4:.1f}v9h{long:.1f}v-9M{x + long / 2:.1f} {y:.1f}v5"
    bar = tag("path", d=line, fill="none", stroke=OUTLINE, stroke_width=1.5)
    return ground + bar + text_at(x + long + 6, y + 1, words, fill=OUTLINE, font_size=12)


def scale_length(most_metres: float) -> float:
    """The longest of 1, 2, 5, 10, 20, 50 ... metres that is not longer.

    >>> scale_length(730), scale_length(2600)
    (500, 2000)
    """
    power = 10 ** floor(log10(most_metres))
    return max(step * power for step in (1, 2, 5) if step * power <= most_metres)


def north_arrow_at(x: float, y: float) -> str:
    """An arrow to the north with its letter."""
    left = tag("path", d="M0-21-8 6 0 1Z", fill=OUTLINE)
    right = tag("path", d="M0-21 8 6 0 1Z", fill="#FFFFFF")
    outline = tag(
        "path", d="M0-21 8 6 0 1-8 6Z", fill="none", stroke=OUTLINE, stroke_width=1.2, stroke_linejoin="round"
    )
    letter = text_at(
        0, 17, "N", fill=OUTLINE, font_weight="700", text_anchor="middle", stroke="#FFFFFF", stroke_width=3,
        paint_order="stroke",
    )  # fmt: skip
    return tag("g", left + right + outline + letter, transform=f"translate({x:.0f} {y:.0f})")


def watermark_across(word: str, width: int, height: int) -> str:
    """The mark of invented material faintly across the whole map, so that it survives being cut out."""
    size = min(width / max(len(word), 1) * 1.25, height / 3)
    across = text_at(
        0, 0, word, fill="#6B4300", fill_opacity=0.05, font_size=size, font_weight="700", text_anchor="middle"
    )
    return tag("g", across, transform=f"translate({width // 2} {height // 2}) rotate(-24)")


def watermark_in_corner(word: str) -> str:
    """The mark of invented material to be read, top left."""
    long = text_width(word, 13) + 24
    pill = tag("rect", x=12, y=12, width=long, height=26, rx=13, fill="#FFF6DF", stroke="#6B4300")
    corner = text_at(12 + long / 2, 25, word, fill="#6B4300", font_weight="700", text_anchor="middle")
    return pill + corner


def _entries(sheet: Sheet, y: int, drawn: list[str]) -> int:
    """The entries from left to right in as many rows as they need; returns the last row's height."""
    widest = max(text_width(label, 13) for _, label in sheet.entries) + 50
    columns = max(int((sheet.width - 2 * _EDGE) // widest), 1)
    for place, (picture, label) in enumerate(sheet.entries):
        if place and place % columns == 0:
            y += _ROW
        x = _EDGE + (place % columns) * widest
        drawn.append(tag("g", picture, transform=f"translate({x + 14:.0f} {y})"))
        drawn.append(text_at(x + 34, y, label, fill=_TEXT))
    return y


def _lines(text: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
