"""Which other place would have gone as this one did, had nothing been done? A score that says what it is made of.

Four parts, each from 0 (nothing alike) to 1 (the same). The score is the level times the mean of the other three,
because a comparison with too few events makes the interval wider than none at all, however alike it is:

* level: 1 when the comparison has between as many and four times as many events as the place; with fewer or more it
  counts down in proportion;
* months: the correlation of the monthly counts before, negative ones as 0;
* trend: both changed by the same factor from the first to the second half of the time before;
* mix: the share of events of the same types.

A part that cannot be said counts as 0: nothing known is no reason to choose a comparison. Only the time before the
measure may be given, so that nobody chooses by the outcome.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts
from samverkan_map.errors import BadNumbers

MANY_TIMES = 4.0
FEWEST_MONTHS = 6


@dataclass(frozen=True)
class Similarity:
    """The four parts (None where nothing can be said) and how many times the place's events the candidate has."""

    level: float
    months: float | None
    trend: float | None
    mix: float | None
    level_ratio: float | None

    @property
    def score(self) -> float:
        """The level times the mean of the other parts, 0 to 1."""
        return self.level * sum(part or 0.0 for part in (self.months, self.trend, self.mix)) / 3


def similarity(
    place: Any,
    candidate: Any,
    place_types: Mapping[str, float] | None = None,
    candidate_types: Mapping[str, float] | None = None,
) -> Similarity:
    """How well a candidate would do as a comparison for a place.

    Units: events per month before the measure, both of shape (n,) with n at least 6; events by type; a Similarity out.
    Raises BadNumbers for series that are too short, of unequal lengths or with bad counts.
    Source: own rule (2026), stated at the top of this module.

    >>> found = similarity([4, 2, 5, 3, 4, 6], [8, 5, 9, 6, 8, 13], {"bus": 3, "klotter": 1}, {"bus": 1, "klotter": 1})
    >>> found.level, round(found.months, 2), round(found.trend, 2), found.mix, round(found.score, 2)
    (1.0, 0.96, 0.96, 0.75, 0.89)
    """
    own = counts("place", place)
    other = counts("candidate", candidate, length=len(own))
    if len(own) < FEWEST_MONTHS:
        raise BadNumbers("analysis.errors.too_short", field="place", least=FEWEST_MONTHS)
    ratio = float(other.sum() / own.sum()) if own.any() else None
    return Similarity(_level(ratio), _months(own, other), _trend(own, other), _mix(place_types, candidate_types), ratio)


def _level(ratio: float | None) -> float:
    return min(1.0, ratio, MANY_TIMES / ratio) if ratio else 0.0


def _months(own: np.ndarray, other: np.ndarray) -> float | None:
    a, b = own - own.mean(), other - other.mean()
    scatter = math.sqrt(float(a @ a) * float(b @ b))
    return min(1.0, max(0.0, float(a @ b) / scatter)) if scatter else None


def _trend(own: np.ndarray, other: np.ndarray) -> float | None:
    if not own.any() or not other.any():
        return None
    return math.exp(-abs(_change(own) - _change(other)))


def _change(series: np.ndarray) -> float:
    """The log of the second half's events over the first half's; half an event on each so that none divides by zero."""
    half = len(series) // 2
    return math.log((float(series[-half:].sum()) + 0.5) / (float(series[:half].sum()) + 0.5))


def _mix(own: Mapping[str, float] | None, other: Mapping[str, float] | None) -> float | None:
    """The part of the events that is of the same types in both."""
    if not own or not other:
        return None
    names = sorted({*own, *other})
    a, b = (counts("types", [types.get(name, 0) for name in names]) for types in (own, other))
    if not a.any() or not b.any():
        return None
    return min(1.0, float(np.minimum(a / a.sum(), b / b.sum()).sum()))


@dataclass(frozen=True)
class Ranked:
    """A candidate by its index in what was given, with its similarity."""

    candidate: int
    similarity: Similarity


def ranked(found: Sequence[Similarity]) -> list[Ranked]:
    """All candidates, the most alike first; equal ones stay in the order they were given.

    Units: Similarities, shape (n,), possibly none; as many Ranked out.
    Raises nothing.
    Source: own rule (2026).

    >>> alike, unlike = Similarity(1.0, 0.8, 0.9, 0.9, 1.5), Similarity(0.2, None, None, 0.1, 0.2)
    >>> [one.candidate for one in ranked([unlike, alike])]
    [1, 0]
    """
    order = sorted(range(len(found)), key=lambda index: -found[index].score)
    return [Ranked(index, found[index]) for index in order]
