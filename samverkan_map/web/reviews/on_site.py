"""What the page of a site tells of its rounds: the four voices, the change since the round before, the hours of
problems."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flask import g

from samverkan_map import access, map_rows, places, rounds, sites
from samverkan_map.errors import NotAllowed
from samverkan_map.vocabulary import DayPart, Layer, Permission
from samverkan_map.web.texts import t

SPANS = {
    DayPart.MORNING: tuple(range(6, 10)), DayPart.DAY: tuple(range(10, 17)), DayPart.EVENING: tuple(range(17, 22)),
    DayPart.NIGHT: (22, 23, *range(6)),
}  # fmt: skip
"""The hours of each time of day."""

MONTHS = 24
AROUND_METRES = 50
BUSY = 1.5
"""A time of day is busy from so many times the events an hour that an average hour has."""

FEWEST_TIMED = 10
"""Of fewer events with a known hour nothing is said of when they are."""


@dataclass(frozen=True)
class Problems:
    """The events of a site with a known hour: how many per time of day, and which times have many for their length.

    `unguarded` are the hours with problems when nobody is there, in words, by the hours of the place `guarded_by`.
    """

    total: int
    parts: dict[DayPart, int]
    busy: frozenset[DayPart]
    unguarded: str = ""
    guarded_by: str = ""


def told(site: Any) -> dict[str, Any]:
    """What the page of a site shows beside its averages."""
    found = rounds.find(g.session, g.viewer, site)
    problems = _problems(site)
    busy = [t(f"vocabulary.day_part.{part}").lower() for part in DayPart if problems and part in problems.busy]
    answered = rounds.answered(g.session, g.viewer, site)[:2]
    current = rounds.current(g.session, site.id, g.today)
    return {
        "rounds": found,
        "open_round": current,
        "may_answer": current is not None and _may_answer(current),
        "may_invite": access.may(g.viewer, Permission.INVITE_BUSINESS, site),
        "voices": rounds.voices(g.viewer, site),
        "changes": rounds.changes(answered[0], answered[1]) if len(answered) > 1 else [],
        "compared": answered,
        "problems": problems,
        "sees_problems": access.may(g.viewer, Permission.SEE_EXACT_REPORTS),
        "busy_words": ", ".join(busy),
    }


def _may_answer(current: Any) -> bool:
    """Whether the visitor's answer is taken: anybody's without an account, otherwise those whom the rules let."""
    if g.viewer.anonymous:
        return True
    try:
        return rounds.signed_in(g.viewer, current) is not None
    except NotAllowed:
        return False


def _problems(site: Any) -> Problems | None:
    """When problems are reported at the site, for those who may see hours of single reports."""
    if not access.may(g.viewer, Permission.SEE_EXACT_REPORTS):
        return None
    period = places.since(g.today, MONTHS)
    around = sites.shape_of(site).buffer(AROUND_METRES)
    found = places.reports_of(g.session, g.viewer, g.agreement, around, period=period)
    hours = found.of_kinds(g.agreement, places.TROUBLE).hours
    problems = counted(hours[hours >= 0])
    return problems and _guarded(site, problems)


def _guarded(site: Any, problems: Problems) -> Problems:
    """The problems with their unguarded hours, by the nearest place whose hours are known.

    A whole time of day has problems or has not, on all days alike: so few events say nothing of single hours.
    """
    weights = np.zeros((7, 24))
    for part, span in SPANS.items():
        weights[:, list(span)] = problems.parts[part] / len(span) / 7
    _, near = map_rows.one(g.session, g.viewer, g.agreement, Layer.SITES, site.id)
    for place in (places.get(g.session, g.viewer, row.id) for row in near if row.layer is Layer.PLACES):
        gap = places.gap(place, weights) if access.sees_inside(g.viewer, place) else None
        if gap is not None and gap.runs:
            return replace(problems, unguarded=places.runs_in_words(gap.runs, g.language), guarded_by=place.name)
    return problems


def counted(hours: np.ndarray) -> Problems | None:
    """Events by their hour (0-23) as times of day; None when too few are known.

    >>> found = counted(np.array([23] * 8 + [12] * 4))
    >>> found.parts["night"], sorted(found.busy)
    (8, [<DayPart.NIGHT: 'night'>])
    """
    if len(hours) < FEWEST_TIMED:
        return None
    each = np.bincount(hours, minlength=24)
    parts = {part: int(each[list(span)].sum()) for part, span in SPANS.items()}
    busy = {part for part, span in SPANS.items() if parts[part] / len(span) >= BUSY * len(hours) / 24}
    return Problems(len(hours), parts, frozenset(busy))
