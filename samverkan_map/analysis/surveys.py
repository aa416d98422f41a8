"""Shares of those who answered, and how they changed between years."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from samverkan_map.analysis.checks import counts, share, whole
from samverkan_map.errors import BadNumbers


@dataclass(frozen=True)
class Proportion:
    """A share of the answers and its interval."""

    share: float
    low: float
    high: float


def wilson(yes: float, asked: float, *, alpha: float = 0.05, population: float | None = None) -> Proportion:
    """The share that said yes, with Wilson's interval; narrower when a known population was nearly all asked.

    Units: persons; one Proportion out, shares from 0 to 1.
    Raises BadNumbers for bad counts, nobody asked, more yes than asked, more asked than there are, alpha out of range.
    Source: Wilson (1927); Newcombe (1998); the population as in Cochran (1977).

    >>> found = wilson(81, 263)
    >>> round(found.share, 4), round(found.low, 4), round(found.high, 4)
    (0.308, 0.2553, 0.3662)
    """
    x, n = _answers(yes, asked)
    everybody = math.inf if population is None else whole("population", population)
    if everybody < n:
        raise BadNumbers("analysis.errors.more_than_all", field="population")
    left = 1 - n / everybody
    return _wilson(x / n, n / left if left else math.inf, _normal(alpha))


def _answers(yes: float, asked: float) -> tuple[float, float]:
    x, n = whole("yes", yes), whole("asked", asked)
    if not n:
        raise BadNumbers("analysis.errors.empty", field="asked")
    if x > n:
        raise BadNumbers("analysis.errors.more_than_all", field="yes")
    return x, n


def _normal(alpha: float) -> float:
    return float(ndtri(1 - share("alpha", alpha) / 2))


def _wilson(p: float, n: float, z: float) -> Proportion:
    if math.isinf(n):
        return Proportion(p, p, p)
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return Proportion(p, 0.0 if p == 0 else max(0.0, middle - reach), 1.0 if p == 1 else min(1.0, middle + reach))


@dataclass(frozen=True)
class WeightedShare:
    """A weighted share and its interval; worth `effective` equal answers, `design` times fewer than came."""

    share: float
    low: float
    high: float
    effective: float
    design: float


def weighted_share(weights: Any, answers: Any, *, alpha: float = 0.05) -> WeightedShare:
    """The share that said yes when the answers weigh differently, and how many equal answers they are worth.

    Units: weights in any unit and answers 0 or 1, both of shape (n,); one WeightedShare out.
    Raises BadNumbers for no answers, unequal lengths, negative weights, only zero weights, answers other than 0 and 1.
    Source: Kish (1965) for the effective number; Wilson (1927).

    >>> found = weighted_share([2, 1, 1], [1, 0, 1])
    >>> round(found.share, 2), round(found.effective, 2), round(found.design, 3)
    (0.75, 2.67, 1.125)
    """
    w = counts("weights", weights, broken=True)
    y = counts("answers", answers, length=len(w))
    if (y > 1).any():
        raise BadNumbers("analysis.errors.not_yes_or_no", field="answers")
    total = float(w.sum())
    if not total:
        raise BadNumbers("analysis.errors.not_positive", field="weights")
    effective = total**2 / float(w @ w)
    found = _wilson(min(1.0, float(w @ y) / total), effective, _normal(alpha))
    return WeightedShare(found.share, found.low, found.high, effective, len(w) / effective)


@dataclass(frozen=True)
class Change:
    """How many units of share more the later year had, and the interval."""

    difference: float
    low: float
    high: float


def newcombe(later_yes: float, later: float, earlier_yes: float, earlier: float, *, alpha: float = 0.05) -> Change:
    """How a share changed between two years, with Newcombe's interval built of two of Wilson's.

    Units: persons; one Change out, a difference of shares from -1 to 1.
    Raises BadNumbers for bad counts, a year with nobody asked, more yes than asked, alpha out of range.
    Source: Newcombe (1998), method 10.

    >>> found = newcombe(56, 70, 48, 80)
    >>> round(found.difference, 2), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    z = _normal(alpha)
    one, zero = (_wilson(x / n, n, z) for x, n in (_answers(later_yes, later), _answers(earlier_yes, earlier)))
    difference = one.share - zero.share
    low = difference - math.hypot(one.share - one.low, zero.high - zero.share)
    high = difference + math.hypot(one.high - one.share, zero.share - zero.low)
    return Change(difference, max(-1.0, low), min(1.0, high))


@dataclass(frozen=True)
class Scores:
    """How many gave each score, the middle one, and the share of good ones (4 and 5)."""

    counts: tuple[int, ...]
    median: float
    good: float
    reviewers: int


def scores(given: Any) -> Scores:
    """What the reviewers of a place gave, 1 to 5; no mean with decimals of three reviewers.

    Units: scores 1 to 5, shape (n,); one Scores out.
    Raises BadNumbers for no score and scores that are not whole numbers from 1 to 5.
    Source: methods, section 9, own rule (2026).

    >>> scores([5, 4, 2])
    Scores(counts=(0, 1, 0, 1, 1), median=4.0, good=0.6666666666666666, reviewers=3)
    """
    found = counts("given", given)
    if (found < 1).any() or (found > 5).any():
        raise BadNumbers("analysis.errors.not_a_score", field="given")
    each = np.bincount(found.astype(int), minlength=6)[1:]
    return Scores(tuple(each.tolist()), float(np.median(found)), float((found >= 4).mean()), len(found))


def newcombe_paired(
    both: float, later_only: float, earlier_only: float, neither: float, *, alpha: float = 0.05
) -> Change:
    """How a share changed when the same persons were asked twice, with Newcombe's interval for pairs.

    Units: persons who said yes both times, only the later time, only the earlier time, and neither time; one Change
    out, a difference of shares from -1 to 1.
    Raises BadNumbers for bad counts, nobody asked, alpha out of range.
    Source: Newcombe (1998), Statistics in Medicine 17:2635, method 10.

    >>> found = newcombe_paired(36, 12, 2, 0)
    >>> round(found.difference, 2), round(found.low, 4), round(found.high, 4)
    (0.2, 0.0569, 0.3404)
    """
    z = _normal(alpha)
    a, b, c, d = (
        whole(name, value)
        for name, value in (
            ("both", both), ("later_only", later_only), ("earlier_only", earlier_only), ("neither", neither),
        )
    )  # fmt: skip
    _, n = _answers(a, a + b + c + d)
    later, earlier = _wilson((a + b) / n, n, z), _wilson((a + c) / n, n, z)
    phi = _agreement(a, b, c, d)
    down, up = (
        math.sqrt(max(0.0, one**2 - 2 * phi * one * other + other**2))
        for one, other in (
            (later.share - later.low, earlier.high - earlier.share),
            (later.high - later.share, earlier.share - earlier.low),
        )
    )
    difference = (b - c) / n
    return Change(difference, max(-1.0, difference - down), min(1.0, difference + up))


def _agreement(a: float, b: float, c: float, d: float) -> float:
    """The correlation of two answers of the same persons, nearer to zero by half a person each way."""
    product = (a + b) * (c + d) * (a + c) * (b + d)
    if not product:
        return 0.0
    crossed = a * d - b * c
    if crossed > 0:
        crossed = max(crossed - (a + b + c + d) / 2, 0.0)
    return crossed / math.sqrt(product)
