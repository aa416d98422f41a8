"""Decisions of a forum: written at a meeting, found again, said to be carried out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from samverkan_map import access, places, screening, traffic
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement, Forum
from samverkan_map.db.tables import Decision, Organisation, Place
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.meetings.belonging import belongs
from samverkan_map.vocabulary import DecisionStatus, Permission

MOST_LETTERS = 600
"""A decision is a sentence or two; reasons belong in the minutes of the forum."""


def forum_of(viewer: Viewer, agreement: Agreement, code: str) -> Forum:
    """A forum that may have something on its map, for somebody who may take part in its meetings.

    Raises NotFound for another code, NotAllowed, SignInNeeded.
    """
    found = agreement.forums.get(code)
    if found is None or found.may_map == "none":
        raise NotFound("meetings.errors.no_forum")
    access.check(viewer, Permission.MEET, found)
    return found


def forums(viewer: Viewer, agreement: Agreement) -> list[Forum]:
    """The forums whose meetings the viewer may take part in."""
    known = (one for one in agreement.forums.values() if one.may_map != "none")
    return [one for one in known if access.may(viewer, Permission.MEET, one)]


def find(session: Session, viewer: Viewer, forum: Forum, *, held_on: date | None = None) -> list[Decision]:
    """The decisions of a forum (of one meeting) that the viewer may see, the newest meeting first."""
    statement = _all().where(Decision.forum == forum.code)
    if held_on:
        statement = statement.where(Decision.held_on == held_on)
    return _seen(session, viewer, statement)


def meeting_days(session: Session, viewer: Viewer, forum: Forum) -> list[date]:
    """The days on which a forum decided something, the newest first."""
    return sorted({found.held_on for found in find(session, viewer, forum)}, reverse=True)


def of_place(session: Session, viewer: Viewer, place: Place) -> list[Decision]:
    """The decisions about a place, and those about its stretch that were made without a place, the newest first."""
    about = Decision.place_id == place.id
    if place.stretch_id:
        about = or_(about, (Decision.stretch_id == place.stretch_id) & Decision.place_id.is_(None))
    return _seen(session, viewer, _all().where(about))


def of_stretch(session: Session, viewer: Viewer, stretch_id: int, place_ids: Sequence[int] = ()) -> list[Decision]:
    """The decisions about a stretch and about the places on it, the newest first."""
    about = or_(Decision.stretch_id == stretch_id, Decision.place_id.in_(place_ids))
    return _seen(session, viewer, _all().where(about))


def get(session: Session, viewer: Viewer, decision_id: int) -> Decision:
    """One decision. Raises NotFound when there is none that the viewer may see."""
    found = session.get(Decision, decision_id)
    if found is None or not access.sees(viewer, found):
        raise NotFound("meetings.errors.no_decision")
    return found


def late(decision: Decision, today: date) -> bool:
    """Whether a decision should have been carried out by today and was not."""
    return decision.status == DecisionStatus.OPEN and decision.due_on is not None and decision.due_on < today


def write(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    forum_code: str,
    *,
    held_on: date,
    text: str,
    owner_id: int,
    due_on: date | None,
    today: date,
    place_id: int | None = None,
    stretch_id: int | None = None,
) -> Decision:
    """Write down what a forum decided about a place or a stretch; it is in the log of the place.

    Raises NotFound, BadValue (no words or too many, personal data, unknown owner, a day ahead, due before the meeting,
    about nothing, about a place that is not the forum's own), NotAllowed.
    """
    forum = forum_of(actor, agreement, forum_code)
    place = places.get(session, actor, place_id) if place_id else None
    stretch = traffic.get(session, actor, stretch_id) if stretch_id else None
    if place is None and stretch is None:
        raise BadValue("meetings.errors.about_nothing", field="about")
    if place and not belongs(agreement, forum, place):
        raise BadValue("meetings.errors.not_own", field="about")
    words = _checked(session, held_on=held_on, text=text, owner_id=owner_id, due_on=due_on, today=today)
    made = Decision(
        forum=forum.code, place=place, stretch=stretch, status=DecisionStatus.OPEN, settled_on=None, **words
    )
    session.add(made)
    session.flush()
    access.gate(
        session, actor, Permission.WRITE_DECISION, place or stretch, made="decision", decision=made.id, due_on=due_on
    )
    return made


def change(
    session: Session,
    actor: Viewer,
    agreement: Agreement,
    decision_id: int,
    *,
    held_on: date,
    text: str,
    owner_id: int,
    due_on: date | None,
    status: DecisionStatus,
    today: date,
    version: int | None = None,
) -> Decision:
    """Change a decision, or say that it is carried out or holds no longer.

    Raises NotFound, BadValue (as `write`), Conflict when it changed since `version`, NotAllowed.
    """
    found = get(session, actor, decision_id)
    forum_of(actor, agreement, found.forum)
    if version is not None and found.version != version:
        raise Conflict("meetings.errors.changed")
    words = _checked(session, held_on=held_on, text=text, owner_id=owner_id, due_on=due_on, today=today)
    for name, value in words.items():
        setattr(found, name, value)
    if found.status != status:
        found.settled_on = None if status == DecisionStatus.OPEN else today
    found.status = DecisionStatus(status)
    told = access.changed(found)
    session.flush()
    about = found.place or found.stretch
    access.gate(session, actor, Permission.WRITE_DECISION, about, decision=found.id, **told)
    return found


def _all():
    loaded = (selectinload(Decision.owner), selectinload(Decision.place), selectinload(Decision.stretch))
    return select(Decision).options(*loaded).order_by(Decision.held_on.desc(), Decision.id.desc())


def _seen(session: Session, viewer: Viewer, statement) -> list[Decision]:
    return [found for found in session.scalars(statement) if access.sees(viewer, found)]


def _checked(
    session: Session, *, held_on: date, text: str, owner_id: int, due_on: date | None, today: date
) -> dict[str, object]:
    text = text.strip()
    if not text:
        raise BadValue("meetings.errors.no_text", field="text")
    if len(text) > MOST_LETTERS:
        raise BadValue("meetings.errors.too_long", field="text", most=MOST_LETTERS)
    screening.screen(text, field="text")
    if held_on > today:
        raise BadValue("meetings.errors.day_ahead", field="held_on")
    if due_on and due_on < held_on:
        raise BadValue("meetings.errors.due_before", field="due_on")
    if session.get(Organisation, owner_id) is None:
        raise BadValue("meetings.errors.no_owner", field="owner_id")
    return {"held_on": held_on, "text": text, "owner_id": owner_id, "due_on": due_on}
