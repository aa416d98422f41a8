"""The ranked list of stretches, as a page, a picture, GeoJSON and CSV: the same rows in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from samverkan_map import geometry
from samverkan_map.exchange import writers
from samverkan_map.question import Question
from samverkan_map.traffic import Junction, Ranking, Row
from samverkan_map.vocabulary import Keeper
from samverkan_map.web.asking import csv_download, watermark
from samverkan_map.web.texts import t
from samverkan_map.web.traffic import drawn, words
from samverkan_map.web.traffic.asked import Work, asked_here, rank, rows_of, work_on
from samverkan_map.web.traffic.blueprint import blueprint

PER_PAGE = 50
LETTER = "brev"

COLUMNS = (
    "place", "place_low", "place_high", "id", "name", "area", "keeper", "speed_limit", "length_metres", "function",
    "complaints", "per_km_year", "smoothed", "before", "change", "certainty", "without_hour", "accidents", "severe",
    "graded", "epdo", "measured_on", "v85", "share_over_limit", "vehicles", "verdict", "phase", "shown_outside", "url",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """The list of a question, and the part of it that the page shows."""

    asked: Question
    ranking: Ranking
    work: Work
    rows: list[Row]

    @property
    def pages(self) -> int:
        """How many pages the rows fill."""
        return max(1, -(-len(self.rows) // PER_PAGE))

    @property
    def shown(self) -> list[Row]:
        """The rows of this page."""
        first = (min(self.asked.page, self.pages) - 1) * PER_PAGE
        return self.rows[first : first + PER_PAGE]


@dataclass(frozen=True)
class OfKeeper:
    """What one road keeper has: complaints and accidents stand apart."""

    keeper: str
    stretches: int
    metres: float
    complaints: int
    accidents: int
    severe: int


def listed() -> Listed:
    """The list of the address. Raises BadQuestion."""
    asked = asked_here()
    ranking = rank(asked)
    work = work_on(ranking)
    return Listed(asked, ranking, work, rows_of(ranking, asked, work))


def per_keeper(rows: Sequence[Row]) -> list[OfKeeper]:
    """What each keeper has of some rows; a keeper with none is left out."""
    sums: dict[str, list[float]] = {keeper: [0, 0.0, 0, 0, 0] for keeper in Keeper}
    for row in rows:
        # One step per row: a list of thousands is summed at every look.
        own = sums[row.road.keeper]
        own[0] += 1
        own[1] += row.road.length_metres
        own[2] += row.complaints
        own[3] += row.accidents
        own[4] += row.severe
    return [
        OfKeeper(keeper, int(n), metres, int(complaints), int(accidents), int(severe))
        for keeper, (n, metres, complaints, accidents, severe) in sums.items()
        if n
    ]


def junctions(found: Listed) -> list[Junction]:
    """The junctions of which some arm is in the list."""
    if not found.ranking.junctions:
        return []
    shown = {row.road.id for row in found.rows}
    return [one for one in found.ranking.junctions if any(road.id in shown for road in one.arms)]


@blueprint.get("/trafik.svg")
def svg() -> Response:
    """The rows of the page as a picture; `visa=brev` is that of a letter."""
    found = listed()
    plain = request.args.get("visa") == LETTER
    return Response(drawn.draw(found.ranking, found.shown, plain=plain), mimetype="image/svg+xml")


@blueprint.get("/trafik.geojson")
def geojson() -> Response:
    """The rows of the page as GeoJSON."""
    found = listed()
    roads = found.ranking.roads
    features = [
        {
            "id": row.road.id,
            "geometry": geometry.transform(roads.lines[roads.at[row.road.id]], geometry.METRIC, geometry.DEGREES),
            "properties": as_properties(row, found.work),
        }
        for row in found.shown
    ]
    body = writers.geojson(
        features, number_matched=len(found.rows), unmapped=0, question=found.asked.as_args(), watermark=watermark()
    )
    return Response(body, mimetype="application/geo+json")


@blueprint.get("/trafik.csv")
def csv() -> Response:
    """All rows as CSV."""
    found = listed()
    rows = (as_properties(row, found.work) for row in found.rows)
    return csv_download(writers.csv_rows(COLUMNS, rows, watermark=watermark()), "trafik.csv")


def as_properties(row: Row, work: Work) -> dict[str, Any]:
    """What a row of a file holds: `COLUMNS`, with words in the visitor's language."""
    road, latest, phase = row.road, row.road.latest, work.phase(row.road.id)
    own = {name: getattr(road, name) for name in ("id", "name", "area", "speed_limit", "length_metres", "function")}
    measured = {name: getattr(latest, name, None) for name in ("v85", "share_over_limit", "vehicles")}
    counted = {name: getattr(row, name) for name in ("place", "complaints", "before", "change", "accidents", "severe")}
    return own | measured | counted | {
        "place_low": row.low,
        "place_high": row.high,
        "keeper": t(f"vocabulary.keeper.{road.keeper}"),
        "per_km_year": _rounded(row.per_km_year),
        "smoothed": _rounded(row.smoothed),
        "certainty": t(f"traffic.sure.{row.sure}") if row.sure else None,
        "without_hour": row.unknown_hour,
        "graded": row.graded,
        "epdo": row.score if row.graded else None,
        "measured_on": latest.ended_on.isoformat() if latest else None,
        "verdict": t(f"traffic.held.{row.held}"),
        "phase": t(f"vocabulary.phase.{phase}") if phase else None,
        "shown_outside": row.complaints >= words.PUBLIC_LEAST,
        "url": f"/trafik/stracka/{road.id}",
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
