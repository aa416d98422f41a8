"""On which stretch something happened, when only a position is known, and when that is doubtful."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely

from samverkan_map.analysis.checks import number, positive, table
from samverkan_map.analysis.streets.nodes import Lines, joints, lines_of
from samverkan_map.errors import BadNumbers

WITHIN_METRES = 30.0
"""How far from the middle of a road a position may lie and still be on it; 25 to 50 is what others use."""

RIVAL_METRES = 5.0
JUNCTION_METRES = 20.0
SEED = 2026
SAME_METRES = 0.01


class Doubt(StrEnum):
    """Why it is not sure that a point belongs to the stretch it was given."""

    NONE = "none"
    RIVAL = "rival"
    ROAD_CLASS = "road_class"


@dataclass(frozen=True, eq=False)
class Snapped:
    """For each point (n,) its line (-1: none within reach, or the junction's), and how sure that is.

    `distance` is that to the nearest line, `second` to the nearest line that is a rival to it; infinite when none is
    within reach. `along` is how far along the line the point lies, from the line's first point, and not a number
    without a line. `junction` indexes `junctions` (m, 2), or is -1.
    """

    line: np.ndarray
    distance: np.ndarray
    second: np.ndarray
    along: np.ndarray
    doubt: list[Doubt]
    junction: np.ndarray
    junctions: np.ndarray
    seed: int

    @property
    def doubtful(self) -> np.ndarray:
        """Which points somebody should look at."""
        return np.array([one is not Doubt.NONE for one in self.doubt], dtype=bool)


def snap(
    points: Any,
    lines: Lines,
    *,
    within_metres: float = WITHIN_METRES,
    rival_metres: float = RIVAL_METRES,
    junction_metres: float = JUNCTION_METRES,
    junctions_apart: bool = True,
    streets: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    fitting: Sequence[Collection[str] | None] | None = None,
    seed: int = SEED,
) -> Snapped:
    """The nearest line of each point within a stated distance.

    A point within `junction_metres` of a node with at least three arms belongs to the junction; with
    `junctions_apart=False` it goes to one of the arms, drawn at random. So does a point elsewhere that is equally near
    to several lines. The draws follow the seed and the order of the points: the same file gives the same answer.

    A point is doubtful when another line is at most `rival_metres` farther away (pieces of the same street, by
    `streets`, are no rivals), and when the class of its line is none of those in `fitting`, which may be None for a
    point of which nothing is known.

    Units: metres (EPSG:3006); points of shape (n, 2) as east and north, n may be 0; `streets` and `classes` one per
    line, `fitting` one per point; one Snapped out.
    Raises BadNumbers for points of another shape or not finite, no line or what is not one, distances out of range,
    and another number of streets, classes or fitting classes.
    Source: methods, section 5, own rule (2026); junction limit after Levine, Kim & Nitz (1995).

    >>> road, lane = shapely.LineString([(0, 0), (400, 0)]), shapely.LineString([(200, 0), (200, 300)])
    >>> found = snap([(50, 4), (203, 8), (203, 120), (300, 90)], [road, lane])
    >>> found.line.tolist(), found.junction.tolist(), found.distance.tolist()
    ([0, -1, 1, -1], [-1, 0, -1, -1], [4.0, 3.0, 3.0, inf])
    """
    own, reach = lines_of(lines), positive("within_metres", within_metres)
    rival, close = _from_zero("rival_metres", rival_metres), _from_zero("junction_metres", junction_metres)
    xy = table("points", points if np.size(points) else np.empty((0, 2)), (None, 2))
    _same_length("streets", streets, len(own))
    _same_length("classes", classes, len(own))
    _same_length("fitting", fitting, len(xy))
    random = np.random.default_rng(abs(int(number("seed", seed)))).random(len(xy))
    places = shapely.points(xy)
    found = _candidates(places, own, reach, rival)
    line, distance = _nearest(found, random, len(xy))
    second = _second(found, line, _names(streets, len(own)), len(xy))
    junction, nodes, drawn = _at_junctions(places, own, line, close, random)
    line = np.where(junction >= 0, -1 if junctions_apart else drawn, line)
    along = np.full(len(xy), np.nan)
    on = line >= 0
    along[on] = shapely.line_locate_point(own[line[on]], places[on])
    rivals = (np.isfinite(second) & (second <= distance + rival) & (junction < 0)).tolist()
    kinds = [classes[i] if classes is not None and i >= 0 else None for i in line.tolist()]
    known = fitting if fitting is not None else [None] * len(xy)
    doubt = [_doubt(*three) for three in zip(rivals, kinds, known, strict=True)]
    return Snapped(line, distance, second, along, doubt, junction, nodes, abs(int(seed)))


def _from_zero(field: str, value: Any) -> float:
    found = number(field, value)
    if found < 0:
        raise BadNumbers("analysis.errors.negative", field=field)
    return found


def _same_length(field: str, values: Any, wanted: int) -> None:
    if values is not None and len(values) != wanted:
        raise BadNumbers("analysis.errors.lengths", field=field, wanted=wanted, found=len(values))


def _names(streets: Sequence[str] | None, n: int) -> np.ndarray:
    """A number for each line's street; a line without a name is a street of its own."""
    seen: dict[Any, int] = {}
    names = streets if streets is not None else [""] * n
    if not all(isinstance(name, str) for name in names):
        raise BadNumbers("analysis.errors.not_a_name", field="streets")
    return np.array([seen.setdefault(name.strip().casefold() or index, len(seen)) for index, name in enumerate(names)])


@dataclass(frozen=True, eq=False)
class _Candidates:
    """Pairs of a point and a line near it, the nearest line of each point first."""

    point: np.ndarray
    line: np.ndarray
    metres: np.ndarray
    reach: float


def _candidates(places: np.ndarray, own: np.ndarray, reach: float, rival: float) -> _Candidates:
    point, line = shapely.STRtree(own).query(places, predicate="dwithin", distance=reach + rival)
    metres = shapely.distance(places[point], own[line])
    order = np.lexsort((line, metres, point))
    return _Candidates(point[order], line[order], metres[order], reach)


def _nearest(found: _Candidates, random: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The nearest line of each point; of several equally near ones the one that chance takes."""
    line, distance = np.full(n, -1), np.full(n, np.inf)
    point, first = np.unique(found.point, return_index=True)
    nearest = found.metres[first]
    reached = nearest <= found.reach
    shortest = np.full(n, np.inf)
    shortest[point] = nearest
    equal = np.bincount(found.point, weights=found.metres <= shortest[found.point] + SAME_METRES, minlength=n)
    chosen = first + np.floor(random[point] * equal[point]).astype(int)
    line[point[reached]] = found.line[chosen[reached]]
    distance[point[reached]] = nearest[reached]
    return line, distance


def _second(found: _Candidates, line: np.ndarray, street: np.ndarray, n: int) -> np.ndarray:
    second = np.full(n, np.inf)
    mine = line[found.point]
    rivals = (mine >= 0) & (street[found.line] != street[mine])
    point, first = np.unique(found.point[rivals], return_index=True)
    second[point] = found.metres[rivals][first]
    return second


def _at_junctions(
    places: np.ndarray, own: np.ndarray, line: np.ndarray, close: float, random: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The junction of each point that has a line and lies in one, where they are, and one of its arms by chance."""
    all_nodes = joints(own)
    ours = all_nodes.junctions
    junction, drawn = np.full(len(places), -1), np.full(len(places), -1)
    if len(ours) and close and len(places):
        near = shapely.STRtree(shapely.points(all_nodes.xy[ours])).query_nearest(
            places, max_distance=close, all_matches=False
        )
        junction[near[0]] = near[1]
        junction[line < 0] = -1
    start = np.searchsorted(all_nodes.arms[:, 0], ours)
    number_of = np.searchsorted(all_nodes.arms[:, 0], ours, side="right") - start
    inside = np.flatnonzero(junction >= 0)
    which = junction[inside]
    drawn[inside] = all_nodes.arms[start[which] + np.floor(random[inside] * number_of[which]).astype(int), 1]
    return junction, all_nodes.xy[ours], drawn


def _doubt(rival: bool, road_class: str | None, fitting: Collection[str] | None) -> Doubt:
    if road_class is not None and fitting is not None and road_class not in fitting:
        return Doubt.ROAD_CLASS
    return Doubt.RIVAL if rival else Doubt.NONE
