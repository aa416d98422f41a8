"""What a stretch has in the long run, when its own few events are weighed against what its like have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts, number, positive, share, table
from samverkan_map.analysis.streets.rates import lengths_of
from samverkan_map.errors import BadNumbers

SEED = 2026
DRAWS = 4000
MOST_DRAWS = 100_000
AT_ONCE = 1_000_000
"""Values drawn and ranked at a time, so that a long list takes time and not memory."""
SAME = 1e-9


@dataclass(frozen=True)
class FlowEstimate:
    """A stretch whose traffic is known: events in all the years, their spread, and how much the model weighed."""

    weight: float
    total: float
    sd: float
    expected: float
    years: int
    length_km: float

    @property
    def variance(self) -> float:
        """The square of `sd`."""
        return self.sd**2

    @property
    def excess(self) -> float:
        """How many more than stretches with the same traffic have; below zero for fewer."""
        return self.total - self.expected

    @property
    def per_year(self) -> float:
        """Events per year."""
        return self.total / self.years

    @property
    def sd_per_year(self) -> float:
        """The spread of `per_year`."""
        return self.sd / self.years

    @property
    def per_km_year(self) -> float:
        """Events per kilometre and year."""
        return self.per_year / self.length_km

    @property
    def sd_per_km_year(self) -> float:
        """The spread of `per_km_year`."""
        return self.sd_per_year / self.length_km


def with_flow(model_per_km_year: Any, phi_per_km: float, length_km: float, per_year: Any) -> FlowEstimate:
    """Empirical Bayes for a stretch whose traffic is known, from a safety performance function.

    Units: the model's events per km and year (one number, or one for each year), its overdispersion per km, km, and
    events in each year, shape (years,); one FlowEstimate out.
    Raises BadNumbers for no year, bad counts, a model, overdispersion or length that is not positive, and another
    number of model years.
    Source: Hauer, Harwood, Council & Griffith (2002).

    >>> found = with_flow(2.41, 2.05, 1.8, [12])
    >>> round(found.weight, 3), round(found.per_km_year, 2), round(found.sd_per_km_year, 2)
    (0.46, 4.71, 1.19)
    """
    seen = counts("per_year", per_year)
    phi, km = positive("phi_per_km", phi_per_km), positive("length_km", length_km)
    model = np.full(len(seen), model_per_km_year) if np.ndim(model_per_km_year) == 0 else model_per_km_year
    means = counts("model_per_km_year", model.tolist() if isinstance(model, np.ndarray) else model, broken=True)
    if len(means) != len(seen):
        raise BadNumbers("analysis.errors.lengths", field="model_per_km_year", wanted=len(seen), found=len(means))
    per_km = positive("model_per_km_year", float(means.sum()))
    weight, expected = phi / (phi + per_km), per_km * km
    total = weight * expected + (1 - weight) * float(seen.sum())
    return FlowEstimate(weight, total, math.sqrt((1 - weight) * total), expected, len(seen), km)


@dataclass(frozen=True, eq=False)
class SmoothedRates:
    """Rates drawn towards the common one, the more the less was seen; `variance` is how sure each is. Shape (n,)."""

    mean: float
    between: float
    raw: np.ndarray
    rate: np.ndarray
    variance: np.ndarray


def without_flow(events: Any, exposure: Any) -> SmoothedRates:
    """Empirical Bayes for stretches whose traffic is not known: each rate is drawn towards the rate of all.

    When the rates differ no more than chance explains, all get the common one.

    Units: events and exposure (km x years, say), both of shape (n,); SmoothedRates out, in events per exposure.
    Raises BadNumbers for no stretch, bad counts, an exposure that is not positive, and unequal lengths of the rows.
    Source: Marshall (1991), the global estimator.

    >>> found = without_flow([0, 1, 14, 2, 30], [0.8, 1.5, 2.1, 0.6, 2.4])
    >>> round(found.mean, 2), found.raw.round(1).tolist(), found.rate.round(1).tolist()
    (6.35, [0.0, 0.7, 6.7, 3.3, 12.5], [1.8, 1.7, 6.6, 4.4, 11.8])
    """
    seen = counts("events", events)
    size = counts("exposure", lengths_of(exposure, "exposure"), length=len(seen), broken=True)
    raw, whole = seen / size, float(size.sum())
    mean = float(seen.sum()) / whole
    spread = float(size @ (raw - mean) ** 2) / whole
    between = max(0.0, spread - mean / float(size.mean()))
    own = between / (between + mean / size) if mean else np.zeros(len(seen))
    rate = mean + own * (raw - mean)
    return SmoothedRates(mean, between, raw, rate, own * rate / size)


@dataclass(frozen=True)
class Ranked:
    """The place of a stretch in the list, and between which places it may truly stand.

    Stretches with one and the same estimate share the place (`tied`). `group` counts from 1: those of one group cannot
    be told apart from the first of the group.
    """

    place: int
    tied: bool
    low: int
    high: int
    p_first: float
    group: int


def rank_intervals(
    means: Any,
    variances: Any,
    *,
    above: Any = None,
    alpha: float = 0.1,
    draws: int = DRAWS,
    seed: int = SEED,
) -> list[Ranked]:
    """Between which places of a ranked list each stretch truly stands, the highest first.

    Each stretch's long-run value is a gamma with the given mean and variance, as in both Empirical Bayes models. All
    are drawn together `draws` times and ranked. An exact distribution of ranks exists, but its cost grows with the cube
    of the number of stretches; 4000 draws hold each end within a place or so. The same seed gives the same answer. A
    variance of zero is a value known for certain, and those that are equal take all the places they share.

    Units: events (or rates) and their square, shape (n,); `above` is taken from each before ranking (what the model
    expects, say, to rank by excess); one Ranked per stretch out, its interval at 1 - alpha.
    Raises BadNumbers for no stretch, negative numbers, unequal lengths of the rows, alpha out of range, and a number
    of draws outside 100 to 100,000.
    Source: Goldstein & Spiegelhalter (1996); Miaou & Song (2005) for roads; gamma posteriors after Hauer (1997).

    >>> [(one.place, one.tied, one.low, one.high) for one in rank_intervals([9, 4, 4], [0, 0, 0])]
    [(1, False, 1, 1), (2, True, 2, 3), (2, True, 2, 3)]
    """
    middle = counts("means", means, broken=True)
    n = len(middle)
    spread = counts("variances", variances, length=n, broken=True)
    less = table("above", np.zeros(n) if above is None else above, (n,))
    half, times = share("alpha", alpha) / 2, int(number("draws", draws))
    if not 100 <= times <= MOST_DRAWS:
        raise BadNumbers("analysis.errors.between", field="draws", least=100, most=MOST_DRAWS)
    best, worst = _drawn_places(middle, spread, less, times, int(number("seed", seed)))
    low = np.quantile(best, half, axis=0, method="inverted_cdf").astype(int)
    high = np.quantile(worst, 1 - half, axis=0, method="inverted_cdf").astype(int)
    first = (best == 1).mean(axis=0)
    places, last = (found[0] for found in _places((middle - less)[None]))
    groups = _groups(places, low, high)
    return [
        Ranked(int(p), bool(e > p), int(a), int(b), float(f), int(g))
        for p, e, a, b, f, g in zip(places, last, low, high, first, groups, strict=True)
    ]


def _drawn_places(
    means: np.ndarray, variances: np.ndarray, less: np.ndarray, times: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(abs(seed))
    unsure = (variances > SAME * means**2) & (variances > 1e-12) & (means > 0)
    shape = means[unsure] ** 2 / variances[unsure]
    scale = variances[unsure] / means[unsure]
    best, worst = (np.empty((times, len(means)), dtype=np.int32) for _ in range(2))
    rows = max(1, AT_ONCE // len(means))
    for first in range(0, times, rows):
        values = np.tile(means, (min(rows, times - first), 1))
        values[:, unsure] = random.gamma(shape, 1.0, (len(values), len(shape))) * scale
        best[first : first + rows], worst[first : first + rows] = _places(values - less)
    return best, worst


def _places(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each row's values the best and the worst place among their equals, highest value first."""
    times, n = values.shape
    order = np.argsort(-values, axis=1, kind="stable")
    sorted_values = np.take_along_axis(values, order, axis=1)
    room = SAME * np.maximum(1.0, np.abs(sorted_values[:, :-1]))
    starts = np.ones((times, n), dtype=bool)
    starts[:, 1:] = sorted_values[:, :-1] - sorted_values[:, 1:] > room
    ends = np.ones((times, n), dtype=bool)
    ends[:, :-1] = starts[:, 1:]
    at = np.arange(1, n + 1)
    best_sorted = np.maximum.accumulate(np.where(starts, at, 0), axis=1)
    worst_sorted = np.minimum.accumulate(np.where(ends, at, n)[:, ::-1], axis=1)[:, ::-1]
    best, worst = np.empty((times, n), dtype=int), np.empty((times, n), dtype=int)
    np.put_along_axis(best, order, best_sorted, axis=1)
    np.put_along_axis(worst, order, worst_sorted, axis=1)
    return best, worst


def _groups(places: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Down the list a new group begins with the first stretch that surely stands after the one the group began with."""
    found = np.zeros(len(places), dtype=int)
    group, leader = 0, -1
    for index in np.argsort(places, kind="stable").tolist():
        if leader < 0 or low[index] > high[leader]:
            group, leader = group + 1, index
        found[index] = group
    return found
