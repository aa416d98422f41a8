"""The sources of a period, per sub-area, with what is missing: what a situation picture asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access, walks
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import CrimeCount, DialogueTheme
from samverkan_map.sources import crimes, dialogues, surveys
from samverkan_map.sources.surveys import SHOWN, UNCOUNTED, Answer, Asked
from samverkan_map.vocabulary import Period, Permission


@dataclass(frozen=True)
class OfArea:
    """What the sources say of one area: the latest answer to each question, themes of dialogues, points of walks.

    `themes` counts the dialogues that brought a problem type up; `unsafe` and `safe` the points of safety walks.
    """

    area: str
    felt: Mapping[Asked, Answer] = field(default_factory=dict)
    themes: Mapping[str, int] = field(default_factory=dict)
    unsafe: int = 0
    safe: int = 0


@dataclass(frozen=True)
class Missing:
    """Something that a reader of the period must know is not there: the key of its sentence, and its fields.

    `areas` and `years` in the fields are codes and numbers; whoever says the sentence puts words to them.
    """

    key: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Gathered:
    """The sources of a period. `areas` holds every sub-area and what is wider; `crimes` category -> year -> count."""

    years: tuple[int, ...]
    areas: Mapping[str, OfArea]
    crimes: Mapping[str, Mapping[int, int]]
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Points:
    """How many unsafe and safe points walks left in one area."""

    unsafe: int = 0
    safe: int = 0


def gather(session: Session, viewer: Viewer, agreement: Agreement, period: Period, *, today: date) -> Gathered:
    """The sources of a period as the viewer may see them; what the viewer may not see is as if it were not there.

    Raises NotAllowed.
    """
    themes = dialogues.find(session, viewer, agreement, period) if access.may(viewer, Permission.SEE_DIALOGUES) else []
    return of_period(
        agreement,
        years_of(period, today),
        answers=surveys.find(session, viewer, agreement),
        counts=crimes.find(session, viewer, agreement),
        themes=themes,
        points=points_of(session, viewer, agreement, period),
    )


def years_of(period: Period, today: date) -> tuple[int, ...]:
    """The calendar years that a period touches, the last of an open one being today's.

    >>> years_of(Period(date(2023, 1, 1), date(2025, 1, 1)), date(2026, 3, 1))
    (2023, 2024)
    """
    last = min(period.end.toordinal() - 1, today.toordinal()) if period.end else today.toordinal()
    end = date.fromordinal(last)
    return tuple(range(period.start.year if period.start else end.year, end.year + 1))


def points_of(session: Session, viewer: Viewer, agreement: Agreement, period: Period) -> dict[str, Points]:
    """The points of walks that ended, by sub-area; nothing for those who may not see walks."""
    if not (agreement.walk_source and access.may(viewer, Permission.HOLD_WALK)):
        return {}
    unsafe: Counter[str] = Counter()
    safe: Counter[str] = Counter()
    for walk in walks.find(session, viewer):
        if walk.ended_at is None or not _inside(period, walk.walked_on):
            continue
        for point in walk.points:
            (safe if walks.is_safe(agreement, point) else unsafe)[point.area or ""] += 1
    return {area: Points(unsafe[area], safe[area]) for area in {*unsafe, *safe}}


def _inside(period: Period, day: date) -> bool:
    return (period.start is None or period.start <= day) and (period.end is None or day < period.end)


def of_period(
    agreement: Agreement,
    years: Sequence[int],
    *,
    answers: Mapping[Asked, Sequence[Answer]],
    counts: Mapping[str, Mapping[int, CrimeCount]],
    themes: Sequence[DialogueTheme],
    points: Mapping[str, Points],
) -> Gathered:
    """What was found laid out per area, and what is missing for these years."""
    found = {
        code: OfArea(
            code,
            {asked: latest for asked, of in answers.items() if (latest := _latest(of, code, years)) is not None},
            Counter(one.type for one in themes if one.area == code),
            *_points(points, code),
        )
        for code in surveys.rows.places(agreement)
    }
    numbers = {
        category: {year: one.count for year, one in of.items() if year in years} for category, of in counts.items()
    }
    numbers = {category: of for category, of in numbers.items() if of}
    return Gathered(tuple(years), found, numbers, tuple(_missing(agreement, years, found, numbers, themes, points)))


def _points(points: Mapping[str, Points], area: str) -> tuple[int, int]:
    one = points.get(area, Points())
    return one.unsafe, one.safe


def _latest(answers: Sequence[Answer], area: str, years: Sequence[int]) -> Answer | None:
    shown = [one for one in answers if one.area == area and one.year in years and one.state in (SHOWN, UNCOUNTED)]
    return max(shown, key=lambda one: one.year, default=None)


def _missing(
    agreement: Agreement,
    years: Sequence[int],
    found: Mapping[str, OfArea],
    numbers: Mapping[str, Mapping[int, int]],
    themes: Sequence[DialogueTheme],
    points: Mapping[str, Points],
) -> list[Missing]:
    told = [area for area in agreement.areas if found[area].felt]
    silent = [area for area in agreement.areas if area not in told]
    missing = []
    if silent:
        missing.append(Missing("sources.missing.surveys" if told else "sources.missing.no_survey", {"areas": silent}))
    counted = {year for of in numbers.values() for year in of}
    if gaps := [year for year in years if year not in counted]:
        missing.append(Missing("sources.missing.crimes", {"years": gaps}))
    if not themes:
        missing.append(Missing("sources.missing.dialogues"))
    if agreement.walk_source and not points:
        missing.append(Missing("sources.missing.walks"))
    return missing
