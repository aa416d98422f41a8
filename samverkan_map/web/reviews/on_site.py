"""What the page of a site tells of its rounds: the four voices, the change since the round before, the hours of
problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import g

from samverkan_map import access, places, rounds, sites
from samverkan_map.vocabulary import DayPart, Permission
from samverkan_map.web.texts import t

HOURS = {DayPart.MORNING: range(6, 10), DayPart.DAY: range(10, 17), DayPart.EVENING: range(17, 22)}
"""The hours of each time of day; the night is the rest."""

MONTHS = 24
AROUND_METRES = 50
BUSY = 1.5
"""A time of day is busy from so many times the events an hour that an average hour has."""

FEWEST_TIMED = 10
"""Of fewer events with a known hour nothing is said of when they are."""


@dataclass(frozen=True)
class Problems:
    """The events of a site with a known hour: how many per time of day, and which times have many for their length."""

    total: int
    parts: dict[DayPart, int]
    busy: frozenset[DayPart]


def told(site: Any) -> dict[str, Any]:
    """What the page of a site shows beside its averages."""
    found = rounds.find(g.session, g.viewer, site)
    problems = _problems(site)
    busy = [t(f"vocabulary.day_part.{part}").lower() for part in DayPart if problems and part in problems.busy]
    answered = rounds.answered(g.session, g.viewer, site)[:2]
    return {
        "rounds": found,
        "open_round": next((one for one in found if rounds.is_open(one, g.today)), None),
        "may_invite": access.may(g.viewer, Permission.INVITE_BUSINESS, site),
        "voices": rounds.voices(g.viewer, site),
        "changes": rounds.changes(answered[0], answered[1]) if len(answered) > 1 else [],
        "compared": answered,
        "problems": problems,
        "sees_problems": access.may(g.viewer, Permission.SEE_EXACT_REPORTS),
        "busy_words": ", ".join(busy),
    }


def _problems(site: Any) -> Problems | None:
    """When problems are reported at the site, for those who may see hours of single reports."""
    if not access.may(g.viewer, Permission.SEE_EXACT_REPORTS):
        return None
    period = places.since(g.today, MONTHS)
    around = sites.shape_of(site).buffer(AROUND_METRES)
    found = places.reports_of(g.session, g.viewer, g.agreement, around, period=period)
    hours = found.of_kinds(g.agreement, places.TROUBLE).hours
    return counted(hours[hours >= 0])


def counted(hours: np.ndarray) -> Problems | None:
    """Events by their hour (0-23) as times of day; None when too few are known.

    >>> found = counted(np.array([23] * 6 + [12] * 6))
    >>> found.parts["night"], sorted(found.busy)
    (6, [<DayPart.NIGHT: 'night'>])
    """
    if len(hours) < FEWEST_TIMED:
        return None
    each = np.bincount(hours, minlength=24)
    spans = HOURS | {DayPart.NIGHT: [hour for hour in range(24) if not any(hour in span for span in HOURS.values())]}
    parts = {part: int(each[list(span)].sum()) for part, span in spans.items()}
    busy = {part for part, span in spans.items() if parts[part] / len(span) >= BUSY * len(hours) / 24}
    return Problems(len(hours), parts, frozenset(busy))
