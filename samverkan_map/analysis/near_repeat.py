"""Does one event make another more likely nearby soon after? Pairs in space and time against shuffled times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import pdtrc

from samverkan_map.analysis.checks import number, table, whole
from samverkan_map.errors import BadNumbers

EUCLIDEAN, MANHATTAN = "euclidean", "manhattan"
METRICS = {EUCLIDEAN: 2, MANHATTAN: 1}
PERMUTATIONS = 999
MOST_PERMUTATIONS = 99_999
MOST_PAIRS = 10_000_000
SURE, RATIO = 0.05, 1.2
"""A band is reported when it is this unlikely by chance and this much above what was expected."""
ROOM = 1 + 1e-9


@dataclass(frozen=True)
class Knox:
    """Pairs near in both (`both`), in space, in time, and in all; `expected` in both if space and time had nothing to
    do with each other, the `ratio` (None when none is expected), and the Poisson chances of so many or more
    (`at_least`, the one to show) and of more (`more_than`, which some packages print). `p` is from shuffled
    times, None without.
    """

    both: int
    in_space: int
    in_time: int
    pairs: int
    expected: float
    ratio: float | None
    at_least: float
    more_than: float
    p: float | None


def knox(points: Any, times: Any, metres: float, days: float, *, permutations: int = 0, seed: int = 1) -> Knox:
    """Whether events come close in space and time more often than by chance; both limits belong to what is close.

    Units: metres (EPSG:3006) of shape (n, 2) and times of shape (n,), both limits in the same units; Knox out.
    Raises BadNumbers for fewer than two events, unequal lengths, negative limits, too many pairs or permutations.
    Source: Knox (1964); p = (r + 1) / (m + 1) by Davison & Hinkley (1997).

    >>> found = knox([(0, 0), (3, 4), (100, 0)], [1, 2, 9], 5, 1)
    >>> found.both, found.in_space, found.in_time, found.pairs, round(found.expected, 3)
    (1, 1, 1, 3, 0.333)
    """
    places, when = _events(points, times)
    near, soon = number("metres", metres), number("days", days)
    if near < 0 or soon < 0:
        raise BadNumbers("analysis.errors.not_positive", field="metres")
    first, second, apart = _pairs(places, near, EUCLIDEAN)
    close = apart <= near
    first, second = first[close], second[close]
    all_ = len(when) * (len(when) - 1) // 2
    in_time = _within(when, soon, closed=True)
    both = int((np.abs(when[first] - when[second]) <= soon).sum())
    expected = len(first) * in_time / all_
    runs, random, reached = _runs(permutations), np.random.default_rng(seed), 0
    for _ in range(runs):
        shuffled = random.permutation(when)
        reached += int((np.abs(shuffled[first] - shuffled[second]) <= soon).sum()) >= both
    return Knox(
        both, len(first), in_time, all_, expected, both / expected if expected else None,
        float(pdtrc(both - 1, expected)) if both else 1.0, float(pdtrc(both, expected)),
        (reached + 1) / (runs + 1) if runs else None,
    )  # fmt: skip


def _events(points: Any, times: Any) -> tuple[np.ndarray, np.ndarray]:
    places = table("points", points if np.size(points) else np.empty((0, 2)), (None, 2))
    when = table("times", times, (None,))
    if len(places) != len(when):
        raise BadNumbers("analysis.errors.lengths", field="times", wanted=len(places), found=len(when))
    if len(places) < 2:
        raise BadNumbers("analysis.errors.too_short", field="points", least=2)
    return places, when


def _runs(permutations: Any) -> int:
    found = int(whole("permutations", permutations))
    if found > MOST_PERMUTATIONS:
        raise BadNumbers("analysis.errors.too_large", field="permutations")
    return found


def _pairs(places: np.ndarray, reach: float, metric: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair up to the reach (and a hair beyond) once: both events and the metres between them."""
    tree, norm = cKDTree(places), METRICS[metric]
    if int(tree.count_neighbors(tree, reach * ROOM, p=norm)) > 2 * MOST_PAIRS:
        raise BadNumbers("analysis.errors.too_many_pairs", field="points")
    first, second = tree.query_pairs(reach * ROOM, p=norm, output_type="ndarray").T
    away = np.abs(places[first] - places[second])
    return first, second, away.sum(axis=1) if metric == MANHATTAN else np.hypot(away[:, 0], away[:, 1])


def _within(times: np.ndarray, limit: float, *, closed: bool) -> int:
    """How many pairs lie at most, or less than, so far apart in time."""
    order = np.sort(times)
    later = np.searchsorted(order, order + limit, side="right" if closed else "left")
    return int(np.maximum(later - np.arange(len(order)) - 1, 0).sum())


@dataclass(frozen=True, eq=False)
class NearRepeat:
    """A table with one row per band of distance and one column per band of time, each from its lower limit up to, but
    not including, its upper: pairs `observed`, `expected` by place and time apart, their `ratio` (0 where none is
    expected) and `p`, the share of shuffled times with at least as many.
    """

    observed: np.ndarray
    expected: np.ndarray
    ratio: np.ndarray
    p: np.ndarray | None
    permutations: int
    seed: int

    @property
    def repeats(self) -> np.ndarray:
        """The bands to report: p below 0.05 and at least a fifth more than expected."""
        if self.p is None:
            return np.zeros(self.ratio.shape, dtype=bool)
        return (self.p < SURE) & (self.ratio > RATIO)


def near_repeat(
    points: Any, times: Any, metres: Any, days: Any, *, metric: str = EUCLIDEAN, permutations: int = PERMUTATIONS,
    seed: int = 1,
) -> NearRepeat:  # fmt: skip
    """How many pairs of events each band of distance and time holds, against what shuffled times give.

    Units: metres (EPSG:3006) of shape (n, 2) and times of shape (n,); the rising limits of the bands in the same units;
    NearRepeat out, always the same for the same seed.
    Raises BadNumbers for fewer than two events, unequal lengths, limits that do not rise or lie below zero, another
    metric, and too many pairs or permutations.
    Source: Knox (1964) by bands as Johnson & Bowers (2004); p = (r + 1) / (m + 1) by Davison & Hinkley (1997).

    >>> found = near_repeat([(0, 0), (0, 0), (90, 0)], [1, 2, 9], [0, 1, 100], [0, 3, 8], permutations=9)
    >>> found.observed.tolist(), found.expected.round(2).tolist()
    ([[1, 0], [0, 1]], [[0.33, 0.33], [0.67, 0.67]])
    """
    places, when = _events(points, times)
    far, late, runs = _limits("metres", metres), _limits("days", days), _runs(permutations)
    if metric not in METRICS:
        raise BadNumbers("analysis.errors.unknown_kind", field="metric", known=", ".join(METRICS))
    first, second, apart = _pairs(places, far[-1], metric)
    row = np.searchsorted(far, apart, side="right") - 1
    held = (row >= 0) & (row < len(far) - 1)
    bands = _Bands(first[held], second[held], row[held], late, len(far) - 1)
    observed = bands.counted(when)
    up_to = np.array([_within(when, limit, closed=False) for limit in late])
    in_space = np.bincount(bands.row, minlength=len(far) - 1)
    expected = np.outer(in_space, np.diff(up_to)) / (len(when) * (len(when) - 1) / 2)
    ratio = np.divide(observed, expected, out=np.zeros(expected.shape), where=expected > 0)
    random, reached = np.random.default_rng(seed), np.zeros(observed.shape)
    for _ in range(runs):
        reached += bands.counted(random.permutation(when)) >= observed
    return NearRepeat(observed, expected, ratio, (reached + 1) / (runs + 1) if runs else None, runs, seed)


def _limits(field: str, values: Any) -> np.ndarray:
    found = table(field, values, (None,))
    if len(found) < 2 or found[0] < 0 or (np.diff(found) <= 0).any():
        raise BadNumbers("analysis.errors.not_rising", field=field)
    return found


class _Bands:
    """The pairs in space, ordered by band and first event, so that many times can be laid over them quickly."""

    def __init__(self, first: np.ndarray, second: np.ndarray, row: np.ndarray, late: np.ndarray, rows: int) -> None:
        order = np.lexsort((first, row))
        self.first, self.second, self.row = first[order].astype(np.int32), second[order].astype(np.int32), row[order]
        self.ends = np.searchsorted(self.row, np.arange(rows + 1))
        self.late = late

    def counted(self, when: np.ndarray) -> np.ndarray:
        """Pairs per band of distance (rows) and of time (columns)."""
        away = np.abs(when[self.first] - when[self.second])
        found = np.empty((len(self.ends) - 1, len(self.late)), dtype=np.int64)
        for band, (start, end) in enumerate(zip(self.ends[:-1], self.ends[1:], strict=True)):
            part = away[start:end]
            found[band] = [np.count_nonzero(part < limit) for limit in self.late]
        return np.diff(found, axis=1)
