"""Kept runs of any method: exactly what was found, and whether it is found again today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from samverkan_map import hotspots
from samverkan_map.errors import NotFound
from samverkan_map.hotspots import Answer, Hotspots, Things, rerun_words
from samverkan_map.hotspots.along import Along
from samverkan_map.web import hotspot_along, hotspot_effort, hotspot_methods, hotspot_parts, sessions
from samverkan_map.web.asking import ask
from samverkan_map.web.hotspot_parts import speaker
from samverkan_map.web.hotspots import OWN, blueprint, csv_of, geojson_of, picture_of, shown, speaking
from samverkan_map.web.texts import label, t

A_PAGE = 50


@blueprint.get("/aterkommande/korningar")
def runs() -> str:
    """The kept runs that the visitor may see, the newest first."""
    page = ask().page
    number = hotspots.count_runs(g.session, g.viewer)
    pages = max(1, -(-number // A_PAGE))
    page = min(page, pages)
    kept = hotspots.find_runs(g.session, g.viewer, most=A_PAGE, first=A_PAGE * (page - 1))
    told = [(run, found, _number(found)) for run in kept for found in [hotspots.found_in(g.viewer, run)]]
    return render_template("hotspots/runs.html", runs=told, what=_what, page=page, pages=pages, **speaking())


@blueprint.post("/aterkommande/korningar")
def keep() -> AnyResponse:
    """Keep the answer to the question of the address."""
    asked = ask(own=OWN)
    run = hotspots.keep(
        g.session, g.viewer, g.agreement, asked, today=g.today, now=sessions.now(), method=hotspot_parts.method(),
        **hotspot_methods.sizes(),
    )  # fmt: skip
    return redirect(url_for("hotspots.run", id=run.id), 303)


@blueprint.get("/aterkommande/korning/<int:id>")
def run(id: int) -> str:
    """A kept run, exactly as it was found; what is done there is told as things stand now."""
    kept, found = _kept(id)
    again = hotspots.again(g.session, g.viewer, g.agreement, kept, today=g.today)
    common: dict[str, Any] = {
        "run": kept,
        "what": _what(found),
        "again": again,
        "again_sentences": rerun_words.sentences(speaker(), again),
        "again_differences": rerun_words.differences(speaker(), again),
        "question_again": hotspots.question_of(kept),
        "effort": hotspot_effort.told_of(hotspots.effort_in(g.viewer, kept)),
    }
    if isinstance(found, Things):
        told = hotspot_methods.told(found) | {"along": _along(kept)}
        return render_template("hotspots/run_things.html", **common | told, period_words=speaker().period)
    return render_template("hotspots/run.html", shown=shown(found), **common, **speaking())


@blueprint.get("/aterkommande/korning/<int:id>/platser.geojson")
def run_geojson(id: int) -> Response:
    """The places of a kept run as GeoJSON."""
    kept, found = _kept(id)
    if isinstance(found, Hotspots):
        return geojson_of(found, kept.asked)
    return hotspot_methods.geojson_of(found, hotspots.question_of(kept))


@blueprint.get("/aterkommande/korning/<int:id>/platser.csv")
def run_csv(id: int) -> Response:
    """The places of a kept run as CSV."""
    _, found = _kept(id)
    name = f"korning-{id}.csv"
    return csv_of(found, name) if isinstance(found, Hotspots) else hotspot_methods.csv_of(found, name)


@blueprint.get("/aterkommande/korning/<int:id>/karta.svg")
def run_svg(id: int) -> Response:
    """The places of a kept run as a picture."""
    _, found = _kept(id)
    return picture_of(found) if isinstance(found, Hotspots) else hotspot_methods.picture_of(found)


@blueprint.get("/aterkommande/korning/<int:id>/langs.geojson")
def run_along_geojson(id: int) -> Response:
    """What lay along the streets of a kept run, as GeoJSON."""
    kept, _ = _kept(id)
    return hotspot_along.geojson_of(_kept_along(kept), hotspots.question_of(kept))


@blueprint.get("/aterkommande/korning/<int:id>/langs.svg")
def run_along_svg(id: int) -> Response:
    """What lay along the streets of a kept run, as a picture."""
    return hotspot_along.picture_of(_kept_along(_kept(id)[0]))


def _along(kept: Any) -> dict[str, Any] | None:
    found = hotspots.along_in(kept)
    addresses = (url_for(f"hotspots.run_along_{kind}", id=kept.id) for kind in ("svg", "geojson"))
    return hotspot_along.told_of(found, *addresses) if found else None


def _kept_along(kept: Any) -> Along:
    found = hotspots.along_in(kept)
    if found is None:
        raise NotFound("hotspots.errors.no_such_run")
    return found


def _kept(id: int) -> tuple[Any, Answer]:
    kept = hotspots.get_run(g.session, g.viewer, id)
    return kept, hotspots.found_in(g.viewer, kept)


def _number(found: Answer) -> int:
    return len(found.spots if isinstance(found, Hotspots) else found.things)


def _what(found: Answer) -> str:
    """What a run counted, in a line: method, kinds, period, sizes and the other filters by their labels."""
    say = speaker()
    method = found.method if isinstance(found, Things) else hotspots.Method.CELLS
    parts = [t(f"things.short.{method}"), ", ".join(say.kind(kind) for kind in found.kinds), say.period(found.period)]
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
    if isinstance(found, Hotspots):
        parts.append(f"{t('hotspots.cell').lower()} {t('hotspots.cell_metres', n=found.cell_metres)}")
    elif found.reach_metres:
        words = t(f"things.bandwidth.{found.method}").lower()
        parts.append(f"{words} {t('things.metres', n=found.reach_metres)}")
    return " · ".join(parts)
