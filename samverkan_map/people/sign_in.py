"""Signing in, and the counters that slow a guesser down without ever shutting a colleague out.

A try that is refused before the password is looked at leaves nothing behind: a guesser cannot fill the table.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.db.tables import Attempt, Person
from samverkan_map.errors import SignInNeeded, TooManyTries
from samverkan_map.people import counters, second_step
from samverkan_map.people.passwords import matches
from samverkan_map.people.sessions import as_viewer
from samverkan_map.vocabulary import Permission

WINDOW = timedelta(minutes=5)
PER_ADDRESS = 10
IN_ALL = 1000
"""So many tries from everywhere in one window are an attack: the log says so, nobody is refused for others' tries."""

FREE_TRIES = 5
LONGEST_DELAY = timedelta(minutes=15)
FORGET_AFTER = timedelta(days=1)
KNOWN_FOR = timedelta(days=60)

_log = logging.getLogger("samverkan")


def sign_in(session: Session, username: str, password: str, *, address: str, secret: str, now: datetime) -> Person:
    """Check name and password and give the person. The caller keeps what was written also when this says no.

    Whoever has a second step is in only after `second_step.take`. `address` is the client's network address and is only
    kept hashed with `secret`. An address from which the person has signed in before does not wait for the tries of
    strangers.
    Raises TooManyTries, SignInNeeded (the same for an unknown name, a wrong password and a closed account).
    """
    username = username.strip().lower()[:100]
    person = session.scalars(select(Person).where(Person.username == username)).first()
    known_key = counters.key(secret, "known", username, counters.network(address))
    # With the password in the key, a new password also ends the delay that tries with the old one have built up.
    user_key = counters.key(secret, "user", username, person.password_hash if person else "")
    address_key = counters.key(secret, "address", counters.network(address))
    known = session.get(Attempt, known_key) is not None
    refuse_many(session.get(Attempt, address_key), now)
    if not known:
        _refuse_delayed(session.get(Attempt, user_key), now)
    from_here = counters.held(session, address_key, now)
    _count(from_here, now)
    if not known:
        _count_all(session, secret, now)
    failures = counters.held(session, user_key, now)
    if not known:
        _refuse_delayed(failures, now)  # once more: of two tries at once the second has waited for the first
    if not matches(person, password) or person is None:
        failures.window_start, failures.tries = now, failures.tries + 1
        session.flush()
        raise SignInNeeded("people.errors.sign_in")
    failures.tries = 0
    from_here.tries -= 1
    if not second_step.enrolled(session, person.id):
        enter(session, person, address=address, secret=secret, now=now)
    return person


def enter(session: Session, person: Person, *, address: str, secret: str, now: datetime, **details: object) -> None:
    """Record that somebody has got in, and from where, so that the tries of strangers do not delay the next time."""
    known = counters.key(secret, "known", person.username, counters.network(address))
    counters.held(session, known, now).window_start = now
    _clear_away(session, now)
    access.gate(session, as_viewer(person), Permission.SIGN_IN, person, **details)


def delay_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries in a row.

    >>> [delay_after(n).seconds for n in (4, 5, 8, 40)]
    [0, 1, 8, 900]
    """
    if tries < FREE_TRIES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(tries - FREE_TRIES, 12)), LONGEST_DELAY)


def refuse_many(row: Attempt | None, now: datetime) -> None:
    """Raises TooManyTries when a counter of an address has come to its end in this window."""
    if row and now - row.window_start < WINDOW and row.tries >= PER_ADDRESS:
        raise _too_many(row.window_start + WINDOW - now)


def _refuse_delayed(row: Attempt | None, now: datetime) -> None:
    if row and (wait := row.window_start + delay_after(row.tries) - now) > timedelta():
        raise _too_many(wait)


def _count(row: Attempt, now: datetime) -> None:
    if now - row.window_start >= WINDOW:
        row.window_start, row.tries = now, 0
    refuse_many(row, now)
    row.tries += 1


def _count_all(session: Session, secret: str, now: datetime) -> None:
    """Count the tries from everywhere, sound the alarm once when they are too many, and clear away once a window."""
    total = counters.held(session, counters.key(secret, "all"), now)
    if total.tries == 0 or now - total.window_start >= WINDOW:
        total.window_start, total.tries = now, 0
        _clear_away(session, now)
    total.tries += 1
    if total.tries == IN_ALL:
        _log.error(json.dumps({"result": "alarm", "key": "sign_in", "tries": IN_ALL, "minutes": WINDOW.seconds // 60}))


def _too_many(wait: timedelta) -> TooManyTries:
    seconds = max(1, round(wait.total_seconds()))
    return TooManyTries("people.errors.too_many", seconds=seconds, n=-(-seconds // 60))


def _clear_away(session: Session, now: datetime) -> None:
    session.flush()
    old = (Attempt.window_start < now - FORGET_AFTER) & ~Attempt.key.startswith("known:")
    session.execute(delete(Attempt).where(old | (Attempt.window_start < now - KNOWN_FOR)))
