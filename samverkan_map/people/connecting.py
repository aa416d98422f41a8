"""Signing in by way of the municipality's own service: only into an account that is here already.

The coordinator writes what the service calls a colleague. The first sign-in under that name connects the account with
the service's lasting number for the person; from then on only that number counts, whatever anybody is called, and the
password here is no more. Role and organisation are never taken from the service.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.db.tables import Attempt, Person
from samverkan_map.errors import SignInNeeded
from samverkan_map.people import counters, second_step, sign_in
from samverkan_map.people.passwords import NO_PASSWORD
from samverkan_map.people.sessions import as_viewer
from samverkan_map.provider import Known
from samverkan_map.vocabulary import Permission


def let_in(
    session: Session, known: Known, *, required: bool, address: str, secret: str, now: datetime
) -> tuple[Person, bool]:
    """Let in whom the service knows, and tell whether a code of the own phone is still to be asked for.

    Whoever has signed in there with one step is asked for the own second step here; with none, those who are `required`
    to have one stay outside. Raises SignInNeeded, the same for somebody unknown and for a closed account.
    """
    person = _account_of(session, known)
    if person is None or person.disabled_at is not None:
        raise SignInNeeded("people.errors.not_here")
    waits_for_code = not known.two_steps and second_step.enrolled(session, person.id)
    if required and access.is_staff(as_viewer(person)) and not (known.two_steps or waits_for_code):
        raise SignInNeeded("people.errors.one_step")
    if person.provider_subject is None:
        _connect(session, person, known, now)
    if not waits_for_code:
        sign_in.enter(session, person, address=address, secret=secret, now=now, way="provider")
    return person, waits_for_code


def _account_of(session: Session, known: Known) -> Person | None:
    """The connected account, or the one that waits for somebody who is called so; held until the transaction ends."""
    lasting = (Person.provider_issuer == known.issuer) & (Person.provider_subject == known.subject)
    waiting = (Person.provider_name == known.called) & Person.provider_subject.is_(None)
    # One question: somebody who comes twice at once is found by the number that the other one has just been given.
    either = select(Person).where(lasting | waiting).order_by(Person.provider_subject.is_(None))
    return session.scalars(either.with_for_update()).first()


def _connect(session: Session, person: Person, known: Known, now: datetime) -> None:
    access.gate(session, as_viewer(person), Permission.OWN_ACCOUNT, person, connected=True)
    person.provider_issuer, person.provider_subject, person.connected_at = known.issuer, known.subject, now
    # Whoever leaves the municipality is closed out there; a password would still let them in here.
    person.password_hash = NO_PASSWORD
    session.flush()


def check_tries(session: Session, *, address: str, secret: str, now: datetime) -> None:
    """Raises TooManyTries when too many from this address have been turned away lately."""
    sign_in.refuse_many(session.get(Attempt, _counter(address, secret)), now)


def count_failure(session: Session, *, address: str, secret: str, now: datetime) -> None:
    """Count somebody who was turned away. Apart from passwords: neither uses up the tries of the other."""
    row = counters.held(session, _counter(address, secret), now)
    if now - row.window_start >= sign_in.WINDOW:
        row.window_start, row.tries = now, 0
    row.tries += 1


def _counter(address: str, secret: str) -> str:
    return counters.key(secret, "provider", counters.network(address))
