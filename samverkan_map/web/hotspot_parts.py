"""What the pages about recurring problems have in common: the filters that they read themselves, choices, and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, g, request

from samverkan_map import access, geometry, hotspots
from samverkan_map.errors import BadQuestion
from samverkan_map.exchange import writers
from samverkan_map.hotspots import Answer, Method, Week
from samverkan_map.hotspots.words import SQUARE_COLUMNS, Speaker
from samverkan_map.question import Question
from samverkan_map.vocabulary import ReportKind
from samverkan_map.web.asking import csv_download, watermark
from samverkan_map.web.texts import Format

ROOM_DEGREES = 0.001
LATEST = 5
"""So many kept runs are named where others may be kept."""


def speaker() -> Speaker:
    """Who speaks to this visitor."""
    return Speaker(g.language, g.agreement, Format(g.language))


def metres(name: str, example: str) -> int | None:
    """A length that the address gives, None when it says none. Raises BadQuestion."""
    value = request.args.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 5):
        raise BadQuestion("question.errors.malformed", name=name, value=value[:40], example=example)
    return int(value)


def cell(usual: int | None) -> int | None:
    """The side of the squares that the address asks for, or the usual one. Raises BadQuestion."""
    found = metres("cell", "250")
    if found is not None:
        hotspots.check_cell(found)
    return usual if found is None else found


def one_of(name: str, known: Sequence[str]) -> str:
    """The value of a filter that knows a few words, the first when it says nothing. Raises BadQuestion."""
    value = request.args.get(name, "").strip() or known[0]
    if value not in known:
        raise BadQuestion("question.errors.unknown", name=name, value=value[:40], allowed=", ".join(known))
    return value


def method() -> Method:
    """How the address asks to look for recurring problems. Raises BadQuestion."""
    return Method(one_of("method", [one.value for one in Method]))


def kinds() -> list[ReportKind]:
    """The kinds that the visitor may choose."""
    visible = access.visible_kinds(g.viewer)
    return [kind for kind in ReportKind if kind in visible and kind is not ReportKind.STRENGTH]


def types(chosen: Iterable[str]) -> list[Any]:
    """The types of some kinds."""
    among = set(chosen)
    return [one for one in g.agreement.types.values() if one.kind in among and one.rows]


def choices(chosen: Iterable[str]) -> dict[str, Any]:
    """What the form of every such page needs besides its own."""
    return {
        "kinds": kinds(), "types": types(chosen), "coarse": access.coarse_time(g.viewer), "methods": list(Method),
        "period_words": speaker().period,
    }  # fmt: skip


def week(asked: Question, found: Answer) -> Week | None:
    """The reports of the kinds that an answer counts over the hours of the week, where there is anything to narrow."""
    if found.nothing and not (asked.weekdays or asked.hours):
        return None
    counted = replace(asked, kinds=tuple(map(ReportKind, found.kinds)))
    return hotspots.week(g.session, g.viewer, g.agreement, counted, today=g.today)


def kept_lately() -> dict[str, Any]:
    """The newest kept runs that the visitor may see, and how many there are in all."""
    return {
        "runs": hotspots.find_runs(g.session, g.viewer, most=LATEST),
        "runs_in_all": hotspots.count_runs(g.session, g.viewer),
    }


def box(bounds: tuple[float, ...], room: float = ROOM_DEGREES) -> str:
    """A box of metres as the filter `bbox` writes it."""
    (west, east), (south, north) = geometry.to_degrees([bounds[0], bounds[2]], [bounds[1], bounds[3]])
    return f"{west - room:.5f},{south - room:.5f},{east + room:.5f},{north + room:.5f}"


def map_query(given: Mapping[str, str], chosen: Iterable[str], period: Any) -> dict[str, str]:
    """The filters with which the living map shows what was counted in a period, but for the box."""
    kept = {name: given[name] for name in ("type", "focus", "source", "weekday", "hour") if given.get(name)}
    days = {name: day.isoformat() for name, day in (("from", period.start), ("to", period.end)) if day}
    return {"kind": ",".join(chosen)} | kept | days


def geojson(
    layer: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    asked: Mapping[str, object],
    *,
    cells: Iterable[Mapping[str, Any]] | None = None,
) -> Response:
    """Rows with a `geometry` in metres as a GeoJSON answer, with the squares they were made of beside them."""
    made = _features(layer, columns, rows)
    beside = None if cells is None else {"cells": _features("cells", SQUARE_COLUMNS, cells)}
    body = writers.geojson(
        made, number_matched=len(made), unmapped=0, question=dict(asked), watermark=watermark(), beside=beside
    )
    return Response(body, mimetype="application/geo+json")


def _features(layer: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{layer}.{row['id']}",
            "geometry": geometry.transform(row["geometry"], geometry.METRIC, geometry.DEGREES),
            "properties": {name: _json(row[name]) for name in columns},
        }
        for row in rows
    ]


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], name: str) -> Response:
    """Rows as a CSV download."""
    return csv_download(writers.csv_rows(columns, list(rows), watermark=watermark()), name)
