"""Whose task a letter is: the coordinator hands it to somebody, who then handles that one and sees no other."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Letter, Person
from samverkan_map.errors import BadValue, Conflict
from samverkan_map.inbox import finding
from samverkan_map.vocabulary import Permission, Role


def assign(
    session: Session, actor: Viewer, agreement: Agreement, letter_id: int, person_id: int | None, *, version: int
) -> Letter:
    """Hand a letter to somebody, or take it back from whoever has it (None).

    Raises NotFound, BadValue (nobody who may handle it), Conflict when it changed since `version`, NotAllowed.
    """
    letter = finding.get(session, actor, letter_id)
    access.check(actor, Permission.ASSIGN_REPORTS, letter)
    if letter.version != version:
        raise Conflict("inbox.errors.changed")
    if person_id is not None and person_id not in {one.id for one in assignable(session, actor, agreement, letter)}:
        raise BadValue("inbox.errors.need_handler", field="handler")
    before, letter.handler_id = letter.handler_id, person_id
    session.flush()
    session.expire(letter, ["handler"])
    access.gate(
        session, actor, Permission.ASSIGN_REPORTS, letter, act="handed", handler=person_id, handler_before=before
    )
    return letter


def assignable(session: Session, viewer: Viewer, agreement: Agreement, letter: Letter) -> list[Person]:
    """Those who may be handed a letter, by name: open accounts of a role that handles such ones. Raises NotAllowed."""
    access.check(viewer, Permission.ASSIGN_REPORTS, letter)
    roles = [role.value for role in Role if may_handle(agreement, role, letter.type)]
    question = select(Person).where(Person.disabled_at.is_(None), Person.role.in_(roles))
    return list(session.scalars(question.order_by(Person.name, Person.id)))


def may_handle(agreement: Agreement, role: Role, type: str) -> bool:
    """Whether somebody of a role may be handed a letter of a type: the traffic group only one about traffic."""
    word = access.grants()[Permission.HANDLE_REPORTS].allow.get(role, "")
    is_traffic = type in agreement.types and agreement.types[type].kind in access.TRAFFIC_KINDS
    return word in ("yes", "assigned") and (role is not Role.TRAFFIC_GROUP or is_traffic)


def let_go_of(agreement: Agreement, letter: Letter) -> None:
    """Take a letter from its handler when it has turned out to be about what the handler may not see."""
    if letter.handler is not None and not may_handle(agreement, Role(letter.handler.role), letter.type):
        letter.handler_id = None
