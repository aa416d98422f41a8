"""Something new, somewhere, lately: windows over space and time, and how likely the most striking one is by chance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln, pdtr, xlogy

from samverkan_map.analysis.checks import counts, number, positive, table, whole
from samverkan_map.analysis.grid import MOST_CELLS
from samverkan_map.errors import BadNumbers

PERMUTATIONS = 999
MOST_PERMUTATIONS = 99_999
MOST_LEAST = 100_000
SAME = 1e-12
NOTHING = 1e-200


def poisson_llr(cases: float, expected: float, total: float) -> float:
    """How much better a window explains the events as denser than the rest: the log likelihood ratio, 0 when it is not.

    Units: events in the window, expected there, and in all; a number without unit out, infinite when none is expected.
    Raises BadNumbers for counts that are not whole numbers from zero, a negative expectation, more cases than in all.
    Source: Kulldorff (1997).

    >>> round(poisson_llr(24, 9.5, 400), 3), poisson_llr(3, 5, 120)
    (8.015, 0.0)
    """
    inside, everything = whole("cases", cases), whole("total", total)
    mean = number("expected", expected)
    if mean < 0:
        raise BadNumbers("analysis.errors.not_a_count", field="expected")
    if inside > everything:
        raise BadNumbers("analysis.errors.more_than_all", field="cases")
    if inside <= mean:
        return 0.0
    return float(_llr(np.array(inside), np.array(mean), everything)) if mean > NOTHING else math.inf


def _llr(cases: np.ndarray, expected: np.ndarray, total: float) -> np.ndarray:
    rest = total - cases
    return xlogy(cases, cases / expected) + xlogy(rest, rest / (total - expected))


def scan_p(observed: float, mean: float, windows: float) -> float:
    """The chance that some window, wherever it begins, holds so many events or more.

    Units: events; the usual number of events per window; how many windows the whole time holds, side by side.
    Raises BadNumbers for counts that are not whole, a negative mean, and fewer than two windows.
    Source: Naus (1982).

    >>> round(scan_p(6, 1, 260), 3), scan_p(0, 1, 260)
    (0.486, 1.0)
    """
    if number("windows", windows) < 2:
        raise BadNumbers("analysis.errors.too_short", field="windows", least=2)
    return _naus(whole("observed", observed), _not_negative("mean", mean), windows - 2, 1)


def scan_p_as_printed(observed: float, mean: float, periods: float, window: float) -> float:
    """The same as the package of the reference vectors prints it, for comparison with that and not for pages.

    There the mean is that of a single period, however many periods the window holds, the window counts only as periods
    taken off the whole, and the last of Naus' sums stops one term early (a difference in the seventh decimal).

    Units: events; events per period; periods; a probability out.
    Raises BadNumbers for counts that are not whole, a negative mean, a window that is not positive or longer than all.
    Source: Wheeler (2021), scanw, on Naus (1982).

    >>> round(scan_p_as_printed(6, 0.6, 208, 2), 3)
    0.039
    """
    width = positive("window", window)
    if width > positive("periods", periods):
        raise BadNumbers("analysis.errors.more_than_all", field="window")
    return _naus(whole("observed", observed), _not_negative("mean", mean), periods - width, 2)


def _not_negative(field: str, value: float) -> float:
    found = number(field, value)
    if found < 0:
        raise BadNumbers("analysis.errors.not_a_count", field=field)
    return found


def _naus(least: float, mean: float, further: float, short: int) -> float:
    """1 - Q2 (Q3 / Q2) ** further, where Q2 and Q3 are the chances that no window in two, and in three, holds as many.

    Means far above what is asked leave rounding errors of Q2 and Q3: then such a window is certain.
    """
    if least < 1:
        return 1.0
    if least > MOST_LEAST:
        raise BadNumbers("analysis.errors.too_large", field="observed")
    n = int(least)
    k = np.arange(-n - 5, 2 * n + 1)
    below = np.where(k >= 0, pdtr(np.maximum(k, 0), mean), 0.0)
    at = np.where(k >= 0, np.exp(xlogy(np.maximum(k, 0), mean) - mean - gammaln(np.maximum(k, 0) + 1)), 0.0)
    q2, q3 = _quiet(n, mean, lambda one: below[np.asarray(one) + n + 5], lambda one: at[np.asarray(one) + n + 5], short)
    if q2 <= 0 or q3 <= 0:
        return 1.0
    return float(min(1.0, max(0.0, -math.expm1(math.log(q2) + further * min(0.0, math.log(q3 / q2))))))


def _quiet(n: int, mean: float, below: Any, at: Any, short: int) -> tuple[float, float]:
    """Naus' Q2 and Q3; `below` is the Poisson distribution and `at` its probabilities."""
    q2 = below(n - 1) ** 2 - (n - 1) * at(n) * at(n - 2) - (n - 1 - mean) * at(n) * below(n - 3)
    one = 2 * at(n) * below(n - 1) * ((n - 1) * below(n - 2) - mean * below(n - 3))
    two = (n - 1) * (n - 2) * below(n - 3) - 2 * (n - 2) * mean * below(n - 4) + mean**2 * below(n - 5)
    r, s = np.arange(1, n), np.arange(2, n - short + 1)
    three = (at(2 * n - r) * below(r - 1) ** 2).sum()
    four = (at(2 * n - s) * at(s) * ((s - 1) * below(s - 2) - mean * below(s - 3))).sum()
    return float(q2), float(below(n - 1) ** 3 - one + at(n) ** 2 / 2 * two + three - four)


@dataclass(frozen=True)
class Window:
    """A square of `size` cells from (`column`, `row`) during the last `days`: its `cases`, how many were `expected`,
    and how striking that is (`llr`).
    """

    llr: float
    days: int
    size: int
    column: int
    row: int
    cases: int
    expected: float


@dataclass(frozen=True)
class Scan:
    """The most striking window (None when none holds more than expected) and its chance `p` among permuted dates (None
    when nothing was permuted). The settings stand beside it because the answer is about all windows that were searched.
    """

    window: Window | None
    p: float | None
    permutations: int
    seed: int
    window_days: tuple[int, ...]
    window_cells: tuple[int, ...]


def permutation_scan(
    cells: Any, days: Any, shape: tuple[int, int], last_day: int, window_days: Any, window_cells: Any, *,
    least_cases: int = 2, permutations: int = PERMUTATIONS, seed: int = 1,
) -> Scan:  # fmt: skip
    """The most striking square of cells during days that end with the last, when only the events themselves are known.

    Expected in a window is what place and time say apart: events in the square, ever, times events in the days,
    anywhere, over all events. Of equally striking windows the shortest comes first, then the smallest, the lowest row
    and the lowest column. Squares lie wholly inside the grid.

    Units: `cells` of shape (n, 2) as (column, row) from 0; whole days of shape (n,), none after `last_day`; `shape` as
    (rows, columns); a Scan out, always the same for the same seed.
    Raises BadNumbers for no event, cells outside the grid, days that are not whole or come later, windows that are not
    whole numbers from 1, and too many permutations.
    Source: Kulldorff, Heffernan, Hartman, Assuncao & Mostashari (2005), prospective, with squares.

    >>> events, when = [(0, 0)] * 4 + [(3, 3)] * 8, [9, 9, 9, 2, 1, 2, 3, 4, 5, 6, 7, 8]
    >>> found = permutation_scan(events, when, (4, 4), 9, [1, 3], [1, 2], permutations=99)
    >>> found.window.days, found.window.cases, found.window.expected, found.p <= 0.05
    (1, 3, 1.0, True)
    """
    search = _Search(cells, days, shape, last_day, window_days, window_cells, whole("least_cases", least_cases))
    runs = _runs(permutations)
    best = search.best(search.ages)
    if best is None:
        return Scan(None, 1.0 if runs else None, runs, seed, search.lengths, search.sizes)
    random, reached = np.random.default_rng(seed), 0
    for _ in range(runs):
        reached += int(search.highest(random.permutation(search.ages)) >= best.llr * (1 - SAME))
    p = (reached + 1) / (runs + 1) if runs else None
    return Scan(best, p, runs, seed, search.lengths, search.sizes)


def _runs(permutations: Any) -> int:
    found = int(whole("permutations", permutations))
    if found > MOST_PERMUTATIONS:
        raise BadNumbers("analysis.errors.too_large", field="permutations")
    return found


class _Search:
    """All windows of one question. What dates do not change is summed once: the events of each square, ever."""

    def __init__(
        self, cells: Any, days: Any, shape: tuple[int, int], last: int, lengths: Any, sizes: Any, least: float
    ) -> None:
        places = table("cells", cells if np.size(cells) else np.empty((0, 2)), (None, 2))
        if not len(places):
            raise BadNumbers("analysis.errors.no_events", field="cells")
        self.rows, self.columns = (int(one) for one in counts("shape", shape, length=2))
        if self.rows * self.columns > MOST_CELLS:
            raise BadNumbers("analysis.errors.too_many_cells", field="shape", most=f"{MOST_CELLS:,}")
        if (places < 0).any() or (places >= (self.columns, self.rows)).any() or (places != np.floor(places)).any():
            raise BadNumbers("analysis.errors.not_a_cell", field="cells")
        when = table("days", days, (None,))
        if len(when) != len(places):
            raise BadNumbers("analysis.errors.lengths", field="days", wanted=len(places), found=len(when))
        ages = number("last_day", last) - when
        if (ages < 0).any() or (ages != np.floor(ages)).any():
            raise BadNumbers("analysis.errors.outside_calendar", field="days")
        self.lengths, self.sizes = _steps("window_days", lengths), _steps("window_cells", sizes)
        self.flat = (places[:, 1] * self.columns + places[:, 0]).astype(np.int64)
        self.ages = ages.astype(np.int64)
        self.total, self.least = float(len(places)), max(1.0, least)
        ever = _summed(self._laid(self.flat))
        self.ever = {size: _squares(ever, size) for size in self.sizes}

    def _laid(self, flat: np.ndarray) -> np.ndarray:
        return np.bincount(flat, minlength=self.rows * self.columns).reshape(self.rows, self.columns)

    def _windows(self, ages: np.ndarray) -> Iterator[tuple[int, int, np.ndarray, np.ndarray, np.ndarray]]:
        """For each length and size: the squares with more than expected, their cases, expectations and places."""
        recent = ages < self.lengths[-1]
        flat, age = self.flat[recent], ages[recent]
        for days in self.lengths:
            within = flat[age < days]
            if not len(within):
                continue
            lately, part = _summed(self._laid(within)), len(within) / self.total
            for size in self.sizes:
                cases, expected = _squares(lately, size), self.ever[size] * part
                place = np.flatnonzero((cases > expected) & (cases >= self.least))
                if len(place):
                    yield days, size, cases.flat[place], expected.flat[place], place

    def highest(self, ages: np.ndarray) -> float:
        """How striking the most striking window is with these dates."""
        found = (_llr(cases, expected, self.total).max() for _, _, cases, expected, _ in self._windows(ages))
        return max(found, default=0.0)

    def best(self, ages: np.ndarray) -> Window | None:
        """The most striking window itself."""
        best = None
        for days, size, cases, expected, place in self._windows(ages):
            llr = _llr(cases, expected, self.total)
            top = int(np.flatnonzero(llr >= llr.max() * (1 - SAME))[0])
            if best is None or llr[top] > best.llr * (1 + SAME):
                row, column = divmod(int(place[top]), self.ever[size].shape[1])
                best = Window(float(llr[top]), days, size, column, row, int(cases[top]), float(expected[top]))
        return best


def _steps(field: str, values: Any) -> tuple[int, ...]:
    found = counts(field, values)
    if (found < 1).any():
        raise BadNumbers("analysis.errors.not_positive", field=field)
    return tuple(int(one) for one in np.unique(found))


def _summed(values: np.ndarray) -> np.ndarray:
    """Sums over everything south and west, with an empty row and column first."""
    found = np.zeros((values.shape[0] + 1, values.shape[1] + 1), dtype=np.int64)
    np.cumsum(np.cumsum(values, axis=0), axis=1, out=found[1:, 1:])
    return found


def _squares(summed: np.ndarray, size: int) -> np.ndarray:
    """The sum of every square of so many cells, by its south-western cell."""
    if size >= min(summed.shape):
        return np.zeros((0, 0), dtype=np.int64)
    across = summed[:, size:] - summed[:, :-size]
    return across[size:] - across[:-size]
