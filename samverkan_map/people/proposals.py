"""Two parties for a police account: a coordinator proposes, and another police user confirms.

Whoever confirms is shown a new password to hand over. The coordinator never knows one: somebody who had chosen it could
sign in as the other party. Closing a police account takes nobody else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import AccountProposal, Person
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.people import accounts, second_step
from samverkan_map.people.passwords import hashed, random_password
from samverkan_map.people.sessions import end_all
from samverkan_map.vocabulary import Permission, ProposalKind, Role

GOOD_FOR = timedelta(days=14)


def kinds_for(session: Session, viewer: Viewer, person: Person) -> list[tuple[ProposalKind, Role | None]]:
    """What a coordinator may propose about an account, as kind and new role; nothing about one's own."""
    if not access.may(viewer, Permission.MANAGE_PEOPLE) or person.id == viewer.person_id:
        return []
    if person.role != Role.POLICE:
        return [(ProposalKind.ROLE, Role.POLICE)] if person.organisation_id and not person.disabled_at else []
    if person.disabled_at:
        return [(ProposalKind.OPEN, None)]
    step = [(ProposalKind.STEP, None)] if second_step.enrolled(session, person.id) else []
    roles = [(ProposalKind.ROLE, role) for role in Role if role not in (Role.PUBLIC, Role.POLICE)]
    return [(ProposalKind.PASSWORD, None), *step, *roles]


def propose_new(
    session: Session, actor: Viewer, *, username: str, name: str, organisation: str | None, now: datetime
) -> AccountProposal:
    """Propose a new account for the police, which stays closed until another police user has confirmed it.

    Raises BadValue naming the field, NotAllowed.
    """
    person = accounts.create(
        session, actor, username=username, name=name, role=Role.POLICE, organisation=organisation,
        password=random_password(), proposed=True, now=now,
    )  # fmt: skip
    return propose(session, actor, person.id, kind=ProposalKind.OPEN, role=None, version=person.version, now=now)


def propose(
    session: Session, actor: Viewer, person_id: int, *, kind: str, role: str | None, version: int, now: datetime
) -> AccountProposal:
    """Propose a change that makes or takes over a police account, instead of an earlier proposal about it.

    Raises NotFound, NotAllowed (also for one's own account), Conflict, BadValue.
    """
    person = accounts.others_account(session, actor, person_id, version)
    if (kind, role or None) not in kinds_for(session, actor, person):
        raise BadValue("people.errors.proposal", field="kind")
    access.gate(session, actor, Permission.MANAGE_PEOPLE, person, proposal=kind, role=role or None)
    session.execute(delete(AccountProposal).where(AccountProposal.person_id == person.id))
    found = AccountProposal(
        person_id=person.id, kind=kind, role=role or None, proposed_by=actor.person_id, proposed_at=now,
        person_version=person.version,
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found


def open_proposals(session: Session, viewer: Viewer, *, now: datetime) -> list[AccountProposal]:
    """Proposals that wait for the police, the oldest first: for those who propose, and for those who confirm."""
    if not (access.may(viewer, Permission.MANAGE_PEOPLE) or access.may(viewer, Permission.CONFIRM_POLICE)):
        raise access.refusal(viewer, Permission.CONFIRM_POLICE)
    question = select(AccountProposal).where(AccountProposal.proposed_at > now - GOOD_FOR)
    return list(session.scalars(question.order_by(AccountProposal.id)))


def confirm(session: Session, actor: Viewer, proposal_id: int, *, now: datetime) -> tuple[Person, str]:
    """Do what was proposed, as another police user; gives the account and its new password, shown this once.

    Raises NotFound, NotAllowed (who proposed it, whom it is about), Conflict when the account has changed since.
    """
    found = _open(session, proposal_id, now)
    access.check(actor, Permission.CONFIRM_POLICE, found)
    person = session.get_one(Person, found.person_id)
    if person.version != found.person_version:
        raise Conflict("people.errors.changed", name=person.username)
    access.gate(
        session, actor, Permission.CONFIRM_POLICE, found, proposal=found.kind, person=person.id, role=found.role
    )
    _carry_out(session, found, person)
    password = random_password()
    person.password_hash = hashed(password)
    # Otherwise whoever proposed it could have named themselves at the sign-in service.
    accounts.disconnect(person)
    end_all(session, person.id)
    session.delete(found)
    session.flush()
    return person, password


def _carry_out(session: Session, found: AccountProposal, person: Person) -> None:
    if found.kind == ProposalKind.OPEN:
        person.disabled_at = None
    elif found.kind == ProposalKind.ROLE and found.role:
        person.role = found.role
        accounts.hand_back(session, person.id)
    elif found.kind == ProposalKind.STEP:
        second_step.forget(session, person.id)


def refuse(session: Session, actor: Viewer, proposal_id: int, *, now: datetime) -> None:
    """Say no to a proposal, as another police user. Raises NotFound, NotAllowed."""
    found = _open(session, proposal_id, now)
    access.gate(
        session, actor, Permission.CONFIRM_POLICE, found, proposal=found.kind, person=found.person_id, refused=True
    )
    session.delete(found)
    session.flush()


def withdraw(session: Session, actor: Viewer, proposal_id: int, *, now: datetime) -> None:
    """Take a proposal back, as a coordinator. Raises NotFound, NotAllowed."""
    found = _open(session, proposal_id, now)
    access.gate(
        session, actor, Permission.MANAGE_PEOPLE, found, proposal=found.kind, person=found.person_id, withdrawn=True
    )
    session.delete(found)
    session.flush()


def _open(session: Session, proposal_id: int, now: datetime) -> AccountProposal:
    found = session.get(AccountProposal, proposal_id, with_for_update=True)
    if found is None or found.proposed_at <= now - GOOD_FOR:
        raise NotFound("people.errors.no_proposal")
    return found
