"""The clock: when the yearly follow-up and the revision are due, what is missing for them, and what the law asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map import measures, meetings
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Measure, Person, Situation
from samverkan_map.situation import approving, keeping
from samverkan_map.situation.figure import Sentence
from samverkan_map.vocabulary import MeasureStatus, Role, SituationState

PLAN = (MeasureStatus.PLANNED, MeasureStatus.ONGOING, MeasureStatus.DONE)


@dataclass(frozen=True)
class Due:
    """When a version has to be frozen. `revision` counts two years from the last one; a year has its follow-up when one
    was frozen in it (`followed_up`), by its last day (`yearly_on`; None outside the agreement).
    """

    revision: meetings.Clock
    yearly_on: date | None
    followed_up: bool


def due(session: Session, agreement: Agreement, *, today: date) -> Due:
    """What is due when."""
    inside = agreement.start_year <= today.year <= agreement.end_year
    years = {
        at.year for at in session.scalars(select(Situation.frozen_at).where(Situation.frozen_at.is_not(None))) if at
    }
    return Due(meetings.clock(session, agreement), date(today.year, 12, 31) if inside else None, today.year in years)


@dataclass(frozen=True)
class Missing:
    """What is missing before the next version can be frozen, in sentences, and the measures never followed up."""

    sentences: list[Sentence]
    never: list[Measure]


def missing(session: Session, viewer: Viewer, agreement: Agreement, *, today: date) -> Missing:
    """What is missing. Raises NotAllowed."""
    stands = measures.standing(measures.find(session, viewer), today)
    open_one = next((one for one in keeping.find(session, viewer) if one.state != SituationState.FROZEN), None)
    found = [*_of_version(open_one, agreement)]
    if stands.overdue:
        found.append(("clock.overdue", {"n": len(stands.overdue)}))
    if stands.never:
        found.append(("clock.never", {"n": len(stands.never)}))
    return Missing(found, stands.never)


def _of_version(one: Situation | None, agreement: Agreement) -> list[Sentence]:
    if one is None:
        return [("clock.none_begun", {})]
    if one.state == SituationState.SEALED:
        keys = approving.standing_keys(one)
        waiting = [agreement.parties[party].label for party in agreement.parties if party not in keys]
        return [("clock.keys", {"id": one.id, "parties": waiting})]
    lacking: list[Any] = list(keeping.lacking(one.texts))
    return [("clock.words", {"id": one.id, "chapters": lacking}) if lacking else ("clock.to_close", {"id": one.id})]


@dataclass(frozen=True)
class Demand:
    """Something the law asks for, by its code, and whether the map holds it."""

    code: str
    met: bool


def demands(session: Session, viewer: Viewer, agreement: Agreement, *, today: date) -> list[Demand]:
    """Each demand of the law (2023:196) on a municipality, and whether it is met here. Raises NotAllowed."""
    picture = any(one.state == SituationState.FROZEN for one in keeping.find(session, viewer))
    plan = measures.find(session, viewer)
    coordinators = session.scalar(
        select(func.count(Person.id)).where(Person.role == Role.COORDINATOR.value, Person.disabled_at.is_(None))
    )
    both = set(agreement.parties)
    return [
        *(Demand(code, picture) for code in ("extent", "consequences", "other_information", "analysis")),
        Demand("plan", any(one.status in PLAN for one in plan)),
        Demand("coordination", bool(coordinators)),
        Demand("council", any(both <= set(forum.parties) for forum in agreement.forums.values())),
        Demand("revised", picture and not meetings.clock(session, agreement).late(today)),
        Demand("followed_up", bool(plan) and not measures.standing(plan, today).never),
    ]
