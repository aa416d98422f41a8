"""Safety surveys: what was answered per area and year, as it may be shown, and how it changed between two years.

An index goes from 0 to 6 and is better the lower it is. Nothing is shown that rests on fewer than twenty answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scipy.special import ndtr
from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, SurveyQuestion
from samverkan_map.agreement.statistics import ANSWERS, INDEX, PERCENT, RESPONSE
from samverkan_map.analysis.false_discovery import benjamini_hochberg
from samverkan_map.analysis.surveys import newcombe, wilson
from samverkan_map.db.tables import SurveyValue
from samverkan_map.errors import BadValue
from samverkan_map.sources import rows
from samverkan_map.vocabulary import Permission

FEWEST_ANSWERS = 20
"""A figure that rests on fewer answers is not shown to anybody."""

FEWEST_COMPARED = 50
"""Two years are compared only when each has so many answers."""

BEST, WORST = 0.0, 6.0
SHOWN, UNCOUNTED, FEW, HELD, NONE = "shown", "uncounted", "few", "held", "none"
"""A figure is shown; shown, although nobody told how many answered; held back for its own few answers, or because a
neighbour's could be worked out beside the whole municipality's; or not there."""

INDEX_MARGIN = 0.1
"""An index that differs by less is told as unchanged; half of it is what one decimal loses either way. Own choice."""


@dataclass(frozen=True)
class Asked:
    """One question of one source, which is what a table or a map is about."""

    source: str
    question: str


@dataclass(frozen=True)
class Answer:
    """What one area answered in one year, as it may be shown: without number when there are too few answers.

    `low` and `high` are the 95 % interval of a share in per cent (Wilson), None for an index and where the answers are
    not counted. `number` and `version` are those of the stored row.
    """

    year: int
    area: str
    state: str
    value: float | None = None
    answers: int | None = None
    response_rate: float | None = None
    low: float | None = None
    high: float | None = None
    origin: str = ""
    note: str = ""
    number: int = 0
    version: int = 0


@dataclass(frozen=True)
class Difference:
    """How an answer changed between two years, in per cent units or index units; `better` None where neither.

    `low` and `high` are the 95 % interval (Newcombe), None for an index. `clear`: the interval leaves out zero, and the
    change still holds when all areas were looked at (Benjamini-Hochberg); None where nothing can be said of chance.
    """

    value: float
    low: float | None
    high: float | None
    better: bool | None
    clear: bool | None


def checked(
    agreement: Agreement,
    *,
    source: str,
    year: int,
    area: str,
    question: str,
    value: float,
    answers: float | None = None,
    response_rate: float | None = None,
    origin: str = "",
    note: str = "",
    today: date,
) -> SurveyValue:
    """One figure of a survey, checked and not stored yet.

    Raises BadValue naming the field: unknown source, area or question, a year to come, an index outside 0-6, per cent
    outside 0-100, nobody who answered, no number of answers for a figure that was published nowhere, a text that points
    at a person.
    """
    known = agreement.statistics
    rows.one_of("source", source, known.survey_sources)
    rows.one_of("area", area, rows.places(agreement))
    rows.one_of("question", question, known.questions)
    asked = known.questions[question]
    found = SurveyValue(
        source=source,
        year=rows.year(year, today),
        area=area,
        question=question,
        value=_value(asked, value),
        answers=rows.count("answers", answers, least=1),
        response_rate=rows.percent("response_rate", response_rate),
        origin=rows.origin(origin),
        note=rows.note(note),
    )
    if asked.is_asked and found.answers is None and not found.origin:
        raise BadValue("sources.errors.no_answers", field="answers")
    return found


def _value(asked: SurveyQuestion, value: float) -> float:
    if asked.unit == INDEX and not BEST <= value <= WORST:
        raise BadValue("sources.errors.index", field="value", value=rows.written(value))
    if asked.unit in (PERCENT, RESPONSE):
        rows.percent("value", value)
    if asked.unit == ANSWERS:
        rows.count("value", value, least=1)
    return float(value)


def keep(session: Session, actor: Viewer, agreement: Agreement, **given) -> SurveyValue:
    """Store one figure; what is given is what `checked` takes. Raises BadValue, NotAllowed."""
    found = checked(agreement, **given)
    rows.add(session, actor, found)
    return found


# ---- What may be shown ---------------------------------------------------------------------------------------------


def find(session: Session, viewer: Viewer, agreement: Agreement) -> dict[Asked, list[Answer]]:
    """All answers of all questions, oldest first, areas in the agreement's order. Raises NotAllowed."""
    access.check(viewer, Permission.SEE_SOURCES)
    return answers_of(agreement, session.scalars(select(SurveyValue)).all())


def answers_of(agreement: Agreement, stored: Iterable[SurveyValue]) -> dict[Asked, list[Answer]]:
    """Stored figures as they may be shown, by question, in the order of the agreement."""
    stored = list(stored)
    questions = agreement.statistics.questions
    of_survey = {
        (questions[one.question].unit, one.source, one.year, one.area): one.value
        for one in stored
        if one.question in questions and not questions[one.question].is_asked
    }
    order = {code: place for place, code in enumerate(rows.places(agreement))}
    found: dict[Asked, list[Answer]] = {
        Asked(source, question.code): []
        for question in agreement.statistics.asked
        for source in agreement.statistics.survey_sources
    }
    for one in sorted(stored, key=lambda one: (one.year, order.get(one.area, len(order)))):
        if (asked := Asked(one.source, one.question)) in found and one.area in order:
            found[asked].append(_answer(questions[one.question], one, of_survey))
    return {asked: _without_subtraction(agreement, answers) for asked, answers in found.items() if answers}


def _without_subtraction(agreement: Agreement, answers: Sequence[Answer]) -> list[Answer]:
    """The same, with a second sub-area held back where a single one is: beside the whole it would be worked out."""
    held = set()
    for year in years(answers):
        of_areas = [one for one in answers if one.year == year and one.area in agreement.areas]
        few = [one for one in of_areas if one.state == FEW]
        shown = sorted((one for one in of_areas if one.state == SHOWN), key=lambda one: one.answers or 0)
        has_whole = any(one.year == year and one.area == agreement.statistics.whole for one in answers)
        if has_whole and len(few) == 1 and len(of_areas) == len(agreement.areas) and shown:
            held.add((year, shown[0].area))
    return [
        Answer(one.year, one.area, HELD, number=one.number, version=one.version)
        if (one.year, one.area) in held
        else one
        for one in answers
    ]


def _answer(question: SurveyQuestion, one: SurveyValue, of_survey: Mapping[tuple[str, str, int, str], float]) -> Answer:
    where = (one.source, one.year, one.area)
    answers, rate = one.answers, one.response_rate
    if answers is None and (told := of_survey.get((ANSWERS, *where))) is not None:
        answers = int(told)
    rate = of_survey.get((RESPONSE, *where)) if rate is None else rate
    row: dict[str, Any] = {"number": one.id or 0, "version": one.version or 0}
    if answers is not None and answers < FEWEST_ANSWERS:
        return Answer(one.year, one.area, FEW, **row)
    low, high = _interval(question, one.value, answers)
    return Answer(
        one.year, one.area, UNCOUNTED if answers is None else SHOWN, one.value, answers, rate, low, high, one.origin,
        one.note, **row,
    )  # fmt: skip


def _interval(question: SurveyQuestion, value: float, answers: int | None) -> tuple[float | None, float | None]:
    if question.unit != PERCENT or answers is None:
        return None, None
    found = wilson(_yes(value, answers), answers)
    return 100 * found.low, 100 * found.high


def _yes(value: float, answers: int) -> int:
    """How many said yes, from a share that was told in per cent with few digits."""
    return min(answers, round(value / 100 * answers))


def years(answers: Iterable[Answer]) -> list[int]:
    """The years with answers, latest first."""
    return sorted({one.year for one in answers}, reverse=True)


def of_year(agreement: Agreement, answers: Iterable[Answer], year: int) -> dict[str, Answer]:
    """One year's answer of every area; those that have none say so."""
    found = {one.area: one for one in answers if one.year == year}
    return {code: found.get(code, Answer(year, code, NONE)) for code in rows.places(agreement)}


def changed(
    question: SurveyQuestion, earlier: Mapping[str, Answer], later: Mapping[str, Answer]
) -> dict[str, Difference]:
    """How each area's answer changed; areas that lack either year, or have too few answers to compare, are left out."""
    pairs = {code: (earlier[code], later[code]) for code in later if _comparable(earlier.get(code), later[code])}
    chances = {code: _chance(*pair) for code, pair in pairs.items() if question.unit == PERCENT}
    holds = dict(zip(chances, _found(list(chances.values())), strict=True))
    return {code: _difference(question, *pair, holds.get(code)) for code, pair in pairs.items()}


def _comparable(earlier: Answer | None, later: Answer) -> bool:
    both = (earlier, later)
    return all(one is not None and one.state == SHOWN and (one.answers or 0) >= FEWEST_COMPARED for one in both)


def _found(chances: Sequence[float]) -> list[bool]:
    return [bool(one) for one in benjamini_hochberg(chances).found] if chances else []


def _chance(earlier: Answer, later: Answer) -> float:
    """How often two shares of the same people would differ so much by chance (pooled z, two-sided)."""
    asked = [one.answers or 0 for one in (earlier, later)]
    yes = [_yes(one.value or 0, one.answers or 0) for one in (earlier, later)]
    pooled = sum(yes) / sum(asked)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / asked[0] + 1 / asked[1]))
    return 1.0 if not spread else float(2 * ndtr(-abs(yes[1] / asked[1] - yes[0] / asked[0]) / spread))


def _difference(question: SurveyQuestion, earlier: Answer, later: Answer, holds: bool | None) -> Difference:
    assert earlier.value is not None and later.value is not None
    value = later.value - earlier.value
    low = high = None
    if question.unit == PERCENT and earlier.answers and later.answers:
        found = newcombe(
            _yes(later.value, later.answers), later.answers, _yes(earlier.value, earlier.answers), earlier.answers
        )
        low, high = 100 * found.low, 100 * found.high
    least = INDEX_MARGIN - rows.CLOSE if question.unit == INDEX else rows.CLOSE
    better = None if abs(value) < least else (value < 0) == (question.good == "low")
    clear = None if low is None or high is None else bool(holds) and not low <= 0 <= high
    return Difference(value, low, high, better, clear)
