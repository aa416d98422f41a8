"""Two periods beside each other: what has changed where, in words, on a map and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from shapely.geometry.base import BaseGeometry

from samverkan_map.exchange.svg_map import DrawnLayer, Zones
from samverkan_map.hotspots import comparing, comparing_words
from samverkan_map.hotspots.comparing import SIZES, USUAL_SIZE, Change, Comparison
from samverkan_map.question import Question
from samverkan_map.traffic import COMPARISONS
from samverkan_map.web import hotspot_parts
from samverkan_map.web.asking import ask
from samverkan_map.web.hotspot_map import MARGIN, picture
from samverkan_map.web.hotspot_parts import box, speaker
from samverkan_map.web.texts import t

blueprint = Blueprint("hotspot_comparison", __name__)

OWN = ("cell", "compare", "before_from", "before_to")
RAMP = {-2: "#1B4F9C", -1: "#8FB8E8", 0: "#F4F1EC", 1: "#F2B56B", 2: "#A64B00"}
"""Blue for less, orange for more, the middle for no change; never red and green. The arrow says the same."""
THIN, HEAVY = "#5C6670", "#101820"
SURE, PALE = 0.9, 0.6
DISC = 0.46
"""The radius of the disc that stands for less, in sides of its square."""
FEW, FEW_SIDE = "#9AA3AB", 0.2
"""Grey, and a small square in the middle (half its side, in sides of the whole), is for what cannot be told."""
FIRST = 100
"""So many squares stand in the table of the page; the files hold all."""
UNSURE_SHOWN = 6


@dataclass(frozen=True)
class Told:
    """A change as the page tells it."""

    one: Change
    title: str
    change: str
    interval: str
    certainty: str
    box: str


@blueprint.get("/aterkommande/jamfor")
def page() -> str:
    """What has changed between two periods."""
    asked = ask(own=OWN)
    found, say = _found(asked), speaker()
    told = [_told(found, one) for one in found.changes]
    rows = list(islice(comparing_words.rows(say, found), FIRST))
    return render_template(
        "hotspots/comparison.html",
        question=asked,
        found=found,
        sure=[one for one in told if one.one.side.sure],
        unsure=[one for one in told if not one.one.side.sure],
        unsure_shown=UNSURE_SHOWN,
        rows=rows,
        row_words=_row_words(found),
        arrows=comparing_words.ARROWS,
        headline=comparing_words.headline(say, found),
        facts=comparing_words.facts(say, found),
        chance=comparing_words.chance(say, found),
        card=comparing_words.method_card(say, found),
        query=_query(asked),
        sizes=SIZES,
        cell=found.cell_metres,
        usual=USUAL_SIZE,
        comparisons=COMPARISONS,
        compare=hotspot_parts.one_of("compare", COMPARISONS),
        own_before={name: request.args.get(name, "") for name in ("before_from", "before_to")},
        asked_period=found.now,
        living={
            name: hotspot_parts.map_query(found.given, found.kinds, period)
            for name, period in (("now", found.now), ("before", found.before))
        },
        **hotspot_parts.choices(found.kinds),
    )


@blueprint.get("/aterkommande/jamfor.geojson")
def geojson() -> Response:
    """The judged squares as GeoJSON."""
    asked = ask(own=OWN)
    rows = comparing_words.rows(speaker(), _found(asked))
    return hotspot_parts.geojson("changes", comparing_words.COLUMNS, rows, _query(asked))


@blueprint.get("/aterkommande/jamfor.csv")
def csv() -> Response:
    """The judged squares as CSV."""
    rows = comparing_words.rows(speaker(), _found(ask(own=OWN)))
    return hotspot_parts.csv(comparing_words.COLUMNS, rows, "jamfor.csv")


@blueprint.get("/aterkommande/jamfor/karta.svg")
def svg() -> Response:
    """The difference as a picture."""
    found = _found(ask(own=OWN))
    return Response(draw(found, _map_words(found)), mimetype="image/svg+xml")


def draw(found: Comparison, title: str) -> str:
    """The picture as SVG text: a colour for each step of change, with arrow and number on what is a change."""
    shapes = [*(one.shape for one in found.cells), *found.few] or [g.agreement.land]
    return picture(shapes, _layers(found), title, margin=MARGIN)


def _layers(found: Comparison) -> list[DrawnLayer]:
    say = speaker()
    layers: list[DrawnLayer] = []
    if found.few:
        layers.append(too_few(found.few, t("comparing.legend_few")))
    for step in RAMP:
        label = comparing_words.step_words(say, step)
        for sure in (False, True):
            areas = [one.shape for one in found.cells if one.side.step == step and one.side.sure is sure]
            if areas:
                layers.append(of_step(step, areas, label, SURE if sure or not step else PALE))
                label = ""
    arrows = comparing_words.ARROWS
    sure_ones = [(one.shape, f"{arrows[one.side.step]} {one.number}") for one in found.changes if one.side.sure]
    unsure = [(one.shape, f"{arrows[one.side.step]} {one.number}") for one in found.changes if not one.side.sure]
    layers.append(Zones("", "none", unsure[:UNSURE_SHOWN], THIN, 1))
    return [*layers, Zones(t("comparing.legend_sure"), "none", sure_ones, HEAVY, 1)]


def of_step(step: int, squares: Sequence[BaseGeometry], label: str, opacity: float) -> Zones:
    """Squares that changed equally much. Less is a disc, so that more and less are told apart without colour."""
    shapes = [one.centroid.buffer(DISC * one.area**0.5) for one in squares] if step < 0 else squares
    return Zones(label, RAMP[step], [(one, "") for one in shapes], THIN, opacity, round=step < 0)


def too_few(squares: Sequence[BaseGeometry], label: str) -> Zones:
    """Squares with too few reports to tell."""
    shapes = [one.centroid.buffer(FEW_SIDE * one.area**0.5, cap_style="square") for one in squares]
    return Zones(label, FEW, [(one, "") for one in shapes], FEW, 1, 0)


def _map_words(found: Comparison) -> str:
    say = speaker()
    return t("comparing.map_words", n=len(found.cells), before=say.period(found.before), now=say.period(found.now))


# ---- Asking and telling ----------------------------------------------------------------------------------------------


def _found(asked: Question) -> Comparison:
    return comparing.compare(
        g.session, g.viewer, g.agreement, asked, today=g.today, cell_metres=hotspot_parts.cell(USUAL_SIZE) or 0,
        comparison=hotspot_parts.one_of("compare", COMPARISONS),
        before=comparing.earlier_period(request.args, g.agreement, g.today),
    )  # fmt: skip


def _query(asked: Question) -> dict[str, str]:
    """The filters, the squares and what is compared with, as the address holds them."""
    own = {name: request.args.get(name, "").strip() or None for name in OWN}
    return asked.as_args(page=None, **own)


def _told(found: Comparison, one: Change) -> Told:
    say = speaker()
    return Told(
        one, comparing_words.title(say, one), comparing_words.change(say, found, one.side),
        comparing_words.interval(say, one.side), comparing_words.certainty(say, one.side), box(one.shape.bounds),
    )  # fmt: skip


def _row_words(found: Comparison) -> Any:
    """What the table says of a row that the file holds as numbers."""
    number = speaker().fmt.number

    def words(row: Mapping[str, Any]) -> dict[str, str]:
        more = row["change"]
        signed = f"+{more}" if more > 0 else f"−{-more}" if more < 0 else "0"
        if row["ratio"] is None or row["high"] is None:
            return {"change": signed, "ratio": f"≥ {number(row['low'], 1)}"}
        return {
            "change": signed,
            "ratio": f"{number(row['ratio'], 1)} ({number(row['low'], 1)}–{number(row['high'], 1)})",
        }

    return words
