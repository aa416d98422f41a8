"""Inviting organisations to a round: a link each, told once, that can be made anew and taken back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Invitation, Organisation, Round
from samverkan_map.errors import BadValue, Conflict, NotFound
from samverkan_map.rounds.keeping import get, is_open
from samverkan_map.vocabulary import OrganisationKind, Permission

INVITED_KINDS = frozenset({OrganisationKind.BUSINESS, OrganisationKind.PROPERTY_OWNER, OrganisationKind.ASSOCIATION})
TOKEN_BYTES = 16
"""128 random bits: short enough for a QR code that a phone reads from a wall."""


@dataclass(frozen=True)
class Link:
    """An invitation and the token of its link, which is known now and never again."""

    invitation: Invitation
    token: str


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(
    session: Session, actor: Viewer, round_id: int, organisation_ids: Sequence[int], *, today: date
) -> list[Link]:
    """Invite businesses, property owners and associations to an open round; who is invited already is left as it is.

    Raises NotFound, BadValue (nobody, or somebody who cannot be invited), Conflict (the round is closed), NotAllowed.
    """
    found = _open(session, actor, round_id, today)
    kept = {one.organisation_id for one in found.invitations}
    wanted = [session.get(Organisation, number) for number in dict.fromkeys(organisation_ids) if number not in kept]
    if not wanted or any(one is None or one.kind not in INVITED_KINDS for one in wanted):
        raise BadValue("refusals.rounds.nobody", field="organisations")
    links = []
    for organisation in wanted:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        invitation = Invitation(organisation=organisation, token_hash=token_hash(token), made_on=today)
        found.invitations.append(invitation)
        links.append(Link(invitation, token))
    session.flush()
    access.gate(session, actor, Permission.INVITE_BUSINESS, found, invited=len(links))
    return links


def renew(session: Session, actor: Viewer, invitation_id: int, *, today: date) -> Link:
    """Give an invitation a new link, as a reminder or after it was taken back; the old one stops working.

    Raises NotFound, Conflict (the round is closed), NotAllowed.
    """
    invitation = _invitation(session, actor, invitation_id)
    _open(session, actor, invitation.round_id, today)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation.token_hash, invitation.reminded_on, invitation.revoked_on = token_hash(token), today, None
    session.flush()
    access.gate(session, actor, Permission.INVITE_BUSINESS, invitation.round, link_of=invitation.id)
    return Link(invitation, token)


def revoke(session: Session, actor: Viewer, invitation_id: int, *, today: date) -> Invitation:
    """Take an invitation back: its link stops working, what was answered stays. Raises NotFound, NotAllowed."""
    invitation = _invitation(session, actor, invitation_id)
    access.gate(session, actor, Permission.INVITE_BUSINESS, invitation.round, taken_back=invitation.id)
    invitation.revoked_on = today
    session.flush()
    return invitation


def _invitation(session: Session, actor: Viewer, invitation_id: int) -> Invitation:
    found = session.get(Invitation, invitation_id)
    if found is None:
        raise NotFound("refusals.rounds.not_found")
    get(session, actor, found.round_id)
    return found


def _open(session: Session, actor: Viewer, round_id: int, today: date) -> Round:
    found = get(session, actor, round_id)
    if not is_open(found, today):
        raise Conflict("refusals.rounds.closed_already")
    return found
