"""What the page of a site tells of its rounds: the four voices, the change since the round before, the hours of
problems."""

from __future__ import annotations

from typing import Any

from flask import g

from samverkan_map import access, rounds
from samverkan_map.errors import NotAllowed
from samverkan_map.vocabulary import DayPart, Permission
from samverkan_map.web.reviews import hours
from samverkan_map.web.texts import t


def told(site: Any) -> dict[str, Any]:
    """What the page of a site shows beside its averages."""
    found = rounds.find(g.session, g.viewer, site)
    problems = hours.problems_at(site)
    busy = [t(f"vocabulary.day_part.{part}").lower() for part in DayPart if problems and part in problems.busy]
    answered = rounds.answered(g.session, g.viewer, site)[:2]
    voices = rounds.voices(g.viewer, site)
    current = rounds.current(g.session, site.id, g.today)
    return {
        "rounds": found,
        "open_round": current,
        "may_answer": current is not None and _may_answer(current),
        "may_invite": access.may(g.viewer, Permission.INVITE_BUSINESS, site),
        "voices": voices,
        "changes": rounds.changes(answered[0], answered[1]) if len(answered) > 1 else [],
        "compared": answered,
        "problems": problems,
        "hours_drawn": problems and hours.drawn(problems, voices),
        "hour_rows": hours.rows(problems, g.language) if problems else [],
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
