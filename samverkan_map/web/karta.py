"""The map with its list and table: one question, asked once per address, answered in every form."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, current_app, g, jsonify, render_template, request, url_for

from samverkan_map import access, geometry, map_rows, question
from samverkan_map.agreement import Agreement, GazetteerEntry
from samverkan_map.errors import BadQuestion
from samverkan_map.map_rows import Box, Page, Row
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer, Phase, PhaseStatus
from samverkan_map.web import basemap, folium_map, legend, periods, reading_log, row_words, static_map
from samverkan_map.web.asking import ask, csv_answer, geojson_answer, page_of, watermark
from samverkan_map.web.finding import matches
from samverkan_map.web.texts import Format, asset, label, t

blueprint = Blueprint("karta", __name__)

VIEWS = ("karta", "lista", "tabell")
"""How the rows are shown: list and map, list alone, table."""

WIDEST_ZOOM = 11
NEAR_DEGREES = (0.008, 0.0045)
"""How far east-west and north-south the map shows around a place that was searched for."""

SUGGESTIONS = 8
FILE_ROWS = 5000
"""So many rows stand one by one in the stand-alone file; more are counted per cell."""


@blueprint.get("/")
@blueprint.get("/karta")
def page() -> str:
    """The map with list and filter, the list alone, or the table."""
    asked = ask()
    view = request.args.get("visa", "karta")
    if view not in VIEWS:
        raise BadQuestion("question.errors.unknown", name="visa", value=view[:40], allowed=", ".join(VIEWS))
    found = page_of(asked)
    place = _searched()
    return render_template(
        "karta/page.html",
        question=asked,
        page=found,
        lines=[row_words.line(row) for row in found.rows],
        view=view,
        views=VIEWS,
        place=place,
        chosen=_chosen(),
        groups=legend.groups(g.agreement, g.viewer, asked),
        layers=legend.active(g.agreement, g.viewer, asked),
        sees_reports=bool(access.visible_kinds(g.viewer)),
        coarse=access.coarse_time(g.viewer),
        types=_types(),
        phases=list(Phase),
        statuses=list(PhaseStatus),
        period=periods.choices(asked, g.today),
        parts=composed(asked, place),
        first=_first(asked, place),
        basemap=base(),
        background=basemap.address(g.agreement.folder),
        **_files(asked),
    )


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
    box = question.parse({"bbox": values.pop("bbox", [])}, g.agreement, g.today).bbox
    if box is None:
        raise BadQuestion("question.errors.malformed", name="bbox", value="", example="12.8,55.3,13.2,55.6")
    asked = question.parse(values, g.agreement, g.today, public=g.viewer.anonymous)
    found = map_rows.cells(g.session, g.viewer, g.agreement, asked, box, _zoom())
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
    where = {"type": "Point", "coordinates": [round(feature["lon"], 6), round(feature["lat"], 6)]}
    return {"type": "Feature", "geometry": where, "properties": properties}


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
    return Response(called + composed(asked, _searched()).script, mimetype="text/javascript")


@blueprint.get("/karta/objekt/<layer>/<int:id>")
def one(layer: str, id: int) -> Response:
    """One row in words, for the panel beside the map."""
    row, near = map_rows.one(g.session, g.viewer, g.agreement, Layer(layer), id)
    _note_words(row)
    return jsonify(row_words.panel(row, near))


def _note_words(row: Row) -> None:
    if row.fields.get("description"):
        reading_log.note_words(report=row.id)


@blueprint.get("/karta.svg")
def svg() -> Response:
    """The static map of the question, for pages without JavaScript and for paper."""
    asked = ask()
    shown = _first_bounds(asked, _searched())
    seen = static_map.seen(shown)
    found = map_rows.cells(g.session, g.viewer, g.agreement, asked, seen.box, seen.zoom)
    period = periods.words(asked.period)
    text = static_map.draw(
        g.agreement,
        found,
        shown,
        title=t("karta.map_of", municipality=g.agreement.name),
        description=t("karta.map_description", n=found.total, unmapped=found.unmapped, period=period),
        source=" · ".join((period, _printed(), g.agreement.credit)),
        watermark=watermark(),
        small=request.args.get("storlek") == "liten",
    )
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
        _view(asked, _searched()),
        _file_rows(asked, found),
        _file_words(asked, found),
    )
    return Response(
        text, mimetype="text/html", headers={"Content-Disposition": 'attachment; filename="samverkanskartan.html"'}
    )


def _file_rows(asked: Question, found: Page) -> list[dict]:
    """The rows of the file one by one; reports are counted per cell when they are many.

    Whoever may take only counts away gets what is worked with; the counts stand in words above the map.
    """
    counted: list[dict] = []
    if access.exports_counts_only(g.viewer):
        asked = replace(asked, layers=_work_only(asked))
        if not asked.layers:
            return []
    elif _too_many(found):
        whole = _padded(bounds(g.agreement))
        cells = map_rows.cells(g.session, g.viewer, g.agreement, asked, whole, _zoom_of(whole))
        counted = [one for one in cells.features if one.get("layer") not in map_rows.WORK_LAYERS]
        asked = replace(asked, layers=_work_only(asked))
        if not asked.layers:
            return counted
    rows = map_rows.stream(g.session, g.viewer, g.agreement, asked)
    return counted + [_file_row(row) for row in rows if row.lon is not None]


def _zoom_of(whole: Box) -> int:
    """The nearest zoom at which the whole municipality is counted; a large one is counted in larger cells."""
    return next((zoom for zoom in range(WIDEST_ZOOM + 2, 0, -1) if map_rows.fits(whole, zoom)), 0)


def _too_many(found: Page) -> bool:
    return found.total - found.unmapped > FILE_ROWS


def _work_only(asked: Question) -> tuple[tuple[str, str], ...]:
    everything = tuple(("", layer.value) for layer in map_rows.WORK_LAYERS)
    return tuple(pair for pair in asked.layers if pair[1] in map_rows.WORK_LAYERS) if asked.layers else everything


def _file_row(row: Row) -> dict:
    line = row_words.line(row)
    return {
        "lon": row.lon,
        "lat": row.lat,
        "id": row.id,
        "layer": row.layer.value,
        "symbol": line.symbol,
        "title": line.title,
        "text": line.what,
        "facts": row_words.facts(row),
    }


def _file_words(asked: Question, found: Page) -> folium_map.FileWords:
    seen_as = t("karta.file_seen_as", role=t(f"vocabulary.role.{g.viewer.role}"))
    counted = _counted_words(asked, found)
    numbers = Format(g.language)
    rows = t("karta.rows_shown", n=found.total, shown=numbers.number(found.total))
    unmapped = (
        t("karta.unmapped_rows", n=found.unmapped, shown=numbers.number(found.unmapped)) if found.unmapped else ""
    )
    lines = (periods.words(asked.period), rows, unmapped, counted, seen_as, _printed())
    return folium_map.FileWords(
        title=heading(),
        lines=tuple(line for line in lines if line),
        legend=t("karta.legend"),
        credit=f"{base().credit} · {g.agreement.note[g.language]}",
        close=t("karta.close"),
        watermark=t("common.watermark") if g.trial else "",
        counts=found.counts,
    )


def _counted_words(asked: Question, found: Page) -> str:
    """How the reports of the file are counted, when they do not stand there one by one."""
    if not access.exports_counts_only(g.viewer):
        return t("karta.file_counted") if _too_many(found) else ""
    counts = map_rows.counts_by_area(g.session, g.viewer, g.agreement, asked)
    numbers = Format(g.language)
    named = [(label(area), counts.get(code, 0)) for code, area in g.agreement.areas.items()]
    named.append((t("karta.area_not_known"), counts.get("", 0)))
    parts = ", ".join(f"{name} {numbers.number(n)}" for name, n in named if n)
    return t("karta.file_counted_by_area", parts=parts) if parts else ""


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
    searched = {name: request.args[name] for name in ("plats", "kring", "vy") if request.args.get(name)}
    return {"query": query, "map_query": query | searched}


# ---- The map itself --------------------------------------------------------------------------------------------------


def _searched() -> tuple[str, GazetteerEntry | None] | None:
    """What was searched for and the best match, or None when nothing was."""
    text = request.args.get("plats", "").strip()[:80]
    if not text:
        return None
    found = matches(g.agreement, text)
    return text, found[0] if found else None


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
    shown = static_map.seen(_first_bounds(asked, place))
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
        bounds=_first_bounds(asked, place),
        whole=bounds(g.agreement),
        language=g.language,
        names=(
            ("region", t("karta.map_of", municipality=g.agreement.name)),
            ("cell", t("karta.cell_name")),
            ("unmapped", t("karta.unmapped_list")),
            ("nowhere_known", t("karta.area_not_known")),
            ("nowhere", t("karta.no_position")),
        ),
        basemap=base(),
        within=asked.bbox,
        first=_first(asked, place),
    )


def base() -> basemap.Basemap:
    """The base map that the settings chose."""
    return basemap.chosen(current_app.extensions["samverkan"], g.agreement.credit)


def _first_bounds(asked: Question, place: tuple[str, GazetteerEntry | None] | None) -> Box:
    if place and place[1]:
        return _around(place[1])
    row = _around_what()
    if row and row.shape is not None:
        return _near(row.shape.bounds)
    if seen := request.args.get("vy"):
        return question.parse({"bbox": seen}, g.agreement, g.today).bbox or bounds(g.agreement)
    if asked.bbox:
        return asked.bbox
    if len(asked.areas) == 1:
        return _area_bounds(g.agreement, asked.areas[0])
    return bounds(g.agreement)


def _chosen() -> dict | None:
    """The row that the address names (`objekt=traffic.12`) in words, or None. Raises NotFound."""
    named = _named("objekt")
    if not named:
        return None
    row, near = map_rows.one(g.session, g.viewer, g.agreement, *named)
    if row.layer.kind:
        reading_log.note_reports(layer=row.layer.value, id=row.id)
        _note_words(row)
    return row_words.panel(row, near)


def _around_what() -> Row | None:
    """The place, site or measure that the map is to show first (`kring=places.12`), or None."""
    named = _named("kring")
    if not named or named[0].kind:
        return None
    return map_rows.one(g.session, g.viewer, g.agreement, *named)[0]


def _named(name: str) -> tuple[Layer, int] | None:
    layer, _, number = request.args.get(name, "").partition(".")
    if layer not in set(Layer) or not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return Layer(layer), int(number)


def _around(entry: GazetteerEntry) -> Box:
    if entry.kind == "area" and entry.area:
        return _area_bounds(g.agreement, entry.area)
    return _near((entry.lon, entry.lat, entry.lon, entry.lat))


def _near(box: Box) -> Box:
    x, y = NEAR_DEGREES
    return box[0] - x, box[1] - y, box[2] + x, box[3] + y


@cache
def bounds(agreement: Agreement) -> Box:
    """West, south, east, north of the municipality's land in degrees."""
    return geometry.transform(agreement.land, geometry.METRIC, geometry.DEGREES).bounds


@cache
def _area_bounds(agreement: Agreement, code: str) -> Box:
    return geometry.transform(agreement.areas[code].shape, geometry.METRIC, geometry.DEGREES).bounds


def _padded(box: Box) -> Box:
    """The box with everything around it that may still belong to the municipality, such as a harbour."""
    return box[0] - 0.1, box[1] - 0.1, box[2] + 0.1, box[3] + 0.1
