"""Accounts: added, closed and changed by a coordinator, never one's own role."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samverkan_map import access, provider, screening
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Letter, Organisation, Person
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.people import second_step
from samverkan_map.people.passwords import NO_PASSWORD, check_password, hashed, matches
from samverkan_map.people.sessions import end_all
from samverkan_map.settings import USUAL_CLAIM
from samverkan_map.vocabulary import Permission, Role

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


def create(
    session: Session,
    actor: Viewer,
    *,
    username: str,
    name: str,
    role: str,
    organisation: str | None,
    password: str,
    provider_name: str = "",
    claim: str = USUAL_CLAIM,
    example: bool = False,
    proposed: bool = False,
    now: datetime | None = None,
) -> Person:
    """Add a colleague; `organisation` is a code, `example` marks an invented person of the demo material.
    One that is only `proposed` is closed, and one with a `provider_name` (see `name_at_provider`) needs no password.

    Raises BadValue naming the field, also for an unknown organisation, NotAllowed, also for a police account.
    """
    username = _checked_username(session, username)
    name = _checked_name(name)
    for field, value in (("username", username), ("name", name)):
        screening.screen_name(value, field=field)
    owner = _organisation(session, organisation)
    role = _checked_role(role)
    _check_belongs(role, owner.id if owner else None)
    if not proposed:
        _check_police(actor, role)
    provider_name = _checked_provider_name(session, provider_name, claim)
    if password or not provider_name:
        check_password(password, _context(session, username, name))
    person = Person(
        username=username,
        name=name,
        role=role.value,
        organisation_id=owner.id if owner else None,
        password_hash=hashed(password) if password else NO_PASSWORD,
        provider_name=provider_name or None,
        example=example,
        created_at=now or _now(),
        disabled_at=(now or _now()) if proposed else None,
    )
    session.add(person)
    session.flush()
    access.gate(session, actor, Permission.MANAGE_PEOPLE, person, username=username, role=role)
    return person


def find(session: Session, viewer: Viewer) -> list[Person]:
    """All accounts, open ones first, by user name. Raises NotAllowed."""
    if not access.may(viewer, Permission.MANAGE_PEOPLE):
        raise access.refusal(viewer, Permission.MANAGE_PEOPLE)
    return list(session.scalars(select(Person).order_by(Person.disabled_at.is_not(None), Person.username)))


def get(session: Session, viewer: Viewer, person_id: int) -> Person:
    """One account. Raises NotFound, NotAllowed."""
    if not access.may(viewer, Permission.MANAGE_PEOPLE) and viewer.person_id != person_id:
        raise access.refusal(viewer, Permission.MANAGE_PEOPLE)
    if person := session.get(Person, person_id):
        return person
    raise NotFound("people.errors.unknown_person")


def by_username(session: Session, viewer: Viewer, username: str) -> Person:
    """The account with this user name. Raises NotFound, NotAllowed."""
    person_id = session.scalar(select(Person.id).where(Person.username == username.strip().lower()))
    return get(session, viewer, person_id or 0)


def disable(session: Session, actor: Viewer, person_id: int, *, version: int, now: datetime) -> Person:
    """Close an account; it is gone at the person's next request, and what was the person's task is nobody's.

    Raises NotFound, NotAllowed (also for one's own account), Conflict.
    """
    person = others_account(session, actor, person_id, version)
    access.gate(session, actor, Permission.MANAGE_PEOPLE, person, disabled=True)
    person.disabled_at = person.disabled_at or now
    hand_back(session, person.id)
    end_all(session, person.id)
    session.flush()
    return person


def hand_back(session: Session, person_id: int) -> None:
    """Whoever has left, or may now do something else, leaves the tasks to whoever hands them out."""
    mine = update(Letter).where(Letter.handler_id == person_id)
    session.execute(mine.values(handler_id=None, version=Letter.version + 1))


def reopen(session: Session, actor: Viewer, person_id: int, *, version: int) -> Person:
    """Open a closed account again, with the password and the role it had.

    Raises NotFound, NotAllowed (also for one's own account and a police one), Conflict.
    """
    person = others_account(session, actor, person_id, version)
    _check_police(actor, person.role)
    access.gate(session, actor, Permission.MANAGE_PEOPLE, person, disabled=False)
    person.disabled_at = None
    session.flush()
    return person


def give_role(session: Session, actor: Viewer, person_id: int, *, role: str, version: int) -> Person:
    """Give another role, never to oneself; the person's sessions end, and the person's tasks are nobody's.

    Raises NotFound, NotAllowed (also for one's own account, and to or from the police), Conflict, BadValue.
    """
    person = others_account(session, actor, person_id, version)
    role = _checked_role(role)
    _check_police(actor, role, person.role)
    _check_belongs(role, person.organisation_id)
    access.gate(session, actor, Permission.MANAGE_PEOPLE, person, role=role, before=person.role)
    person.role = role.value
    hand_back(session, person.id)
    end_all(session, person.id)
    session.flush()
    return person


def set_password(session: Session, actor: Viewer, person_id: int, *, password: str, version: int) -> Person:
    """Give an account a new password; the person's sessions end and the delay after failed tries too.

    Raises NotFound, NotAllowed (also for one's own account and a police one), Conflict (also for a closed
    account), BadValue.
    """
    person = others_account(session, actor, person_id, version, own="people.errors.own_password")
    _check_police(actor, person.role)
    if person.disabled_at is not None:
        raise Conflict("people.errors.closed", name=person.username)
    check_password(password, _context(session, person.username, person.name))
    access.gate(session, actor, Permission.MANAGE_PEOPLE, person, password="new")
    person.password_hash = hashed(password)
    end_all(session, person.id)
    session.flush()
    return person


def forget_second_step(session: Session, actor: Viewer, person_id: int, *, version: int) -> Person:
    """Take away somebody's second step, whose phone and recovery codes are gone; the person's sessions end.

    Raises NotFound, NotAllowed (also for one's own account and a police one), Conflict.
    """
    person = others_account(session, actor, person_id, version)
    _check_police(actor, person.role)
    access.gate(session, actor, Permission.MANAGE_PEOPLE, person, second_step="removed")
    second_step.forget(session, person.id)
    end_all(session, person.id)
    session.flush()
    return person


def name_at_provider(
    session: Session, actor: Viewer, person_id: int, *, provider_name: str, claim: str, version: int
) -> Person:
    """Say what the sign-in service calls somebody (in its `claim`), "" for nothing any more.

    An earlier connection is no more, and the person's sessions end; the next sign-in under the name connects anew.
    Raises NotFound, NotAllowed (also for one's own account and a police one), Conflict, BadValue.
    """
    person = others_account(session, actor, person_id, version)
    _check_police(actor, person.role)
    name = _checked_provider_name(session, provider_name, claim, besides=person.id)
    access.gate(session, actor, Permission.MANAGE_PEOPLE, person, provider="named" if name else "removed")
    disconnect(person)
    person.provider_name = name or None
    end_all(session, person.id)
    session.flush()
    return person


def disconnect(person: Person) -> None:
    """Let an account be nobody's at the sign-in service any more."""
    person.provider_name = person.provider_issuer = person.provider_subject = person.connected_at = None


def change_password(session: Session, actor: Viewer, *, old: str, new: str) -> Person:
    """Change one's own password; all own sessions end. Raises NotAllowed, BadValue."""
    person = session.get(Person, actor.person_id) if actor.person_id else None
    if person is None:
        raise access.refusal(actor, Permission.OWN_ACCOUNT)
    if not matches(person, old):
        raise BadValue("people.errors.old_password", field="old")
    check_password(new, _context(session, person.username, person.name), field="new")
    access.gate(session, actor, Permission.OWN_ACCOUNT, person, password="new")
    person.password_hash = hashed(new)
    end_all(session, person.id)
    session.flush()
    return person


def others_account(
    session: Session, actor: Viewer, person_id: int, version: int, *, own: str = "people.errors.own_account"
) -> Person:
    """Another's account in the version that the actor has seen. Raises NotFound, NotAllowed with `own`, Conflict."""
    person = get(session, actor, person_id)
    if person.id == actor.person_id:
        raise NotAllowed(own)
    if person.version != version:
        raise Conflict("people.errors.changed", name=person.username)
    return person


def _checked_username(session: Session, username: str) -> str:
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise BadValue("people.errors.username", field="username")
    if session.scalar(select(Person.id).where(Person.username == username)):
        raise BadValue("people.errors.username_taken", field="username", username=username)
    return username


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise BadValue("people.errors.name", field="name")
    return name


def _checked_provider_name(session: Session, words: str, claim: str, *, besides: int = 0) -> str:
    if not words.strip():
        return ""
    if not (name := provider.plain(words, claim)):
        raise BadValue("people.errors.provider_name", field="provider_name")
    # An address at work may stand here, but no number of a person or of a phone.
    screening.screen_name(name.partition("@")[0], field="provider_name")
    if session.scalar(select(Person.id).where(Person.provider_name == name, Person.id != besides)):
        raise BadValue("people.errors.provider_name_taken", field="provider_name")
    return name


def _checked_role(role: str) -> Role:
    if role not in set(Role) - {Role.PUBLIC}:
        raise BadValue("people.errors.role", field="role")
    return Role(role)


def _check_belongs(role: Role, organisation_id: int | None) -> None:
    """The police see and change what is their own organisation's, so a police account has one."""
    if role is Role.POLICE and organisation_id is None:
        raise BadValue("people.errors.police_organisation", field="organisation")


def _check_police(actor: Viewer, *roles: str) -> None:
    """One party alone neither makes nor takes over an account of the other: one person would then be both parties."""
    if Role.POLICE in roles and not access.may(actor, Permission.CONFIRM_POLICE):
        raise NotAllowed("people.errors.police_account")


def _organisation(session: Session, code: str | None) -> Organisation | None:
    if not code:
        return None
    if found := session.scalar(select(Organisation).where(Organisation.code == code)):
        return found
    raise BadValue("people.errors.unknown_organisation", field="organisation", code=code)


def _context(session: Session, username: str, name: str) -> set[str]:
    names = [username, name, *session.scalars(select(Organisation.name))]
    return {word for text in names for word in re.split(r"[\W\d_]+", text) if len(word) > 2}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
