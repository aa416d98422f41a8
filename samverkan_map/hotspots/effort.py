"""Who stands behind the reports: when one source or organisation has more than half, the map shows where it reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Organisation
from samverkan_map.hotspots import laying
from samverkan_map.hotspots.asked import CELLS
from samverkan_map.hotspots.laying import Work
from samverkan_map.question import Question
from samverkan_map.reports import Quiet
from samverkan_map.vocabulary import Period

HALF = 0.5


@dataclass(frozen=True)
class Effort:
    """Who reported in a `period`: the largest source with its number, and the largest organisation where organisations
    are known; how many organisations reported, with how many reports, and the same for the period `before`.

    `organisation` is "" for viewers of coarse reports, who may not know it.
    """

    period: Period | None
    events: int
    source: str
    of_source: int
    organisation: str
    of_organisation: int
    active: int
    known: int
    before: Period | None
    active_before: int
    known_before: int
    quiet: Quiet = Quiet(0, 0)
    """Who said in the period that there was nothing to report: calm that would otherwise look like silence."""

    @property
    def one_source(self) -> bool:
        """Whether one source stands behind more than half."""
        return self.of_source > HALF * self.events

    @property
    def one_organisation(self) -> bool:
        """Whether one organisation stands behind more than half."""
        return self.of_organisation > HALF * self.events

    @property
    def each(self) -> float | None:
        """Reports per organisation that reported; None when none is known."""
        return self.known / self.active if self.active else None

    @property
    def each_before(self) -> float | None:
        """The same in the period before."""
        return self.known_before / self.active_before if self.active_before else None


def find(
    session: Session, viewer: Viewer, agreement: Agreement, question: Question, *, today: date,
    period: Period | None = None, before: Period | None = None,
) -> Effort:  # fmt: skip
    """Who stands behind the reports of a question, in the closed periods that were counted and compared with.

    Without a `period` they are those of the question, or the last twelve whole months and the year before.
    Raises BadQuestion as `hotspots.find`.
    """
    work = laying.begin(session, viewer, agreement, question, today=today, cell_metres=CELLS[0])
    found = laying.kept(work, "effort", lambda: _compute(work, period, before), period, before)
    # Asked for each time: what is kept goes with the reports, and a quiet week is none.
    return replace(found, quiet=reports.quiet_in(session, found.period))


def _compute(work: Work, period: Period | None, before: Period | None) -> Effort:
    asked = work.asked
    if asked.known is None or (period is None and asked.counted.start >= asked.counted.end):  # type: ignore[operator]
        return Effort(None, 0, "", 0, "", 0, 0, 0, None, 0, 0)
    counted, earlier = (asked.counted, asked.before) if period is None else (period, before)
    now = laying.chosen(work, counted)
    sources = np.bincount(now.column("source"), minlength=1)
    behind = _organisations(now.column("organisation"))
    then = _organisations(laying.chosen(work, earlier).column("organisation")) if earlier else {}
    largest = max(behind, key=lambda one: behind[one], default=-1)
    return Effort(
        counted, now.total, (now.frame.words["source"] or ("",))[int(sources.argmax())] or "", int(sources.max()),
        _name(work, largest), behind.get(largest, 0), len(behind), sum(behind.values()), earlier, len(then),
        sum(then.values()),
    )  # fmt: skip


def _organisations(column: np.ndarray) -> dict[int, int]:
    numbers, counts = np.unique(column[column >= 0], return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def _name(work: Work, number: int) -> str:
    if number < 0 or work.asked.coarse:
        return ""
    return work.session.scalar(select(Organisation.name).where(Organisation.id == number)) or ""
