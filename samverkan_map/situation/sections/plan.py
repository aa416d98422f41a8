"""The action plan: every measure with its places, owner, days and follow-up, as it stands when it is asked for.

On the map only measures of the focus area that is about public places: what is about young people has no point.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from samverkan_map import measures
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Measure
from samverkan_map.situation.asked import EYES, Facts, Gathering
from samverkan_map.situation.figure import Figure, Row, Sentence, nothing
from samverkan_map.situation.sections.mapped import point_of
from samverkan_map.vocabulary import MeasureStatus

CARD = "plan"
ORDER = (MeasureStatus.ONGOING, MeasureStatus.PLANNED, MeasureStatus.DONE)


def count(gathering: Gathering) -> dict[str, Any]:
    """The measures that are planned, go on or are done; what was cancelled is no plan."""
    found = [one for one in measures.find(gathering.session, EYES) if one.status in ORDER]
    return {"measures": [_measure(one, gathering.agreement, gathering.today) for one in found]}


def _measure(one: Measure, agreement: Agreement, today: date) -> dict[str, Any]:
    judged = [plan for plan in one.follow_ups if plan.verdict]
    waiting = [plan for plan in one.follow_ups if plan.done_on is None]
    return {
        "measure": one.title,
        "where": sorted([*(found.name for found in one.places), *(found.name for found in one.sites)]),
        "owner": one.owner.name,
        "status": str(one.status),
        "when": [_day(one.started_on or one.planned_start), _day(one.ended_on or one.planned_end)],
        "due": _day(waiting[0].due_on) if waiting else None,
        "verdict": str(judged[-1].verdict) if judged else "",
        "waiver": one.waiver,
        "late": measures.overdue(one, today),
        "never": measures.never_followed_up(one, today),
        "at": point_of(one.geom, measures.focus_of(EYES, one), agreement),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def derive(facts: Facts) -> list[Figure]:
    """The plan as a table, and where its measures are."""
    held = sorted(facts.counts["measures"], key=_rank)
    if not held:
        return [nothing("plan", CARD, "measures")]
    rows: list[Row] = [
        {"number": number} | {name: one[name] for name in ("measure", "where", "owner", "status", "when")}
        | {"follow_up": {name: one[name] for name in ("due", "verdict", "waiver", "late", "never")}}
        for number, one in enumerate(held, 1)
    ]  # fmt: skip
    at = [[number, *one["at"]] for number, one in enumerate(held, 1) if one["at"]]
    fields = {"n": len(held), "ongoing": sum(one["status"] == MeasureStatus.ONGOING for one in held)}
    late, never = (sum(one[name] for one in held) for name in ("late", "never"))
    notes: list[Sentence] = [("plan_late", {"late": late, "never": never})] if late or never else []
    return [
        Figure(
            "plan", ("plan", fields), ("number", "measure", "where", "owner", "status", "when", "follow_up"), rows,
            len(held), CARD, (), {"kind": "points", "at": at, "of": "measures"} if at else None, notes,
        )
    ]  # fmt: skip


def _rank(one: dict[str, Any]) -> tuple[int, str, str]:
    return [str(status) for status in ORDER].index(one["status"]), one["when"][0], one["measure"]
