"""Reports of a question over any span of days, on the squares that exist: what the deeper answers are counted from."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.grid import Grid, cells_of
from samverkan_map.errors import NotFound
from samverkan_map.hotspots import ground
from samverkan_map.hotspots.asked import Asked, ask
from samverkan_map.question import Question, days_since_1970
from samverkan_map.reports import choosing
from samverkan_map.reports import frame as frames
from samverkan_map.reports.choosing import Chosen
from samverkan_map.reports.frame import CENTIMETRES, Frame
from samverkan_map.vocabulary import Period, add_months

KEPT_ANSWERS = 64
LEAST_EVENTS = 10
"""With fewer reports nothing is said of how they lie, or how they come and go."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Work:
    """What an answer is worked out from: who asks, of which municipality and reports, and what."""

    session: Session
    viewer: Viewer
    agreement: Agreement
    frame: Frame
    asked: Asked

    @property
    def version(self) -> str:
        """The name of the reports."""
        return self.frame.version


def begin(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date, cell_metres: int
) -> Work:
    """Close the question as the page of recurring problems does. Raises BadQuestion as that does."""
    frame = frames.current(session)
    asked = ask(viewer, agreement, frame, question, cell_metres=cell_metres, today=today)
    return Work(session, viewer, agreement, frame, asked)


def needs_days(viewer: Viewer) -> None:
    """Raises NotFound for a viewer who may only know months: what is counted by days and weeks is not there."""
    if access.coarse_time(viewer):
        raise NotFound("access.errors.not_found")


def kept(work: Work, name: str, make: Callable[[], Answer], *more: Hashable) -> Answer:
    """The answer that was worked out from these reports before, or the one that `make` gives, kept with them."""
    key: Hashable = (
        name, work.agreement.folder, work.asked, tuple(sorted(work.asked.question.given.items())),
        ground.stretches_known(work.session), *more,
    )  # fmt: skip
    held = work.frame.kept
    if key not in held:
        held[key] = make()
        while len(held) > KEPT_ANSWERS:
            held.popitem(last=False)
    return held[key]


def chosen(work: Work, span: Period, types: tuple[str, ...] | None = None) -> Chosen:
    """The reports of the question over another span, whatever box it names.

    With `types` they are of those, whatever kind and types it names.
    """
    one = work.asked.question
    question = Question(
        period=span, focus=one.focus, kinds=one.kinds if types is None else (),
        types=one.types if types is None else types, areas=one.areas, sources=one.sources, weekdays=one.weekdays,
        hours=one.hours,
    )  # fmt: skip
    return choosing.choose(work.session, work.viewer, work.agreement, question, work.frame)


@dataclass(frozen=True, eq=False)
class Laid:
    """Reports that lie in a square: one value each of `day` (since 1970) and `cell`. `withheld` are those of types that
    are never told below a sub-area, `unplaced` those without a position, or outside the squares."""

    grid: Grid
    exists: np.ndarray
    day: np.ndarray
    cell: np.ndarray
    withheld: int
    unplaced: int

    def between(self, period: Period) -> np.ndarray:
        """Reports per square in a closed period, of the grid's shape."""
        assert period.start and period.end
        which = (self.day >= days_since_1970(period.start)) & (self.day < days_since_1970(period.end))
        counts = np.bincount(self.cell[which], minlength=self.exists.size)
        return counts.reshape(self.exists.shape).astype(float)


def lay(work: Work, span: Period, *, sensitive: bool = False) -> Laid:
    """The reports of a question over a span, on its squares; `sensitive` types only where no square is told of.

    Raises BadQuestion.
    """
    grid = ground.grid_of(work.agreement, work.asked.cell_metres)
    exists = ground.existing(work.session, work.agreement, work.frame, work.asked.question, grid)
    whole = chosen(work, span)
    found, withheld = (whole, 0) if sensitive else without_sensitive(work, whole)
    mapped = found.column("mapped")
    cell = cells_of(positions(found), grid)
    here = mapped & (cell >= 0)
    here[here] = exists.ravel()[cell[here]]
    return Laid(grid, exists, found.column("day")[here], cell[here], withheld, int((~here).sum()))


def without_sensitive(work: Work, found: Chosen) -> tuple[Chosen, int]:
    """The reports but for those of types that are never told below a sub-area, and how many those are."""
    never = {code for code, one in work.agreement.types.items() if one.never_public}
    open_ = found.frame.lookup("type", lambda code: code not in never)[found.frame.type[found.rows]]
    left = replace(found, mask=found.mask & open_)
    return left, found.total - left.total


def positions(found: Chosen) -> np.ndarray:
    """Metres east and north (EPSG:3006) of each report, shape (n, 2); meaningless for those without a position."""
    return np.column_stack([found.column("e"), found.column("n")]) / CENTIMETRES


def whole_months(first: date, end: date) -> list[Period]:
    """The months from that of `first` up to that of `end`, which is not among them."""
    found, month = [], first.replace(day=1)
    while month < end.replace(day=1):
        found.append(Period(month, add_months(month, 1)))
        month = add_months(month, 1)
    return found
