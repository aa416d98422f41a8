"""What a situation picture is about: its period, what that is compared with, and the reports it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from samverkan_map import reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.errors import BadValue
from samverkan_map.hotspots.asked import Asked, ask
from samverkan_map.question import Question, days_since_1970
from samverkan_map.reports import Chosen
from samverkan_map.reports import frame as frames
from samverkan_map.reports.frame import Frame
from samverkan_map.vocabulary import Period, ReportKind, Role, add_months

EYES = Viewer(None, "", Role.PLANNER)
"""With whose eyes the figures are gathered, whoever opens the page: those who write it all see single reports exactly,
and both parties must see the same."""

CELL_METRES = 250
COUNTED = (ReportKind.PROBLEM, ReportKind.TRAFFIC)
"""What is counted as trouble. Accidents and what people like stand by themselves."""


def check_period(agreement: Agreement, period: Period, today: date) -> Period:
    """The period as it may be asked for: whole months, over, within one agreement. Raises BadValue naming the field."""
    for field, day in (("start_on", period.start), ("end_on", period.end)):
        if day is None or day.day != 1:
            raise BadValue("situation.errors.whole_months", field=field)
    assert period.start and period.end
    if period.end <= period.start:
        raise BadValue("situation.errors.empty_period", field="end_on")
    own = agreement.at(period.start)
    if period.start.year < own.start_year or period.end > date(own.end_year + 1, 1, 1):
        first, last = own.start_year, own.end_year
        raise BadValue("situation.errors.outside_agreement", field="start_on", first=first, last=last)
    if period.end > add_months(today, 1):
        raise BadValue("situation.errors.not_over", field="end_on")
    return period


@dataclass(frozen=True)
class Spans:
    """The period as far as reports tell of it (`now`), what it is compared with, and what reports tell of at all.

    `now` is None when they tell of nothing in it.
    """

    now: Period | None
    before: Period | None
    known: Period | None

    @property
    def whole(self) -> Period:
        """From the first day that is looked at to the last."""
        assert self.now
        return Period((self.before or self.now).start, self.now.end)


@dataclass(frozen=True)
class Gathering:
    """What the sections count from."""

    session: Session
    agreement: Agreement
    period: Period
    today: date

    @cached_property
    def frame(self) -> Frame:
        """All reports as arrays."""
        return frames.current(self.session)

    def asked(self, focus: str | None = None) -> Asked:
        """The period as a question about recurring problems, of one focus area or of all."""
        question = Question(period=self.period, focus=(focus,) if focus else ())
        return ask(EYES, self.agreement, self.frame, question, cell_metres=CELL_METRES, today=self.today)

    @cached_property
    def spans(self) -> Spans:
        """The days that every section counts, so that their numbers belong together."""
        asked = self.asked()
        if asked.known is None:
            return Spans(None, None, None)
        now = asked.counted
        begins_too_late = now.start >= now.end  # type: ignore[operator]
        return Spans(None, None, asked.known) if begins_too_late else Spans(now, asked.before, asked.known)

    def chosen(self, focus: str | None, kinds: tuple[ReportKind, ...] = COUNTED) -> Chosen:
        """The reports of a focus area over the whole span that is looked at."""
        asked = Question(period=self.spans.whole, kinds=kinds, focus=(focus,) if focus else ())
        return reports.choose(self.session, EYES, self.agreement, asked)


@dataclass(frozen=True, eq=False)
class Halves:
    """Which of some chosen reports lie in the period and which in that before it (None: not compared)."""

    chosen: Chosen
    now: np.ndarray
    before: np.ndarray | None

    def counts(self, column: str) -> dict[str, list[int | None]]:
        """Reports in the period and before it by a coded column, "" for what is not known; nothing is left out."""
        words = self.chosen.frame.words[column]
        codes = self.chosen.column(column)
        now, before = (
            None if which is None else np.bincount(codes[which], minlength=len(words)).tolist()
            for which in (self.now, self.before)
        )
        assert now is not None
        return {
            str(word or ""): [now[at], None if before is None else before[at]]
            for at, word in enumerate(words)
            if now[at] or (before and before[at])
        }


def halves(chosen: Chosen, spans: Spans) -> Halves:
    """Tell the period of the chosen reports from that before it."""
    day = chosen.column("day")
    assert spans.now
    return Halves(chosen, _within(day, spans.now), _within(day, spans.before) if spans.before else None)


def _within(day: np.ndarray, period: Period) -> np.ndarray:
    assert period.start and period.end
    return (day >= days_since_1970(period.start)) & (day < days_since_1970(period.end))


def by_month(day: np.ndarray) -> dict[str, int]:
    """Days since 1970 counted by calendar month."""
    months, counts = np.unique(day.astype("datetime64[D]").astype("datetime64[M]"), return_counts=True)
    return {str(month): int(count) for month, count in zip(months, counts, strict=True)}


@dataclass(frozen=True)
class Facts:
    """What a section is worked out from: its frozen counts, the frozen days, and the codes of the agreement.

    Nothing of it comes from the reports: the same facts give the same figures when the reports are long gone.
    """

    counts: Mapping[str, Any]
    spans: Spans
    focus_areas: tuple[str, ...]

    @property
    def compared(self) -> bool:
        """Whether there is a period before to compare with."""
        return self.spans.before is not None

    @property
    def lengths(self) -> tuple[float, float]:
        """Days of the period and of that before it."""
        now, before = self.spans.now, self.spans.before
        return float((now and now.days) or 1), float((before and before.days) or 1)


def read_period(written: list[str] | None) -> Period | None:
    """A period as it is frozen."""
    return Period(*map(date.fromisoformat, written)) if written else None


def write_period(period: Period | None) -> list[str] | None:
    """A closed period as it is frozen."""
    if period is None:
        return None
    assert period.start and period.end
    return [period.start.isoformat(), period.end.isoformat()]
