"""Ask for what the other methods than squares find: one question, the method, and how far it reaches."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access, traffic
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots import clustering, ground, smoothing, stretches
from samverkan_map.hotspots.asked import CELLS, Asked, ask
from samverkan_map.hotspots.remembering import remembered
from samverkan_map.hotspots.things import Method, Things, begun
from samverkan_map.question import Question
from samverkan_map.reports import frame as frames
from samverkan_map.reports.frame import Frame

LEAST_REACH, MOST_REACH = 50, 2000


def search(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date, method: Method,
    cell_metres: int | None = None, bandwidth: int | None = None,
) -> Things:  # fmt: skip
    """What a method finds, the first first. `bandwidth` is the reach of a density's kernel or of a cluster.

    Raises BadQuestion as `find` does, for a reach that does not work with the squares, and for a filter or a size that
    the method has no use for.
    """
    frame = frames.current(session)
    reach = _reach(method, bandwidth)
    cell = _cell(method, cell_metres, reach)
    asked = ask(viewer, agreement, frame, question, cell_metres=cell, today=today)
    if method is Method.STREETS:
        stretches.check(asked)
    key = (
        method, agreement.folder, asked, reach, tuple(sorted(question.given.items())), access.coarse_position(viewer),
        traffic.roads(session).version, ground.stretches_known(session),
    )  # fmt: skip
    return remembered(frame, key, lambda: _searched(session, viewer, agreement, frame, asked, method, reach, today))


def _reach(method: Method, bandwidth: int | None) -> int:
    usual = {Method.DENSITY: smoothing.USUAL_BANDWIDTH, Method.CLUSTERS: clustering.USUAL_RADIUS}
    if method not in usual:
        if bandwidth is not None:
            raise BadQuestion("things.errors.no_reach", name="bandwidth")
        return 0
    if bandwidth is not None and not LEAST_REACH <= bandwidth <= MOST_REACH:
        raise BadQuestion("things.errors.reach", name="bandwidth", least=LEAST_REACH, most=MOST_REACH)
    return usual[method] if bandwidth is None else bandwidth


def _cell(method: Method, cell: int | None, reach: int) -> int:
    if method is Method.DENSITY:
        return smoothing.cell_for(reach, cell)
    if cell is not None:
        raise BadQuestion("things.errors.no_cells", name="cell")
    return CELLS[0]


def _searched(
    session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, asked: Asked, method: Method, reach: int,
    today: date,
) -> Things:  # fmt: skip
    start = begun(method, asked, reach, frame.version)
    if start.nothing:
        return start
    if method is Method.STREETS:
        return stretches.ranked(session, viewer, agreement, asked, start, today=today)
    work = smoothing.smoothed if method is Method.DENSITY else clustering.clustered
    return work(session, viewer, agreement, frame, asked, start)
