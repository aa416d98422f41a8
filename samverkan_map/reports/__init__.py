"""Problem reports and traffic complaints: find, count, take in, undo a delivery.

Reads take a `viewer` and give only what that viewer may see, already passed through the one field filter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db import bulk, engine
from samverkan_map.db.tables import Report
from samverkan_map.errors import NotFound
from samverkan_map.question import Question, day_of
from samverkan_map.reports import choosing
from samverkan_map.reports import frame as frames
from samverkan_map.reports.cells import Cell, count_cells, fits
from samverkan_map.reports.choosing import Chosen
from samverkan_map.reports.deliveries import Preview, find_deliveries, get_delivery, undo
from samverkan_map.reports.disposing import dispose, gone_to
from samverkan_map.reports.intake import Intake, take_in
from samverkan_map.reports.quiet import Quiet, Week, quiet_in, say_nothing, weeks
from samverkan_map.reports.single import Observation, take_one, take_one_back
from samverkan_map.reports.telling import tell
from samverkan_map.vocabulary import ReportKind

__all__ = [
    "Cell", "Chosen", "Intake", "Observation", "Preview", "Quiet", "Week", "area_only", "areas_without_position",
    "cells", "choose", "count_cells", "counts_by_area", "counts_by_kind", "counts_by_type", "dispose",
    "find_deliveries", "fits", "get", "get_delivery", "gone_to", "monthly_counts", "near", "page", "quiet_in",
    "rows_of", "say_nothing", "stream", "take_in", "take_one", "take_one_back", "tell", "times", "undo", "weeks",
    "within",
]  # fmt: skip

STREAM_ROWS = 2000
FEWEST_SHOWN = 5
"""A count per sub-area smaller than this is told as fewer than this."""


def choose(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> Chosen:
    """The reports a question means, as rows of the frame in memory. Raises BadQuestion."""
    return choosing.choose(session, viewer, agreement, question, frames.current(session))


def area_only(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> dict[str, int]:
    """How many reports of types that are only counted lie in each sub-area; nothing for those who may not see it.

    Whoever shows the counts shows small ones as `FEWEST_SHOWN` says.
    """
    return choosing.area_only(viewer, agreement, question, frames.current(session))


def counts_by_kind(chosen: Chosen) -> dict[str, int]:
    """How many reports of each kind."""
    return _counted(chosen, "kind", chosen.column("kind"))


def counts_by_type(chosen: Chosen) -> dict[str, int]:
    """How many reports of each type."""
    return _counted(chosen, "type", chosen.column("type"))


def _counted(chosen: Chosen, name: str, codes: np.ndarray) -> dict[str, int]:
    names = chosen.frame.words[name]
    counts = np.bincount(codes, minlength=len(names))
    return {str(word or ""): int(count) for word, count in zip(names, counts, strict=True) if count}


def counts_by_area(chosen: Chosen) -> dict[str, int]:
    """How many of the chosen reports lie in each sub-area; "" where none is known."""
    return _counted(chosen, "area", chosen.column("area"))


def areas_without_position(chosen: Chosen) -> dict[str, int]:
    """How many of the chosen reports that have no position lie in each sub-area; "" where not even that is known."""
    return _counted(chosen, "area", chosen.column("area")[~chosen.column("mapped")])


def monthly_counts(chosen: Chosen) -> list[dict[str, Any]]:
    """The chosen reports counted by month, type and sub-area, newest month first."""
    words = chosen.frame.words
    keys, counts = np.unique(
        np.column_stack((-_months(chosen), chosen.column("type"), chosen.column("area"), chosen.column("kind"))),
        axis=0,
        return_counts=True,
    )
    return [
        {
            "month": str(np.datetime64(int(-month), "M")),
            "type": words["type"][kind_of],
            "area": words["area"][area],
            "kind": words["kind"][kind],
            "count": int(count),
        }
        for (month, kind_of, area, kind), count in zip(keys.tolist(), counts.tolist(), strict=True)
    ]


def cells(chosen: Chosen, bbox: tuple[float, float, float, float], zoom: int) -> list[Cell]:
    """The chosen reports in a box counted per map cell, or one by one where few are near."""
    return count_cells(chosen, bbox, zoom)


def page(
    session: Session, viewer: Viewer, chosen: Chosen, agreement: Agreement, *, sort: str, first: int, most: int
) -> list[dict[str, Any]]:
    """Rows `first` to `first + most` of the chosen reports in the order asked for."""
    return rows_of(session, viewer, _ordered(chosen, agreement, sort)[first : first + most].tolist())


def rows_of(session: Session, viewer: Viewer, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Some reports by number, in that order, those that the viewer may not see left out."""
    found = {report.id: report for report in session.scalars(_rows().where(Report.id.in_(ids)))}
    shown = (row(viewer, found[number]) for number in ids if number in found)
    return [one for one in shown if one]


def _ordered(chosen: Chosen, agreement: Agreement, sort: str) -> np.ndarray:
    ids, order = chosen.column("id"), np.arange(chosen.total)
    if chosen.coarse:
        # An order by day would tell the days of reports of which only the month is told.
        order = np.lexsort((-ids, -_months(chosen)))
    if sort == "oldest":
        return ids[order[::-1]]
    if sort in ("type", "area"):
        codes = agreement.types if sort == "type" else agreement.areas
        rank = {code: number for number, code in enumerate(codes)}
        ranks = np.array([rank.get(code or "", len(rank)) for code in chosen.frame.words[sort]] or [0])
        order = order[np.argsort(ranks[chosen.column(sort)][order], kind="stable")]
    return ids[order]


def _months(chosen: Chosen) -> np.ndarray:
    """The month of each chosen report, as months since 1970."""
    return np.array(chosen.column("day"), dtype="datetime64[D]").astype("datetime64[M]").astype(np.int64)


def stream(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> Iterator[dict[str, Any]]:
    """All rows of a question, newest (or oldest) first, read a block at a time. Raises BadQuestion."""
    if access.coarse_time(viewer):
        yield from _coarse_stream(session, viewer, agreement, question)
        return
    conditions = choosing.conditions(session, viewer, agreement, question, frames.current(session))
    order = (Report.day, Report.id) if question.sort == "oldest" else (Report.day.desc(), Report.id.desc())
    statement = _rows().where(*conditions).order_by(*order)
    for report in session.scalars(statement.execution_options(yield_per=STREAM_ROWS)):
        found = row(viewer, report)
        if choosing.in_box(agreement, question, found["e"], found["n"], found["area"]):
            yield found


def _coarse_stream(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question
) -> Iterator[dict[str, Any]]:
    """The rows by month and number, as a page shows them; only the frame can order them so on every database."""
    chosen = choose(session, viewer, agreement, question)
    ids = _ordered(chosen, agreement, "oldest" if question.sort == "oldest" else "newest").tolist()
    for first in range(0, len(ids), STREAM_ROWS):
        yield from rows_of(session, viewer, ids[first : first + STREAM_ROWS])


def get(session: Session, viewer: Viewer, report_id: int) -> dict[str, Any]:
    """One report. Raises NotFound when there is none that the viewer may see."""
    report = session.scalars(_rows().where(Report.id == report_id)).one_or_none()
    if report is None or ReportKind(report.kind) not in access.visible_kinds(viewer):
        raise NotFound("reports.errors.not_found")
    return row(viewer, report)


def _rows() -> Select[Report]:
    return select(Report).options(joinedload(Report.stretch), joinedload(Report.organisation))


def row(viewer: Viewer, report: Report) -> dict[str, Any]:
    """A report as the viewer may see it: through the one field filter, positions as `e` and `n` in metres."""
    point = engine.shape(report.geom)
    return access.report_fields(
        viewer,
        {
            "id": report.id,
            "source": report.source,
            "source_ref": report.source_ref,
            "kind": report.kind,
            "type": report.type,
            "occurred_from": report.occurred_from,
            "occurred_to": report.occurred_to,
            "reported_at": report.reported_at,
            "day": day_of(report.day),
            "weekday": report.weekday,
            "hour": report.hour,
            "precision": report.precision,
            "area": report.area,
            "place_name": report.place_name,
            "stretch": report.stretch.name if report.stretch else None,
            "severity": report.severity,
            "organisation": report.organisation.name if report.organisation else None,
            "description": report.description,
            "e": None if point is None else point.x,
            "n": None if point is None else point.y,
        },
    )


def near(
    session: Session, viewer: Viewer, agreement: Agreement, shape: BaseGeometry, *, metres: float, most: int
) -> list[dict[str, Any]]:
    """The newest reports within some metres of a shape (EPSG:3006), by the spatial index.

    Nothing for a viewer of coarse positions: a distance from a known shape would tell the exact one.
    """
    if access.coarse_position(viewer) is not None:
        return []
    conditions = choosing.conditions(session, viewer, agreement, Question(), frames.current(session))
    close = engine.within_distance(Report.geom, shape, metres)
    newest = _rows().where(*conditions, *close).order_by(Report.day.desc(), Report.id.desc()).limit(most)
    return [row(viewer, report) for report in session.scalars(newest)]


def within(
    session: Session,
    viewer: Viewer,
    agreement: Agreement,
    question: Question,
    shape: BaseGeometry,
    *,
    metres: float = 0,
    plus: Collection[int] = (),
    minus: Collection[int] = (),
) -> Chosen:
    """The reports of a question that lie in a shape (EPSG:3006) or at most `metres` from it, by the arrays in memory.

    Reports numbered in `plus` belong wherever they lie, those in `minus` do not. For a viewer of coarse positions the
    middles of the 50 m squares decide, so that nothing is told about where in them a report lies.
    Raises BadQuestion.
    """
    frame = frames.current(session)
    coarse = access.coarse_position(viewer)
    west, south, east, north = shape.bounds
    reach = metres + (coarse or 0)
    rows = frame.rows_near((west - reach, south - reach, east + reach, north + reach))
    if plus:
        rows = np.union1d(rows, np.flatnonzero(np.isin(frame.id, np.array(sorted(plus)))))
    chosen = choosing.choose(session, viewer, agreement, question, frame.only(rows))
    ids, mapped = chosen.frame.id[chosen.rows], chosen.frame.mapped[chosen.rows]
    exact = (chosen.frame.arrays[name][chosen.rows] / frames.CENTIMETRES for name in ("e", "n"))
    e, n = (access.coarsened(side) if coarse else side for side in exact)
    inside = mapped & _reached(shape, e, n, metres)
    chosen.mask[:] &= (inside | np.isin(ids, list(plus))) & ~np.isin(ids, list(minus))
    return chosen


def _reached(shape: BaseGeometry, e: np.ndarray, n: np.ndarray, metres: float) -> np.ndarray:
    shapely.prepare(shape)
    if metres <= 0:
        return shapely.intersects_xy(shape, e, n)
    return shapely.dwithin(shape, shapely.points(e, n), metres)


def times(session: Session, viewer: Viewer, ids: Collection[int]) -> tuple[np.ndarray, np.ndarray]:
    """When each of some reports began and ended (datetime64 in UTC), those without a known time left out.

    Nothing for a viewer who may only know months.
    """
    if access.coarse_time(viewer):
        return np.empty(0, "datetime64[s]"), np.empty(0, "datetime64[s]")
    return bulk.times_of(session, ids, kinds=sorted(access.visible_kinds(viewer)))
