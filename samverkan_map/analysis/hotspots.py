"""Where there are more events than chance explains.

The known measure is Gi* (`gi_star`). It does not decide: its normal approximation paints false hot spots on every
sparse map. `hot_cells` decides, by the exact chance of so many events in and around a cell, over the whole map at once.
The question is always "more than if events fell evenly over the cells that exist", or over an exposure that is given,
so forest and water among the existing cells make every built-up cell hot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.ndimage import label
from scipy.special import betainc, ndtr
from shapely.geometry.base import BaseGeometry

from samverkan_map.analysis.checks import counts, share, table
from samverkan_map.analysis.false_discovery import adjusted
from samverkan_map.analysis.grid import QUEEN, STEPS, existing, neighbour_sums
from samverkan_map.errors import BadNumbers

SAME = 1e-12
MOST_KEYS = 8_000_000


@dataclass(frozen=True, eq=False)
class GiStar:
    """Per cell, all of shape (rows, columns): the measure `z`, two-sided `p`, `q` over the map, the sum over the cell
    and its neighbours (`sums`) and how many they are (`cells`).

    Where a cell is not `defined` (it does not exist, all cells hold the same, or its neighbours are the whole map) z is
    0 and p and q are 1.
    """

    z: np.ndarray
    p: np.ndarray
    q: np.ndarray
    sums: np.ndarray
    cells: np.ndarray
    exists: np.ndarray
    defined: np.ndarray


def gi_star(events: Any, exists: Any = None, *, contiguity: str = QUEEN) -> GiStar:
    """How far the sum over each cell and its neighbours lies from the map's mean, in standard deviations.

    Units: events per cell (broken numbers too), shape (rows, columns); GiStar out, z without unit.
    Raises BadNumbers for negative counts, another shape, no existing cell, and another contiguity.
    Source: Ord & Getis (1995), with weights of one and the cell itself.

    >>> found = gi_star([[0, 0, 0, 0], [0, 6, 5, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    >>> found.z[1].round(2).tolist()
    [0.51, 1.28, 1.28, 0.24]
    """
    laid, known = _laid(events, exists)
    sums = neighbour_sums(laid, known, contiguity)
    cells = neighbour_sums(known, known, contiguity)
    total, values = int(known.sum()), laid[known]
    mean = values.mean()
    spread = float(np.sqrt(((values - mean) ** 2).mean()))
    room = cells * (total - cells)
    defined = known & (room > 0) & (spread > SAME * max(1.0, mean))
    z = np.zeros(laid.shape)
    if defined.any():
        wide = spread * np.sqrt(room[defined] / (total - 1))
        z[defined] = (sums[defined] - mean * cells[defined]) / wide
    p = np.where(defined, 2 * ndtr(-np.abs(z)), 1.0)
    q = np.ones(laid.shape)
    if defined.any():
        q[defined] = adjusted(np.minimum(p[defined], 1.0))
    return GiStar(z, p, q, sums, cells, known, defined)


def _laid(events: Any, exists: Any, *, broken: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """The counts, 0 where no cell exists, and which cells do."""
    laid = counts("events", events, shape=(None, None), broken=broken)
    known = existing("exists", exists, laid)
    return (laid if exists is None else laid * known), known


@dataclass(frozen=True, eq=False)
class HotCells:
    """Per cell, all of shape (rows, columns): whether it is `hot`, the exact chance `p` of so many events or more in it
    and its neighbours, `q` over the map, those events (`sums`), how many were `expected`, and which cells exist.

    Cells that are `unexposed` have neighbours without any exposure; they are never hot, however many events they hold.
    """

    hot: np.ndarray
    p: np.ndarray
    q: np.ndarray
    sums: np.ndarray
    expected: np.ndarray
    exists: np.ndarray
    unexposed: np.ndarray

    @property
    def number(self) -> int:
        """How many cells are hot."""
        return int(self.hot.sum())


def hot_cells(
    events: Any, exists: Any = None, *, exposure: Any = None, alpha: float = 0.05, contiguity: str = QUEEN
) -> HotCells:
    """The cells with more events in and around them than chance explains, of which at most `alpha` may be false.

    Units: events per cell, whole numbers of shape (rows, columns); `exposure` (people, addresses, metres of road) of
    the same shape, or every existing cell the same; HotCells out. Without any event nothing is hot.
    Raises BadNumbers for counts that are not whole numbers from zero, another shape, no existing cell, a negative or
    empty exposure, alpha out of range, and another contiguity.
    Source: methods, section 4.2: the exact binomial tail, and Benjamini & Hochberg (1995) over all existing cells.

    >>> map_ = np.zeros((20, 20))
    >>> map_[4:6, 4:6] = 2
    >>> map_[15, 3] = 1
    >>> found = hot_cells(map_)
    >>> found.number, bool(found.hot[4, 4]), bool(found.hot[15, 3])
    (12, True, False)
    """
    laid, known = _laid(events, exists, broken=False)
    limit = share("alpha", alpha)
    exposed = known.astype(float) if exposure is None else _exposed(exposure, known)
    sums = neighbour_sums(laid, known, contiguity)
    around = neighbour_sums(exposed, known, contiguity)
    whole = exposed.sum()
    p, q = _exact(sums[known], around[known], laid.sum(), whole)
    unexposed = known & (around <= 0)
    all_p, all_q = np.ones(laid.shape), np.ones(laid.shape)
    all_p[known], all_q[known] = p, q
    return HotCells(known & (all_q <= limit), all_p, all_q, sums, laid.sum() * around / whole, known, unexposed)


def _exposed(exposure: Any, known: np.ndarray) -> np.ndarray:
    found = counts("exposure", exposure, shape=known.shape, broken=True) * known
    if found.sum() <= 0:
        raise BadNumbers("analysis.errors.no_exposure", field="exposure")
    return found


def _exact(sums: np.ndarray, around: np.ndarray, total: float, whole: float) -> tuple[np.ndarray, np.ndarray]:
    """p and q of each cell, found once for each pair of a sum and an exposure that the map holds.

    A million cells hold a few hundred different pairs, and cells with the same p have the same q.
    """
    levels, level = _levels(around)
    keys = sums.astype(np.int64) * len(levels) + level
    if keys.max() < MOST_KEYS:
        times = np.bincount(keys)
        pairs = np.flatnonzero(times)
        times = times[pairs]
        place = np.zeros(int(keys.max()) + 1, dtype=np.int64)
        place[pairs] = np.arange(len(pairs))
        place = place[keys]
    else:
        pairs, place, times = np.unique(keys, return_inverse=True, return_counts=True)
    p = binomial_tail(pairs // len(levels), total, np.minimum(levels[pairs % len(levels)] / whole, 1.0))
    p = np.where(levels[pairs % len(levels)] > 0, p, 1.0)
    return p[place], adjusted(p, times)[place]


def _levels(around: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different exposures and which of them each cell has; whole ones of the small kind without sorting."""
    if around.max() <= 2 * max(map(len, STEPS.values())) and (around == np.floor(around)).all():
        return np.arange(around.max() + 1), around.astype(np.int64)
    return np.unique(around, return_inverse=True)


def binomial_tail(least: Any, total: float, chance: Any) -> np.ndarray:
    """The probability of at least so many of `total` events where each falls with the probability `chance`.

    Units: events and probabilities, both of shape (n,); probabilities out, shape (n,).
    Raises BadNumbers for counts that are not whole numbers from zero, a probability outside 0 to 1, unequal lengths,
    and more than there are in all.
    Source: Pearson (1924): the binomial tail is an incomplete beta function.

    >>> binomial_tail([0, 1, 2], 2, [0.5, 0.5, 0.5]).tolist()
    [1.0, 0.75, 0.25]
    """
    low = counts("least", least)
    each = counts("chance", chance, length=len(low), broken=True)
    number = float(counts("total", [total])[0])
    if (each > 1).any():
        raise BadNumbers("analysis.errors.not_a_share", field="chance")
    if (low > number).any():
        raise BadNumbers("analysis.errors.more_than_all", field="least")
    found = np.ones(len(low))
    some = low > 0
    found[some] = betainc(low[some], number - low[some] + 1, each[some])
    return found


@dataclass(frozen=True, eq=False)
class LocalMoran:
    """Per cell how much it resembles its neighbours: `by_n` divides by the variance over n (as spdep does),
    `by_n_less_1` by that over n - 1 (as esda does); `overall` is the mean of the whole map, None when all cells
    hold the same.
    """

    by_n: np.ndarray
    by_n_less_1: np.ndarray
    overall: float | None
    exists: np.ndarray


def local_moran(events: Any, exists: Any = None, *, contiguity: str = QUEEN) -> LocalMoran:
    """Whether cells that are above (or below) the mean lie beside others that are, row by row of the map.

    Units: events per cell, shape (rows, columns); LocalMoran out, without unit, 0 for cells without a neighbour.
    Raises BadNumbers for negative counts, another shape, no existing cell, and another contiguity.
    Source: Anselin (1995), neighbours weighted so that they sum to one.

    >>> found = local_moran([[5, 5, 0, 0], [5, 5, 0, 0]])
    >>> found.by_n.round(2)[0].tolist(), round(found.overall, 2)
    ([1.0, 0.2, 0.2, 1.0], 0.6)
    """
    laid, known = _laid(events, exists)
    away = (laid - laid[known].mean()) * known
    beside = neighbour_sums(away, known, contiguity) - away
    many = neighbour_sums(known, known, contiguity) - known
    lag = np.divide(beside, many, out=np.zeros(laid.shape), where=many > 0)
    squares, total, linked = float((away**2).sum()), int(known.sum()), int((many > 0).sum())
    if squares <= SAME * max(1.0, float((laid**2).sum())):
        return LocalMoran(np.zeros(laid.shape), np.zeros(laid.shape), None, known)
    product = away * lag
    overall = total / linked * float(product.sum()) / squares if linked else None
    return LocalMoran(product / (squares / total), product / (squares / max(1, total - 1)), overall, known)


@dataclass(frozen=True)
class Cluster:
    """Hot cells that hang together: how many `cells`, the `events` in them, how many were `expected` there, and the
    lowest `q` among them. `label` is its number in the label array.
    """

    label: int
    cells: int
    events: float
    expected: float
    q: float


@dataclass(frozen=True, eq=False)
class Clusters:
    """`labels` of shape (rows, columns), 0 outside and 1, 2, ... in `clusters`, the one with most events first."""

    labels: np.ndarray
    clusters: tuple[Cluster, ...]


def clusters(found: HotCells, events: Any, *, contiguity: str = QUEEN) -> Clusters:
    """The hot cells as places: those that touch are one.

    Units: HotCells and the events per cell, shape (rows, columns); Clusters out. `expected` is what an even spread over
    the existing cells would put into the cluster.
    Raises BadNumbers for counts of another shape or not whole, and another contiguity.
    Source: Rosenfeld & Pfaltz (1966), connected components.

    >>> map_ = np.zeros((20, 20))
    >>> map_[4:6, 4:6], map_[14, 14] = 2, 9
    >>> [(one.label, one.cells, one.events) for one in clusters(hot_cells(map_), map_).clusters]
    [(1, 9, 9.0), (2, 12, 8.0)]
    """
    laid = counts("events", events, shape=found.hot.shape)
    if contiguity not in STEPS:
        raise BadNumbers("analysis.errors.unknown_kind", field="contiguity", known=", ".join(STEPS))
    touching = np.zeros((3, 3), dtype=bool)
    touching[tuple(np.array(STEPS[contiguity]).T + 1)] = True
    raw, number = label(found.hot, touching)
    inside, q = raw[found.hot], np.full(number + 1, 1.0)
    np.minimum.at(q, inside, found.q[found.hot])
    cells = np.bincount(inside, minlength=number + 1)
    held = np.bincount(inside, laid[found.hot], number + 1)
    order = 1 + np.argsort(-held[1:], kind="stable")
    renamed = np.zeros(number + 1, dtype=np.int64)
    renamed[order] = np.arange(1, number + 1)
    each = laid[found.exists].sum() / found.exists.sum()
    told = [
        Cluster(place + 1, int(cells[one]), float(held[one]), float(each * cells[one]), float(q[one]))
        for place, one in enumerate(order)
    ]
    return Clusters(renamed[raw], tuple(told))


def outlines(labels: Any, shapes: Any) -> list[BaseGeometry]:
    """Each cluster as one surface.

    Units: labels of shape (rows, columns); the cells' polygons (`grid.square_shapes` or `grid.hex_shapes`) of shape
    (rows * columns,), in metres (EPSG:3006); one geometry for each label from 1, in that order.
    Raises BadNumbers for labels that are not whole numbers from zero, and another number of polygons.
    Source: own rule (2026).

    >>> cells = shapely.box([0, 1, 2], [0, 0, 0], [1, 2, 3], [1, 1, 1])
    >>> [one.area for one in outlines([[1, 1, 2]], cells)]
    [2.0, 1.0]
    """
    named = counts("labels", labels, shape=(None, None)).astype(np.int64).ravel()
    polygons = np.asarray(shapes, dtype=object)
    if polygons.shape != named.shape:
        raise BadNumbers("analysis.errors.lengths", field="shapes", wanted=len(named), found=polygons.size)
    return [shapely.union_all(polygons[named == one]) for one in range(1, int(named.max()) + 1)]


def by_normal(z: Any, p: Any, alpha: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Hot and cold by the usual normal rule, for the expert view and for comparison with other programs.

    Units: z without unit and its two-sided probability, of one shape (periods, n); two arrays of yes or no out.
    Raises BadNumbers for other shapes, a probability outside 0 to 1, and alpha out of range.
    Source: Getis & Ord (1992).

    >>> hot, cold = by_normal([[2.1, -2.1, 1.0]], [[0.036, 0.036, 0.317]])
    >>> hot.tolist(), cold.tolist()
    ([[True, False, False]], [[False, True, False]])
    """
    value, limit = table("z", z, (None, None)), share("alpha", alpha)
    chance = counts("p", p, shape=value.shape, broken=True)
    if (chance > 1).any():
        raise BadNumbers("analysis.errors.not_a_share", field="p")
    sure = chance <= limit
    return sure & (value > 0), sure & (value < 0)
