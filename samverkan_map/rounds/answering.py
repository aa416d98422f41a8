"""Answering in an open round, and changing the answer: the same form for all four voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map import access, sites
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Review, Round
from samverkan_map.errors import BadValue, Conflict
from samverkan_map.rounds.respondents import Respondent, Standing, answer_of
from samverkan_map.vocabulary import Permission

MOST_LINKS = 1
"""So many web addresses a text may hold: more are advertising."""


def answer(
    session: Session,
    actor: Viewer,
    who: Respondent,
    *,
    scores: Mapping[str, int],
    strengths: Sequence[str],
    improve: Sequence[str],
    good: str,
    idea: str,
    contribution: str = "",
    version: int,
    today: date,
) -> Review:
    """Answer in an open round, or change the answer; `version` is 0 for the first one. The same answer twice is one.

    Raises BadValue naming the field, Conflict (the round is closed, the link taken back, or the answer changed
    meanwhile), NotAllowed.
    """
    # Two who answer for the same one at the same moment go one after the other, and the second finds the first.
    session.execute(select(Round.id).where(Round.id == who.round.id).with_for_update())
    if who.standing(today) is not Standing.OPEN:
        raise Conflict("refusals.rounds.closed_already")
    words = {"scores": scores, "strengths": strengths, "improve": improve, "good": good, "idea": idea}
    kept = answer_of(session, who)
    if kept and kept.version != version:
        if _same(kept, words | {"contribution": contribution}):
            return kept
        raise Conflict("refusals.rounds.answered_meanwhile")
    _refuse_links(good=good, idea=idea, contribution=contribution)
    found = kept or Review(
        organisation_id=who.organisation_id, person_id=who.person_id, key_hash=who.key_hash, voice=who.voice,
        round_id=who.round.id,
    )  # fmt: skip
    with session.no_autoflush:
        sites.describe(found, **words, contribution=contribution, today=today)  # type: ignore[arg-type]
        session.add(found)
        found.site = who.round.site
    if who.invitation:
        who.invitation.review = found
    session.flush()
    access.gate(session, actor, Permission.REVIEW_SITE, found, round=who.round.id)
    return found


def _refuse_links(**texts: str) -> None:
    for name, text in texts.items():
        if text.casefold().count("http") > MOST_LINKS:
            raise BadValue("refusals.rounds.links", field=name)


def _same(kept: Review, words: Mapping[str, object]) -> bool:
    return all(_plain(getattr(kept, name)) == _plain(value) for name, value in words.items())


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.strip()
    return dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, Sequence) else value
