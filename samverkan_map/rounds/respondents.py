"""Who answers in a round, with which voice, and by what the answer is found again: a link, an account, or a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Invitation, Review, Round
from samverkan_map.errors import NotAllowed, NotFound
from samverkan_map.rounds.inviting import token_hash
from samverkan_map.rounds.keeping import is_open
from samverkan_map.vocabulary import Permission, Role, Voice

VOICES: Mapping[Role, Voice] = {
    Role.POLICE: Voice.POLICE, Role.PLANNER: Voice.MUNICIPALITY, Role.COORDINATOR: Voice.MUNICIPALITY,
}  # fmt: skip
"""Whose voice somebody who is signed in answers with."""


class Standing(Enum):
    """Whether a link still opens anything."""

    OPEN = "open"
    CLOSED = "closed"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Respondent:
    """Who answers in a round. One of `invitation`, `person_id` and `key_hash` says whose the answer is."""

    round: Round
    voice: Voice
    invitation: Invitation | None = None
    person_id: int | None = None
    key_hash: str | None = None

    @property
    def organisation_id(self) -> int | None:
        """The organisation that was invited."""
        return self.invitation.organisation_id if self.invitation else None

    def standing(self, today: date) -> Standing:
        """Whether the answer is still taken."""
        if self.invitation and self.invitation.revoked_on is not None:
            return Standing.REVOKED
        return Standing.OPEN if is_open(self.round, today) else Standing.CLOSED


def by_token(session: Session, token: str) -> Respondent:
    """The invited organisation that a link belongs to. Raises NotFound for a token that is nobody's."""
    found = session.scalars(select(Invitation).where(Invitation.token_hash == token_hash(token))).first()
    if found is None:
        raise NotFound("refusals.rounds.no_link")
    return invited(found)


def invited(invitation: Invitation) -> Respondent:
    """The organisation of an invitation."""
    return Respondent(invitation.round, Voice.BUSINESS, invitation=invitation)


def signed_in(viewer: Viewer, found: Round) -> Respondent:
    """Somebody with an account: police and municipal staff for themselves, a business by its invitation.

    Raises NotAllowed for a business that is not invited, and for everybody else.
    """
    if viewer.role is Role.BUSINESS:
        for invitation in found.invitations:
            if invitation.organisation_id == viewer.organisation_id:
                return invited(invitation)
        raise NotAllowed("refusals.rounds.not_invited")
    if viewer.role not in VOICES or viewer.person_id is None:
        raise NotAllowed("access.errors.not_allowed")
    return Respondent(found, VOICES[viewer.role], person_id=viewer.person_id)


def anybody(found: Round, key: str) -> Respondent:
    """Somebody without an account, known again by the key of the form, of which only a hash is kept."""
    return Respondent(found, Voice.PUBLIC, key_hash=token_hash(key))


def guest(invitation: Invitation) -> Viewer:
    """Whoever holds the link: the invited organisation, and no person."""
    return Viewer(None, f"inbjudan:{invitation.id}", Role.BUSINESS, invitation.organisation_id)


def answer_of(session: Session, who: Respondent) -> Review | None:
    """The answer that somebody has given in the round, or None."""
    if who.invitation:
        return who.invitation.review
    whose = Review.key_hash == who.key_hash if who.key_hash else Review.person_id == who.person_id
    return session.scalars(select(Review).where(Review.round_id == who.round.id, whose)).first()


def begin(session: Session, actor: Viewer, invitation: Invitation, *, today: date) -> None:
    """Note that a link was opened by its button, the first time only. Raises NotAllowed."""
    if invitation.opened_on is None:
        invitation.opened_on = today
        session.flush()
        access.gate(session, actor, Permission.VISIT, invitation, opened=True)
