"""Positions made coarse before they are drawn: moved in a ring, moved to a point of many homes, counted in squares.

Masked positions are for looking at only; whatever is counted is counted from the real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts as checked_counts
from samverkan_map.analysis.checks import number, positive, table, whole
from samverkan_map.errors import BadNumbers

DEEPEST = 20


def donut(points: Any, inner_metres: float, outer_metres: float, seed: int) -> np.ndarray:
    """Each point moved in a random direction, at least `inner_metres` and at most `outer_metres`, evenly over the ring.

    Draw once per event and keep the answer: whoever gets a new draw each time averages it away.
    Units: metres; points of shape (n, 2) in and out.
    Raises BadNumbers for bad points, an inner radius below zero and an outer one that is not larger.
    Source: Hampton et al. (2010), Mapping health data: improved privacy protection with donut method geomasking.

    >>> moved = donut([(0, 0)] * 100, 100, 300, 1)
    >>> bool((np.hypot(*moved.T) >= 100).all()), bool((np.hypot(*moved.T) <= 300).all())
    (True, True)
    """
    found = table("points", points, (None, 2))
    inner, outer = number("inner_metres", inner_metres), positive("outer_metres", outer_metres)
    if not 0 <= inner < outer:
        raise BadNumbers("analysis.errors.not_positive", field="inner_metres")
    draws = np.random.default_rng(int(whole("seed", seed)))
    far = np.sqrt(draws.random(len(found)) * (outer**2 - inner**2) + inner**2)
    angle = draws.random(len(found)) * 2 * np.pi
    return found + np.column_stack((far * np.cos(angle), far * np.sin(angle)))


def snap(points: Any, masters: Any, addresses: Any, *, fewest: int = 8) -> np.ndarray:
    """For each point the nearest map point that stands for at least `fewest` addresses, or for none (a park).

    Of map points equally near the first counts. Snapped points lie in piles and make false hot spots.
    Units: metres; points (n, 2), masters (m, 2), addresses (m,); places among the masters out, shape (n,).
    Raises BadNumbers for bad numbers, lengths that differ and when no map point may be used.
    Source: police.uk, About the data: location anonymisation (2013).

    >>> snap([(95, 2), (160, 0)], [(0, 0), (100, 0), (220, 0), (90, 60)], [9, 3, 0, 12]).tolist()
    [3, 2]
    """
    found, known = table("points", points, (None, 2)), table("masters", masters, (None, 2))
    homes = checked_counts("addresses", addresses, length=len(known))
    usable = np.flatnonzero((homes >= whole("fewest", fewest)) | (homes == 0))
    if not len(usable):
        raise BadNumbers("analysis.errors.empty", field="masters")
    nearest = [np.argmin(np.hypot(*(known[usable] - one).T)) for one in found]
    return usable[np.array(nearest, dtype=np.int64)]


@dataclass(frozen=True)
class Leaf:
    """A square from its south-west corner (metres) and how many points lie in it."""

    x: float
    y: float
    size: float
    count: int


def quadtree(points: Any, origin: Any, size: float, deepest: int, fewest: int = 5) -> list[Leaf]:
    """Squares that are split in four as long as every part with anything in it has at least `fewest` points.

    The parts come south-west, south-east, north-west, north-east. Nothing is told at all when all points together are
    fewer. Points outside the root square are refused; a point on an inner edge belongs to the north or east.
    Units: metres; points (n, 2), `origin` the south-west corner of the root; Leaf records out, empty ones too.
    Raises BadNumbers for bad numbers, points outside, and more than 20 splits.
    Source: Gruteser & Grunwald (2003), Anonymous usage of location-based services; Samet (1984) for the quadtree.

    >>> quadtree([(10, 10), (20, 30), (90, 90), (80, 70)], (0, 0), 100, 2, fewest=2)[0]
    Leaf(x=0.0, y=0.0, size=50.0, count=2)
    """
    found, (west, south) = table("points", points, (None, 2)), table("origin", origin, (2,))
    side, depth = positive("size", size), int(whole("deepest", deepest))
    if depth > DEEPEST:
        raise BadNumbers("analysis.errors.too_large", field="deepest")
    least = int(whole("fewest", positive("fewest", fewest)))
    if len(found) and ((found < (west, south)).any() or (found > (west + side, south + side)).any()):
        raise BadNumbers("analysis.errors.not_a_box", field="points")
    if 0 < len(found) < least:
        return []
    return list(_leaves(found, float(west), float(south), side, depth, least))


def _leaves(points: np.ndarray, west: float, south: float, side: float, depth: int, fewest: int) -> Iterator[Leaf]:
    half = side / 2
    part = (points[:, 0] >= west + half) + 2 * (points[:, 1] >= south + half)
    inside = np.bincount(part, minlength=4)
    if not depth or not len(points) or ((inside > 0) & (inside < fewest)).any():
        yield Leaf(west, south, side, len(points))
        return
    for index in range(4):
        corner = west + half * (index % 2), south + half * (index // 2)
        yield from _leaves(points[part == index], *corner, half, depth - 1, fewest)
