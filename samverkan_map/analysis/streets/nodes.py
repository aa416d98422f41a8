"""Where the lines of a street network meet. Metres, EPSG:3006."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from samverkan_map.analysis.checks import number
from samverkan_map.errors import BadNumbers

TOGETHER_METRES = 0.5
"""Two ends this close are one node: files are rounded to decimetres and drawn by hand."""

JUNCTION_ARMS = 3


@dataclass(frozen=True, eq=False)
class Joints:
    """The nodes of a network: `ends[i]` are the nodes of line i's first and last point, `xy` where each node lies.

    `degree` is how many arms go out from a node; a line that only passes by it, without an end there, has two.
    `arms` are pairs (node, line), each once, sorted by node.
    """

    ends: np.ndarray
    xy: np.ndarray
    degree: np.ndarray
    arms: np.ndarray

    @property
    def junctions(self) -> np.ndarray:
        """The nodes with at least three arms."""
        return np.flatnonzero(self.degree >= JUNCTION_ARMS)


Lines = Sequence[shapely.LineString] | np.ndarray


def lines_of(lines: Lines, field: str = "lines") -> np.ndarray:
    """Lines as an array of their own: at least one, each a line with a length and finite coordinates.

    Units: metres (EPSG:3006); any sequence of n lines in, an object array of shape (n,) out.
    Raises BadNumbers for no line and for the first that is not one.
    Source: own rule (2026).

    >>> len(lines_of([shapely.LineString([(0, 0), (9, 0)])]))
    1
    """
    found = np.array(list(lines) if isinstance(lines, Sequence | np.ndarray) else [lines], dtype=object)
    if not found.size:
        raise BadNumbers("analysis.errors.empty", field=field)
    drawn = all(isinstance(one, shapely.LineString) for one in found.ravel())
    if found.ndim != 1 or not drawn or not (shapely.length(found) > 0).all():
        raise BadNumbers("analysis.errors.not_a_line", field=field)
    if not np.isfinite(shapely.get_coordinates(found)).all():
        raise BadNumbers("analysis.errors.not_a_line", field=field)
    return found


def joints(lines: Lines, *, together_metres: float = TOGETHER_METRES) -> Joints:
    """The nodes where lines end, which of them are one, and how many arms each has.

    A side street that ends in the middle of another one meets it there. Two lines that cross without an end do not
    meet: one of them may be a bridge.

    Units: metres (EPSG:3006), n lines; one Joints out, its `ends` of shape (n, 2).
    Raises BadNumbers for no line, what is not a line, and a distance that is negative or not a number.
    Source: own rule (2026), after the node and link model of ISO 14825 (2011).

    >>> found = joints([shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(50, 0), (50, 80)])])
    >>> found.degree.tolist(), found.junctions.tolist()
    ([1, 1, 3, 1], [2])
    """
    own, within = lines_of(lines), number("together_metres", together_metres)
    if within < 0:
        raise BadNumbers("analysis.errors.negative", field="together_metres")
    points = np.stack([shapely.get_point(own, 0), shapely.get_point(own, -1)], axis=1).ravel()
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=within)
    links = coo_array((np.ones(len(one)), (one, other)), shape=(len(points),) * 2)
    count, node = connected_components(links, directed=False)
    size = np.bincount(node, minlength=count)
    xy = np.stack([np.bincount(node, weights=shapely.get_coordinates(points)[:, i]) / size for i in (0, 1)], axis=1)
    near, line = shapely.STRtree(own).query(shapely.points(xy), predicate="dwithin", distance=within + 1e-6)
    ends = node.reshape(-1, 2)
    touching = np.concatenate([np.stack([near, line], 1), np.stack([node, np.repeat(np.arange(len(own)), 2)], 1)])
    arms = np.unique(touching, axis=0)
    here = (ends[arms[:, 1]] == arms[:, :1]).sum(axis=1)
    degree = np.bincount(arms[:, 0], weights=np.where(here, here, 2), minlength=count).astype(int)
    return Joints(ends, xy, degree, arms)
