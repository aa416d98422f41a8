"""What a round says beside the one before, same reviewer paired, and what four voices say side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samverkan_map import sites
from samverkan_map.access import Viewer
from samverkan_map.analysis import surveys
from samverkan_map.db.tables import Review, Round, Site
from samverkan_map.sites import FEWEST_FOR_PARTNERS
from samverkan_map.vocabulary import DayPart, Voice

GOOD = 4


@dataclass(frozen=True)
class Changed:
    """How one time of day changed for those who answered in both rounds: how many say that it works well (4 or 5)."""

    part: DayPart
    pairs: int
    good_before: int
    good_now: int
    better: int
    worse: int
    change: surveys.Change


def changes(later: Round, earlier: Round) -> list[Changed]:
    """The change per time of day, for those times that at least three judged in both rounds: the same organisation by
    its link, or the same person signed in. Answers without an account have no pair."""
    before = _by_whom(earlier)
    pairs = [(now, before[whose]) for whose, now in _by_whom(later).items() if whose in before]
    found = [_changed(part, pairs) for part in DayPart]
    return [one for one in found if one is not None]


def _by_whom(found: Round) -> dict[tuple[str, int], Review]:
    answers: dict[tuple[str, int], Review] = {
        ("organisation", one.organisation_id): one.review for one in found.invitations if one.review
    }
    return answers | {
        ("person", one.person_id): one
        for one in found.site.reviews
        if one.round_id == found.id and one.person_id is not None
    }


def _changed(part: DayPart, pairs: Sequence[tuple[Review, Review]]) -> Changed | None:
    scores = [(now.scores[part], was.scores[part]) for now, was in pairs if part in now.scores and part in was.scores]
    if len(scores) < FEWEST_FOR_PARTNERS:
        return None
    both = sum(now >= GOOD and was >= GOOD for now, was in scores)
    now_only = sum(now >= GOOD > was for now, was in scores)
    before_only = sum(was >= GOOD > now for now, was in scores)
    neither = len(scores) - both - now_only - before_only
    return Changed(
        part=part,
        pairs=len(scores),
        good_before=both + before_only,
        good_now=both + now_only,
        better=sum(now > was for now, was in scores),
        worse=sum(now < was for now, was in scores),
        change=surveys.newcombe_paired(both, now_only, before_only, neither),
    )


@dataclass(frozen=True)
class Voiced:
    """What one voice says of a site: how many answered, and their scores per time of day, None when too few gave one.

    `reviewers` is 0 when fewer answered than the viewer may be told.
    """

    voice: Voice
    reviewers: int
    scores: Mapping[DayPart, surveys.Scores | None]


def voices(viewer: Viewer, site: Site) -> list[Voiced]:
    """The four voices side by side, each under the viewer's rule for the fewest answers that may be told."""
    return [_voiced(viewer, voice, [one for one in sites.counted(site) if one.voice == voice]) for voice in Voice]


def _voiced(viewer: Viewer, voice: Voice, reviews: Sequence[Review]) -> Voiced:
    given = {part: sites.given(reviews, part) for part in DayPart}
    told = {
        part: surveys.scores([one.scores[part] for one in found]) if sites.are_enough(viewer, found) else None
        for part, found in given.items()
    }
    return Voiced(voice, len(reviews) if sites.are_enough(viewer, reviews) else 0, told)
