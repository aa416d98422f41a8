"""The map with its list and table: one question, asked once per address, answered in every form."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, current_app, g, jsonify, render_template, request, url_for

from samverkan_map import access, map_rows, question, reports
from samverkan_map.agreement import GazetteerEntry
from samverkan_map.errors import BadQuestion
from samverkan_map.map_rows import Box, Row
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer, Permission, Phase, PhaseStatus
from samverkan_map.web import (
    basemap,
    figures,
    folium_map,
    legend,
    map_file,
    periods,
    reading_log,
    road_words,
    row_words,
    sources,
    static_map,
    subject,
    ticks,
)
from samverkan_map.web.asking import ask, csv_answer, geojson_answer, page_of, watermark
from samverkan_map.web.finding import matches
from samverkan_map.web.situation import clock as situation_clock
from samverkan_map.web.texts import Format, asset, label, t

blueprint = Blueprint("karta", __name__)

VIEWS = ("karta", "lista", "tabell")
"""How the rows are shown: list and map, list alone, table."""

WIDEST_ZOOM = 11

SUGGESTIONS = 8


@blueprint.get("/")
@blueprint.get("/karta")
def page() -> str:
    """The map with list and filter, the list alone, or the table."""
    asked = ask(own=("rapporter",))
    # The button of another view is sent along with the view that its form stands in.
    view = next(reversed(request.args.getlist("visa")), "karta")
    if view not in VIEWS:
        raise BadQuestion("question.errors.unknown", name="visa", value=view[:40], allowed=", ".join(VIEWS))
    found = page_of(asked)
    place = subject.searched()
    return render_template(
        "karta/page.html",
        question=asked,
        page=found,
        ticks=ticks.of_address(found, asked, boxes=view != "tabell"),
        fewest=reports.FEWEST_SHOWN,
        lines=[row_words.line(row) for row in found.rows],
        view=view,
        views=VIEWS,
        place=place,
        chosen=_chosen(),
        groups=legend.groups(g.agreement, g.viewer, asked, found.by_box),
        layers=legend.active(g.agreement, g.viewer, asked),
        sees_reports=bool(access.visible_kinds(g.viewer)),
        coarse=access.coarse_time(g.viewer),
        types=_types(),
        no_layers=not legend.active(g.agreement, g.viewer, asked),
        about=subject.of_address() if view == "karta" else None,
        bounds=",".join(f"{side:.5f}" for side in subject.first_bounds(asked, place)),
        phases=list(Phase),
        statuses=list(PhaseStatus),
        period=periods.choices(asked, g.today),
        situation_due=situation_clock.short() if access.may(g.viewer, Permission.EDIT_SITUATION) else "",
        parts=composed(asked, place),
        first=_first(asked, place),
        area_layers=_area_layers() if view == "karta" else [],
        basemap=base(),
        background=basemap.address(g.agreement.folder),
        **_files(asked),
    )


def _area_layers() -> list[tuple[str, str]]:
    """What may be shown on the sub-areas: the published figures for those who see no reports, and the surveys."""
    published = [] if access.may(g.viewer, Permission.SEE_COARSE_REPORTS) else figures.layers()
    return [*published, *sources.layers()]


@blueprint.get("/karta.geojson")
def geojson() -> Response:
    """The page's rows as GeoJSON."""
    asked = ask()
    return geojson_answer(page_of(asked), asked)


@blueprint.get("/karta.csv")
def csv() -> Response:
    """All rows of the question, a piece at a time."""
    return csv_answer(ask(), "karta.csv")


@blueprint.get("/karta/rutor.geojson")
def cells() -> Response:
    """Counts per cell of the box `bbox` at zoom `z`, or single rows where few are near."""
    values = request.args.to_dict(flat=False)
    # Without a box the whole municipality is meant.
    asked_box = question.parse({"bbox": values.pop("bbox", [])}, g.agreement, g.today).bbox
    box = asked_box or subject.all_round(g.agreement)
    asked = question.parse(values, g.agreement, g.today, public=g.viewer.anonymous)
    found = map_rows.cells(g.session, g.viewer, g.agreement, asked, box, _fitting(box, _zoom()))
    body = {
        "type": "FeatureCollection",
        "numberMatched": found.total,
        "numberReturned": len(found.features),
        "unmapped": found.unmapped,
        "unmapped_by_area": found.unmapped_by_area,
        "question": asked.as_args(),
        "watermark": watermark(),
        "features": [_cell(feature) for feature in found.features],
    }
    return Response(orjson.dumps(body), mimetype="application/geo+json")


def _cell(feature: dict) -> dict:
    """A feature as GeoJSON; a single report carries the sign of its theme, as it does in the list."""
    properties = {name: value for name, value in feature.items() if name not in ("lon", "lat", "type")}
    properties["count"] = feature["n"]
    if known := g.agreement.types.get(feature.get("type") or ""):
        properties["title"] = label(known)
        properties["symbol"] = f"problem-{known.symbol}" if feature["layer"] == Layer.PROBLEM else feature["layer"]
    elif feature.get("layer") == Layer.MEASURES:
        properties["symbol"] = f"measures-{feature['status']}"
    elif feature.get("layer") == Layer.PLACES:
        properties["symbol"] = f"places-{Phase(feature['phase']).number}"
    where = {"type": "Point", "coordinates": [round(feature["lon"], 6), round(feature["lat"], 6)]}
    return {"type": "Feature", "geometry": where, "properties": properties}


def _fitting(box: Box, zoom: int) -> int:
    """The zoom asked for, or the nearest one at which the box has no more cells than one answer may hold."""
    return next((coarser for coarser in range(zoom, 0, -1) if map_rows.fits(box, coarser)), 0)


def _zoom() -> int:
    value = request.args.get("z", str(WIDEST_ZOOM))
    if not (value.isascii() and value.isdigit() and int(value) <= 22):
        raise BadQuestion("question.errors.zoom", value=value[:40])
    return int(value)


@blueprint.get("/karta/skript.js")
def script() -> Response:
    """The script of the map that folium composed, under its own address so that no page holds inline script."""
    asked = ask()
    called = "const samverkan = mapModule;\n"
    return Response(called + composed(asked, subject.searched()).script, mimetype="text/javascript")


@blueprint.get("/karta/objekt/<layer>/<int:id>")
def one(layer: str, id: int) -> Response:
    """One row in words, for the panel beside the map."""
    row, near = map_rows.one(g.session, g.viewer, g.agreement, Layer(layer), id)
    _note_words(row)
    return jsonify(_panel(row, near))


def _panel(row: Row, near: list[Row]) -> dict[str, Any]:
    """A row in words; a complaint also with what the ledger says of its road."""
    found = row_words.panel(row, near)
    if row.layer is Layer.TRAFFIC:
        found["facts"] += road_words.standing(row.id)
    return found


def _note_words(row: Row) -> None:
    if row.fields.get("description"):
        reading_log.note_words(report=row.id)


@blueprint.get("/karta.svg")
def svg() -> Response:
    """The static map of the question, for pages without JavaScript and for paper."""
    asked, place = ask(), subject.searched()
    small = request.args.get("storlek") == "liten"
    shown = (small and subject.close_bounds()) or subject.first_bounds(asked, place)
    seen = static_map.seen(shown)
    found = map_rows.cells(g.session, g.viewer, g.agreement, asked, seen.box, seen.zoom)
    period = periods.words(asked.period)
    words = static_map.Words(
        title=t("karta.map_of", municipality=g.agreement.name),
        description=t("karta.map_description", n=found.total, unmapped=found.unmapped, period=period),
        source=" · ".join((period, _printed(), g.agreement.credit)),
        watermark=watermark(),
    )
    features = [_cell(feature)["properties"] | feature for feature in found.features]
    about, hit = subject.of_address(), subject.hit_of(place)
    text = static_map.draw(g.agreement, features, shown, words, about=about, hit=hit, small=small)
    return Response(text, mimetype="image/svg+xml")


@blueprint.get("/karta.html")
def standalone() -> Response:
    """The map as one file that opens without a network, always as a download."""
    asked = ask()
    layers = legend.signs(g.viewer)
    found = page_of(asked)
    wanted = legend.active(g.agreement, g.viewer, asked)
    text = folium_map.standalone(
        g.agreement,
        {layer: sign for layer, sign in layers.items() if layer in wanted},
        _view(asked, subject.searched()),
        map_file.rows(asked, found, subject.bounds(g.agreement)),
        map_file.words(asked, found, heading(), base().credit),
    )
    return Response(
        text, mimetype="text/html", headers={"Content-Disposition": 'attachment; filename="samverkanskartan.html"'}
    )


@blueprint.get("/sok.json")
def search() -> Response:
    """Names of places, streets and stops that begin with or hold what was written."""
    text = request.args.get("q", "")[:80]
    return jsonify(
        found=[
            {"name": entry.name, "kind": _where(entry), "lon": entry.lon, "lat": entry.lat}
            for entry in matches(g.agreement, text)[:SUGGESTIONS]
        ]
    )


def _where(entry: GazetteerEntry) -> str:
    kind = t(f"karta.found_{entry.kind}")
    area = g.agreement.areas.get(entry.area or "")
    return f"{kind}, {label(area)}" if area and entry.kind != "area" else kind


# ---- The question and what belongs to it -----------------------------------------------------------------------------


def heading() -> str:
    """The title of the map: what is worked with for the public, everything for those who see reports."""
    key = "karta.heading" if access.visible_kinds(g.viewer) else "karta.public_heading"
    return t(key, municipality=g.agreement.name)


def _types() -> list:
    kinds = access.visible_kinds(g.viewer)
    return [one for one in g.agreement.types.values() if one.kind in kinds and one.rows]


def _printed() -> str:
    return t("karta.made_on", date=Format(g.language).date(g.today))


def _files(asked: Question) -> dict[str, object]:
    """The addresses of the same question in its other forms."""
    query = asked.as_args(page=None)
    searched = {name: request.args[name] for name in ("plats", "kring", "objekt", "vy") if request.args.get(name)}
    return {"query": query, "map_query": query | searched}


# ---- The map itself --------------------------------------------------------------------------------------------------


def composed(asked: Question, place: tuple[str, GazetteerEntry | None] | None = None) -> folium_map.MapParts:
    """The map of a question with what stands in the page; its script has the address `karta.script`."""
    addresses = {
        "cells": "/karta/rutor.geojson",
        "question": _encoded(asked),
        "sprite": asset("img/symbols.svg"),
        "background": basemap.address(g.agreement.folder),
    }
    return folium_map.compose(g.agreement, legend.signs(g.viewer), _view(asked, place), addresses)


def _first(asked: Question, place: tuple[str, GazetteerEntry | None] | None) -> folium_map.FirstCells | None:
    """The box, zoom and address of the first cells, which the page asks for before the map has begun.

    The browser asks again only where its view is not inside the box, or much nearer or farther. None where there is
    nothing to show.
    """
    shown = static_map.seen(subject.first_bounds(asked, place))
    box = _cut(shown.box, asked.bbox) if asked.bbox else shown.box
    if box[0] >= box[2] or box[1] >= box[3]:
        return None
    edges = ",".join(f"{edge:.4f}" for edge in box)
    query = urlencode(asked.as_args(page=None, z=shown.zoom, bbox=edges))
    return folium_map.FirstCells(box, shown.zoom, f"{url_for('karta.cells')}?{query}")


def _cut(box: Box, within: Box) -> Box:
    return max(box[0], within[0]), max(box[1], within[1]), min(box[2], within[2]), min(box[3], within[3])


def _encoded(asked: Question) -> str:
    # The box of the view is cut to the box of the question in the browser, so it does not go along here.
    return urlencode(asked.as_args(page=None, bbox=None))


def _view(asked: Question, place: tuple[str, GazetteerEntry | None] | None) -> folium_map.View:
    return folium_map.View(
        bounds=subject.first_bounds(asked, place),
        whole=subject.bounds(g.agreement),
        language=g.language,
        names=map_file.names(),
        basemap=base(),
        within=asked.bbox,
        first=_first(asked, place),
        hit=subject.hit_of(place),
        about=subject.of_address() is not None,
    )


def base() -> basemap.Basemap:
    """The base map that the settings chose."""
    return basemap.chosen(current_app.extensions["samverkan"], g.agreement.credit)


def _chosen() -> dict | None:
    """The row that the address names (`objekt=traffic.12`) in words, or None. Raises NotFound."""
    named = subject.named("objekt")
    if not named:
        return None
    row, near = map_rows.one(g.session, g.viewer, g.agreement, *named)
    if row.layer.kind:
        reading_log.note_reports(layer=row.layer.value, id=row.id)
        _note_words(row)
    return _panel(row, near)
