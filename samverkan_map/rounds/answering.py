"""Answering by a link: what it opens, the answer, and the receipt that shows what others said and what was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, sites
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Invitation, Promise, Review
from samverkan_map.errors import Conflict, NotFound
from samverkan_map.rounds.inviting import token_hash
from samverkan_map.rounds.keeping import is_open
from samverkan_map.sites import FEWEST_FOR_PARTNERS
from samverkan_map.vocabulary import DayPart, OrganisationKind, Permission, Role, Voice

MANY = 10
"""Below so many answers a mean is told to the nearest half, so that it claims no more than it can and one answer more
does not give that answer away."""

PARTIES = frozenset({OrganisationKind.MUNICIPALITY, OrganisationKind.POLICE})


class Standing(Enum):
    """Whether a link still opens anything."""

    OPEN = "open"
    CLOSED = "closed"
    REVOKED = "revoked"


def by_token(session: Session, token: str, today: date) -> tuple[Invitation, Standing]:
    """The invitation of a link and how it stands. Raises NotFound for a token that is nobody's."""
    found = session.scalars(select(Invitation).where(Invitation.token_hash == token_hash(token))).first()
    if found is None:
        raise NotFound("refusals.rounds.no_link")
    if found.revoked_on is not None:
        return found, Standing.REVOKED
    return found, Standing.OPEN if is_open(found.round, today) else Standing.CLOSED


def guest(invitation: Invitation) -> Viewer:
    """Whoever holds the link: the invited organisation, and no person."""
    return Viewer(None, f"inbjudan:{invitation.id}", Role.BUSINESS, invitation.organisation_id)


def begin(session: Session, actor: Viewer, invitation: Invitation, *, today: date) -> None:
    """Note that a link was opened by its button, the first time only. Raises NotAllowed."""
    if invitation.opened_on is None:
        invitation.opened_on = today
        session.flush()
        access.gate(session, actor, Permission.VISIT, invitation, opened=True)


def answer(
    session: Session,
    actor: Viewer,
    invitation: Invitation,
    *,
    scores: Mapping[str, int],
    strengths: Sequence[str],
    improve: Sequence[str],
    good: str,
    idea: str,
    contribution: str,
    version: int,
    today: date,
) -> Review:
    """Answer in an open round, or change the answer; `version` is 0 for the first one. The same answer twice is one.

    Raises BadValue naming the field, Conflict (the round is closed, the link taken back, or somebody else with the link
    answered meanwhile), NotAllowed.
    """
    if invitation.revoked_on is not None or not is_open(invitation.round, today):
        raise Conflict("refusals.rounds.closed_already")
    words = {"scores": scores, "strengths": strengths, "improve": improve, "good": good, "idea": idea}
    site, kept = invitation.round.site, invitation.review
    found = kept or Review(
        organisation_id=invitation.organisation_id, voice=Voice.BUSINESS, round_id=invitation.round_id
    )
    if kept and kept.version != version:
        if _same(kept, words | {"contribution": contribution}):
            return kept
        raise Conflict("refusals.rounds.answered_meanwhile")
    with session.no_autoflush:
        sites.describe(found, **words, contribution=contribution, today=today)  # type: ignore[arg-type]
    found.site, invitation.review = site, found
    session.flush()
    access.gate(session, actor, Permission.REVIEW_SITE, found, round=invitation.round_id)
    return found


def _same(kept: Review, words: Mapping[str, object]) -> bool:
    return all(_plain(getattr(kept, name)) == _plain(value) for name, value in words.items())


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.strip()
    return dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, Sequence) else value


@dataclass(frozen=True)
class Receipt:
    """What somebody who answered is shown: the own scores, what others gave when enough have, and what was promised.

    `others` is None per time of day with fewer than three others. Means are to the nearest half below ten answers.
    `promises` are those of the two parties and the own ones.
    """

    own: Mapping[str, int]
    others: Mapping[str, float | None]
    answers: Mapping[str, int]
    improve: Sequence[tuple[str, int]]
    promises: Sequence[Promise]


def receipt(viewer: Viewer, invitation: Invitation) -> Receipt:
    """What the invited organisation sees after its answer: others of the same round, itself left out."""
    mine = invitation.review
    site = invitation.round.site
    others = [one for one in site.reviews if one.round_id == invitation.round_id and one is not mine]
    given = {part: [one.scores[part] for one in others if part in one.scores] for part in DayPart}
    wishes = Counter(wish for one in others for wish in one.improve)
    return Receipt(
        own=mine.scores if mine else {},
        others={part: told_mean(scores) for part, scores in given.items()},
        answers={part: len(scores) if len(scores) >= FEWEST_FOR_PARTNERS else 0 for part, scores in given.items()},
        improve=[one for one in wishes.most_common() if one[1] >= FEWEST_FOR_PARTNERS],
        promises=_promises(viewer, invitation),
    )


def told_mean(scores: Sequence[int]) -> float | None:
    """A mean as it may be told: none of fewer than three, to the nearest half below ten.

    >>> told_mean([2, 5]), told_mean([2, 3, 3]), told_mean([1] * 9 + [2])
    (None, 2.5, 1.1)
    """
    if len(scores) < FEWEST_FOR_PARTNERS:
        return None
    mean = sum(scores) / len(scores)
    return mean if len(scores) >= MANY else int(2 * mean + 0.5) / 2


def _promises(viewer: Viewer, invitation: Invitation) -> list[Promise]:
    own = invitation.organisation_id
    return [
        promise
        for measure in invitation.round.site.measures
        for promise in measure.promises
        if promise.organisation_id == own or (promise.organisation.kind in PARTIES and access.sees(viewer, measure))
    ]
