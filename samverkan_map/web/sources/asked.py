"""Which question, source and years an address asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import g, request

from samverkan_map import sources
from samverkan_map.agreement import SurveyQuestion
from samverkan_map.errors import BadQuestion
from samverkan_map.sources import Answer, Asked, surveys
from samverkan_map.web.sources import words

QUESTION, SOURCE, YEAR, BEFORE = "visa", "kalla", "ar", "jamfor"
NAMES = (QUESTION, SOURCE, YEAR, BEFORE)
CARRIED = ("som", "klart")


@dataclass(frozen=True)
class Shown:
    """What a page shows: one question of one source in one year, and the earlier year beside it (None for none)."""

    asked: Asked
    year: int
    before: int | None
    all: dict[Asked, list[Answer]]

    @property
    def question(self) -> SurveyQuestion:
        """The question itself."""
        return words.question_of(self.asked)

    @property
    def answers(self) -> list[Answer]:
        """All its answers, oldest first."""
        return self.all[self.asked]

    @property
    def years(self) -> list[int]:
        """The years it was asked, latest first."""
        return surveys.years(self.answers)

    @property
    def of_year(self) -> dict[str, Answer]:
        """The year's answer of every area."""
        return surveys.of_year(g.agreement, self.answers, self.year)

    @property
    def of_before(self) -> dict[str, Answer]:
        """The earlier year's."""
        return {} if self.before is None else surveys.of_year(g.agreement, self.answers, self.before)

    @property
    def query(self) -> dict[str, Any]:
        """The same question as an address."""
        found: dict[str, Any] = {QUESTION: self.asked.question, SOURCE: self.asked.source, YEAR: self.year}
        return found if self.before is None else found | {BEFORE: self.before}


def ask() -> Shown | None:
    """What the address asks for; None before any survey is there. Raises BadQuestion."""
    check_names(NAMES)
    found = sources.surveys.find(g.session, g.viewer, g.agreement)
    if not found:
        return None
    asked = _asked(found)
    years = surveys.years(found[asked])
    given = request.args.get(YEAR) or str(_first_year(found[asked]))
    year = int(_known(YEAR, given, map(str, years)))
    earlier = [one for one in years if one < year]
    before = request.args.get(BEFORE) or (str(earlier[0]) if earlier else "")
    return Shown(asked, year, int(_known(BEFORE, before, map(str, earlier))) if before else None, found)


def check_names(names: tuple[str, ...]) -> None:
    """Refuse names in the address that mean nothing here. Raises BadQuestion."""
    for name in request.args:
        if name not in (*names, *CARRIED):
            raise BadQuestion("question.errors.unknown_name", name=name[:40], allowed=", ".join(names))


def _asked(found: dict[Asked, list[Answer]]) -> Asked:
    """The question and source that are asked for, or the first with an answer of a sub-area."""
    known = {one.question: None for one in found}
    first = next((one for one, of in found.items() if any(a.area in g.agreement.areas for a in of)), next(iter(found)))
    question = _known(QUESTION, request.args.get(QUESTION) or first.question, known)
    of_it = [one.source for one in found if one.question == question]
    return Asked(_known(SOURCE, request.args.get(SOURCE) or of_it[0], of_it), question)


def _first_year(answers: list[Answer]) -> int:
    """The latest year with an answer of a sub-area, or the latest of all."""
    of_areas = [one.year for one in answers if one.area in g.agreement.areas]
    return max(of_areas or [one.year for one in answers])


def _known(name: str, value: str, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    if value not in allowed:
        raise BadQuestion("question.errors.unknown", name=name, value=value[:40], allowed=", ".join(allowed))
    return value
