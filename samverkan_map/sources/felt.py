"""Felt safety beside reported events: never added, never merged, and where they disagree is a finding of its own.

Four cells in words. *Unsafe*: the sub-area answers worse than the whole municipality did the same year; a share only
when its interval leaves the municipality's out, an index only when it is at least a tenth of a unit worse. *Many*: more
reports of the question's types that calendar year than the middle sub-area had. Counts are not per inhabitant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlalchemy.orm import Session

from samverkan_map import access, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, SurveyQuestion
from samverkan_map.agreement.statistics import LOW, PERCENT
from samverkan_map.question import Question
from samverkan_map.sources.surveys import INDEX_MARGIN, SHOWN, Answer
from samverkan_map.vocabulary import Period

FEWEST_EVENTS = 20
"""With fewer reports in all sub-areas together nothing is called many or few."""

FEWEST_AREAS = 3
UNSAFE_MANY, UNSAFE_FEW, SAFE_MANY, SAFE_FEW = "unsafe_many", "unsafe_few", "safe_many", "safe_few"
CELLS = (UNSAFE_MANY, UNSAFE_FEW, SAFE_MANY, SAFE_FEW)
DISAGREE = frozenset({UNSAFE_FEW, SAFE_MANY})
AVERAGE, NO_ANSWER = "average", "no_answer"
"""Why a sub-area is in no cell: it cannot be told from the whole municipality, or has no answer that may be shown."""

NO_WHOLE, FEW_AREAS, FEW_EVENTS = "no_whole", "few_areas", "few_events"


@dataclass(frozen=True)
class Beside:
    """One sub-area: what was answered, how much was reported, and which of `CELLS` it is in, or why in none."""

    area: str
    answer: Answer
    events: int
    cell: str


@dataclass(frozen=True)
class Felt:
    """All sub-areas of one question and year. `why_not` says why nothing is in a cell; "" when something can be."""

    rows: tuple[Beside, ...]
    whole: Answer
    middle: float
    events: int
    why_not: str = ""

    def of(self, cell: str) -> list[str]:
        """The sub-areas of one cell."""
        return [one.area for one in self.rows if one.cell == cell]


def events_of(
    session: Session, viewer: Viewer, agreement: Agreement, question: SurveyQuestion, year: int
) -> dict[str, int] | None:
    """How many reports of a question's types each sub-area had in a calendar year.

    None where the question has no types, or the viewer may not see all of them.
    """
    kinds = access.visible_kinds(viewer)
    if not question.types or any(agreement.types[code].kind not in kinds for code in question.types):
        return None
    asked = Question(period=Period(date(year, 1, 1), date(year + 1, 1, 1)), types=question.types)
    found = reports.counts_by_area(reports.choose(session, viewer, agreement, asked))
    return {area: found.get(area, 0) for area in agreement.areas}


def beside(
    question: SurveyQuestion,
    answers: Mapping[str, Answer],
    events: Mapping[str, int],
    *,
    areas: Sequence[str],
    whole: str,
) -> Felt:
    """Answers of one year beside the reports of that year, by sub-area; `whole` is the municipality's own code."""
    middle = float(median([events.get(area, 0) for area in areas])) if areas else 0.0
    in_all = sum(events.get(area, 0) for area in areas)
    of_all = answers.get(whole, Answer(0, whole, "none"))
    told = [area for area in areas if answers[area].state == SHOWN]
    why_not = _why_not(of_all, told, in_all)
    found = []
    for area in areas:
        answer, count = answers[area], events.get(area, 0)
        cell = (
            NO_ANSWER
            if answer.state != SHOWN
            else AVERAGE
            if why_not
            else _cell(question, answer, of_all, count > middle)
        )
        found.append(Beside(area, answer, count, cell))
    return Felt(tuple(found), of_all, middle, in_all, why_not)


def _why_not(whole: Answer, told: Sequence[str], events: int) -> str:
    if whole.value is None:
        return NO_WHOLE
    if len(told) < FEWEST_AREAS:
        return FEW_AREAS
    return FEW_EVENTS if events < FEWEST_EVENTS else ""


def _cell(question: SurveyQuestion, answer: Answer, whole: Answer, many: bool) -> str:
    unsafe = _is_worse(question, answer, whole)
    if unsafe is None:
        return AVERAGE
    if unsafe:
        return UNSAFE_MANY if many else UNSAFE_FEW
    return SAFE_MANY if many else SAFE_FEW


def _is_worse(question: SurveyQuestion, answer: Answer, whole: Answer) -> bool | None:
    """Whether an area answered worse than the whole municipality; None when it cannot be told."""
    assert answer.value is not None and whole.value is not None
    difference = answer.value - whole.value
    if question.unit == PERCENT:
        assert answer.low is not None and answer.high is not None
        if answer.low <= whole.value <= answer.high:
            return None
    elif abs(difference) < INDEX_MARGIN - 1e-9:
        return None
    return (difference > 0) == (question.good == LOW)
