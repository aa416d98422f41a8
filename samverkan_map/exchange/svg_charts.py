"""Charts for paper: lying bars, bars by month, and the hours of a week, told apart without colour.

What is of the period is solid, what is before it is striped; darker is more. By presentation attributes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .svg_shapes import FONT, tag, text_at, text_width, thousands, words

WIDTH = 660
TEXT, LINE = "#1A1F24", "#8B96A0"
NOW = "#2B4A6F"
SHADES = ("#FFFFFF", "#E6E6E6", "#BDBDBD", "#8C8C8C", "#595959", "#1F1F1F")
"""No report, and from few to many."""
_ROW, _LEFT, _NUMBER = 34, 230, 70
_STRIPES = tag(
    "pattern",
    tag("rect", width=6, height=6, fill="#FFFFFF") + tag("path", d="M0 6 6 0", stroke="#4A5560", stroke_width=1.6),
    id="stripes", width=6, height=6, patternUnits="userSpaceOnUse",
)  # fmt: skip
STRIPED = "url(#stripes)"


@dataclass(frozen=True)
class Bar:
    """What is counted, how many in the period and before it (None: not compared), and how the first is written when
    not as a whole number."""

    name: str
    count: float
    before: float | None = None
    told: str = ""


@dataclass(frozen=True)
class Key:
    """What solid and striped bars are called."""

    now: str
    before: str


def lying_bars(bars: Sequence[Bar], key: Key, *, title: str) -> str:
    """A bar for each thing with its number, and below it that of the period before."""
    most = max([1, *(max(one.count, one.before or 0) for one in bars)])
    room = WIDTH - _LEFT - _NUMBER
    drawn = []
    for at, one in enumerate(bars):
        y, compared = at * _ROW + 4, one.before is not None
        high = 14 if compared else 20
        drawn.append(text_at(0, y + 13, _short(one.name, _LEFT - 10), fill=TEXT))
        drawn.append(_bar(_LEFT, y, max(room * one.count / most, 1.5), high, NOW))
        number = one.told or thousands(round(one.count))
        numbers = f"{number} ({thousands(round(one.before or 0))})" if compared else number
        drawn.append(text_at(_LEFT + room * one.count / most + 8, y + 8, numbers, fill=TEXT, font_weight="700"))
        if compared:
            drawn.append(_bar(_LEFT, y + 15, max(room * (one.before or 0) / most, 1.5), 9, STRIPED))
    high = len(bars) * _ROW + 6
    return _picture(drawn, high, title, key if bars and bars[0].before is not None else None)


def by_month(values: Sequence[int], names: Sequence[str], first_now: int, key: Key, *, title: str) -> str:
    """Upright bars, one a month, the axis from zero; those before `first_now` are striped. An empty name is not
    written."""
    left, top, bottom = 40, 12, 200
    high, step = _axis(max(values, default=0))
    wide = (WIDTH - left) / max(len(values), 1)

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / high

    drawn = []
    for value in range(0, high + 1, step):
        drawn.append(tag("path", d=f"M{left} {y(value):.1f}H{WIDTH}", stroke=LINE, stroke_width=0.6))
        drawn.append(text_at(left - 8, y(value), thousands(value), fill=TEXT, text_anchor="end"))
    for at, value in enumerate(values):
        x = left + at * wide + wide * 0.1
        drawn.append(_bar(x, y(value), wide * 0.8, bottom - y(value), STRIPED if at < first_now else NOW))
    for at, name in enumerate(names):
        if name:
            drawn.append(text_at(left + (at + 0.5) * wide, bottom + 16, name, fill=TEXT, text_anchor="middle"))
    return _picture(drawn, bottom + 30, title, key if first_now else None)


def week(rows: Sequence[tuple[str, Sequence[tuple[int, int]]]], hours: int, *, title: str) -> str:
    """A field for each weekday and part of the day: how many, and how dark (an index of `SHADES`)."""
    left, high = 60, 30
    wide = (WIDTH - left) / len(rows[0][1])
    drawn = []
    for down, (name, parts) in enumerate(rows):
        y = down * high + 2
        drawn.append(text_at(0, y + high / 2, name, fill=TEXT))
        for along, (count, shade) in enumerate(parts):
            drawn.append(_field(left + along * wide, y, wide, high, str(count), shade, 11 if wide > 22 else 9.5))
    below = len(rows) * high + 16
    for along in range(0, len(rows[0][1]) + 1, 4 if hours == 1 else 1):
        anchor = "start" if along == 0 else "end" if along == len(rows[0][1]) else "middle"
        drawn.append(text_at(left + along * wide, below, f"{along * hours:02d}", fill=TEXT, text_anchor=anchor))
    return _picture(drawn, below + 12, title, None)


def fields(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, int]]]], *, title: str) -> str:
    """A field for each row and column: what stands in it, and how dark it is (an index of `SHADES`)."""
    high, head = 34, 24
    wide = (WIDTH - _LEFT) / len(columns)
    drawn = [
        text_at(_LEFT + (along + 0.5) * wide, 10, _short(name, wide - 6), fill=TEXT, text_anchor="middle")
        for along, name in enumerate(columns)
    ]
    for down, (name, parts) in enumerate(rows):
        y = head + down * high
        drawn.append(text_at(0, y + high / 2 - 1, _short(name, _LEFT - 10), fill=TEXT))
        drawn += [_field(_LEFT + along * wide, y, wide, high, *one, 13) for along, one in enumerate(parts)]
    return _picture(drawn, head + len(rows) * high + 4, title, None)


def _field(x: float, y: float, wide: float, high: float, told: str, shade: int, size: float) -> str:
    ground = tag("rect", x=x, y=y, width=wide - 1.5, height=high - 2, fill=SHADES[shade], stroke=LINE)
    look = {"fill": "#FFFFFF" if shade >= 4 else TEXT, "font_size": size, "text_anchor": "middle"}
    return ground + text_at(x + wide / 2 - 0.75, y + high / 2 - 1, told, **look)


def _bar(x: float, y: float, width: float, height: float, fill: str) -> str:
    return tag("rect", x=x, y=y, width=width, height=height, fill=fill, stroke="#1A1F24", stroke_width=0.8)


def _short(name: str, room: float) -> str:
    """As much of a name as there is room for."""
    while text_width(name, 13) > room and len(name) > 4:
        name = name[:-2].rstrip() + "…"
    return name


def _axis(most: int) -> tuple[int, int]:
    """The top of an axis and the step between its lines.

    >>> [_axis(most) for most in (0, 7, 23, 180)]
    [(5, 1), (10, 2), (25, 5), (200, 40)]
    """
    size = 1
    while True:
        for top in (5, 10, 20, 25):
            if top * size >= most:
                return top * size, top * size // 5
        size *= 10


def _picture(drawn: Sequence[str], high: float, title: str, key: Key | None) -> str:
    below = ""
    if key:
        x = 0.0
        for fill, name in ((NOW, key.now), (STRIPED, key.before)):
            below += _bar(x, high + 8, 22, 12, fill) + text_at(x + 30, high + 14, name, fill=TEXT)
            x += 60 + text_width(name, 13)
        high += 28
    inside = tag("title", words(title)) + tag("defs", _STRIPES) + "".join(drawn) + below
    return tag(
        "svg", inside, xmlns="http://www.w3.org/2000/svg", width=WIDTH, height=round(high),
        viewBox=f"0 0 {WIDTH} {round(high)}", role="img", aria_label=title, font_family=FONT, font_size=13,
    )  # fmt: skip
