"""What every page with rows does: read the question of the address, and answer it as a page, GeoJSON or CSV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice

from flask import Response, g, request

from samverkan_map import access, map_rows, question
from samverkan_map.exchange import writers
from samverkan_map.map_rows import Page, Row
from samverkan_map.question import Question
from samverkan_map.vocabulary import Layer
from samverkan_map.web import reading_log
from samverkan_map.web.texts import t


def ask(*layers: Layer, own: tuple[str, ...] = (), sorts: tuple[str, ...] = question.SORTS) -> Question:
    """The question of the address, narrowed to some layers where a page is about those. Raises BadQuestion.

    `own` names the filters that the page has besides and reads itself; `sorts` are its orders, the usual one first.
    """
    g.own_filters, g.own_sorts = own, sorts
    asked = question.parse(request.args, g.agreement, g.today, public=g.viewer.anonymous, own=own, sorts=sorts)
    return replace(asked, layers=tuple(("", layer.value) for layer in layers)) if layers else asked


def watermark() -> str | None:
    """The word that marks invented material in files and pictures, or None."""
    return t("common.watermark") if g.trial else None


def page_of(asked: Question) -> Page:
    """One page of the rows that the question means for the visitor."""
    return map_rows.find(g.session, g.viewer, g.agreement, asked)


def geojson_answer(found: Page, asked: Question) -> Response:
    """A page of rows as GeoJSON with the counts and the question that belong to it."""
    if shown := sum(bool(row.fields.get("description")) for row in found.rows):
        reading_log.note_words(count=shown)
    body = writers.geojson(
        [_feature(row) for row in found.rows],
        number_matched=found.total,
        unmapped=found.unmapped,
        question=asked.as_args(),
        watermark=watermark(),
    )
    return Response(body, mimetype="application/geo+json")


def _feature(row: Row) -> dict:
    point = None if row.lon is None else {"type": "Point", "coordinates": [row.lon, row.lat]}
    return {
        "id": f"{row.layer}.{row.id}",
        "geometry": point if row.shape is None else row.shape,
        "properties": map_rows.as_properties(g.viewer, row, g.agreement, g.language),
    }


def csv_answer(asked: Question, name: str) -> Response:
    """All rows of the question as a CSV download; counts instead of reports for those who may take only counts away."""
    viewer, agreement, language = g.viewer, g.agreement, g.language
    if access.exports_counts_only(viewer):
        counted = map_rows.counted_rows(g.session, viewer, agreement, asked, language)
        columns = [*map_rows.columns(viewer), "count"]
        return csv_download(writers.csv_rows(columns, list(counted), watermark=watermark()), name)
    if "description" in map_rows.columns(viewer) and (
        shown := map_rows.count_reports(g.session, viewer, agreement, asked)
    ):
        reading_log.note_words(count=shown)
    rows = map_rows.stream(g.session, viewer, agreement, asked)
    properties = (map_rows.as_properties(viewer, row, agreement, language) for row in rows)
    return csv_download(writers.csv_rows(map_rows.columns(viewer), properties, watermark=watermark()), name)


def csv_download(pieces: Iterable[bytes], name: str) -> Response:
    """A CSV file a piece at a time. The first is made before the answer begins, so that a no is still a no."""
    pieces = iter(pieces)
    first = list(islice(pieces, 2))
    response = Response(
        chain(first, pieces), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    # Rows are still being read when the request is over: the session then belongs to the answer and ends with it.
    if session := g.pop("open_session", None):
        response.call_on_close(session.close)
    return response
