"""A place chosen when it had unusually much would have fallen anyway. What it should have had, by Empirical Bayes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from scipy.special import betainc, betaincinv, gammainc, gammaincinv

from samverkan_map.analysis.checks import counts, number, positive, share, whole, widening
from samverkan_map.errors import BadNumbers

TOP = 0.05
KNOWN = 1e-9
"""An expectation whose relative variance is below this is taken as known."""


@dataclass(frozen=True)
class Expected:
    """What a place has in the long run: mean and variance in events, and how much weight its like were given."""

    mean: float
    variance: float
    weight: float


def expected_before(count: float, comparable: Any) -> Expected:
    """What a place should be expected to have had before, from its own count and from its like.

    The less its like differ beyond chance, the more it is drawn to their mean.

    Units: events in the before window; one count, and counts of comparable places (the place itself among them), shape
    (n,) with n at least 2; one Expected out.
    Raises BadNumbers for bad counts, fewer than two places and places without any event.
    Source: Hauer (1997), method of moments.

    >>> found = expected_before(12, [12, 5, 3, 2, 4, 1, 0, 6, 3, 4])
    >>> round(found.mean, 2), round(found.variance, 2), round(found.weight, 2)
    (9.12, 5.84, 0.36)
    """
    own, others = whole("count", count), counts("comparable", comparable)
    if len(others) < 2:
        raise BadNumbers("analysis.errors.too_short", field="comparable", least=2)
    mean = float(others.mean())
    if not mean:
        raise BadNumbers("analysis.errors.no_events", field="comparable")
    between = max(0.0, float(others.var(ddof=1)) - mean)
    weight = 1 / (1 + between / mean)
    middle = weight * mean + (1 - weight) * own
    return Expected(middle, (1 - weight) * middle, weight)


def chosen_for_height(count: float, comparable: Any, top: float = TOP) -> bool:
    """Whether a place stands so high among its like that part of a fall is to be expected anyway.

    Units: events in the before window, as in `expected_before`; `top` is a share; yes or no out.
    Raises BadNumbers for bad counts or share.
    Source: methods, section 7.5, own rule (2026).

    >>> chosen_for_height(30, [*range(40)]), chosen_for_height(39, [*range(40)])
    (False, True)
    """
    own, others = whole("count", count), counts("comparable", comparable)
    return own > 0 and float((others >= own).mean()) <= share("top", top)


@dataclass(frozen=True)
class EmpiricalBayes:
    """Observed against expected: `theta` below 1 for fewer; intervals at the asked alpha; `saved` in events."""

    expected: float
    variance: float
    expected_low: float
    expected_high: float
    theta: float
    se_theta: float
    low: float
    high: float
    p_decrease: float
    saved: float
    se_saved: float

    @property
    def reduction_percent(self) -> float:
        """How many per cent fewer than expected; below zero for more."""
        return 100 * (1 - self.theta)


def empirical_bayes(
    observed: float,
    before: float,
    variance: float,
    ratio: float = 1.0,
    *,
    alpha: float = 0.05,
    dispersion: float = 1.0,
) -> EmpiricalBayes:
    """The count after against what would have been without the measure.

    `theta` and its standard error are Hauer's. The interval and P(decrease) come instead from a gamma expectation and a
    gamma rate, because the standard error of a count of zero is zero.

    Units: events; `before` and `variance` as from `expected_before`, `ratio` the length of after over before times the
    comparison's trend; one EmpiricalBayes out.
    Raises BadNumbers for a bad count, nothing expected, a negative variance, and other numbers out of range.
    Source: Hauer (1997), the four-step estimator.

    >>> found = empirical_bayes(12, 23.92, 18.64)
    >>> round(found.theta, 3), round(found.se_theta, 3), round(found.expected_low), round(found.expected_high)
    (0.486, 0.16, 16, 33)
    """
    seen, factor = whole("observed", observed), positive("ratio", ratio)
    mean = positive("expected", positive("before", before) * factor)
    spread = number("variance", variance) * factor**2
    if spread < 0:
        raise BadNumbers("analysis.errors.not_positive", field="variance")
    half, phi = share("alpha", alpha) / 2, widening(dispersion)
    unsure = spread / mean**2
    ratio_of = _Ratio(seen / phi + 0.5, 1 / max(unsure, KNOWN), phi / mean, unsure < KNOWN)
    return EmpiricalBayes(
        expected=mean,
        variance=spread,
        expected_low=ratio_of.expected(half, mean),
        expected_high=ratio_of.expected(1 - half, mean),
        theta=seen / mean / (1 + unsure),
        se_theta=math.sqrt(phi * seen + seen**2 * unsure) / mean / (1 + unsure) ** 2,
        low=ratio_of.quantile(half),
        high=ratio_of.quantile(1 - half),
        p_decrease=ratio_of.p_below_one(),
        saved=mean - seen,
        se_saved=math.sqrt(spread + phi * seen),
    )


@dataclass(frozen=True)
class _Ratio:
    """`scale` times a gamma of shape `a` over a gamma of mean 1 and shape `b`, or over 1 when the latter is known."""

    a: float
    b: float
    scale: float
    known: bool

    def expected(self, probability: float, mean: float) -> float:
        return mean if self.known else mean * float(gammaincinv(self.b, probability)) / self.b

    def quantile(self, probability: float) -> float:
        if self.known:
            return self.scale * float(gammaincinv(self.a, probability))
        within = float(betaincinv(self.a, self.b, probability))
        return self.scale * self.b * within / float(betaincinv(self.b, self.a, 1 - probability))

    def p_below_one(self) -> float:
        if self.known:
            return float(gammainc(self.a, 1 / self.scale))
        return float(betainc(self.a, self.b, 1 / (1 + self.scale * self.b)))
