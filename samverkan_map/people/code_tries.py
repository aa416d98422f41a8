"""Tries at the second step are counted, without ever shutting out the colleague whose code it is.

Only somebody who knows the password gets here. A code of six figures may be tried five times in five minutes, 20 times
an hour and 50 a day. Strangers use up the tries of strangers: an address from which the person has signed in before has
tries of its own, a new password begins anew, and recovery codes, which nobody can guess, never wait for the others.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Attempt, Person
from samverkan_map.errors import SignInNeeded, TooManyTries
from samverkan_map.people import counters, second_step
from samverkan_map.people.sign_in import enter
from samverkan_map.vocabulary import Permission

LIMITS = ((5, timedelta(minutes=5)), (20, timedelta(hours=1)), (50, timedelta(days=1)))


def take(session: Session, person: Person, code: str, *, address: str, secret: str, now: datetime) -> Person:
    """Check the second step of a sign-in and let the person in. The caller keeps what was written also when it says no.

    Raises TooManyTries, SignInNeeded.
    """
    kind = checked(session, person, code, address=address, secret=secret, now=now)
    enter(session, person, address=address, secret=secret, now=now, second_step=kind)
    return person


def checked(session: Session, person: Person, code: str, *, address: str, secret: str, now: datetime) -> str:
    """Which kind of code was given, now used up. Raises TooManyTries, SignInNeeded when it is not right."""
    rows = _counted(session, person, code, address=address, secret=secret, now=now)
    kind = second_step.use(session, person.id, code, key=secret, now=now)
    if not kind:
        session.flush()
        raise SignInNeeded("people.errors.code_wrong")
    for row in rows:
        row.tries -= 1
    return kind


def renew_codes(session: Session, actor: Viewer, code: str, *, address: str, secret: str, now: datetime) -> list[str]:
    """Give the actor new recovery codes for a code, and forget the old ones.

    Raises NotAllowed, TooManyTries, SignInNeeded.
    """
    person = second_step.own_account(session, actor)
    checked(session, person, code, address=address, secret=secret, now=now)
    access.gate(session, actor, Permission.OWN_ACCOUNT, person, recovery_codes=second_step.RECOVERY_CODES)
    return second_step.new_codes(session, person.id)


def remove(session: Session, actor: Viewer, code: str, *, address: str, secret: str, now: datetime) -> None:
    """Take the actor's own second step away for a code, as before another phone comes.

    Raises NotAllowed, TooManyTries, SignInNeeded.
    """
    person = second_step.own_account(session, actor)
    checked(session, person, code, address=address, secret=secret, now=now)
    access.gate(session, actor, Permission.OWN_ACCOUNT, person, second_step="removed")
    second_step.forget(session, person.id)


def _counted(session: Session, person: Person, code: str, **how) -> list[Attempt]:
    """The counters of this try, counted up. Raises TooManyTries before anything is counted."""
    now, found = how["now"], []
    for most, window in LIMITS:
        row = counters.held(session, _name(session, person, code, window, how["address"], how["secret"]), now)
        if now - row.window_start >= window:
            row.window_start, row.tries = now, 0
        if row.tries >= most:
            seconds = max(1, round((row.window_start + window - now).total_seconds()))
            raise TooManyTries("people.errors.too_many", seconds=seconds, n=-(-seconds // 60))
        found.append(row)
    for row in found:
        row.tries += 1
    return found


def _name(session: Session, person: Person, code: str, window: timedelta, address: str, secret: str) -> str:
    here = counters.network(address)
    if second_step.is_phone_code(code):
        known = session.get(Attempt, counters.key(secret, "known", person.username, here)) is not None
        parts: tuple[str, ...] = ("phone", str(person.id), person.password_hash, here if known else "strangers")
    else:
        parts = ("recovery", str(person.id), here)
    return counters.key(secret, "code", *parts, str(window.total_seconds()))
