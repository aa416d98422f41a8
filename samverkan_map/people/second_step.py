"""The second step of a sign-in: a code of an app on the person's own phone, or a recovery code from a paper.

The database keeps a random seed per person. The secret that the phone holds is worked out from it and the server's own
key, so that a copy of the database alone lets nobody make codes; recovery codes work without that key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Person, RecoveryCode, SecondStep
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.people.passwords import matches
from samverkan_map.people.sessions import end_all
from samverkan_map.vocabulary import Permission

ISSUER = "Samverkanskartan"
RECOVERY_CODES = 10
STEP_SECONDS = 30
SLACK_STEPS = 1
"""A phone's clock may be half a minute off, and a code may be typed a moment after it has changed."""


@dataclass(frozen=True)
class OwnStep:
    """What somebody may know of the own second step: since when, and how many recovery codes are left."""

    confirmed_at: datetime | None
    codes_left: int


def enrolled(session: Session, person_id: int) -> bool:
    """Whether the person signs in with a second step."""
    row = session.get(SecondStep, person_id)
    return row is not None and row.confirmed_at is not None


def waiting_for_code(session: Session, person_id: int, password_end: str) -> Person | None:
    """Who has given a password and not yet a code; None once the account is closed or has another password."""
    person = session.get(Person, person_id)
    waits = person is not None and person.disabled_at is None and enrolled(session, person_id)
    return person if waits and person and person.password_hash.endswith(password_end) else None


def own_step(session: Session, viewer: Viewer) -> OwnStep:
    """The viewer's own second step."""
    row = session.get(SecondStep, viewer.person_id) if viewer.person_id else None
    left = select(func.count()).where(RecoveryCode.person_id == viewer.person_id)
    return OwnStep(row.confirmed_at if row else None, session.scalar(left) or 0)


def begin(session: Session, actor: Viewer, *, password: str, now: datetime) -> None:
    """Make a new secret for the actor's phone, which counts once a code from it has been given.

    The password is asked again: an open computer is not enough. Raises NotAllowed, BadValue, Conflict.
    """
    person = own_account(session, actor)
    if not matches(person, password):
        raise BadValue("people.errors.old_password", field="password")
    if enrolled(session, person.id):
        raise Conflict("people.errors.step_there")
    access.gate(session, actor, Permission.OWN_ACCOUNT, person, second_step="begun")
    session.execute(delete(SecondStep).where(SecondStep.person_id == person.id))
    session.add(SecondStep(person_id=person.id, seed=secrets.token_hex(20), begun_at=now, last_used=0))
    session.flush()


def new_secret(session: Session, viewer: Viewer, *, key: str) -> tuple[str, str]:
    """The secret for the phone in groups of four, and as the address that an app reads; only until it is confirmed.

    Raises NotFound, also once the secret counts: it is never shown again.
    """
    row = session.get(SecondStep, viewer.person_id) if viewer.person_id else None
    if row is None or row.confirmed_at is not None:
        raise NotFound("people.errors.no_step_begun")
    secret = _secret(row, key)
    person = session.get_one(Person, row.person_id)
    address = pyotp.TOTP(secret).provisioning_uri(name=person.username, issuer_name=ISSUER)
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), address


def confirm(session: Session, actor: Viewer, code: str, *, key: str, now: datetime) -> list[str]:
    """Let the begun second step count from now on and give the recovery codes; all the actor's sessions end.

    Raises NotFound, NotAllowed, BadValue.
    """
    person = own_account(session, actor)
    row = _held(session, person.id)
    if row is None or row.confirmed_at is not None:
        raise NotFound("people.errors.no_step_begun")
    if not use_phone_code(row, code, key=key, now=now):
        raise BadValue("people.errors.code_wrong", field="code")
    access.gate(session, actor, Permission.OWN_ACCOUNT, person, second_step="confirmed")
    row.confirmed_at = now
    end_all(session, person.id)
    return new_codes(session, person.id)


def forget(session: Session, person_id: int) -> None:
    """Take somebody's second step and recovery codes away."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.execute(delete(SecondStep).where(SecondStep.person_id == person_id))
    session.expire_all()


def use(session: Session, person_id: int, given: str, *, key: str, now: datetime) -> str:
    """Use a code up and tell which kind it was: `phone`, `recovery`, or nothing when it is not right.

    Each code is good once, also when two ask at the same time.
    """
    row = _held(session, person_id)
    if row is None or row.confirmed_at is None:
        return ""
    if use_phone_code(row, given, key=key, now=now):
        session.flush()
        return "phone"
    of_person = (RecoveryCode.person_id == person_id) & (RecoveryCode.code_hash == _code_hash(given))
    used = session.execute(delete(RecoveryCode).where(of_person).returning(RecoveryCode.code_hash)).first()
    return "recovery" if used else ""


def is_phone_code(given: str) -> bool:
    """Whether somebody has written a code as a phone shows it, with or without a gap.

    >>> is_phone_code("123 456"), is_phone_code("ABCD-EFGH-IJKL-MNOP")
    (True, False)
    """
    plain = _plain(given)
    return len(plain) == 6 and plain.isascii() and plain.isdigit()


def use_phone_code(row: SecondStep, given: str, *, key: str, now: datetime) -> bool:
    """Whether a code is one of this moment that has not been used, and from now on it has."""
    if not is_phone_code(given):
        return False
    totp, here = pyotp.TOTP(_secret(row, key)), int(now.replace(tzinfo=UTC).timestamp()) // STEP_SECONDS
    for step in range(here - SLACK_STEPS, here + SLACK_STEPS + 1):
        if step > row.last_used and hmac.compare_digest(totp.at(step * STEP_SECONDS), _plain(given)):
            row.last_used = step
            return True
    return False


def _held(session: Session, person_id: int) -> SecondStep | None:
    """The row, held until the transaction ends: of two that use one code at once, the second sees it used."""
    return session.get(SecondStep, person_id, with_for_update=True, populate_existing=True)


def own_account(session: Session, actor: Viewer) -> Person:
    """The account behind whoever is signed in. Raises NotAllowed when there is none."""
    person = session.get(Person, actor.person_id) if actor.person_id else None
    if person is None:
        raise access.refusal(actor, Permission.OWN_ACCOUNT)
    return person


def _secret(row: SecondStep, key: str) -> str:
    digest = hmac.digest(key.encode(), f"second step|{row.person_id}|{row.seed}".encode(), "sha1")
    return base64.b32encode(digest).decode()


def new_codes(session: Session, person_id: int) -> list[str]:
    """New recovery codes instead of the old ones, as they are written on paper; only their hashes are kept."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(code_hash=_code_hash(code), person_id=person_id) for code in codes)
    session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def _code_hash(given: str) -> str:
    return hashlib.sha256(_plain(given).encode()).hexdigest()


def _plain(given: str) -> str:
    return "".join(letter for letter in given[:100].upper() if letter.isalnum())
