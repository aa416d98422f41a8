"""Two keys: a version is closed, both parties approve exactly the same content, and then it is frozen as data.

Municipality and police each turn one key, as two persons of two organisations. Whatever changes in between makes the
keys that were turned void.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.db.tables import Situation, SituationApproval
from samverkan_map.errors import Conflict, NotAllowed, StepNotAllowed
from samverkan_map.situation import keeping
from samverkan_map.situation.asked import Gathering, check_period
from samverkan_map.situation.canonical import checksum, written
from samverkan_map.situation.document import Document, compose, figures
from samverkan_map.situation.words import told
from samverkan_map.translations import LANGUAGES
from samverkan_map.vocabulary import OrganisationKind, Permission, Role, SituationState

KEY_OF = {Role.COORDINATOR: OrganisationKind.MUNICIPALITY, Role.POLICE: OrganisationKind.POLICE}
"""Which party's key a role may turn."""


def document_of(
    session: Session, viewer: Viewer, agreement: Agreement, found: Situation, *, today: date, only: Collection[str] = ()
) -> Document:
    """All that a version says as it would be closed now: figures of today, and the words that are written.

    A page that shows `only` some sections need not wait for the others.
    """
    made = compose(Gathering(session, agreement, keeping.period_of(found), today), only)
    earlier = keeping.get(session, viewer, found.earlier_id) if found.earlier_id else None
    return made | {
        "number": found.id,
        "outcome": found.outcome,
        "earlier": [earlier.id, earlier.checksum] if earlier else None,
        "trial": access.is_trial(session),
        "words": {
            section: {one.party: one.text for one in found.texts if one.section == section and one.text}
            for section in made["counts"]
        },
        "told": told(made, figures(made), LANGUAGES),
    }


def seal(
    session: Session, actor: Viewer, agreement: Agreement, number: int, *, today: date, now: datetime,
    version: int | None = None,
) -> Situation:  # fmt: skip
    """Close a version for approval: its figures are those of now and stay so.

    Raises NotFound, BadValue (period), StepNotAllowed (not a draft, a chapter without words), Conflict, NotAllowed.
    """
    found = keeping.to_change(session, actor, number, version)
    if found.state != SituationState.DRAFT:
        raise StepNotAllowed("situation.errors.closed_already")
    check_period(agreement, keeping.period_of(found), today)
    if lacking := keeping.lacking(found.texts):
        raise StepNotAllowed("situation.errors.lacking", chapters=lacking)
    text = written(document_of(session, actor, agreement, found, today=today))
    found.document, found.checksum = text, checksum(text)
    found.state, found.sealed_at = SituationState.SEALED.value, now
    access.gate(session, actor, keeping.EDIT, found, sealed=found.checksum)
    session.flush()
    return found


def reopen(session: Session, actor: Viewer, number: int, *, now: datetime, version: int | None = None) -> Situation:
    """Open a closed version again; keys that were turned are void.

    Raises NotFound, StepNotAllowed (not closed, frozen), Conflict, NotAllowed.
    """
    found = keeping.to_change(session, actor, number, version)
    if found.state != SituationState.SEALED:
        raise StepNotAllowed("situation.errors.not_closed")
    access.gate(session, actor, keeping.EDIT, found, opened_again=True)
    keeping.open_again(found, now=now)
    session.flush()
    return found


def standing_keys(found: Situation) -> dict[str, SituationApproval]:
    """The keys that are turned for what the version says now, by party."""
    return {one.party: one for one in found.approvals if one.void_at is None and one.checksum == (found.checksum or "")}


def party_of(session: Session, viewer: Viewer) -> str:
    """The party whose key somebody may turn: by role, and by the organisation as it stands now; "" for none."""
    wanted = KEY_OF.get(viewer.role)
    return wanted.value if wanted and keeping.organisation_kind(session, viewer) == wanted else ""


def approve(session: Session, actor: Viewer, number: int, *, content: str, now: datetime) -> Situation:
    """Turn one party's key for the content with a checksum; the second key freezes it.

    Raises NotFound, NotAllowed (no party, a screen, the same person or organisation twice), StepNotAllowed (not closed,
    frozen, turned already), Conflict when the content is another one.
    """
    found = keeping.get(session, actor, number)
    party = party_of(session, actor)
    if not party or actor.person_id is None:
        raise NotAllowed("situation.errors.no_party")
    keeping.not_frozen(found)
    if found.state != SituationState.SEALED or found.checksum is None:
        raise StepNotAllowed("situation.errors.not_closed")
    if content != found.checksum:
        raise Conflict("situation.errors.other_content")
    keys = standing_keys(found)
    if party in keys:
        raise StepNotAllowed("situation.errors.turned_already", who=keys[party].who)
    for other in keys.values():
        if other.person_id == actor.person_id:
            raise NotAllowed("situation.errors.same_person")
        if other.organisation_id == actor.organisation_id:
            raise NotAllowed("situation.errors.same_organisation")
    key = SituationApproval(
        party=party, person_id=actor.person_id, organisation_id=actor.organisation_id, who=actor.name, at=now,
        checksum=found.checksum,
    )  # fmt: skip
    found.approvals.append(key)
    found.keys += 1
    session.flush()
    freezes = len(keys) + 1 == len(KEY_OF)
    access.gate(
        session, actor, Permission.APPROVE_SITUATION, key,
        content=found.checksum, party=party, picture=number, frozen=freezes,
    )  # fmt: skip
    if freezes:
        found.state, found.frozen_at = SituationState.FROZEN.value, now
        session.flush()
    return found
