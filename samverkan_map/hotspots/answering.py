"""One question to any method: squares have their own answer, the others theirs."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots import ground, searching
from samverkan_map.hotspots.asked import CELLS, ask
from samverkan_map.hotspots.finding import compute
from samverkan_map.hotspots.found import Hotspots
from samverkan_map.hotspots.remembering import remembered
from samverkan_map.hotspots.things import Method
from samverkan_map.hotspots.written import Answer
from samverkan_map.question import Question
from samverkan_map.reports import frame as frames


def find(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date,
    cell_metres: int = CELLS[0],
) -> Hotspots:  # fmt: skip
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
    return remembered(frame, key, lambda: compute(session, viewer, agreement, frame, asked))


def answer(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date,
    method: Method = Method.CELLS, cell_metres: int | None = None, bandwidth: int | None = None,
) -> Answer:  # fmt: skip
    """What a method finds. Raises BadQuestion as `find`, and for a size that the method has no use for."""
    if method is not Method.CELLS:
        return searching.search(
            session, viewer, agreement, question, today=today, method=method, cell_metres=cell_metres,
            bandwidth=bandwidth,
        )  # fmt: skip
    if bandwidth is not None:
        raise BadQuestion("things.errors.no_reach", name="bandwidth")
    return find(session, viewer, agreement, question, today=today, cell_metres=cell_metres or CELLS[0])
