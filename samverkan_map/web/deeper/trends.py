"""How places develop: five classes explained, and seventeen with a trend, in words, on a map and in files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Response, g, render_template

from samverkan_map import geometry
from samverkan_map.analysis.history import CLASSES, HISTORIES, LEAST_PERIODS
from samverkan_map.exchange import writers
from samverkan_map.exchange.svg_map import DrawnLayer, Zones
from samverkan_map.hotspots import trends
from samverkan_map.hotspots.trends import CELL, Patch, Trends
from samverkan_map.question import Question
from samverkan_map.vocabulary import add_months
from samverkan_map.web.asking import ask, csv_download, watermark
from samverkan_map.web.deeper import asked as asking
from samverkan_map.web.deeper.blueprint import blueprint
from samverkan_map.web.hotspot_map import picture
from samverkan_map.web.hotspots import speaker
from samverkan_map.web.texts import t

OWN = ("cell", "cold")
SURE = 0.05
COLUMNS = (
    "number", "class", "place", "area", "squares", "count", "hot_months", "months", "five", "trend", "z", "p", "slope",
    "from", "to", "cell_metres",
)  # fmt: skip
FILLS = {
    "persistent hot": "#AF2D5A", "intensifying hot": "#5C0F4A", "diminishing hot": "#F6B48A", "new hot": "#FFD84A",
    "consecutive hot": "#E2725B", "sporadic hot": "#FDE3C8", "oscillating hot": "#D9C3E6", "historical hot": "#C7CDD3",
}  # fmt: skip
COLD = "#BFD9EC"
OPACITY = 0.85


def _found() -> tuple[Question, Trends, bool]:
    asked = ask(own=OWN)
    cold = asking.chosen("cold", ["1"], "") == "1"
    found = trends.find(
        g.session, g.viewer, g.agreement, asked, today=g.today, cell_metres=asking.cell_metres(CELL)
    )  # fmt: skip
    return asked, found, cold


def _query(asked: Question, found: Trends, cold: bool) -> dict[str, str]:
    cell = found.cell_metres if found.cell_metres != CELL else None
    return asking.query(asked, cell=cell, cold="1" if cold else None)


@blueprint.get("/aterkommande/utveckling")
def page() -> str:
    """The classes in words, the places of each on a map, and as a table."""
    asked, found, cold = _found()
    return render_template(
        "hotspots/deeper/trends.html", **asking.offered(asked), found=found, cold=cold, usual_cell=CELL,
        patches=found.shown(cold), query=_query(asked, found, cold), histories=[str(one) for one in HISTORIES],
        classes=[str(one) for one in CLASSES[1:] if cold or not str(one).endswith("cold")],
        words=code, trend_words=trend_words, where=lambda one: asking.place(one.area, one.near),
        strip=lambda one: strip(found, one), least=LEAST_PERIODS, headline=headline(found, cold),
    )  # fmt: skip


@blueprint.get("/aterkommande/utveckling.csv")
def csv() -> Response:
    """The places with their classes as CSV."""
    _, found, cold = _found()
    return csv_download(writers.csv_rows(COLUMNS, list(_rows(found, cold)), watermark=watermark()), "utveckling.csv")


@blueprint.get("/aterkommande/utveckling.geojson")
def geojson() -> Response:
    """The places with their classes as GeoJSON."""
    asked, found, cold = _found()
    features = [
        {
            "id": f"trends.{patch.number}",
            "geometry": geometry.transform(patch.shape, geometry.METRIC, geometry.DEGREES),
            "properties": {name: one.isoformat() if isinstance(one, date) else one for name, one in row.items()},
        }
        for patch, row in zip(found.shown(cold), _rows(found, cold), strict=True)
    ]
    body = writers.geojson(
        features, number_matched=len(features), unmapped=0, question=_query(asked, found, cold), watermark=watermark()
    )
    return Response(body, mimetype="application/geo+json")


@blueprint.get("/aterkommande/utveckling/karta.svg")
def svg() -> Response:
    """The places with their classes as a picture."""
    _, found, cold = _found()
    title = t("deeper.trends_map_words", n=len(found.shown(cold)), period=speaker().period(found.months))
    return Response(_draw(found, cold, title), mimetype="image/svg+xml")


def _draw(found: Trends, cold: bool, title: str) -> str:
    patches = found.shown(cold)
    zones: list[DrawnLayer] = []
    for name in (str(one) for one in CLASSES[1:]):
        mine = [(one.shape, str(one.number)) for one in patches if one.pattern == name]
        if mine:
            zones.append(Zones(t(f"deeper.class.{code(name)}"), FILLS.get(name, COLD), mine, "#3D0731", OPACITY))
    return picture([*[one.shape for one in patches], g.agreement.land], zones, title, margin=0.0)


# ---- Words -----------------------------------------------------------------------------------------------------------


def code(name: str) -> str:
    """A class as a key of the sentences: `persistent hot` is `persistent_hot`."""
    return name.replace(" ", "_")


def headline(found: Trends, cold: bool) -> str:
    """What came out, in a sentence."""
    if found.nothing:
        return t(f"deeper.trends_{found.nothing}", period=speaker().period(found.months), n=found.periods)
    if not found.shown(cold):
        return t("deeper.trends_none", n=found.periods)
    return t("deeper.trends_found", n=len(found.shown(cold)), months=found.periods)


def trend_words(one: Patch) -> str:
    """Which way the square goes: up, down, or nothing that chance does not explain as well."""
    if one.p > SURE or not one.z:
        return t("deeper.trend_none")
    return t("deeper.trend_up" if one.z > 0 else "deeper.trend_down")


def strip(found: Trends, one: Patch) -> list[tuple[bool, str]]:
    """Each month, oldest first: whether the square was hot, and which month it is."""
    start = found.months.start if found.months else None
    if start is None:
        return []
    fmt = speaker().fmt
    days = [add_months(start, number) for number in range(len(one.hot))]
    return [(hot, fmt.months(day, day)) for hot, day in zip(one.hot, days, strict=True)]


def _rows(found: Trends, cold: bool) -> Iterator[dict[str, Any]]:
    start, end = (found.months.start, found.months.end) if found.months else (None, None)
    for one in found.shown(cold):
        yield {
            "number": one.number, "class": t(f"deeper.class.{code(one.pattern)}"),
            "place": asking.place(one.area, one.near), "area": one.area, "squares": one.squares, "count": one.events,
            "hot_months": one.hot_months, "months": found.periods,
            "five": t(f"hotspots.history_class.{one.five}"), "trend": trend_words(one), "z": one.z, "p": one.p,
            "slope": one.slope, "from": start, "to": end and end - timedelta(days=1), "cell_metres": found.cell_metres,
        }  # fmt: skip
