"""A screen for everybody in the room: let by somebody who may, opened by a code, read-only, over after four hours."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samverkan_map import access, codes, people
from samverkan_map.access import TRAFFIC_FORUM, Viewer
from samverkan_map.agreement import Agreement, Forum
from samverkan_map.db.tables import MeetingScreen
from samverkan_map.errors import NotFound
from samverkan_map.meetings.decisions import forum_of
from samverkan_map.vocabulary import Permission, Role

TO_OPEN = timedelta(minutes=15)
"""So long a code waits to be typed in."""

SHOWN = timedelta(hours=4)
"""So long a screen shows the meeting once it is open, used or not."""

KEPT = timedelta(days=30)
"""After so long a screen is no longer listed anywhere; the audit log still tells of it."""


@dataclass(frozen=True)
class Let:
    """A screen that was let, and the code that opens it, which is known now and never again."""

    screen: MeetingScreen
    code: str


def forum_with_screen(viewer: Viewer, agreement: Agreement, forum_code: str) -> Forum:
    """A forum that has a meeting mode, for somebody who may take part. Raises NotFound, NotAllowed, SignInNeeded."""
    forum = forum_of(viewer, agreement, forum_code)
    if forum.code != TRAFFIC_FORUM:
        raise NotFound("meetings.errors.no_screen_here")
    return forum


def let(session: Session, actor: Viewer, agreement: Agreement, forum_code: str, *, now: datetime) -> Let:
    """Let a screen show the meetings of a forum; whoever types in the code within a quarter of an hour opens it.

    Raises NotFound, NotAllowed.
    """
    forum = forum_with_screen(actor, agreement, forum_code)
    session.execute(delete(MeetingScreen).where(MeetingScreen.made_at < now - KEPT))
    code = codes.fresh()
    made = MeetingScreen(forum=forum.code, person_id=actor.person_id, code_hash=_hashed("code", code), made_at=now)
    session.add(made)
    session.flush()
    access.gate(session, actor, Permission.MEET, made, made="screen")
    return Let(made, code)


def open_by(session: Session, code: str, *, now: datetime) -> str:
    """Open a screen by its code, once, and give the value of its cookie, of which only a hash is kept.

    Raises NotFound, the same for a code that never was, was used, was taken back or has waited too long.
    """
    found = session.scalars(
        select(MeetingScreen).where(MeetingScreen.code_hash == _hashed("code", codes.read(code))).with_for_update()
    ).first()
    if found is None or found.opened_at is not None or over(found, now):
        raise NotFound("meetings.errors.no_code")
    token = secrets.token_urlsafe(32)
    found.opened_at, found.token_hash = now, _hashed("token", token)
    session.flush()
    access.gate(session, _as_viewer(found), Permission.SHOW_MEETING, found, opened=True)
    return token


def shown_by(session: Session, token: str, *, now: datetime) -> tuple[Viewer, datetime] | None:
    """The screen that a cookie stands for, as somebody who looks, and when it is over (UTC).

    None when it is over, was closed, or whoever let it may no longer take part.
    """
    if not token:
        return None
    found = session.scalars(select(MeetingScreen).where(MeetingScreen.token_hash == _hashed("token", token))).first()
    if found is None or over(found, now):
        return None
    return _as_viewer(found), _ends_at(found)


def find(session: Session, viewer: Viewer, forum: Forum, *, now: datetime) -> list[MeetingScreen]:
    """The screens of a forum that wait for their code or show a meeting, the newest first. Raises NotAllowed."""
    access.check(viewer, Permission.MEET, forum)
    known = select(MeetingScreen).where(MeetingScreen.forum == forum.code).order_by(MeetingScreen.id.desc())
    return [one for one in session.scalars(known) if not over(one, now)]


def close(session: Session, actor: Viewer, screen_id: int, *, forum: str, now: datetime) -> MeetingScreen:
    """Close a screen of a forum, or take its code back. Raises NotFound, NotAllowed."""
    found = session.get(MeetingScreen, screen_id)
    if found is None or found.forum != forum:
        raise NotFound("meetings.errors.no_screen")
    access.gate(session, actor, Permission.MEET, found, closed=True)
    found.closed_at = found.closed_at or now
    session.flush()
    return found


def close_own(session: Session, actor: Viewer, token: str, *, now: datetime) -> None:
    """Close the screen that a cookie stands for, from the screen itself. Raises NotFound, NotAllowed."""
    found = session.scalars(select(MeetingScreen).where(MeetingScreen.token_hash == _hashed("token", token))).first()
    if found is None or over(found, now):
        raise NotFound("meetings.errors.no_screen")
    access.gate(session, actor, Permission.SHOW_MEETING, found, closed=True)
    found.closed_at = now
    session.flush()


def over(screen: MeetingScreen, now: datetime) -> bool:
    """Whether a screen shows nothing any longer and no code opens it."""
    if screen.closed_at is not None or now >= _ends_at(screen):
        return True
    maker = screen.person
    if maker is None:
        return False
    return maker.disabled_at is not None or not access.may(people.as_viewer(maker), Permission.MEET, screen)


def _ends_at(screen: MeetingScreen) -> datetime:
    return screen.made_at + TO_OPEN if screen.opened_at is None else screen.opened_at + SHOWN


def _as_viewer(screen: MeetingScreen) -> Viewer:
    return Viewer(None, f"{access.SCREEN}:{screen.id}", Role.PUBLIC, screen_of=screen.forum)


def _hashed(kind: str, secret: str) -> str:
    return hashlib.sha256(f"screen|{kind}|{secret}".encode()).hexdigest()
