"""The list of places and the card of one: all that is known, worked out, done and followed up there."""

from __future__ import annotations

from typing import Any

from flask import Response, g, render_template, request

from samverkan_map import access, geometry, map_rows, meetings, places, reports, sites
from samverkan_map.exchange import writers
from samverkan_map.inbox import photos
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer, Permission, Phase, PhaseStatus, ReportKind, WatchKind
from samverkan_map.web import audit_words, earlier_words, reading_log, row_words, speeds
from samverkan_map.web.asking import ask, csv_answer, csv_download, geojson_answer, page_of, watermark
from samverkan_map.web.measures import follow_up_state
from samverkan_map.web.places import pictures
from samverkan_map.web.places.door import ADDRESS_OF, blueprint, states

SHOWN_REPORTS = 5
BESIDES = (ReportKind.ACCIDENT, ReportKind.STRENGTH)
NOTES = ("mended", "line_crosses")
"""What was done to a shape that was just drawn, as the address of the card may say."""


@blueprint.get("/platser")
def page() -> str:
    """The places the visitor may see, with their phase."""
    asked = ask(Layer.PLACES)
    found = page_of(asked)
    lines = [row_words.line(row) for row in found.rows]
    return render_template(
        "places/page.html", question=asked, page=found, lines=lines, phases=list(Phase), statuses=list(PhaseStatus)
    )


@blueprint.get("/platser.geojson")
def geojson() -> Response:
    """The page's places as GeoJSON."""
    asked = ask(Layer.PLACES)
    return geojson_answer(page_of(asked), asked)


@blueprint.get("/platser.csv")
def csv() -> Response:
    """All places of the question."""
    return csv_answer(ask(Layer.PLACES), "platser.csv")


@blueprint.get("/platser/<int:id>")
def one(id: int) -> str:
    """The card of one place."""
    place = places.get(g.session, g.viewer, id)
    shown = measures_of(place)
    inside = access.sees_inside(g.viewer, place)
    note = request.args.get("form", "")
    return render_template(
        "places/one.html",
        place=place,
        pictures=photos.at_place(g.session, g.viewer, place),
        inside=inside,
        track=states(place),
        address_of=ADDRESS_OF,
        moves=list(reversed(places.laps(place))),
        closes=places.closes,
        since=places.lap_began(place, place.lap),
        lives=[(size, pictures.life(place, g.today, size)) for size in pictures.LIFE_SIZES],
        measures=shown,
        near=_sites_near(place),
        speeds=speeds.within(places.shape_of(place), shown, place.stretch_id),
        note=note if note in NOTES else "",
        follow_up_state=lambda measure: follow_up_state(measure, g.today),
        **(_worked_out(place) if inside else {}),
        **_reported(place, shown),
    )


@blueprint.get("/platser/<int:id>.geojson")
def one_geojson(id: int) -> Response:
    """One place as GeoJSON."""
    return geojson_answer(_alone(id), Question())


@blueprint.get("/platser/<int:id>.csv")
def one_csv(id: int) -> Response:
    """One place as a CSV file of one row."""
    row = map_rows.one(g.session, g.viewer, g.agreement, Layer.PLACES, id)[0]
    properties = [map_rows.as_properties(g.viewer, row, g.agreement, g.language)]
    pieces = writers.csv_rows(map_rows.columns(g.viewer), properties, watermark=watermark())
    return csv_download(pieces, f"plats-{id}.csv")


def _alone(id: int) -> map_rows.Page:
    row = map_rows.one(g.session, g.viewer, g.agreement, Layer.PLACES, id)[0]
    return map_rows.Page(rows=[row], total=1, unmapped=0, counts={row.layer.value: 1}, page=1, pages=1)


def measures_of(place: Any) -> list[Any]:
    """The measures of a place that the visitor may see, the latest first."""
    shown = [measure for measure in place.measures if access.sees(g.viewer, measure)]
    return sorted(shown, key=lambda measure: measure.planned_start, reverse=True)


def _worked_out(place: Any) -> dict[str, Any]:
    """What only those see who work with the place."""
    hours = [(kind, places.hours_in_words(place, kind, g.language)) for kind in WatchKind]
    return {
        "definition": places.definition_of(place),
        "causes": places.standing_causes(place),
        "decisions": meetings.of_place(g.session, g.viewer, place),
        "hours": [(kind, words) for kind, words in hours if words],
        "log": [(line, audit_words.changes(line)) for line in access.changes_of(g.session, g.viewer, place)],
        "earlier": earlier_words.told(place),
        "may_step": access.may(g.viewer, Permission.STEP_PLACE, place),
        "may_work": access.may(g.viewer, Permission.EDIT_PROBLEM, place),
    }


def _reported(place: Any, measures: list[Any]) -> dict[str, Any]:
    """What reports tell of the place, for those who may see reports."""
    if not access.visible_kinds(g.viewer):
        return {"reported": None}
    everything = places.reports_of(g.session, g.viewer, g.agreement, place)
    found = everything.of_kinds(g.agreement, places.TROUBLE)
    year = places.since(g.today, 12)
    exact = access.coarse_position(g.viewer) is None
    newest = found.ids[:SHOWN_REPORTS].tolist() if exact else []
    if newest:
        reading_log.note_reports(layer=Layer.PLACES.value, id=place.id)
    week = pictures.week(place, found, g.today) if exact else None
    gap = week.gap if week else None
    return {
        "reported": found,
        "besides": [(kind, everything.of_kinds(g.agreement, {kind})) for kind in BESIDES],
        "last_year": found.between(year.start, year.end) if year.start and year.end else 0,
        "newest": reports.rows_of(g.session, g.viewer, newest),
        "map_question": question_around(place),
        "week": week,
        "unwatched": places.runs_in_words(gap.main, g.language) if gap else "",
        "trends": [(size, pictures.trend(found, measures, g.today, size)) for size in pictures.TREND_WIDTHS],
        "picks": len(place.picked) if exact else 0,
    }


def question_around(place: Any) -> dict[str, str]:
    """The question that shows the reports around a place on the map."""
    shape = places.shape_of(place)
    box = geometry.transform(shape.buffer(places.reach_of(shape) or 1), geometry.METRIC, geometry.DEGREES).bounds
    layers = ",".join(layer.value for layer in Layer if layer.kind)
    return {"bbox": ",".join(f"{value:.5f}" for value in box), "layer": layers}


def _sites_near(place: Any) -> list[tuple[Any, Any]]:
    """The placemaking sites close to the place, each with what its reviews say together."""
    _, near = map_rows.one(g.session, g.viewer, g.agreement, Layer.PLACES, place.id)
    found = [sites.get(g.session, g.viewer, row.id) for row in near if row.layer is Layer.SITES]
    return [(site, sites.summary(g.viewer, site)) for site in found]
