"""How a place has been over time: hot always, lately, formerly, now and then. And which way it is going.

Everything has its periods along the first axis and cells along the others, and treats all cells at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import bdtr, bdtrc, betaincinv, ndtr

from samverkan_map.analysis.checks import counts, positive, probability, share, table
from samverkan_map.analysis.false_discovery import adjusted
from samverkan_map.analysis.grid import existing
from samverkan_map.errors import BadNumbers

HISTORIES = np.array(["none", "persistent", "emerging", "former", "intermittent"])
PATTERNS = (
    "new", "consecutive", "intensifying", "persistent", "diminishing", "sporadic", "oscillating", "historical",
)  # fmt: skip
CLASSES = np.array(["none", *(f"{one} hot" for one in PATTERNS), *(f"{one} cold" for one in PATTERNS)])
LEAST_PERIODS = 10
"""With fewer periods than this no trend should be shown."""
LEAST_EVENTS = 10
MOST_OF_THE_TIME = 0.9
NOISE = 1e-9
BLOCK = 2048


def place_history(
    hot: Any, *, recent_share: float = 0.2, hot_share: float = 0.1, persistent_share: float = 0.8
) -> np.ndarray:
    """Five words for how often, and when, each cell was hot.

    The last fifth of the periods (at least one) is recent. The first that fits: persistent (hot most of the time),
    emerging (hot lately and hardly before), former (hot before and hardly lately), intermittent (hot at times), none.

    Units: yes or no of shape (periods, ...), shares of the periods; words out, of the shape of one period.
    Raises BadNumbers for no period, values other than yes and no, and shares outside 0 to 1.
    Source: methods, section 4.3, after Chainey (2020).

    >>> place_history([[1, 0, 1, 0], [1, 0, 1, 0], [1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 0, 1]]).tolist()
    ['persistent', 'emerging', 'former', 'intermittent']
    """
    yes = _yes("hot", hot)
    low, high = probability("hot_share", hot_share) - NOISE, probability("persistent_share", persistent_share) - NOISE
    periods = len(yes)
    recent = max(1, math.floor(probability("recent_share", recent_share) * periods + NOISE))
    all_, late = yes.sum(axis=0), yes[periods - recent :].sum(axis=0)
    before = (all_ - late) / max(1, periods - recent)
    lately, always = late / recent, all_ / periods
    rules = [always >= high, (before < low) & (late > 0) & (lately >= low), (before >= low) & (lately < low)]
    return HISTORIES[np.select([*rules, always >= low], [1, 2, 3, 4])]


def _yes(field: str, values: Any) -> np.ndarray:
    found = _periods(field, values)
    if not np.isin(found, (0, 1)).all():
        raise BadNumbers("analysis.errors.not_yes_or_no", field=field)
    return found.astype(bool)


def _periods(field: str, values: Any) -> np.ndarray:
    """An array of its own whose first axis is the periods, at least one, and with at least one cell."""
    try:
        size = np.shape(values)
    except ValueError as error:
        raise BadNumbers("analysis.errors.not_a_number", field=field) from error
    found = table(field, values, (None,) * max(1, len(size)))
    if not found.size:
        raise BadNumbers("analysis.errors.empty", field=field)
    return found


@dataclass(frozen=True, eq=False)
class Trend:
    """Mann and Kendall's test of each cell, all of the shape of one period (numbers for a single series).

    `s` counts rising minus falling pairs, `variance` is that of s when there is no trend, ties allowed for; `z` and the
    two-sided `p` follow. `varied` is whether the series holds different numbers at all: otherwise z is 0 and p is 1.
    """

    s: np.ndarray
    variance: np.ndarray
    z: np.ndarray
    p: np.ndarray
    ties: np.ndarray
    periods: int

    @property
    def varied(self) -> np.ndarray:
        """Whether the numbers of a series differ."""
        return self.variance > 0

    @cached_property
    def tau_a(self) -> np.ndarray | None:
        """Rising minus falling pairs, over all pairs; None for a single period."""
        return self.s / self._pairs if self.periods > 1 else None

    @cached_property
    def tau_b(self) -> np.ndarray | None:
        """The same with ties allowed for; 0 where nothing has `varied`, None for a single period."""
        if self.periods < 2:
            return None
        room = np.sqrt(self._pairs * np.maximum(self._pairs - self.ties, 0))
        return np.divide(self.s, room, out=np.zeros(np.shape(self.s)), where=room > 0)

    @property
    def _pairs(self) -> float:
        return self.periods * (self.periods - 1) / 2


def mann_kendall(series: Any) -> Trend:
    """Whether each series goes up or down, whatever the shape of the way.

    Units: any, shape (periods, ...); a Trend out. With under 10 periods do not show it.
    Raises BadNumbers for no period, and numbers that are not finite.
    Source: Mann (1945); Kendall (1975) for ties, with the correction for continuity.

    >>> found = mann_kendall([10, 15, 14, 20])
    >>> float(found.s), round(float(found.z), 3), round(float(found.p), 3)
    (4.0, 1.019, 0.308)
    """
    values = _periods("series", series)
    shape, periods = values.shape[1:], len(values)
    s, tied, pairs = (np.zeros(shape).ravel() for _ in range(3))
    flat = values.reshape(periods, -1)
    for part in _blocks(flat.shape[1]):
        s[part], tied[part], pairs[part] = _signs(flat[:, part])
    variance = (periods * (periods - 1) * (2 * periods + 5) - tied) / 18
    z = np.divide(s - np.sign(s), np.sqrt(variance), out=np.zeros(s.shape), where=variance > 0)
    p = np.minimum(2 * ndtr(-np.abs(z)), 1.0)
    told = [one.reshape(shape) for one in (s, variance, z, p, pairs)]
    return Trend(told[0], told[1], told[2], told[3], told[4], periods)


def _blocks(cells: int) -> Iterator[slice]:
    """Cells a few thousand at a time, so that what is worked on stays in the processor's cache."""
    for first in range(0, cells, BLOCK):
        yield slice(first, first + BLOCK)


def _signs(series: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rising minus falling pairs, t(t - 1)(2t + 5) summed over groups of t equal numbers, and equal pairs."""
    periods, cells = series.shape
    rising, falling = np.zeros(cells, dtype=np.int64), np.zeros(cells, dtype=np.int64)
    for step in range(1, periods):
        rising += np.count_nonzero(series[step:] > series[:-step], axis=0)
        falling += np.count_nonzero(series[step:] < series[:-step], axis=0)
    equal = periods * (periods - 1) // 2 - rising - falling
    tied = np.zeros(cells)
    few = np.flatnonzero(equal)
    if len(few):
        group = np.sort(series[:, few], axis=0)
        size = np.ones((periods, len(few)))
        for row in range(1, periods):
            size[row] += size[row - 1] * (group[row] == group[row - 1])
        # The last of each group carries its size; all others carry a smaller one, which is taken away again.
        ends = np.ones(size.shape, dtype=bool)
        ends[:-1] = group[1:] != group[:-1]
        tied[few] = (size * (size - 1) * (2 * size + 5) * ends).sum(axis=0)
    return (rising - falling).astype(float), tied, equal.astype(float)


def sen_slope(series: Any) -> np.ndarray:
    """How much each series rises per period: the middle of all pairs' slopes.

    Units: any per period, shape (periods, ...); the shape of one period out.
    Raises BadNumbers for fewer than two periods, and numbers that are not finite.
    Source: Sen (1968).

    >>> float(sen_slope([5, 6, 11, 8, 10]))
    1.125
    """
    values = _periods("series", series)
    if len(values) < 2:
        raise BadNumbers("analysis.errors.too_short", field="series", least=2)
    flat = values.reshape(len(values), -1)
    apart = np.concatenate([np.full(len(values) - step, 1.0 / step) for step in range(1, len(values))])
    found = np.empty(flat.shape[1])
    for part in _blocks(flat.shape[1]):
        rows = np.ascontiguousarray(flat[:, part].T)
        rises = np.concatenate([rows[:, step:] - rows[:, :-step] for step in range(1, len(values))], axis=1)
        found[part] = _middle(rises * apart)
    return found.reshape(values.shape[1:])


def _middle(rows: np.ndarray) -> np.ndarray:
    """The median of each row, which is put out of order."""
    half, odd = divmod(rows.shape[1], 2)
    rows.partition(half, axis=1)
    return rows[:, half] if odd else (rows[:, half] + rows[:, :half].max(axis=1)) / 2


def emerging_class(z: Any, hot: Any, cold: Any, *, alpha: float = 0.05) -> np.ndarray:
    """Seventeen classes of how a cell's heat has come and gone: eight hot ones, eight cold ones and none.

    The hot rules come before the cold ones, and in each the first that fits: new (only the last period), consecutive
    (an unbroken end of at least two, never before, under 90 %), intensifying, persistent and diminishing (at least
    90 %, the last too, by the trend), sporadic (the last, on and off, never the opposite), oscillating (the last, and
    earlier the opposite), historical (at least 90 %, but not the last).

    Units: Gi* z of shape (periods, ...), and which periods are hot and cold, of the same shape; words out, of the shape
    of one period.
    Raises BadNumbers for no period, unequal shapes, cells hot and cold at once, and alpha out of range.
    Source: Esri (2024), documentation of emerging hot spot analysis; trend by Mann (1945).

    >>> z = np.array([[0, 2.0, 2.5], [0, 2.2, 0], [0, 2.4, 2.2], [2.9, 2.6, 0], [3, 2.8, 2.1]])
    >>> emerging_class(z, z > 1.96, z < -1.96).tolist()
    ['consecutive hot', 'intensifying hot', 'sporadic hot']
    """
    values, limit = _periods("z", z), share("alpha", alpha)
    warm, cool = _yes("hot", hot), _yes("cold", cold)
    if not values.shape == warm.shape == cool.shape:
        raise BadNumbers("analysis.errors.lengths", field="hot", wanted=values.size, found=warm.size)
    if (warm & cool).any():
        raise BadNumbers("analysis.errors.more_than_all", field="cold")
    trend = mann_kendall(values)
    way = np.sign(trend.z) * (trend.p <= limit)
    side = _pattern(warm, cool, way)
    other = _pattern(cool, warm, -way)
    return CLASSES[np.where(side > 0, side, np.where(other > 0, other + len(PATTERNS), 0))]


def _pattern(on: np.ndarray, opposite: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Which of the patterns, from 1, or 0 for none."""
    often, last = on.sum(axis=0), on[-1]
    most = often >= MOST_OF_THE_TIME * len(on) - NOISE
    ending = np.cumprod(on[::-1], axis=0).sum(axis=0)
    whole_end = last & (often == ending)
    rules = [
        whole_end & (often == 1),
        whole_end & (often >= 2) & ~most,
        most & last & (way > 0),
        most & last & (way == 0),
        most & last & (way < 0),
        last & ~most & ~opposite.any(axis=0),
        last & ~most,
        most & ~last,
    ]
    return np.select(rules, list(range(1, len(rules) + 1)))


@dataclass(frozen=True, eq=False)
class Change:
    """Per cell: the `ratio` of the two rates (infinite when nothing was before) with its exact interval, the central
    `p` that agrees with it, and `q` over the cells that are `judged`: those with at least ten events in all.

    Elsewhere ratio is 1, the interval everything, and p and q 1. `way` is 1 for more, -1 for fewer, 0 for neither.
    """

    ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    q: np.ndarray
    judged: np.ndarray
    way: np.ndarray


def compare_periods(
    before: Any, after: Any, length_before: float = 1.0, length_after: float = 1.0, *, exists: Any = None,
    alpha: float = 0.05,
) -> Change:  # fmt: skip
    """Where there are more, or fewer, events in one period than in another, of which `alpha` may be false.

    Units: events per cell, whole numbers, of one shape (rows, columns); two lengths in one unit; Change out.
    Raises BadNumbers for counts that are not whole numbers from zero, unequal shapes, lengths that are not positive, no
    existing cell, and alpha out of range.
    Source: Clopper & Pearson (1934) on the binomial of Przyborowski & Wilenski (1940); Benjamini & Hochberg (1995).

    >>> found = compare_periods([[20, 3]], [[5, 4]])
    >>> found.judged.tolist(), found.way.tolist(), found.ratio.tolist()
    ([[True, False]], [[-1, 0]], [[0.25, 1.0]])
    """
    old = counts("before", before, shape=(None, None))
    new = counts("after", after, shape=old.shape)
    t0, t1, limit = (
        positive("length_before", length_before),
        positive("length_after", length_after),
        share("alpha", alpha),
    )
    judged = existing("exists", exists, old) & (old + new >= LEAST_EVENTS)
    pairs, place, times = np.unique(
        np.column_stack([old[judged], new[judged]]), axis=0, return_inverse=True, return_counts=True
    )
    told = [np.full(old.shape, fill) for fill in (1.0, 0.0, np.inf, 1.0, 1.0)]
    if len(pairs):
        for whole, part in zip(told, _ratios(pairs[:, 0], pairs[:, 1], t0, t1, limit, times), strict=True):
            whole[judged] = part[place.ravel()]
    ratio, low, high, p, q = told
    return Change(ratio, low, high, p, q, judged, (np.sign(ratio - 1) * (q <= limit)).astype(int))


def _ratios(x0: np.ndarray, x1: np.ndarray, t0: float, t1: float, alpha: float, times: np.ndarray) -> list[np.ndarray]:
    n, part, scale = x0 + x1, t1 / (t0 + t1), t0 / t1
    ratio = np.divide(x1 * scale, x0, out=np.full(len(n), np.inf), where=x0 > 0)
    low, high = np.zeros(len(n)), np.full(len(n), np.inf)
    for ends, some, a, b, at in ((low, x1 > 0, x1, x0 + 1, alpha / 2), (high, x0 > 0, x1 + 1, x0, 1 - alpha / 2)):
        within, beyond = betaincinv(a[some], b[some], at), betaincinv(b[some], a[some], 1 - at)
        ends[some] = scale * np.divide(within, beyond, out=np.full(len(within), np.inf), where=beyond > 0)
    more = np.where(x1 > 0, bdtrc(x1 - 1, n.astype(int), part), 1.0)
    p = np.minimum(2 * np.minimum(bdtr(x1, n.astype(int), part), more), 1.0)
    return [ratio, low, high, p, adjusted(p, times)]
