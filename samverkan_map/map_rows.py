"""What the map, its list, its table and its files show: reports, places, sites and measures as rows of one answer.

The same question gives the page's rows, the counts per map cell and the rows of the CSV.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import access, effects, geometry, measures, places, reports, sites
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Measure, Place, Site
from samverkan_map.errors import BadQuestion, NotFound
from samverkan_map.question import Question
from samverkan_map.reports.choosing import area_in_box
from samverkan_map.vocabulary import STOCKHOLM, Layer, Phase

PAGE_ROWS = 50
RELATED_METRES = 100
WORK_LAYERS = (Layer.PLACES, Layer.SITES, Layer.MEASURES)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Row:
    """One row of the map. `fields` holds what else the viewer may see of it; positions are WGS 84."""

    layer: Layer
    id: int
    title: str
    type: str | None
    focus: tuple[str, ...]
    area: str | None
    status: str | None
    on: date | None
    lon: float | None
    lat: float | None
    shape: BaseGeometry | None = field(default=None, repr=False)
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str | None:
        """Where its own page is; a report has none, it opens in the panel."""
        folder = {Layer.PLACES: "platser", Layer.SITES: "platsutveckling", Layer.MEASURES: "atgarder"}.get(self.layer)
        return f"/{folder}/{self.id}" if folder else None


@dataclass(frozen=True)
class Page:
    """One page of rows and what they are a part of.

    `unmapped_by_area` counts rows without a position, "" where no area is known; `by_box` counts the rows of each layer
    of each focus area (`trygga-unga.problem`), whatever layers are chosen.
    """

    rows: list[Row]
    total: int
    unmapped: int
    counts: dict[str, int]
    page: int
    pages: int
    unmapped_by_area: dict[str, int] = field(default_factory=dict)
    by_box: dict[str, int] = field(default_factory=dict)
    area_only: dict[str, int] = field(default_factory=dict)
    """Reports of types that are never rows, per sub-area, over the whole time; small numbers are told as such."""


@dataclass(frozen=True)
class Cells:
    """What the map draws of a box: `features` with counts per layer, single ones with their `id`, `layer`, `title`.

    `total` is all rows of the question in the box; `unmapped` those of them without a position; `unmapped_by_area`
    counts rows without a position over the whole question, "" where no area is known.
    """

    features: list[dict[str, Any]]
    total: int
    unmapped: int
    unmapped_by_area: dict[str, int]


def find(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> Page:
    """One page of the rows a question means: what is worked with first, then reports. Raises BadQuestion."""
    work = _work(session, viewer, agreement, question)
    chosen = reports.choose(session, viewer, agreement, question)
    total = len(work) + chosen.total
    pages = max(1, -(-total // PAGE_ROWS))
    first = (min(question.page, pages) - 1) * PAGE_ROWS
    found = work[first : first + PAGE_ROWS]
    if len(found) < PAGE_ROWS and chosen.total:
        skip = max(0, first - len(work))
        most = PAGE_ROWS - len(found)
        seen = reports.page(session, viewer, chosen, agreement, sort=question.sort, first=skip, most=most)
        found = found + [_report_row(agreement, one) for one in seen]
    counts = Counter(reports.counts_by_kind(chosen)) + Counter(row.layer.value for row in work)
    return Page(
        found, total, chosen.unmapped, dict(counts), min(question.page, pages), pages,
        unmapped_by_area=reports.areas_without_position(chosen),
        by_box=_by_box(session, viewer, agreement, question, work, chosen),
        area_only=reports.area_only(session, viewer, agreement, question),
    )  # fmt: skip


def _by_box(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, work: list[Row], chosen: reports.Chosen
) -> dict[str, int]:
    """The rows of each layer of each focus area; `work` and `chosen` are what the question itself means."""
    if question.layers or question.without:
        question = replace(question, layers=(), without=())
        work = _work(session, viewer, agreement, question)
        chosen = reports.choose(session, viewer, agreement, question)
    counts = Counter(f"{focus}.{row.layer}" for row in work for focus in row.focus)
    for code, n in reports.counts_by_type(chosen).items():
        known = agreement.types[code]
        counts.update({f"{focus}.{known.kind}": n for focus in known.focus})
    return dict(counts)


def stream(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> Iterator[Row]:
    """All rows of a question, for a file. Raises BadQuestion before the first row."""
    work = _work(session, viewer, agreement, question)
    found = reports.stream(session, viewer, agreement, question)
    return (row for part in (work, (_report_row(agreement, one) for one in found)) for row in part)


def file_rows(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, language: str
) -> Iterator[dict[str, Any]]:
    """All rows of a question for a file: the values of `columns` and, under `geometry`, a shape in EPSG:3006."""
    for row in stream(session, viewer, agreement, question):
        yield as_properties(viewer, row, agreement, language) | {"geometry": _metric_shape(row)}


def counted_rows(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, language: str
) -> Iterator[dict[str, Any]]:
    """The rows of a question with the reports counted by month, type and sub-area instead of one by one.

    They hold `columns` and a `count`; what is worked with stands as rows of its own, each counted once.
    """
    for row in _work(session, viewer, agreement, question):
        yield as_properties(viewer, row, agreement, language) | {"count": 1}
    empty = dict.fromkeys(columns(viewer))
    for found in reports.monthly_counts(reports.choose(session, viewer, agreement, question)):
        known = agreement.types[found["type"]]
        area = agreement.areas.get(found["area"] or "")
        yield empty | {
            "layer": found["kind"],
            "kind": found["kind"],
            "title": known.label[language],
            "type": found["type"],
            "type_label": known.label[language],
            "focus": " ".join(known.focus),
            "area": found["area"],
            "area_label": area.label[language] if area else None,
            "date": found["month"],
            "count": found["count"],
        }


def count_reports(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> int:
    """How many single reports a question means for the viewer. Raises BadQuestion."""
    return reports.choose(session, viewer, agreement, question).total


def counts_by_area(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> dict[str, int]:
    """How many reports of a question lie in each sub-area; "" where none is known. Raises BadQuestion."""
    return reports.counts_by_area(reports.choose(session, viewer, agreement, question))


def cells(session: Session, viewer: Viewer, agreement: Agreement, question: Question, bbox: Box, zoom: int) -> Cells:
    """The rows of a question in a box, counted per map cell, or one by one where few are near. Raises BadQuestion."""
    if not 0 <= zoom <= 22:
        raise BadQuestion("question.errors.zoom", value=zoom)
    if not reports.fits(bbox, zoom):
        raise BadQuestion("question.errors.box_pixels", name="bbox")
    chosen = reports.choose(session, viewer, agreement, question)
    by_area = reports.areas_without_position(chosen)
    features = [_cell_feature(cell) for cell in reports.cells(chosen, bbox, zoom)]
    features += [_row_feature(row) for row in _work(session, viewer, agreement, question.within(bbox))]
    unmapped = sum(count for area, count in by_area.items() if area_in_box(agreement, area or None, bbox))
    total = unmapped + sum(feature["n"] for feature in features)
    return Cells(features, total, unmapped, by_area)


def fits(bbox: Box, zoom: int) -> bool:
    """Whether a box holds few enough cells at a zoom to be answered by `cells`."""
    return reports.fits(bbox, zoom)


def one(session: Session, viewer: Viewer, agreement: Agreement, layer: Layer, number: int) -> tuple[Row, list[Row]]:
    """One row and what is done there: the places and measures close to it. Raises NotFound."""
    row = _one(session, viewer, agreement, layer, number)
    here = _metric_shape(row)
    if here is None:
        return row, []
    return row, [other for other in _work(session, viewer, agreement, Question()) if _near(here, row, other)]


def _near(here: BaseGeometry, row: Row, other: Row) -> bool:
    there = _metric_shape(other)
    if there is None or (other.layer, other.id) == (row.layer, row.id):
        return False
    return there.distance(here) <= RELATED_METRES


def _metric_shape(row: Row) -> BaseGeometry | None:
    if row.shape is not None:
        return geometry.transform(row.shape, geometry.DEGREES, geometry.METRIC)
    if row.fields.get("e") is None:
        return None
    return Point(row.fields["e"], row.fields["n"])


def _one(session: Session, viewer: Viewer, agreement: Agreement, layer: Layer, number: int) -> Row:
    if layer is Layer.PLACES:
        return _place_row(places.get(session, viewer, number))
    if layer is Layer.SITES:
        return _site_row(sites.get(session, viewer, number))
    if layer is Layer.MEASURES:
        measure = measures.get(session, viewer, number)
        row = _measure_row(viewer, measure)
        # Only the single row tells the computed finding: a list of them would have to be computed first.
        return replace(row, fields=row.fields | {"finding": effects.last_finding(session, viewer, agreement, measure)})
    found = reports.get(session, viewer, number)
    if found["kind"] != layer.kind:
        raise NotFound("reports.errors.not_found")
    return _report_row(agreement, found)


# ---- What is worked with: places, sites, measures --------------------------------------------------------------------


def _work(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> list[Row]:
    """The rows of places, sites and measures that a question means, in that order."""
    if question.sources or question.weekdays or question.hours:
        return []  # these ask about single reports
    rows = []
    if question.wants(Layer.PLACES, agreement.focus_areas) or not question.layers:
        rows += [_place_row(one) for one in places.find(session, viewer) if _place_wanted(agreement, question, one)]
    if not (question.kinds or question.types or question.phases or question.statuses or question.keepers):
        rows += [_site_row(one) for one in sites.find(session, viewer) if _site_wanted(question, one)]
    found = measures.find(session, viewer)
    rows += [_measure_row(viewer, one) for one in found if _measure_wanted(viewer, agreement, question, one)]
    rows = [row for row in rows if _row_wanted(agreement, question, row)]
    if question.sort == "oldest":
        rows.sort(key=lambda row: (WORK_LAYERS.index(row.layer), row.on or date.min))
    elif question.sort == "newest":
        rows.sort(key=lambda row: (WORK_LAYERS.index(row.layer), -(row.on or date.min).toordinal()))
    return rows


def about_reports(layer: str) -> frozenset[str]:
    """The filters that ask about what rows of a layer of work do not have, so that such a question gives none of them.

    >>> sorted(about_reports(Layer.MEASURES)), about_reports(Layer.PROBLEM)
    (['hour', 'source', 'weekday'], frozenset())
    """
    if layer not in WORK_LAYERS:
        return frozenset()
    single = frozenset({"source", "weekday", "hour"})
    return single | {"kind", "type", "phase", "status", "keeper"} if layer == Layer.SITES else single


def _place_wanted(agreement: Agreement, question: Question, place: Place) -> bool:
    if question.phases and place.phase not in question.phases:
        return False
    if question.statuses and places.state_of(place, Phase(place.phase)).status not in question.statuses:
        return False
    if question.keepers and (place.stretch is None or place.stretch.keeper not in question.keepers):
        return False
    if question.types and place.type not in question.types:
        return False
    if question.kinds and agreement.types[place.type].kind not in question.kinds:
        return False
    return question.wants(Layer.PLACES, [place.focus]) and _alive(question, place.opened_on, place.closed_on)


def _site_wanted(question: Question, site: Site) -> bool:
    return question.wants(Layer.SITES, [site.focus]) and _alive(question, site.opened_on, site.closed_on)


def _measure_wanted(viewer: Viewer, agreement: Agreement, question: Question, measure: Measure) -> bool:
    if question.phases or question.statuses or question.types or question.kinds or question.keepers:
        everywhere = Question(
            phases=question.phases,
            statuses=question.statuses,
            types=question.types,
            kinds=question.kinds,
            keepers=question.keepers,
        )
        # Only places the viewer may see: a filter would otherwise tell what is kept from the viewer.
        seen = (place for place in measure.places if access.sees(viewer, place))
        if not any(_place_wanted(agreement, everywhere, place) for place in seen):
            return False
    start = measure.started_on or measure.planned_start
    return question.wants(Layer.MEASURES, measures.focus_of(viewer, measure)) and _alive(
        question, start, measure.ended_on
    )


def _alive(question: Question, start: date, end: date | None) -> bool:
    """Whether something that goes on from `start` to `end` was there in the period."""
    period = question.period
    return not (period.end and start >= period.end) and not (period.start and end and end < period.start)


def _row_wanted(agreement: Agreement, question: Question, row: Row) -> bool:
    if question.areas and row.area not in question.areas:
        return False
    if question.bbox and not _point_in_box(row, question.bbox):
        return False
    return all(word.casefold() in _words_of(agreement, row) for word in question.text.split())


def _point_in_box(row: Row, box: Box) -> bool:
    return row.lon is not None and row.lat is not None and box[0] <= row.lon < box[2] and box[1] <= row.lat < box[3]


def _words_of(agreement: Agreement, row: Row) -> str:
    found = [row.title, row.fields.get("summary") or ""]
    if row.type in agreement.types:
        found += agreement.types[row.type].label.values()
    if row.area in agreement.areas:
        found += agreement.areas[row.area].label.values()
    return " ".join(found).casefold()


def _place_row(place: Place) -> Row:
    status = places.state_of(place, Phase(place.phase)).status
    return _shaped(
        place,
        layer=Layer.PLACES,
        title=place.name,
        type=place.type,
        focus=(place.focus,),
        status=status,
        fields={
            "phase": place.phase,
            "lap": place.lap,
            "summary": place.summary,
            "owner": place.owner.name,
            "published": place.published,
            "from": place.opened_on,
            "to": place.closed_on,
        },
    )


def _site_row(site: Site) -> Row:
    return _shaped(
        site,
        layer=Layer.SITES,
        title=site.name,
        type=None,
        focus=(site.focus,),
        status="closed" if site.closed_on else "open",
        fields={
            "summary": site.summary,
            "owner": site.owner.name,
            "published": site.published,
            "from": site.opened_on,
            "to": site.closed_on,
        },
    )


def _measure_row(viewer: Viewer, measure: Measure) -> Row:
    return _shaped(
        measure,
        layer=Layer.MEASURES,
        title=measure.title,
        type=None,
        focus=measures.focus_of(viewer, measure),
        status=measure.status,
        fields={
            "mechanism": measure.mechanism,
            "summary": measure.summary,
            "owner": measure.owner.name,
            "published": measure.published,
            "verdict": next((plan.verdict for plan in reversed(measure.follow_ups) if plan.verdict), None),
            "from": measure.started_on or measure.planned_start,
            "to": measure.ended_on or measure.planned_end,
        },
    )


def _shaped(thing: Place | Site | Measure, **known: Any) -> Row:
    shape = geometry.transform(engine.shape(thing.geom), geometry.METRIC, geometry.DEGREES)
    point = shape.representative_point()
    return Row(
        id=thing.id, area=thing.area, on=thing.updated_on, lon=round(point.x, 6), lat=round(point.y, 6), shape=shape,
        **known,
    )  # fmt: skip


# ---- Reports ---------------------------------------------------------------------------------------------------------


def _report_row(agreement: Agreement, found: dict[str, Any]) -> Row:
    lon = lat = None
    if found.get("e") is not None:
        lon, lat = (round(float(value), 6) for value in geometry.to_degrees(found["e"], found["n"]))
    known = agreement.types.get(found["type"])
    return Row(
        layer=Layer(found["kind"]),
        id=found["id"],
        title="",
        type=found["type"],
        focus=known.focus if known else (),
        area=found.get("area"),
        status=None,
        on=found.get("day"),
        lon=lon,
        lat=lat,
        fields=found,
    )


def _cell_feature(cell: reports.Cell) -> dict[str, Any]:
    feature: dict[str, Any] = {"lon": cell.lon, "lat": cell.lat, "n": cell.total, "counts": cell.counts}
    if len(cell.ids) == 1:
        feature |= {"id": cell.ids[0], "layer": next(iter(cell.counts)), "type": cell.type}
    return feature


def _row_feature(row: Row) -> dict[str, Any]:
    return {
        "lon": row.lon, "lat": row.lat, "n": 1, "counts": {row.layer.value: 1}, "id": row.id, "layer": row.layer.value,
        "title": row.title, "status": row.status, "phase": row.fields.get("phase"),
    }  # fmt: skip


# ---- Files -----------------------------------------------------------------------------------------------------------

_BEFORE = ("layer", "id", "title", "type", "type_label", "focus", "area", "area_label", "status")
_WORK_FIELDS = ("phase", "lap", "mechanism", "owner", "from", "to", "verdict", "summary")
_REPORT_FIELDS = (
    "kind", "month", "hour_band", "occurred_from", "occurred_to", "reported_at", "source", "source_ref", "precision",
    "place_name", "stretch", "severity", "organisation", "description",
)  # fmt: skip
_AFTER = ("date", "lon", "lat", "url")


def columns(viewer: Viewer) -> list[str]:
    """The columns of the viewer's table and CSV, in order: only those the viewer may see values in."""
    shown: tuple[str, ...] = ()
    kinds = access.visible_kinds(viewer)
    if kinds:
        sample = dict.fromkeys(_REPORT_FIELDS) | {"kind": next(iter(kinds)), "day": None, "hour": None, "e": 0, "n": 0}
        allowed = access.report_fields(viewer, sample)
        shown = tuple(name for name in _REPORT_FIELDS if name in allowed)
    return [*_BEFORE, *_WORK_FIELDS, *shown, *_AFTER]


def as_properties(viewer: Viewer, row: Row, agreement: Agreement, language: str) -> dict[str, Any]:
    """What the table row, the CSV row and the GeoJSON properties hold of a row, in the order of `columns`."""
    known_type, known_area = agreement.types.get(row.type or ""), agreement.areas.get(row.area or "")
    type_label = known_type.label[language] if known_type else row.type
    values = {name: _written(value) for name, value in row.fields.items()} | {
        "layer": row.layer.value,
        "id": row.id,
        "title": row.title or type_label,
        "type": row.type,
        "type_label": type_label,
        "focus": " ".join(row.focus),
        "area": row.area,
        "area_label": known_area.label[language] if known_area else None,
        "status": row.status,
        "date": row.on.isoformat() if row.on else None,
        "lon": row.lon,
        "lat": row.lat,
        "url": row.address,
    }
    return {name: values.get(name) for name in columns(viewer)}


def _written(value: Any) -> Any:
    """Times leave the house as local Swedish time, as the intake reads them."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(STOCKHOLM).replace(tzinfo=None).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value
