"""How concentrated it is, as words, a curve and a table; and what last year's map was worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, g, render_template

from samverkan_map.exchange import writers
from samverkan_map.hotspots import CELLS, held
from samverkan_map.hotspots.held import Held, Hit
from samverkan_map.question import Question
from samverkan_map.web.asking import ask, csv_download, watermark
from samverkan_map.web.deeper import asked as asking
from samverkan_map.web.deeper.blueprint import blueprint
from samverkan_map.web.hotspots import speaker
from samverkan_map.web.texts import t

OWN = ("cell",)
COLUMNS = (
    "part", "share", "squares", "of_all", "of_active", "lowest_possible", "share_of_reports", "before", "now", "pai",
    "pei", "rri",
)  # fmt: skip
WIDE, HIGH, EDGE = 420.0, 300.0, 44.0
AXES = (0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8, 1.0)
"""How far the axis of squares may reach: quarters of these are even numbers of per cent."""


def _found() -> tuple[Question, Held]:
    asked = ask(own=OWN)
    cell = asking.cell_metres(CELLS[0])
    return asked, held.find(g.session, g.viewer, g.agreement, asked, today=g.today, cell_metres=cell)


@blueprint.get("/aterkommande/samlat")
def concentration() -> str:
    """How few squares hold most reports, and what the map of the year before hit."""
    asked, found = _found()
    cell = found.cell_metres if found.cell_metres != CELLS[0] else None
    return render_template(
        "hotspots/deeper/held.html", **asking.offered(asked), found=found, usual_cell=CELLS[0],
        query=asking.query(asked, cell=cell), curve=curve(found), headline=headline(found), words=words(found),
        hit_words=hit_words(found), part=part,
    )  # fmt: skip


@blueprint.get("/aterkommande/samlat.csv")
def concentration_csv() -> Response:
    """The numbers of the page as CSV."""
    _, found = _found()
    return csv_download(writers.csv_rows(COLUMNS, list(_rows(found)), watermark=watermark()), "samlat.csv")


def _rows(found: Held) -> Iterator[dict[str, Any]]:
    for step in found.steps:
        yield dict.fromkeys(COLUMNS) | {
            "part": "concentration", "share": step.share, "squares": step.squares, "of_all": round(step.of_all, 5),
            "of_active": round(step.of_active, 5), "lowest_possible": step.even,
        }  # fmt: skip
    for one in found.hits:
        yield dict.fromkeys(COLUMNS) | {
            "part": one.key, "squares": one.squares, "of_all": round(one.ground, 5),
            "share_of_reports": round(one.events, 5), "before": one.before, "now": one.now, "pai": round(one.pai, 3),
            "pei": round(one.pei, 3), "rri": None if one.rri is None else round(one.rri, 3),
        }  # fmt: skip


# ---- Words -----------------------------------------------------------------------------------------------------------


def headline(found: Held) -> str:
    """How concentrated it is, in a sentence."""
    say = speaker()
    if found.nothing:
        return t(f"hotspots.nothing_{found.nothing}", period=say.period(found.period), n=found.events, least=10)
    half = found.steps[1]
    number = say.fmt.number
    return t(
        "deeper.held_half", squares=number(half.squares), cells=number(found.cells),
        percent=number(100 * half.of_all, 1 if half.of_all < 0.1 else 0),
    )  # fmt: skip


def words(found: Held) -> list[str]:
    """The rest in sentences: what must be so, eighty and twenty, and the generalised Gini."""
    if found.nothing:
        return []
    say = speaker()
    number, (_, half, most) = say.fmt.number, found.steps
    told = [
        t("deeper.held_even", even=number(half.even)),
        t("deeper.held_most", squares=number(most.squares), active=number(found.active)),
        t("deeper.held_top", percent=number(100 * found.top)),
    ]
    if found.gini is not None:
        told.append(t("deeper.held_gini", gini=number(found.gini, 2)))
    return told


def part(one: Hit) -> str:
    """Which part of the earlier map."""
    return t(f"deeper.hit_{one.key}")


def hit_words(found: Held) -> list[str]:
    """What last year's map was worth, in sentences."""
    if found.nothing:
        return []
    if found.no_hits and not found.hits:
        return [t(f"deeper.hits_{found.no_hits}")]
    number = speaker().fmt.number
    one = found.hits[0]
    told = [t("deeper.hits_none_hot")] if found.no_hits else []
    told += [
        t("deeper.hits_share", part=part(one), ground=number(100 * one.ground, 1), events=number(100 * one.events)),
        t("deeper.hits_pai", pai=number(one.pai, 1)),
        t("deeper.hits_pei", percent=number(100 * one.pei)),
        t("deeper.hits_rri", before=number(one.before), now=number(one.now), rri=number(one.rri, 2) or "–"),
    ]
    return told


def curve(found: Held) -> dict[str, Any] | None:
    """The curve as points of a picture; the squares across only as far as it bends, so that the bend is seen."""
    if found.nothing:
        return None
    last = next((one for one in AXES if one >= 1.1 * found.steps[2].of_all), 1.0)

    def at(x: float, y: float) -> tuple[float, float]:
        return round(EDGE + WIDE * min(x / last, 1.0), 1), round(HIGH - (HIGH - 16) * y, 1)

    inside = [one for one in found.curve if one[0] <= last]
    ends = [_crossing(found.curve, last)] if inside[-1][0] < last else []
    points = [*inside, *ends]
    return {
        "width": WIDE + 2 * EDGE, "height": HIGH + 48, "left": EDGE, "right": EDGE + WIDE, "bottom": HIGH,
        "held": [at(x, y) for x, y, _ in points], "even": [at(x, even) for x, _, even in points],
        "marks": [(*at(one.of_all, one.share), round(100 * one.share)) for one in found.steps],
        "across": [(at(0, share)[1], round(100 * share)) for share in (0, 0.25, 0.5, 0.8, 1)],
        "along": [(at(last * step / 4, 0)[0], 100 * last * step / 4) for step in range(5)],
    }  # fmt: skip


def _crossing(points: tuple[tuple[float, float, float], ...], x: float) -> tuple[float, float, float]:
    """The curve at a share of the squares between two of its points."""
    after = next(number for number, one in enumerate(points) if one[0] > x)
    (x0, y0, e0), (x1, y1, e1) = points[after - 1], points[after]
    way = (x - x0) / (x1 - x0)
    return x, y0 + way * (y1 - y0), e0 + way * (e1 - e0)
