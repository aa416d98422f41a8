"""Sessions on the server, so that they can be ended there: 30 minutes idle, 8 hours in all."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Person, SecondStep, SignedIn
from samverkan_map.errors import NotFound
from samverkan_map.vocabulary import Permission, Role

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)


@dataclass(frozen=True)
class Visit:
    """What a session's cookie stands for: who looks, which demo role was chosen, whether there is a second step."""

    viewer: Viewer
    demo_role: Role | None
    seen_at: datetime
    second_step: bool = False


@dataclass(frozen=True)
class OwnSession:
    """One of somebody's own sessions, with a short handle to end it by."""

    handle: str
    created_at: datetime
    seen_at: datetime
    current: bool


def start_session(
    session: Session,
    *,
    person_id: int | None = None,
    demo_role: Role | None = None,
    two_steps: bool = False,
    now: datetime,
) -> str:
    """Start a session and give the cookie's value, of which only a hash is kept. Sessions that are over go.

    `two_steps` says that the sign-in service has asked for a second step.
    """
    session.execute(delete(SignedIn).where((SignedIn.created_at < now - ABSOLUTE) | (SignedIn.seen_at < now - IDLE)))
    token = secrets.token_urlsafe(32)
    session.add(
        SignedIn(
            token_hash=_token_hash(token),
            person_id=person_id,
            demo_role=demo_role.value if demo_role else None,
            two_steps=two_steps,
            created_at=now,
            seen_at=now,
        )
    )
    session.flush()
    return token


def end_session(session: Session, token: str) -> None:
    """End the session that the cookie stands for."""
    session.execute(delete(SignedIn).where(SignedIn.token_hash == _token_hash(token)))


def end_all(session: Session, person_id: int) -> None:
    """End all sessions of a person."""
    session.execute(delete(SignedIn).where(SignedIn.person_id == person_id))


def visit_of(session: Session, token: str, now: datetime) -> Visit | None:
    """The visit that a cookie stands for, or None when it is over, ended or the account is closed."""
    row = session.get(SignedIn, _token_hash(token))
    if row is None or now - row.created_at > ABSOLUTE or now - row.seen_at > IDLE:
        return None
    if row.person_id is None:
        return Visit(access.ANONYMOUS, Role(row.demo_role) if row.demo_role else None, row.seen_at)
    if row.person is None or row.person.disabled_at is not None:
        return None
    step = session.get(SecondStep, row.person_id)
    has_step = row.two_steps or (step is not None and step.confirmed_at is not None)
    return Visit(as_viewer(row.person), None, row.seen_at, has_step)


def viewer_of(session: Session, token: str, now: datetime) -> Viewer | None:
    """Who is signed in with this cookie, with the role of this moment, or None."""
    visit = visit_of(session, token, now)
    return visit.viewer if visit else None


def touch(session: Session, token: str, now: datetime) -> None:
    """Note that the session is in use, so that it does not go idle."""
    session.execute(update(SignedIn).where(SignedIn.token_hash == _token_hash(token)).values(seen_at=now))


def own_sessions(session: Session, viewer: Viewer, token: str) -> list[OwnSession]:
    """The viewer's own open sessions, the newest first."""
    rows = session.scalars(
        select(SignedIn).where(SignedIn.person_id == viewer.person_id).order_by(SignedIn.created_at.desc())
    )
    here = _token_hash(token)
    return [OwnSession(row.token_hash[:16], row.created_at, row.seen_at, row.token_hash == here) for row in rows]


def end_own(session: Session, actor: Viewer, handle: str) -> None:
    """End one of the actor's own sessions. Raises NotFound when it is not the actor's or already over."""
    mine = select(SignedIn).where(SignedIn.person_id == actor.person_id)
    found = [row for row in session.scalars(mine) if row.token_hash[:16] == handle]
    if actor.person_id is None or not found:
        raise NotFound("people.errors.unknown_session")
    access.gate(session, actor, Permission.OWN_ACCOUNT, session_ended=handle)
    session.delete(found[0])


def as_viewer(person: Person) -> Viewer:
    """A person as viewer."""
    return Viewer(person.id, person.name, Role(person.role), person.organisation_id)


def example_viewer(session: Session, role: Role) -> Viewer:
    """The example person of a role as viewer, for the demo mode; a made-up one when the material holds none."""
    if role is Role.PUBLIC:
        return access.ANONYMOUS
    question = select(Person).where(Person.example, Person.role == role.value, Person.disabled_at.is_(None))
    person = session.scalars(question.order_by(Person.id).limit(1)).first()
    return as_viewer(person) if person else replace(access.ANONYMOUS, name=role.value, role=role)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
