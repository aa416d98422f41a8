"""Density, clusters and stretches: the same address as the squares, with another `method`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, g, render_template

from samverkan_map import hotspots
from samverkan_map.exchange.svg_map import DrawnLayer, Stretches, Zones
from samverkan_map.hotspots import Work, clustering, searching, smoothing, things_words
from samverkan_map.hotspots.things import Method, Thing, Things
from samverkan_map.question import Question
from samverkan_map.vocabulary import ReportKind
from samverkan_map.web import hotspot_parts
from samverkan_map.web.hotspot_map import MARGIN, OPACITY, OUTLINE, RAMP, picture
from samverkan_map.web.hotspot_parts import box, speaker
from samverkan_map.web.texts import t

REACHES = {Method.DENSITY: smoothing.BANDWIDTHS, Method.CLUSTERS: clustering.RADII}
LINE, LINE_WIDTH = "#7DB8FF", 7.0


@dataclass(frozen=True)
class Told:
    """A thing as the page tells it."""

    thing: Thing
    title: str
    sentences: list[str]
    measure: str
    hectares: float
    work: Work
    box: str
    core: str


def other() -> bool:
    """Whether the address asks for another method than squares. Raises BadQuestion."""
    return hotspot_parts.method() is not Method.CELLS


def page(asked: Question) -> str:
    """What the method finds, in words beside a map and as a table."""
    found = _found(asked)
    return render_template(
        "hotspots/things.html",
        question=asked,
        reaches=REACHES.get(found.method, ()),
        query=_query(asked, found),
        asked_period=found.period,
        week=hotspot_parts.week(asked, found),
        **told(found) | hotspot_parts.choices(found.kinds) | _only_complaints(found) | hotspot_parts.kept_lately(),
    )


def _only_complaints(found: Things) -> dict[str, Any]:
    """Stretches count nothing but complaints, so their form offers nothing else."""
    return {"only_complaints": True, "kinds": [ReportKind.TRAFFIC]} if found.method is Method.STREETS else {}


def told(found: Things) -> dict[str, Any]:
    """What a page tells of an answer, fresh or kept."""
    say = speaker()
    work = hotspots.work_at(g.session, g.viewer, found.things)
    return {
        "found": found,
        "told": [_told(found, thing, work[thing.number]) for thing in found.things],
        "headline": things_words.headline(say, found),
        "facts": things_words.facts(say, found),
        "card": things_words.method_card(say, found),
        "map_query": hotspot_parts.map_query(found.given, found.kinds, found.counted),
    }


def geojson(asked: Question) -> Response:
    """What the method finds as GeoJSON."""
    found = _found(asked)
    return geojson_of(found, _query(asked, found))


def geojson_of(found: Things, asked: Mapping[str, object]) -> Response:
    """An answer as GeoJSON."""
    return hotspot_parts.geojson("hotspots", things_words.COLUMNS, _rows(found), asked)


def csv(asked: Question) -> Response:
    """What the method finds as CSV."""
    found = _found(asked)
    return csv_of(found, f"aterkommande-{found.method}.csv")


def csv_of(found: Things, name: str) -> Response:
    """An answer as a CSV download."""
    return hotspot_parts.csv(things_words.COLUMNS, _rows(found), name)


def svg(asked: Question) -> Response:
    """What the method finds as a picture."""
    return picture_of(_found(asked))


def picture_of(found: Things) -> Response:
    """An answer as a picture."""
    title = t(f"things.map_words.{found.method}", n=len(found.things), period=speaker().period(found.counted))
    return Response(draw(found, title), mimetype="image/svg+xml")


def draw(found: Things, title: str) -> str:
    """The picture as SVG text: the ramp of a density, outlined clusters, or lines, with their numbers."""
    shapes = [shape for shape, _ in found.zones] or [thing.shape for thing in found.things]
    narrow = len(shapes) == 1 or (shapes and (found.given.get("area") or found.given.get("bbox")))
    around = shapes if narrow else [*shapes, g.agreement.land]
    return picture(around, _layers(found), title, margin=MARGIN)


def _layers(found: Things) -> list[DrawnLayer]:
    numbered = [(thing.shape, str(thing.number)) for thing in found.things]
    if found.method is Method.STREETS:
        return [Stretches(t("things.legend_streets"), LINE, numbered, LINE_WIDTH)] if numbered else []
    if found.method is Method.CLUSTERS:
        return [Zones(t("things.legend_clusters"), RAMP[2], numbered, OUTLINE, OPACITY / 2)]
    ramp: list[DrawnLayer] = [
        Zones(things_words.class_words(speaker(), found, step), RAMP[step], [(shape, "")], OUTLINE, OPACITY)
        for shape, step in found.zones
    ]
    return [*ramp, Zones("", "none", numbered, OUTLINE, 1)]


def _found(asked: Question) -> Things:
    return searching.search(
        g.session, g.viewer, g.agreement, asked, today=g.today, method=hotspot_parts.method(), **sizes()
    )


def sizes() -> dict[str, int | None]:
    """The squares and the reach that the method has a use for; the form sends those of the method chosen before, too.

    Raises BadQuestion for lengths that cannot be read.
    """
    method, cell = hotspot_parts.method(), hotspot_parts.cell(None)
    reach = hotspot_parts.metres("bandwidth", "300") if method in REACHES else None
    has_squares = method is Method.CELLS or (reach and method is Method.DENSITY)
    return {"cell_metres": cell if has_squares else None, "bandwidth": reach}


def _query(asked: Question, found: Things) -> dict[str, str]:
    """The filters, the method and its own choices as the address holds them."""
    own = sizes()
    return asked.as_args(page=None, method=found.method.value, cell=own["cell_metres"], bandwidth=own["bandwidth"])


def _told(found: Things, thing: Thing, work: Work) -> Told:
    say = speaker()
    return Told(
        thing, things_words.title(say, found, thing), things_words.described(say, found, thing),
        things_words.measure(say, found, thing), things_words.hectares(thing), work,
        box(thing.shape.bounds), box(thing.shape.bounds, 0),
    )  # fmt: skip


def _rows(found: Things) -> list[dict[str, Any]]:
    work = hotspots.work_at(g.session, g.viewer, found.things)
    return list(things_words.rows(speaker(), found, work))
