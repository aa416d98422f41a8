"""One place before and after: the ratio of two rates with an interval that is right for small counts.

Everywhere `after` and `before` are numbers of events and the lengths are those of the two windows, both in the same
unit. A `dispersion` above 1 says that events come in bursts, so that n of them tell as much as n / dispersion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, bdtrc, betainc, betaincinv, gammaincinv, gammaln, ndtr, ndtri

from samverkan_map.analysis.checks import counts, number, positive, share, whole, widening

SAME = 1e-7
"""Two probabilities closer than this, relatively, are taken as equal, as R and scipy do."""


@dataclass(frozen=True)
class RateRatio:
    """`ratio` after / before (None without any event, infinite without any before) and its interval."""

    ratio: float | None
    low: float
    high: float

    @property
    def undecidable(self) -> bool:
        """Whether there was no event at all, so that nothing can be said."""
        return self.ratio is None


def rate_ratio(
    after: float,
    before: float,
    length_after: float = 1.0,
    length_before: float = 1.0,
    *,
    alpha: float = 0.05,
    dispersion: float = 1.0,
) -> RateRatio:
    """The rate after over the rate before, with the exact interval given the sum of both counts.

    Units: events, and both lengths in one unit; four numbers in, one RateRatio out (a ratio has no unit).
    Raises BadNumbers for counts that are not whole numbers from zero, and lengths, alpha or dispersion out of range.
    Source: Clopper & Pearson (1934) on the conditional binomial of Przyborowski & Wilenski (1940); the effective
    counts under dispersion are an own rule, whose coverage the bench simulates.

    >>> found = rate_ratio(12, 25)
    >>> found.ratio, round(found.low, 3), round(found.high, 3)
    (0.48, 0.22, 0.991)
    >>> rate_ratio(5, 0).ratio, rate_ratio(0, 0).undecidable
    (inf, True)
    """
    x1, x0 = whole("after", after), whole("before", before)
    scale = positive("length_before", length_before) / positive("length_after", length_after)
    half, phi = share("alpha", alpha) / 2, widening(dispersion)
    a, b = x1 / phi, x0 / phi
    low = _odds(a, b + 1, half) * scale if x1 else 0.0
    high = _odds(a + 1, b, 1 - half) * scale if x0 else math.inf
    if not x0:
        return RateRatio(math.inf if x1 else None, low, high)
    return RateRatio(x1 / x0 * scale, low, high)


def _odds(a: float, b: float, probability: float) -> float:
    """p / (1 - p) at a quantile of the Beta(a, b), both parts found for themselves so that neither loses digits."""
    within, beyond = float(betaincinv(a, b, probability)), float(betaincinv(b, a, 1 - probability))
    return within / beyond if beyond else math.inf


@dataclass(frozen=True)
class RatioP:
    """Three probabilities of counts at least this uneven without any change; for checking, not for show."""

    central: float
    mid: float
    minimum_likelihood: float


def rate_ratio_p(after: float, before: float, length_after: float = 1.0, length_before: float = 1.0) -> RatioP:
    """How often two windows with the same rate would be at least as uneven.

    `central` agrees with the interval of `rate_ratio`; `minimum_likelihood` is what R and scipy print and can disagree
    with it, which is why pages show the interval and P(decrease) instead of either.

    Units: events, and both lengths in one unit; four numbers in, one RatioP out. All 1 without any event.
    Raises BadNumbers for counts that are not whole numbers from zero and lengths that are not positive.
    Source: Clopper & Pearson (1934); Lancaster (1961) for the middle one; Sterne (1954) for the last.

    >>> found = rate_ratio_p(11, 23, 800, 3011)
    >>> round(found.central, 4), round(found.mid, 4), round(found.minimum_likelihood, 4)
    (0.1659, 0.1216, 0.1366)
    """
    x1, x0 = whole("after", after), whole("before", before)
    t1, t0 = positive("length_after", length_after), positive("length_before", length_before)
    n, p = x1 + x0, t1 / (t1 + t0)
    if not n:
        return RatioP(1.0, 1.0, 1.0)
    at = math.exp(_log_probability(x1, n, p))
    lower = float(bdtr(x1, int(n), p))
    upper = float(bdtrc(x1 - 1, int(n), p)) if x1 else 1.0
    tail = min(lower, upper)
    return RatioP(min(1.0, 2 * tail), min(1.0, 2 * (tail - at / 2)), _minimum_likelihood(x1, n, p))


def _log_probability(x: float, n: float, p: float) -> float:
    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return float(ways + x * math.log(p) + (n - x) * math.log1p(-p))


def _minimum_likelihood(x: float, n: float, p: float) -> float:
    """The sum of all outcomes that are no more likely than x; the likelihood rises to one top and falls again."""
    if x > n * p:
        return _minimum_likelihood(n - x, n, 1 - p)
    limit = _log_probability(x, n, p) + SAME
    near, far = math.ceil(n * p), n + 1.0
    while near < far:
        middle = (near + far) // 2
        if _log_probability(middle, n, p) > limit:
            near = int(middle) + 1
        else:
            far = middle
    other = float(bdtrc(far - 1, int(n), p)) if far <= n else 0.0
    return min(1.0, float(bdtr(x, int(n), p)) + other)


@dataclass(frozen=True)
class Rate:
    """Events per unit of length and the interval."""

    rate: float
    low: float
    high: float


def rate(events: float, length: float = 1.0, *, alpha: float = 0.05, dispersion: float = 1.0) -> Rate:
    """Events per unit of length with the exact interval.

    Units: events and any length (days, months, km); two numbers in, one Rate out in events per that unit.
    Raises BadNumbers for a count that is not a whole number from zero, a length, alpha or dispersion out of range.
    Source: Garwood (1936).

    >>> found = rate(4, 2.5)
    >>> found.rate, round(found.low, 3), round(found.high, 3)
    (1.6, 0.436, 4.097)
    """
    x, t = whole("events", events), positive("length", length)
    half, phi = share("alpha", alpha) / 2, widening(dispersion)
    low = phi * float(gammaincinv(x / phi, half)) / t if x else 0.0
    return Rate(x / t, low, phi * float(gammaincinv(x / phi + 1, 1 - half)) / t)


@dataclass(frozen=True)
class RatePosterior:
    """What is believed about the ratio after / before: `scale` times the odds of a Beta(shape_after, shape_before)."""

    shape_after: float
    shape_before: float
    scale: float

    def p_below(self, ratio: float) -> float:
        """How likely it is that the true ratio is below `ratio`: never, at zero and below."""
        ratio = max(0.0, number("ratio", ratio))
        return float(betainc(self.shape_after, self.shape_before, ratio / (ratio + self.scale)))

    def quantile(self, probability: float) -> float:
        """The ratio that the true one is below with this probability."""
        return _odds(self.shape_after, self.shape_before, share("probability", probability)) * self.scale

    def interval(self, alpha: float = 0.05) -> tuple[float, float]:
        """Where the true ratio lies with probability 1 - alpha, equally much outside on both sides."""
        half = share("alpha", alpha) / 2
        return self.quantile(half), self.quantile(1 - half)

    @property
    def p_decrease(self) -> float:
        """How likely it is that the rate fell."""
        return self.p_below(1.0)

    @property
    def p_fall_of_a_fifth(self) -> float:
        """How likely it is that the rate fell by more than 20 per cent."""
        return self.p_below(0.8)

    @property
    def median(self) -> float:
        """The ratio that the true one is as likely above as below."""
        return self.quantile(0.5)


def gamma_poisson(
    after: float,
    before: float,
    length_after: float = 1.0,
    length_before: float = 1.0,
    *,
    prior_shape: float = 0.5,
    prior_rate: float = 0.0,
    dispersion: float = 1.0,
) -> RatePosterior:
    """What to believe about the ratio of two rates, from gamma priors; in closed form, nothing is drawn at random.

    Units: events, and both lengths (and the prior's rate) in one unit; numbers in, one RatePosterior out.
    Raises BadNumbers for counts that are not whole numbers from zero, and for the other numbers out of range.
    Source: Gelman et al. (2013), chapter 2; the default prior is that of Jeffreys (1946).

    >>> found = gamma_poisson(12, 25)
    >>> round(found.p_decrease, 3), round(found.median, 3)
    (0.984, 0.483)
    """
    x1, x0 = whole("after", after), whole("before", before)
    t1, t0 = positive("length_after", length_after), positive("length_before", length_before)
    shape, phi = positive("prior_shape", prior_shape), widening(dispersion)
    extra = positive("prior_rate", prior_rate) if prior_rate else 0.0
    return RatePosterior(x1 / phi + shape, x0 / phi + shape, (t0 + extra) / (t1 + extra))


@dataclass(frozen=True)
class RelativeIncidence:
    """The treated place's ratio over the comparison's; every part None when a count was zero."""

    log_ratio: float | None
    se: float | None
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None


NO_RELATIVE_INCIDENCE = RelativeIncidence(None, None, None, None, None, None)


def relative_incidence(
    treated: tuple[float, float],
    control: tuple[float, float],
    *,
    alpha: float = 0.05,
    dispersion: float = 1.0,
    add_half: bool = False,
) -> RelativeIncidence:
    """How many per cent the treated place changed beyond the comparison: (T1 / T0) / (C1 / C0).

    Units: events, each pair (before, after); one RelativeIncidence out. A zero count leaves it undefined, unless
    `add_half` puts half an event on each of the four.
    Raises BadNumbers for a pair of another length, bad counts, alpha or dispersion out of range.
    Source: Wilson (2022); the half is that of Haldane (1956).

    >>> found = relative_incidence((50, 30), (60, 55))
    >>> round(found.ratio, 4), round(found.low, 2), round(found.high, 2)
    (0.6545, 0.37, 1.17)
    >>> relative_incidence((10, 0), (20, 18)).ratio is None
    True
    """
    four = np.concatenate([counts("treated", treated, length=2), counts("control", control, length=2)])
    z, phi = float(ndtri(1 - share("alpha", alpha) / 2)), widening(dispersion)
    four = four + 0.5 if add_half else four
    if not four.all():
        return NO_RELATIVE_INCIDENCE
    log_ratio = float(np.log(four) @ (-1, 1, 1, -1))
    se = math.sqrt(phi * float((1 / four).sum()))
    low, high = math.exp(log_ratio - z * se), math.exp(log_ratio + z * se)
    return RelativeIncidence(log_ratio, se, math.exp(log_ratio), low, high, 2 * float(ndtr(-abs(log_ratio / se))))
