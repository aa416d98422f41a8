"""Recurring problems: where more is reported than chance explains, in words, on a map and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, render_template

from samverkan_map import hotspots
from samverkan_map.hotspots import Hotspots, Spot, Work, words
from samverkan_map.hotspots.words import Speaker
from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, add_months
from samverkan_map.web import hotspot_map, hotspot_methods, hotspot_parts
from samverkan_map.web.asking import ask
from samverkan_map.web.hotspot_parts import box, speaker
from samverkan_map.web.texts import t

blueprint = Blueprint("hotspots", __name__)

OWN = ("cell", "method", "bandwidth")


@dataclass(frozen=True)
class Told:
    """A spot as the page tells it."""

    spot: Spot
    title: str
    sentences: list[str]
    change: str
    arrow: str
    signed: str
    certainty: str
    history: str
    work: Work
    box: str
    core: str


@dataclass(frozen=True)
class Shown:
    """An answer as the page tells it."""

    found: Hotspots
    spots: list[Told]
    headline: str
    facts: list[str]
    concentration: list[str]
    card: list[str]
    map_query: dict[str, str]


@blueprint.get("/aterkommande")
def page() -> str:
    """The places of the question in words beside a map, as a table, and over the week."""
    asked = ask(own=OWN)
    if hotspot_methods.other():
        return hotspot_methods.page(asked)
    found = _find(asked)
    return render_template(
        "hotspots/page.html",
        question=asked,
        shown=shown(found),
        query=_query(asked),
        cells=hotspots.CELLS,
        cell=found.cell_metres,
        others=_others(asked, found),
        last_year=_last_year(found),
        week=hotspot_parts.week(asked, found),
        **hotspot_parts.kept_lately(),
        **speaking() | hotspot_parts.choices(found.kinds),
    )


@blueprint.get("/aterkommande.geojson")
def geojson() -> Response:
    """The places of the question as GeoJSON."""
    asked = ask(own=OWN)
    return hotspot_methods.geojson(asked) if hotspot_methods.other() else geojson_of(_find(asked), _query(asked))


@blueprint.get("/aterkommande.csv")
def csv() -> Response:
    """The places of the question as CSV."""
    asked = ask(own=OWN)
    return hotspot_methods.csv(asked) if hotspot_methods.other() else csv_of(_find(asked), "aterkommande.csv")


@blueprint.get("/aterkommande/karta.svg")
def svg() -> Response:
    """The places of the question as a picture."""
    asked = ask(own=OWN)
    return hotspot_methods.svg(asked) if hotspot_methods.other() else picture_of(_find(asked))


# ---- Asking ----------------------------------------------------------------------------------------------------------


def _find(asked: Question, cell: int | None = None) -> Hotspots:
    return hotspots.find(
        g.session, g.viewer, g.agreement, asked, today=g.today, cell_metres=_cell() if cell is None else cell
    )


def _cell() -> int:
    """The side of the squares that the address asks for. Raises BadQuestion."""
    return hotspot_parts.cell(hotspots.CELLS[0]) or hotspots.CELLS[0]


def _query(asked: Question) -> dict[str, str]:
    """The filters and the squares as the address holds them."""
    cell = _cell()
    return asked.as_args(page=None, cell=cell if cell != hotspots.CELLS[0] else None)


def _others(asked: Question, found: Hotspots) -> list[tuple[int, str]]:
    """Whether the answer is another with other squares, in words, for each other size."""
    if not found.spots:
        return []
    told = []
    for cell in hotspots.CELLS:
        if cell != found.cell_metres:
            other = _find(asked, cell)
            told.append((cell, words.other_squares(speaker(), found, other, hotspots.same_places(found, other))))
    return told


def _last_year(found: Hotspots) -> dict[str, str] | None:
    """The period of the last twelve months that there are reports of, when the period asked for holds none."""
    if found.nothing != "no_period" or not found.known or not found.known.end:
        return None
    period = Period(add_months(found.known.end, -12), found.known.end)
    if not period.start or period == found.period:
        return None
    return {"from": f"{period.start:%Y-%m}", "to": f"{add_months(found.known.end, -1):%Y-%m}"}


# ---- Telling ---------------------------------------------------------------------------------------------------------


def speaking() -> dict[str, Any]:
    """How the templates tell periods and types."""
    say = speaker()
    return {"period_words": say.period, "types_words": lambda spot: words.types(say, spot.types)}


def shown(found: Hotspots) -> Shown:
    """An answer in the visitor's words, with what is done at each place that the visitor may see."""
    say = speaker()
    work = hotspots.work_at(g.session, g.viewer, found.spots)
    return Shown(
        found=found,
        spots=[_told(say, found, spot, work[spot.number]) for spot in found.spots],
        headline=words.headline(say, found),
        facts=words.facts(say, found),
        concentration=words.concentration(say, found),
        card=words.method_card(say, found),
        map_query=hotspot_parts.map_query(found.given, found.kinds, found.period),
    )


def _told(say: Speaker, found: Hotspots, spot: Spot, work: Work) -> Told:
    arrow, signed = words.arrow_of(spot) if spot.before is not None else ("", "")
    return Told(
        spot, words.title(say, spot), words.described(say, found, spot), words.change(say, found, spot), arrow, signed,
        words.certainty(say, spot), words.history(say, found, spot), work, box(spot.shape.bounds),
        box(spot.core_box if spot.cells > 9 else spot.shape.bounds, 0),
    )  # fmt: skip


def _rows(found: Hotspots) -> list[dict[str, Any]]:
    work = hotspots.work_at(g.session, g.viewer, found.spots)
    return list(words.rows(speaker(), found, work))


def geojson_of(found: Hotspots, asked: Mapping[str, object]) -> Response:
    """The places as GeoJSON, with the hot squares beside them."""
    cells = words.square_rows(speaker(), found)
    return hotspot_parts.geojson("hotspots", words.COLUMNS, _rows(found), asked, cells=cells)


def csv_of(found: Hotspots, name: str) -> Response:
    """The places as a CSV download."""
    return hotspot_parts.csv(words.COLUMNS, _rows(found), name)


def picture_of(found: Hotspots) -> Response:
    """The places as a picture."""
    title = t("hotspots.map_words", n=len(found.spots), period=speaker().period(found.counted))
    return Response(hotspot_map.draw(found, title), mimetype="image/svg+xml")
