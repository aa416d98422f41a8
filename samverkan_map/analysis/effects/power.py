"""Before the planner commits: how large a fall must be to be seen with as few events as this place has."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import betainc, gammaln, ndtri, pdtr, pdtrc

from samverkan_map.analysis.checks import positive, share, widening

STEEPEST = 0.01
"""A ratio below this (a fall of more than 99 %) is called not detectable."""
MOST_ROWS = 1_000
REACH = 6.5
SURELY, NEARLY = 40.0, 5.0
TARGET = 0.8


@dataclass(frozen=True)
class Detectable:
    """The smallest fall that is seen with the wanted power; both None when none is, not even of 99 per cent."""

    ratio: float | None

    @property
    def percent(self) -> float | None:
        """The same as a change in per cent, below zero."""
        return None if self.ratio is None else (self.ratio - 1) * 100


@dataclass(frozen=True)
class Comparison:
    """A before/after comparison that is planned: expected events before, both lengths, the risk of error."""

    expected_before: float
    length_after: float
    length_before: float
    alpha: float

    @cached_property
    def _rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each count before: its probability, and the counts after that are just few and just many enough.

        All counts within six and a half standard deviations; of more than 1,000, every n-th stands for the rest.
        """
        reach = REACH * math.sqrt(self.expected_before) + 2 * REACH
        first = max(0, math.floor(self.expected_before - reach))
        last = math.ceil(self.expected_before + reach)
        before = np.arange(first, last + 1, math.ceil((last - first) / MOST_ROWS), dtype=float)
        chance = np.exp(before * math.log(self.expected_before) - self.expected_before - gammaln(before + 1))
        return chance / chance.sum(), self._few(before), self._many(before)

    def _few(self, before: np.ndarray) -> np.ndarray:
        """The largest count after that is clearly fewer, -1 when not even none is."""
        stays = self.length_before / (self.length_after + self.length_before)

        def clear(after: np.ndarray) -> np.ndarray:
            return (before > 0) & (betainc(np.maximum(before, 1), after + 1, stays) < self.alpha / 2)

        return _last_true(clear, self._guess(before, -1), *self._surely(before))

    def _many(self, before: np.ndarray) -> np.ndarray:
        """The smallest count after that is clearly more."""
        moves = self.length_after / (self.length_after + self.length_before)

        def unclear(after: np.ndarray) -> np.ndarray:
            return (after == 0) | (betainc(np.maximum(after, 1), before + 1, moves) >= self.alpha / 2)

        return _last_true(unclear, self._guess(before, 1), *self._surely(before)) + 1

    def _guess(self, before: np.ndarray, side: int) -> np.ndarray:
        """About where counts after become clear, from square roots of counts being nearly normal."""
        scale = self.length_after / self.length_before
        root = np.sqrt(scale * (before + 0.5)) + side * float(ndtri(1 - self.alpha / 2)) * math.sqrt(1 + scale) / 2
        return np.floor(np.maximum(root, 0) ** 2)

    def _surely(self, before: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Counts after that are clearly fewer than these before (-1: none is) and clearly more, whatever alpha is."""
        scale = self.length_after / self.length_before
        middle, away = (before + 1) * scale, np.sqrt((before + 1) * scale * (1 + scale)) + scale + 1
        return np.maximum(np.floor(middle - SURELY * away), -1), np.ceil(middle + SURELY * away)

    def power(self, ratio: float) -> float:
        """How often the exact interval leaves out 1 when the true ratio after / before is this."""
        chance, few, many = self._rows
        expected = self.expected_before * ratio * self.length_after / self.length_before
        seen = np.where(few >= 0, pdtr(np.maximum(few, 0), expected), 0.0) + pdtrc(many - 1, expected)
        return min(1.0, float(chance @ seen))


Holds = Callable[[np.ndarray], np.ndarray]


def _last_true(holds: Holds, guess: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The largest whole number where each row holds: it does at `low` (unless that is -1) and not at `high`.

    Two looks around the guess leave most rows with little to halve.
    """
    for at in (guess - NEARLY, guess + NEARLY):
        low, high = _narrowed(holds, at, low, high)
    while (high - low > 1).any():
        low, high = _narrowed(holds, np.floor((low + high) / 2), low, high)
    return low


def _narrowed(holds: Holds, at: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside, true = (low < at) & (at < high), holds(np.maximum(at, 0))
    return np.where(inside & true, at, low), np.where(inside & ~true, at, high)


def _comparison(expected: float, after: float, before: float, alpha: float, dispersion: float) -> Comparison:
    """Events that come in bursts of phi tell as much as one in phi."""
    effective = positive("expected_before", positive("expected_before", expected) / widening(dispersion))
    lengths = positive("length_after", after), positive("length_before", before)
    return Comparison(effective, *lengths, share("alpha", alpha))


def power_at(
    expected_before: float,
    ratio: float,
    length_after: float = 1.0,
    length_before: float = 1.0,
    *,
    alpha: float = 0.05,
    dispersion: float = 1.0,
) -> float:
    """How likely a true change is to be seen: the exact interval of the rate ratio leaves out 1.

    Units: expected events in the before window (need not be whole), both lengths in one unit; a probability out.
    Raises BadNumbers for numbers that are not positive, alpha or dispersion out of range.
    Source: methods, section 7.5: both Poisson counts are gone through (2026); cf. Gu et al. (2008).

    >>> round(power_at(50, 0.7), 2), round(power_at(50, 0.5), 2)
    (0.33, 0.8)
    """
    comparison = _comparison(expected_before, length_after, length_before, alpha, dispersion)
    return comparison.power(positive("ratio", ratio))


def smallest_detectable(
    expected_before: float,
    length_after: float = 1.0,
    length_before: float = 1.0,
    *,
    power: float = TARGET,
    alpha: float = 0.05,
    dispersion: float = 1.0,
) -> Detectable:
    """The smallest fall that a before/after comparison sees with the wanted power.

    Units: expected events in the before window (need not be whole), both lengths in one unit; one Detectable out.
    Raises BadNumbers for numbers that are not positive, power, alpha or dispersion out of range.
    Source: methods, section 7.5: both Poisson counts are gone through (2026).

    >>> round(smallest_detectable(50).percent), smallest_detectable(5).percent is None
    (-50, True)
    """
    comparison = _comparison(expected_before, length_after, length_before, alpha, dispersion)
    return _steepest_needed(comparison.power, share("power", power))


def wdd_smallest_detectable(
    treated: float, control: float, *, power: float = TARGET, alpha: float = 0.05, dispersion: float = 1.0
) -> Detectable:
    """The smallest fall that `wdd` sees with the wanted power, when the comparison area does not change.

    Units: expected events per window in the treated and in the comparison area (need not be whole); one Detectable out.
    Raises BadNumbers for numbers that are not positive, power, alpha or dispersion out of range.
    Source: methods, section 7.5, normal approximation (2026); cf. Wheeler & Ratcliffe (2018).

    >>> [round(wdd_smallest_detectable(n, n).percent) for n in (30, 100, 500)]
    [-90, -52, -24]
    """
    t, c, phi = positive("treated", treated), positive("control", control), widening(dispersion)
    needed = float(ndtri(1 - share("alpha", alpha) / 2))

    def reached(ratio: float) -> float:
        return t * (1 - ratio) / math.sqrt(phi * (t * (1 + ratio) + 2 * c)) - needed

    return _steepest_needed(reached, float(ndtri(share("power", power))))


def _steepest_needed(reached: Callable[[float], float], wanted: float) -> Detectable:
    """The ratio nearest 1 where the wanted power is reached, by halving between a fall of 99 % and no change."""
    if reached(STEEPEST) < wanted:
        return Detectable(None)
    low, high = STEEPEST, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) >= wanted else (low, middle)
    return Detectable(low)
