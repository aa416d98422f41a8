"""Recurring problems: where more is reported than chance explains, in words, on a map, as a table and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import hotspots
from samverkan_map.errors import StepNotAllowed
from samverkan_map.hotspots import Hotspots, Spot, Week, Work, words
from samverkan_map.hotspots.words import Speaker
from samverkan_map.question import Question
from samverkan_map.vocabulary import Period, add_months
from samverkan_map.web import hotspot_map, hotspot_methods, hotspot_parts, sessions
from samverkan_map.web.asking import ask
from samverkan_map.web.hotspot_parts import box, speaker
from samverkan_map.web.texts import label, t

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
    effort: str
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
        week=_week(asked, found),
        runs=hotspots.find_runs(g.session, g.viewer, most=5),
        **_speaking() | hotspot_parts.choices(found.kinds),
    )


@blueprint.get("/aterkommande.geojson")
def geojson() -> Response:
    """The places of the question as GeoJSON."""
    asked = ask(own=OWN)
    return hotspot_methods.geojson(asked) if hotspot_methods.other() else _geojson(_find(asked), _query(asked))


@blueprint.get("/aterkommande.csv")
def csv() -> Response:
    """The places of the question as CSV."""
    asked = ask(own=OWN)
    return hotspot_methods.csv(asked) if hotspot_methods.other() else _csv(_find(asked), "aterkommande.csv")


@blueprint.get("/aterkommande/karta.svg")
def svg() -> Response:
    """The places of the question as a picture."""
    asked = ask(own=OWN)
    return hotspot_methods.svg(asked) if hotspot_methods.other() else _picture(_find(asked))


# ---- Kept runs -------------------------------------------------------------------------------------------------------


@blueprint.get("/aterkommande/korningar")
def runs() -> str:
    """The kept runs that the visitor may see."""
    kept = hotspots.find_runs(g.session, g.viewer)
    told = [(run, hotspots.found_in(g.viewer, run)) for run in kept]
    return render_template("hotspots/runs.html", runs=told, what=_what, **_speaking())


@blueprint.post("/aterkommande/korningar")
def keep() -> AnyResponse:
    """Keep the answer to the question of the address. Raises StepNotAllowed for another method than squares."""
    asked = ask(own=OWN)
    if hotspot_methods.other():
        raise StepNotAllowed("things.only_cells_kept")
    run = hotspots.keep(g.session, g.viewer, g.agreement, asked, today=g.today, cell_metres=_cell(), now=sessions.now())
    return redirect(url_for("hotspots.run", id=run.id), 303)


@blueprint.get("/aterkommande/korning/<int:id>")
def run(id: int) -> str:
    """A kept run, exactly as it was found; what is done there is told as things stand now."""
    kept = hotspots.get_run(g.session, g.viewer, id)
    found = hotspots.found_in(g.viewer, kept)
    again = {**kept.asked, "cell": found.cell_metres if found.cell_metres != hotspots.CELLS[0] else None}
    return render_template(
        "hotspots/run.html",
        run=kept,
        shown=shown(found),
        what=_what(found),
        changed=kept.data_version != hotspots.data_version(g.session),
        again={name: value for name, value in again.items() if value},
        **_speaking(),
    )


@blueprint.get("/aterkommande/korning/<int:id>/platser.geojson")
def run_geojson(id: int) -> Response:
    """The places of a kept run as GeoJSON."""
    kept = hotspots.get_run(g.session, g.viewer, id)
    return _geojson(hotspots.found_in(g.viewer, kept), kept.asked)


@blueprint.get("/aterkommande/korning/<int:id>/platser.csv")
def run_csv(id: int) -> Response:
    """The places of a kept run as CSV."""
    return _csv(hotspots.found_in(g.viewer, hotspots.get_run(g.session, g.viewer, id)), f"korning-{id}.csv")


@blueprint.get("/aterkommande/korning/<int:id>/karta.svg")
def run_svg(id: int) -> Response:
    """The places of a kept run as a picture."""
    return _picture(hotspots.found_in(g.viewer, hotspots.get_run(g.session, g.viewer, id)))


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


def _week(asked: Question, found: Hotspots) -> Week | None:
    if found.nothing and not (asked.weekdays or asked.hours):
        return None
    return hotspots.week(g.session, g.viewer, g.agreement, asked, today=g.today)


# ---- Telling ---------------------------------------------------------------------------------------------------------


def _speaking() -> dict[str, Any]:
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
        effort=words.effort(say, found),
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


def _what(found: Hotspots) -> str:
    """What a run counted, in a line: kinds, period, squares and the other filters by their labels."""
    say = speaker()
    parts = [", ".join(say.kind(kind) for kind in found.kinds), say.period(found.period)]
    named: dict[str, Mapping[str, Any]] = {
        "type": g.agreement.types, "area": g.agreement.areas, "focus": g.agreement.focus_areas,
        "source": g.agreement.sources,
    }  # fmt: skip
    for name, known in named.items():
        codes = [code.strip() for code in found.given.get(name, "").split(",") if code.strip()]
        if codes:
            parts.append(", ".join(label(known[code]) if code in known else code for code in codes))
    for name in ("weekday", "hour", "bbox"):
        if value := found.given.get(name):
            parts.append(f"{t(f'question.names.{name}').lower()} {value}")
    parts.append(t("hotspots.cell_metres", n=found.cell_metres))
    return " · ".join(parts)


def _rows(found: Hotspots) -> list[dict[str, Any]]:
    work = hotspots.work_at(g.session, g.viewer, found.spots)
    return list(words.rows(speaker(), found, work))


def _geojson(found: Hotspots, asked: Mapping[str, object]) -> Response:
    return hotspot_parts.geojson("hotspots", words.COLUMNS, _rows(found), asked)


def _csv(found: Hotspots, name: str) -> Response:
    return hotspot_parts.csv(words.COLUMNS, _rows(found), name)


def _picture(found: Hotspots) -> Response:
    title = t("hotspots.map_words", n=len(found.spots), period=speaker().period(found.counted))
    return Response(hotspot_map.draw(found, title), mimetype="image/svg+xml")
