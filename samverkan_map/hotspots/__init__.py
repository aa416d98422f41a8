"""Where there is more than chance explains: ask for hotspots, say what is done there, and keep the run.

Reports of one theme are counted in squares of the official grid; the exact binomial decides over the whole map which
are hot, and those that hang together are one numbered spot. Gi* stands beside as the measure people know.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime

from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Run
from samverkan_map.hotspots import ground
from samverkan_map.hotspots.asked import CELLS, ask, check_cell
from samverkan_map.hotspots.finding import LEAST_EVENTS, compute
from samverkan_map.hotspots.found import Hotspots, Spot, as_plain, from_plain
from samverkan_map.hotspots.runs import find_runs, found_in, get_run, keep_found
from samverkan_map.hotspots.week import Week, week_of
from samverkan_map.hotspots.work import Work, work_at
from samverkan_map.question import Question
from samverkan_map.reports import frame as frames

__all__ = [
    "CELLS", "LEAST_EVENTS", "Hotspots", "Spot", "Week", "Work", "as_plain", "check_cell", "data_version", "find",
    "find_runs", "found_in", "from_plain", "get_run", "keep", "same_places", "week", "work_at",
]  # fmt: skip

KEPT_ANSWERS = 64


def find(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date, cell_metres: int = 100
) -> Hotspots:
    """The places where more is reported than chance explains, the one with most reports first.

    Without a period the last twelve whole months count. Answers are kept as long as the reports are the same.
    Raises BadQuestion for a filter that has no place here, accidents beside complaints, strengths, a context source, a
    period or hour finer than the viewer may ask for, and squares of a size that does not work.
    """
    frame = frames.current(session)
    asked = ask(viewer, agreement, frame, question, cell_metres=cell_metres, today=today)
    key: Hashable = (
        "hotspots", agreement.folder, asked, tuple(sorted(question.given.items())), access.coarse_position(viewer),
        ground.stretches_known(session),
    )  # fmt: skip
    found = frame.kept.get(key)
    if found is None:
        found = frame.kept[key] = compute(session, viewer, agreement, frame, asked)
        while len(frame.kept) > KEPT_ANSWERS:
            frame.kept.popitem(last=False)
    return found


def keep(
    session: Session, actor: Viewer, agreement: Agreement, question: Question, *, today: date, cell_metres: int = 100,
    now: datetime,
) -> Run:  # fmt: skip
    """Find and keep the answer as a dated set; the newest one, unchanged, is not kept twice.

    Raises BadQuestion as `find`, StepNotAllowed when nothing could be looked for, NotAllowed.
    """
    found = find(session, actor, agreement, question, today=today, cell_metres=cell_metres)
    return keep_found(session, actor, question, found, now=now)


def data_version(session: Session) -> str:
    """The name of the reports there are now; that of a kept run is the same as long as they are."""
    return frames.current(session).version


def week(session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date) -> Week | None:
    """The reports of a question over the hours of the week; None for a viewer who may only know months.

    Raises BadQuestion as `find`.
    """
    asked = ask(viewer, agreement, frames.current(session), question, cell_metres=CELLS[0], today=today)
    return week_of(session, viewer, agreement, asked)


def same_places(found: Hotspots, other: Hotspots) -> int:
    """How many of the spots of one answer a spot of the other, with other squares, meets too."""
    return sum(any(spot.shape.intersects(one.shape) for one in other.spots) for spot in found.spots)
