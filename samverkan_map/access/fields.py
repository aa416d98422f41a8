"""Which fields of a report a viewer gets: the one filter for page, JSON, CSV, print and map."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from samverkan_map.access.rights import may
from samverkan_map.access.seeing import COARSE_METRES, coarse_time, visible_kinds
from samverkan_map.access.viewers import Viewer
from samverkan_map.vocabulary import Permission, ReportKind


def report_fields(viewer: Viewer, row: dict[str, Any]) -> dict[str, Any]:
    """The fields of one report that the viewer may see: the one filter for page, JSON, CSV, print and map.

    Whoever may read its words gets the row; who may see it exactly a row without words and with times by the hour; who
    may see it coarsely month, hour band and a 50 m square; everybody else nothing at all.
    """
    if ReportKind(row["kind"]) not in visible_kinds(viewer):
        return {}
    if coarse_time(viewer):
        return _coarse_fields(row)
    return dict(row) if may(viewer, Permission.SEE_RAW_TEXT) else _coded_fields(row)


_CODED = (
    "id", "source", "source_ref", "kind", "type", "day", "weekday", "hour", "precision", "area", "place_name",
    "stretch", "severity", "organisation", "e", "n",
)  # fmt: skip
_COARSE = ("id", "source", "kind", "type", "precision", "area", "stretch", "severity")


def _coded_fields(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: _to_the_hour(row.get(name)) for name in ("occurred_from", "occurred_to")}
    return {name: row[name] for name in _CODED if name in row} | times


def _to_the_hour(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(minute=0, second=0, microsecond=0)


def _coarse_fields(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in _COARSE if name in row}
    day = row.get("day")
    return kept | {
        "month": f"{day:%Y-%m}" if day else None,
        "hour_band": hour_band(row.get("hour")),
        "e": coarsened(row.get("e")),
        "n": coarsened(row.get("n")),
    }


def hour_band(hour: int | None) -> str | None:
    """The four-hour band that an hour of the day lies in.

    >>> hour_band(22)
    '20-24'
    """
    return None if hour is None else f"{hour // 4 * 4:02d}-{hour // 4 * 4 + 4:02d}"


def coarsened(metres: Any) -> Any:
    """A coordinate, or an array of them, moved to the middle of its 50 m square.

    >>> coarsened(370012.5)
    370025.0
    """
    return None if metres is None else metres // COARSE_METRES * COARSE_METRES + COARSE_METRES / 2
