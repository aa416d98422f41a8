"""What a forum has to look at: what is new and changed since it met, what is overdue, what became of its decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map import measures, places
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, Forum
from samverkan_map.db.tables import Decision, Place, Situation
from samverkan_map.measures import Standing
from samverkan_map.meetings import decisions
from samverkan_map.meetings.belonging import belongs
from samverkan_map.vocabulary import DecisionStatus

FIRST_TIME = timedelta(days=90)
"""So far back a forum looks that has not decided anything yet."""

EVERY_YEARS = 2
"""Situation picture and action plan are gone through at least so often: lag (2023:196), and the agreement."""


@dataclass(frozen=True)
class Clock:
    """When the situation picture and the action plan were gone through last (None: nobody noted it), and the limits."""

    revised_on: date | None
    began_on: date
    due_on: date
    ends_on: date

    def late(self, today: date) -> bool:
        """Whether they should have been gone through by today."""
        return self.due_on < today


@dataclass(frozen=True)
class Agenda:
    """What a forum has to look at. `last` is the meeting before today at which it decided something last."""

    forum: Forum
    since: date
    last: date | None
    decisions: list[Decision]
    new: list[Place]
    changed: list[Place]
    stands: Standing
    clock: Clock


def agenda(
    session: Session, viewer: Viewer, agreement: Agreement, forum_code: str, *, since: date | None, today: date
) -> Agenda:
    """The agenda of a forum since a day (None: since it decided something last, or else the last ninety days).

    Raises NotFound, NotAllowed.
    """
    forum = decisions.forum_of(viewer, agreement, forum_code)
    decided = decisions.find(session, viewer, forum)
    last = max((one.held_on for one in decided if one.held_on < today), default=None)
    since = since or last or today - FIRST_TIME
    own = [place for place in places.find(session, viewer) if belongs(agreement, forum, place)]
    done = [one for one in measures.find(session, viewer) if belongs(agreement, forum, one)]
    return Agenda(
        forum=forum,
        since=since,
        last=last,
        decisions=[one for one in decided if one.status == DecisionStatus.OPEN or one.held_on == last],
        new=[place for place in own if place.opened_on >= since],
        changed=[place for place in own if place.opened_on < since <= place.updated_on],
        stands=measures.standing(done, today),
        clock=clock(session, agreement),
    )


def clock(session: Session, agreement: Agreement) -> Clock:
    """How long ago the situation picture and the action plan were gone through: as noted, or when a picture was last
    frozen; counted from the agreement if never."""
    began = date(agreement.start_year, 1, 1)
    frozen = session.scalar(select(func.max(Situation.frozen_at)))
    revised = max(filter(None, (agreement.revised_on, frozen and frozen.date())), default=None)
    counted = revised or began
    day = min(counted.day, 28) if counted.month == 2 else counted.day
    due = counted.replace(year=counted.year + EVERY_YEARS, day=day)
    return Clock(revised, began, due, date(agreement.end_year, 12, 31))
