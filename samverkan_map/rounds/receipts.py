"""The receipt of an answer: the own scores, what others said in the round, voice by voice, and what was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from samverkan_map import access, sites
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Promise, Review
from samverkan_map.rounds.respondents import Respondent, answer_of
from samverkan_map.vocabulary import DayPart, OrganisationKind, Voice

MANY = 10
"""Below so many answers a mean is told to the nearest half, so that it claims no more than it can and one answer more
does not give that answer away."""

PARTIES = frozenset({OrganisationKind.MUNICIPALITY, OrganisationKind.POLICE})


@dataclass(frozen=True)
class Said:
    """What others gave for one time of day: the mean as it may be told, and of how many; None and 0 of too few."""

    mean: float | None
    answers: int


@dataclass(frozen=True)
class Receipt:
    """What somebody who answered is shown: the own scores, what others gave when enough have, and what was promised.

    `fewest` is of how many others a mean is told. Means are to the nearest half below ten answers. `voices` are the
    others apart by voice. `promises` are those of the two parties and the own ones.
    """

    own: Mapping[str, int]
    fewest: int
    others: Mapping[DayPart, Said]
    voices: Mapping[Voice, Mapping[DayPart, Said]]
    improve: Sequence[tuple[str, int]]
    promises: Sequence[Promise]


def receipt(session: Session, viewer: Viewer, who: Respondent) -> Receipt:
    """What somebody sees after answering: others of the same round, the own answer left out."""
    mine = answer_of(session, who)
    fewest = sites.fewest(viewer)
    others = [one for one in who.round.site.reviews if one.round_id == who.round.id and one is not mine]
    wishes = Counter(wish for one in sites.together(viewer, others) for wish in one.improve)
    return Receipt(
        own=mine.scores if mine else {},
        fewest=fewest,
        others={part: _said(sites.together(viewer, sites.given(others, part)), part, fewest) for part in DayPart},
        voices={
            voice: {part: _said([one for one in others if one.voice == voice], part, fewest) for part in DayPart}
            for voice in Voice
        },
        improve=[one for one in wishes.most_common() if one[1] >= fewest],
        promises=_promises(viewer, who),
    )


def _said(reviews: Sequence[Review], part: DayPart, fewest: int) -> Said:
    scores = [one.scores[part] for one in sites.given(reviews, part)]
    return Said(told_mean(scores, fewest), len(scores) if len(scores) >= fewest else 0)


def told_mean(scores: Sequence[int], fewest: int) -> float | None:
    """A mean as it may be told: none of too few, to the nearest half below ten.

    >>> told_mean([2, 5], 3), told_mean([2, 3, 3], 3), told_mean([1] * 9 + [2], 3)
    (None, 2.5, 1.1)
    """
    if len(scores) < fewest:
        return None
    mean = sum(scores) / len(scores)
    return mean if len(scores) >= MANY else int(2 * mean + 0.5) / 2


def _promises(viewer: Viewer, who: Respondent) -> list[Promise]:
    return [
        promise for measure in who.round.site.measures for promise in measure.promises if _is_told(viewer, who, promise)
    ]


def _is_told(viewer: Viewer, who: Respondent, promise: Promise) -> bool:
    own = who.organisation_id is not None and promise.organisation_id == who.organisation_id
    return own or (promise.organisation.kind in PARTIES and access.sees(viewer, promise.measure))
