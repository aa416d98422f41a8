"""Where there is more than chance explains: ask for hotspots, say what is done there, and keep the run.

Reports of one theme are counted in squares of the official grid; the exact binomial decides over the whole map which
are hot, and those that hang together are one numbered spot. Gi* stands beside as the measure people know.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.hotspots.answering import answer, find
from samverkan_map.hotspots.asked import CELLS, ask, check_cell
from samverkan_map.hotspots.finding import LEAST_EVENTS
from samverkan_map.hotspots.found import Hotspots, Spot, Square
from samverkan_map.hotspots.rerun import Again, again
from samverkan_map.hotspots.runs import (
    along_in,
    count_runs,
    effort_in,
    find_runs,
    found_in,
    get_run,
    keep,
    question_of,
    who_reported,
)
from samverkan_map.hotspots.things import Method, Thing, Things
from samverkan_map.hotspots.week import Week, week_of
from samverkan_map.hotspots.work import Work, work_at
from samverkan_map.hotspots.written import Answer, as_plain, from_plain
from samverkan_map.question import Question
from samverkan_map.reports import frame as frames

__all__ = [
    "CELLS", "LEAST_EVENTS", "Again", "Answer", "Hotspots", "Method", "Spot", "Square", "Thing", "Things", "Week",
    "Work", "again", "along_in", "answer", "as_plain", "check_cell", "count_runs", "data_version", "effort_in", "find",
    "find_runs", "found_in", "from_plain", "get_run", "keep", "question_of", "same_places", "week",
    "who_reported", "work_at",
]  # fmt: skip


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
