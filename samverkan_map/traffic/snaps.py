"""On which stretch a report was made: found by distance, looked at where that is doubtful, and decided by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from samverkan_map import access, geometry, reports
from samverkan_map.access import TRAFFIC_KINDS, Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.streets.snapping import RIVAL_METRES
from samverkan_map.db import engine
from samverkan_map.db.tables import Report, Snap, Stretch
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.question import Question
from samverkan_map.reports.frame import CENTIMETRES, Frame
from samverkan_map.reports.reading import STRETCH_METRES
from samverkan_map.traffic.deliveries import renew
from samverkan_map.traffic.keeping import get, shape_of
from samverkan_map.traffic.placing import decided_ids, placed
from samverkan_map.traffic.roads import Road, Roads, current
from samverkan_map.vocabulary import Permission

MOVED_METRES = 100
"""So far from a stretch a report may lie and still be put on it by hand."""

MOST_SHOWN = 50


@dataclass(frozen=True)
class Doubtful:
    """A report that lies nearly as near to another stretch: distances in metres, and what may be known of it."""

    fields: dict[str, Any]
    metres: float
    rival: Road
    rival_metres: float


@dataclass(frozen=True)
class Decided:
    """A report that was decided by hand, and how; `to` is None when it was made on no stretch."""

    fields: dict[str, Any]
    id: int
    version: int
    to: Stretch | None
    stays: bool
    who: str
    at: datetime


# ---- What is seen ----------------------------------------------------------------------------------------------------


def doubtful(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, stretch_id: int
) -> tuple[list[Doubtful], int]:
    """The doubtful reports on a stretch, newest first and at most `MOST_SHOWN` of them, and how many there are.

    Doubtful: another stretch is at most `RIVAL_METRES` farther away, and nobody has decided yet. Reports in a junction
    are not doubtful, they belong to it.
    Raises NotFound (no such stretch, or single reports are not for this viewer), BadQuestion.
    """
    access.check(viewer, Permission.SEE_EXACT_REPORTS)
    get(session, viewer, stretch_id)
    roads = current(session)
    chosen = reports.choose(session, viewer, agreement, question)
    at = placed(session, chosen.frame, roads).stretch_of(chosen)
    here = (at == roads.at[stretch_id]) & chosen.column("mapped")
    ids = chosen.column("id")[here]
    xy = np.column_stack([chosen.column(name)[here] / CENTIMETRES for name in ("e", "n")])
    free = ~np.isin(ids, list(_decided_among(session, stretch_id)))
    found = _rivals(roads, stretch_id, ids[free].tolist(), xy[free])
    rows = {row["id"]: row for row in reports.rows_of(session, viewer, [one[0] for one in found[:MOST_SHOWN]])}
    shown = [
        Doubtful(rows[number], metres, rival, away)
        for number, metres, rival, away in found[:MOST_SHOWN]
        if number in rows
    ]
    return shown, len(found)


@dataclass(frozen=True)
class Doubts:
    """How sure it is where the reports of a question were made: how many lie on a stretch, and the doubtful of them."""

    on_stretch: int
    per_road: dict[int, int]
    """How many are doubtful on each stretch that has any, by its number."""

    @property
    def total(self) -> int:
        """How many are doubtful."""
        return sum(self.per_road.values())


def doubts(session: Session, viewer: Viewer, agreement: Agreement, question: Question) -> Doubts:
    """How many reports of a question are doubtful, as `doubtful` says it: only counts, so for all who see the list.

    Raises BadQuestion.
    """
    roads = current(session)
    chosen = reports.choose(session, viewer, agreement, question)
    at = placed(session, chosen.frame, roads).stretch_of(chosen)
    here = (at >= 0) & chosen.column("mapped")
    flagged = _flagged(session, chosen.frame, roads)[chosen.rows][chosen.mask] & here
    lines, counts = np.unique(at[flagged], return_counts=True)
    per_road = {roads.rows[line].id: n for line, n in zip(lines.tolist(), counts.tolist(), strict=True)}
    return Doubts(int(here.sum()), per_road)


def _flagged(session: Session, frame: Frame, roads: Roads) -> np.ndarray:
    """Which reports of a frame are doubtful, kept with it as where they count is."""
    key = ("doubtful", roads.version)
    if key not in frame.kept:
        at = placed(session, frame, roads).stretch
        rows = np.flatnonzero((at >= 0) & frame.mapped & ~np.isin(frame.id, decided_ids(session)))
        found = np.zeros(len(frame), dtype=bool)
        xy = np.column_stack([frame.e[rows], frame.n[rows]]) / CENTIMETRES
        found[rows] = roads.rivalled(xy, at[rows], RIVAL_METRES)
        frame.kept[key] = found
    return frame.kept[key]


def _rivals(roads: Roads, stretch_id: int, ids: list[int], xy: np.ndarray) -> list[tuple[int, float, Road, float]]:
    """Number, distance, rival and distance to it of each report that has a rival."""
    line = roads.lines[roads.at[stretch_id]]
    (near,) = roads.touched_by([line], 2 * STRETCH_METRES + RIVAL_METRES)
    others = [roads.at[number] for number in near if number != stretch_id]
    if not others or not ids:
        return []
    spots = shapely.points(xy)
    own = shapely.distance(spots, line)
    away = shapely.distance(spots[:, None], roads.lines[others][None, :])
    nearest = away.argmin(axis=1)
    second = away[np.arange(len(ids)), nearest]
    return [
        (ids[at], float(own[at]), roads.rows[others[nearest[at]]], float(second[at]))
        for at in np.flatnonzero(second <= own + RIVAL_METRES).tolist()
    ]


def decided(session: Session, viewer: Viewer, stretch_id: int) -> list[Decided]:
    """What was decided by hand about reports on a stretch, or that were found on it, newest first.

    Raises NotFound (single reports are not for this viewer).
    """
    access.check(viewer, Permission.SEE_EXACT_REPORTS)
    about = select(Snap, Report.id).join(Report, _same()).where(_concerns(stretch_id))
    found = session.execute(about.order_by(Snap.decided_at.desc(), Snap.id.desc())).all()
    rows = {row["id"]: row for row in reports.rows_of(session, viewer, [number for _, number in found])}
    return [
        Decided(
            fields=rows[number], id=snap.id, version=snap.version, to=snap.stretch,
            stays=snap.stretch_id == snap.from_stretch_id, who=snap.who, at=snap.decided_at,
        )
        for snap, number in found
        if number in rows
    ]  # fmt: skip


def near(session: Session, viewer: Viewer, stretch_id: int) -> list[Road]:
    """The stretches that a report on this one may be moved to, by name. Raises NotFound."""
    line = shape_of(get(session, viewer, stretch_id))
    roads = current(session)
    (touched,) = roads.touched_by([line], MOVED_METRES + STRETCH_METRES)
    found = [roads.rows[roads.at[number]] for number in touched if number != stretch_id]
    return sorted(found, key=lambda road: road.name.casefold())


def _same() -> ColumnElement[bool]:
    return and_(Snap.source == Report.source, Snap.source_ref == Report.source_ref)


def _concerns(stretch_id: int) -> ColumnElement[bool]:
    return or_(Snap.stretch_id == stretch_id, Snap.from_stretch_id == stretch_id)


def _decided_among(session: Session, stretch_id: int) -> Sequence[int]:
    return session.scalars(select(Report.id).join(Snap, _same()).where(_concerns(stretch_id))).all()


# ---- What is decided -------------------------------------------------------------------------------------------------


def decide(session: Session, actor: Viewer, report_id: int, *, to: int | None, version: int, now: datetime) -> Snap:
    """Say by hand on which stretch a report was made (None: on none); it stands also when its file comes in anew.

    `version` is that of the decision the actor saw, 0 for none.
    Raises NotFound (no report on a stretch, no such stretch, single reports are not for this actor), BadValue (the
    stretch is too far away), Conflict when somebody decided meanwhile, NotAllowed.
    """
    access.check(actor, Permission.SEE_EXACT_REPORTS)
    report = session.get(Report, report_id, with_for_update=True, populate_existing=True)
    if report is None or not access.sees(actor, report) or report.kind not in TRAFFIC_KINDS:
        raise NotFound("reports.errors.not_found")
    snap = session.scalar(select(Snap).where(Snap.source == report.source, Snap.source_ref == report.source_ref))
    if (snap.version if snap else 0) != version:
        raise Conflict("refusals.traffic.decided_meanwhile")
    home = snap.from_stretch_id if snap else report.stretch_id
    if home is None:
        raise NotFound("refusals.traffic.on_no_stretch")
    if to is not None:
        _check_near(report, get(session, actor, to))
    access.gate(
        session, actor, Permission.EDIT_PLACE, get(session, actor, home), report=report.id, moved_to=to or "none"
    )
    if snap is None:
        snap = Snap(source=report.source, source_ref=report.source_ref, from_stretch_id=home)
        session.add(snap)
    snap.stretch_id, snap.who, snap.decided_at = to, actor.name, now
    report.stretch_id = to
    session.flush()
    renew(session, [report.delivery_id])
    return snap


def _check_near(report: Report, stretch: Stretch) -> None:
    point = engine.shape(report.geom)
    if point is None or point.distance(shape_of(stretch)) > MOVED_METRES:
        raise BadValue("refusals.traffic.too_far_to_move", field="to", name=stretch.name, most=MOVED_METRES)


def take_back(session: Session, actor: Viewer, snap_id: int, *, version: int) -> None:
    """Undo a decision: the report is on its nearest stretch again.

    Raises NotFound, Conflict when somebody decided anew since `version`, NotAllowed.
    """
    access.check(actor, Permission.SEE_EXACT_REPORTS)
    snap = session.get(Snap, snap_id, with_for_update=True, populate_existing=True)
    if snap is None:
        raise NotFound("refusals.traffic.not_decided")
    if snap.version != version:
        raise Conflict("refusals.traffic.decided_meanwhile")
    stretch = get(session, actor, snap.from_stretch_id or 0)
    of_it = and_(Report.source == snap.source, Report.source_ref == snap.source_ref)
    number, came = session.execute(select(Report.id, Report.delivery_id).where(of_it)).one_or_none() or (0, None)
    access.gate(session, actor, Permission.EDIT_PLACE, stretch, report=number, taken_back=True)
    session.delete(snap)
    session.flush()
    settle(session, of_it)
    if came is not None:
        renew(session, [came])


# ---- What is found by distance ---------------------------------------------------------------------------------------


def settle(session: Session, *conditions: ColumnElement[bool]) -> None:
    """Put the complaints and accidents that fit on the stretch nearest to them, or on none when none is within reach.

    What was decided by hand stays.
    """
    by_hand = select(Snap.id).where(_same()).exists()
    wanted = select(Report.id, Report.delivery_id, Report.stretch_id, Report.geom).where(
        Report.kind.in_(TRAFFIC_KINDS), Report.geom.is_not(None), ~by_hand, *conditions
    )
    loose = session.execute(wanted).all()
    stretches = session.execute(select(Stretch.id, Stretch.geom)).all() if loose else []
    points = np.array([engine.shape(row.geom) for row in loose], dtype=object)
    lines = [engine.shape(geom) for _, geom in stretches]
    nearest, _ = geometry.snap_to_lines(points, lines, within_metres=STRETCH_METRES)
    found = [
        (row, stretches[line].id if line >= 0 else None) for row, line in zip(loose, nearest.tolist(), strict=True)
    ]
    changed = [(row, to) for row, to in found if row.stretch_id != to]
    if changed:
        session.execute(update(Report), [{"id": row.id, "stretch_id": to} for row, to in changed])
        renew(session, sorted({row.delivery_id for row, _ in changed}))


def around(line: LineString, stretch_id: int) -> ColumnElement[bool]:
    """The reports that are on a stretch, or lie where its line (EPSG:3006) is now."""
    return or_(Report.stretch_id == stretch_id, and_(*engine.within_distance(Report.geom, line, STRETCH_METRES)))
