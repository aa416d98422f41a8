"""Weeks in which an organisation had nothing to report: without them silence and calm look alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import QuietWeek
from samverkan_map.errors import BadValue
from samverkan_map.vocabulary import Period, Permission

WEEKS_BACK = 4
"""A week can be answered for until so many weeks after it began."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A week by its Monday, and when its organisation said that it had nothing to report (UTC), if it did."""

    monday: date
    said_at: datetime | None

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + _WEEK - timedelta(days=1)


@dataclass(frozen=True)
class Quiet:
    """How many organisations said that they had nothing to report, and for how many weeks together."""

    organisations: int
    weeks: int


def weeks(session: Session, viewer: Viewer, *, today: date) -> list[Week]:
    """The weeks for which the viewer's organisation can still answer, this one first. Raises NotAllowed."""
    access.check(viewer, Permission.SAY_NOTHING)
    mondays = _mondays(today)
    mine = QuietWeek.organisation_id == viewer.organisation_id
    question = select(QuietWeek.week, QuietWeek.said_at).where(mine, QuietWeek.week >= mondays[-1])
    said = {row[0]: row[1] for row in session.execute(question)}
    return [Week(monday, said.get(monday)) for monday in mondays]


def say_nothing(session: Session, actor: Viewer, week: date, *, today: date, now: datetime) -> None:
    """Say that the actor's organisation had nothing to report in a week; said twice it is said once.

    Raises BadValue (no organisation, no Monday of the last weeks), NotAllowed.
    """
    access.check(actor, Permission.SAY_NOTHING)
    if actor.organisation_id is None:
        raise BadValue("inbox.errors.no_organisation", field="form")
    if week not in _mondays(today):
        raise BadValue("inbox.errors.no_such_week", field="week")
    found = session.scalars(
        select(QuietWeek).where(QuietWeek.organisation_id == actor.organisation_id, QuietWeek.week == week)
    ).first()
    if found is None:
        found = QuietWeek(organisation_id=actor.organisation_id, week=week, said_at=now, who=actor.name)
        session.add(found)
        session.flush()
        access.gate(session, actor, Permission.SAY_NOTHING, found, week=week)


def quiet_in(session: Session, period: Period | None) -> Quiet:
    """Who said in a period that there was nothing to report; a week counts where its Monday lies."""
    if period is None or period.start is None or period.end is None:
        return Quiet(0, 0)
    within = (QuietWeek.week >= period.start) & (QuietWeek.week < period.end)
    organisations, found = session.execute(
        select(func.count(QuietWeek.organisation_id.distinct()), func.count(QuietWeek.id)).where(within)
    ).one()
    return Quiet(organisations, found)


def _mondays(today: date) -> list[date]:
    this = today - timedelta(days=today.weekday())
    return [this - back * _WEEK for back in range(WEEKS_BACK + 1)]
