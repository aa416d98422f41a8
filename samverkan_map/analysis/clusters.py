"""Points that lie close together as clusters, whatever shape they have: density-based, with a weight for each point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from samverkan_map.analysis.checks import counts, positive, table


@dataclass(frozen=True, eq=False)
class PointClusters:
    """For each point its cluster in `labels` (0, 1, ..., the heaviest first; -1 for none) and whether it is a `core`.

    Both of shape (n,); `weights` are those of the clusters, shape (number of clusters,).
    """

    labels: np.ndarray
    core: np.ndarray
    weights: np.ndarray


def dbscan(points: Any, radius_metres: float, least: float, weights: Any = None) -> PointClusters:
    """Cores have at least the weight `least` within the radius, themselves included; cores within reach hang together.

    A point that is no core but has one within the radius belongs to the nearest core's cluster; all others to none.
    Many events at few places are given as those places with weights, which costs memory by place and not by event.

    Units: metres (EPSG:3006), `points` of shape (n, 2), n may be 0; `weights` in events, shape (n,), 1 each when
    nothing is said; `least` in events; PointClusters out.
    Raises BadNumbers for points of another shape or not finite, unequal lengths, negative weights, and a radius or
    least weight that is not positive.
    Source: Ester, Kriegel, Sander & Xu (1996); borders to the nearest core, own rule.

    >>> found = dbscan([(0, 0), (10, 0), (20, 0), (500, 0)], 15, 3, [1, 2, 1, 1])
    >>> found.labels.tolist(), found.core.tolist(), found.weights.tolist()
    ([0, 0, 0, -1], [True, True, True, False], [4.0])
    """
    places = table("points", points if np.size(points) else np.empty((0, 2)), (None, 2))
    radius, wanted = positive("radius_metres", radius_metres), positive("least", least)
    if not len(places):
        return PointClusters(np.empty(0, np.int64), np.empty(0, bool), np.empty(0))
    heavy = np.ones(len(places)) if weights is None else counts("weights", weights, length=len(places), broken=True)
    pairs = cKDTree(places).query_pairs(radius, output_type="ndarray")
    near = heavy.copy()
    for one, other in ((0, 1), (1, 0)):
        near += np.bincount(pairs[:, one], heavy[pairs[:, other]], len(places))
    core = near >= wanted
    labels = _hanging_together(pairs[core[pairs].all(axis=1)], core)
    _add_borders(labels, places, core, radius)
    return _heaviest_first(labels, core, heavy)


def _hanging_together(pairs: np.ndarray, core: np.ndarray) -> np.ndarray:
    """The cores' clusters, -1 for all other points."""
    size = len(core)
    joined = coo_matrix((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return np.where(core, connected_components(joined, directed=False)[1], -1)


def _add_borders(labels: np.ndarray, places: np.ndarray, core: np.ndarray, radius: float) -> None:
    if core.any() and not core.all():
        distance, nearest = cKDTree(places[core]).query(places[~core])
        labels[~core] = np.where(distance <= radius, labels[core][nearest], -1)


def _heaviest_first(labels: np.ndarray, core: np.ndarray, heavy: np.ndarray) -> PointClusters:
    inside = labels >= 0
    used, packed = np.unique(labels[inside], return_inverse=True)
    held = np.bincount(packed, heavy[inside], len(used))
    order = np.argsort(-held, kind="stable")
    place = np.empty(len(used), np.int64)
    place[order] = np.arange(len(used))
    found = np.full(len(labels), -1, np.int64)
    found[inside] = place[packed]
    return PointClusters(found, core, held[order])
