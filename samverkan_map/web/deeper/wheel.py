"""The year wheel: a picture of the year with a table that says the same, and the windows that come back."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, sin
from typing import Any

from flask import Response, g, render_template

from samverkan_map.exchange import writers
from samverkan_map.hotspots import wheel
from samverkan_map.hotspots.wheel import Recurring, Wheel
from samverkan_map.question import Question
from samverkan_map.web.asking import ask, csv_download, watermark
from samverkan_map.web.deeper import asked as asking
from samverkan_map.web.deeper.blueprint import blueprint
from samverkan_map.web.hotspots import speaker
from samverkan_map.web.texts import label, t

COLUMNS = ("part", "number", "to", "name", "count", "index", "years", "high_years")
SIZE, INNER, OUTER, NAMES, MARKS = 520.0, 62.0, 190.0, 240.0, 208.0
RINGS = (0.5, 1.0, 1.5, 2.0)
MOST_INDEX = RINGS[-1]
"""The rim of the wheel; what is higher is cut there, and its number stands in the table."""


def _found() -> tuple[Question, Wheel]:
    asked = ask()
    return asked, wheel.find(g.session, g.viewer, g.agreement, asked, today=g.today)


@blueprint.get("/aterkommande/arshjul")
def year() -> str:
    """The year as a wheel and tables."""
    asked, found = _found()
    return render_template(
        "hotspots/deeper/wheel.html", **asking.offered(asked), found=found, query=asking.query(asked),
        picture=picture(found), headline=headline(found), named=named, month=month, span=span,
        rule={"least": wheel.LEAST_IN_WEEK, "again": wheel.AGAIN},
    )  # fmt: skip


@blueprint.get("/aterkommande/arshjul.csv")
def year_csv() -> Response:
    """Months, weeks and windows as CSV."""
    _, found = _found()
    return csv_download(writers.csv_rows(COLUMNS, list(_rows(found)), watermark=watermark()), "arshjul.csv")


def _rows(found: Wheel) -> Iterator[dict[str, Any]]:
    for kind, parts in (("month", found.months), ("week", found.weeks)):
        for one in parts:
            name = month(one.number) if kind == "month" else ""
            yield dict.fromkeys(COLUMNS) | {
                "part": kind, "number": one.number, "name": name, "count": one.events, "index": round(one.index, 3),
            }  # fmt: skip
    for kind, runs in (("recurring", found.recurring), ("window", found.windows)):
        for run in runs:
            yield {
                "part": kind, "number": run.first, "to": run.last, "name": named(found, run), "count": run.events,
                "index": None if run.times is None else round(run.times, 3), "years": run.years,
                "high_years": " ".join(map(str, run.high_years)),
            }  # fmt: skip


# ---- Words -----------------------------------------------------------------------------------------------------------


def headline(found: Wheel) -> str:
    """What comes back, in a sentence."""
    if found.nothing:
        return t(f"deeper.wheel_{found.nothing}", period=speaker().period(found.known), n=found.events)
    if not found.weeks:
        best = max(found.months, key=lambda one: one.index)
        return t("deeper.wheel_month", month=month(best.number), times=speaker().fmt.number(best.index, 1))
    if not found.recurring:
        return t("deeper.wheel_none")
    return t("deeper.wheel_found", n=len(found.recurring), windows=[span(one) for one in found.recurring])


def month(number: int) -> str:
    """The name of a month."""
    return t(f"deeper.month_{number}")


def span(one: Recurring) -> str:
    """A run of weeks in words."""
    return t("deeper.week_one" if one.first == one.last else "deeper.week_many", first=one.first, last=one.last)


def named(found: Wheel, one: Recurring) -> str:
    """What the municipality calls a window, or the windows that the weeks have days in common with."""
    windows = g.agreement.windows
    if one.code:
        return label(windows[one.code]) if one.code in windows else one.code
    days = [(occasion.start, occasion.end) for occasion in one.occasions]
    met = [
        other.code
        for other in found.windows
        if any(a < occasion.end and occasion.start < b for a, b in days for occasion in other.occasions)
    ]
    return ", ".join(label(windows[code]) for code in met if code in windows)


# ---- The picture -----------------------------------------------------------------------------------------------------


def picture(found: Wheel) -> dict[str, Any] | None:
    """A bar outwards for each week, or month where weeks are not told; January at the top, the year clockwise."""
    if found.nothing:
        return None
    parts = found.weeks or found.months
    again = {week for one in found.recurring for week in range(one.first, one.last + 1)}
    each = 2 * pi / len(parts)
    gap = 0.06 if found.weeks else 0.03
    bars = [
        (_sector(place * each + each * gap, (place + 1) * each - each * gap, INNER, _radius(one.index)),
         one.number in again)
        for place, one in enumerate(parts)
    ]  # fmt: skip
    months = [
        (*_at((number + 0.5) * pi / 6, NAMES), t(f"deeper.month_short_{number + 1}"), _line(number * pi / 6))
        for number in range(12)
    ]
    marks = [
        (*_at((one.first - 1 + (one.last - one.first + 1) / 2) * each, MARKS), place)
        for place, one in enumerate(found.recurring, 1)
    ]
    return {
        "size": SIZE, "middle": SIZE / 2, "bars": bars, "months": months, "marks": marks,
        "rings": [(round(_radius(value), 1), value, _at(-pi / 6, _radius(value))) for value in RINGS],
    }  # fmt: skip


def _radius(index: float) -> float:
    return INNER + (OUTER - INNER) * min(index, MOST_INDEX) / MOST_INDEX


def _at(angle: float, radius: float) -> tuple[float, float]:
    return round(SIZE / 2 + radius * sin(angle), 1), round(SIZE / 2 - radius * cos(angle), 1)


def _line(angle: float) -> tuple[float, float, float, float]:
    return (*_at(angle, INNER), *_at(angle, NAMES - 14))


def _sector(start: float, end: float, inner: float, outer: float) -> str:
    """A piece of a ring as the path of an SVG."""
    (x0, y0), (x1, y1) = _at(start, outer), _at(end, outer)
    (x2, y2), (x3, y3) = _at(end, inner), _at(start, inner)
    return f"M{x3} {y3}L{x0} {y0}A{outer:.1f} {outer:.1f} 0 0 1 {x1} {y1}L{x2} {y2}A{inner} {inner} 0 0 0 {x3} {y3}Z"
