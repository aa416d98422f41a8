"""Events smoothed along the streets instead of over the ground. Metres along each edge of a network."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
import shapely

from samverkan_map.analysis.checks import counts, positive, table
from samverkan_map.analysis.streets.nodes import TOGETHER_METRES, Lines, joints, lines_of
from samverkan_map.errors import BadNumbers

Choice = TypeVar("Choice", bound=StrEnum)

MOST_WALKS = 20_000
MOST_LIXELS = 1_000_000


class Kernel(StrEnum):
    """How the weight of an event falls with the distance; every one has the mass 1 along a street without end."""

    TRIANGULAR = "triangular"
    UNIFORM = "uniform"
    EPANECHNIKOV = "epanechnikov"
    QUARTIC = "quartic"


class DeadEnd(StrEnum):
    """What becomes of the part of an event that would lie beyond a dead end."""

    TURNED = "turned"
    LOST = "lost"


_SHAPES: Mapping[Kernel, Callable[[np.ndarray], np.ndarray]] = {
    Kernel.TRIANGULAR: lambda u: 1 - u,
    Kernel.UNIFORM: lambda u: np.full_like(u, 0.5),
    Kernel.EPANECHNIKOV: lambda u: 0.75 * (1 - u**2),
    Kernel.QUARTIC: lambda u: 15 / 16 * (1 - u**2) ** 2,
}
_HALF_MASS: Mapping[Kernel, Callable[[float], float]] = {
    Kernel.TRIANGULAR: lambda u: u - u**2 / 2,
    Kernel.UNIFORM: lambda u: u / 2,
    Kernel.EPANECHNIKOV: lambda u: 0.75 * (u - u**3 / 3),
    Kernel.QUARTIC: lambda u: 15 / 16 * (u - 2 * u**3 / 3 + u**5 / 5),
}
"""The mass from the event to the share u of the bandwidth, on one side."""


@dataclass(frozen=True, eq=False)
class Network:
    """Edges between nodes: the two nodes of each (m, 2), its length in metres (m,), and the edges at each node."""

    edges: np.ndarray
    lengths: np.ndarray
    at_node: list[list[int]]

    def degree(self, node: int) -> int:
        """How many arms go out from a node; an edge with both its ends there has two."""
        return sum(2 if self.edges[edge, 0] == self.edges[edge, 1] else 1 for edge in self.at_node[node])


def network(edges: Any, lengths_metres: Any) -> Network:
    """A network of its edges.

    Units: the two nodes of each edge, whole numbers from zero, shape (m, 2), and metres, shape (m,); one Network out.
    Raises BadNumbers for no edge, nodes that are not whole numbers from zero to a million, lengths that are not
    positive, and unequal lengths of the rows.
    Source: own rule (2026).

    >>> star = network([(0, 1), (1, 2), (1, 3)], [100, 100, 100])
    >>> star.degree(1), star.degree(0)
    (3, 1)
    """
    pairs = counts("edges", edges, shape=(None, 2)).astype(int)
    lengths = counts("lengths_metres", lengths_metres, length=len(pairs), broken=True)
    if (lengths < 1e-6).any():
        raise BadNumbers("analysis.errors.not_positive", field="lengths_metres")
    if pairs.max() > MOST_LIXELS:
        raise BadNumbers("analysis.errors.too_large", field="edges")
    at_node: list[list[int]] = [[] for _ in range(int(pairs.max()) + 1)]
    for edge, ends in enumerate(pairs.tolist()):
        for node in dict.fromkeys(ends):
            at_node[node].append(edge)
    return Network(pairs, lengths, at_node)


def network_of(lines: Lines, *, together_metres: float = TOGETHER_METRES) -> Network:
    """A network of lines whose ends meet in nodes; edge i is line i.

    Units: metres (EPSG:3006), n lines; one Network out.
    Raises BadNumbers for no line, what is not a line, and a distance that is negative or not a number.
    Source: own rule (2026).

    >>> network_of([shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(100, 0), (100, 50)])]).lengths.tolist()
    [100.0, 50.0]
    """
    return network(joints(lines, together_metres=together_metres).ends, shapely.length(lines_of(lines)))


@dataclass(frozen=True, eq=False)
class Lixels:
    """The edges cut into equal pieces: the edge of each piece, its middle in metres along it, and its length. (k,)."""

    edge: np.ndarray
    middle: np.ndarray
    length: np.ndarray

    @property
    def at(self) -> np.ndarray:
        """Where to ask for the density, shape (k, 2)."""
        return np.stack([self.edge, self.middle], axis=1)


def lixels(own: Network, metres: float = 10.0) -> Lixels:
    """The edges of a network cut into pieces of at most so many metres.

    Units: metres; one Lixels out.
    Raises BadNumbers for a length that is not positive and for more than a million pieces.
    Source: Xie & Yan (2008).

    >>> lixels(network([(0, 1)], [30]), 20).middle.tolist()
    [7.5, 22.5]
    """
    size = positive("metres", metres)
    if float(own.lengths.sum()) / size > MOST_LIXELS:
        raise BadNumbers("analysis.errors.too_large", field="metres")
    pieces = np.ceil(own.lengths / size - 1e-9).astype(int).clip(1)
    edge = np.repeat(np.arange(len(pieces)), pieces)
    length = (own.lengths / pieces)[edge]
    place = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    return Lixels(edge, (place + 0.5) * length, length)


def network_density(
    own: Network,
    events: Any,
    at: Any,
    bandwidth_metres: float,
    *,
    kernel: Kernel = Kernel.TRIANGULAR,
    dead_ends: DeadEnd = DeadEnd.TURNED,
    weights: Any = None,
) -> np.ndarray:
    """How densely events lie along the streets, each spread out by the equal-split discontinuous kernel.

    At a node the weight is shared equally by the arms that go on, so that the mass of an event stays exactly 1 however
    the streets branch. At a dead end it turns back; `DeadEnd.LOST` lets it go, as the kernel is printed.

    Units: events and places as (edge, metres from the edge's first node), shapes (n, 2) and (k, 2); metres; events'
    weights of shape (n,), 1 when left out; density in events per metre out, shape (k,).
    Raises BadNumbers for an edge that does not exist, a position outside its edge, a bandwidth that
    is not positive, one so large that an event would walk more than 20,000 edges, and an unknown kernel.
    Source: Okabe, Satoh & Sugihara (2009).

    >>> star = network([(0, 1), (1, 2), (1, 3)], [100, 100, 100])
    >>> network_density(star, [(0, 80)], [(0, 80), (0, 40), (1, 10), (2, 30)], 60).round(6).tolist()
    [0.016667, 0.005556, 0.004167, 0.001389]
    """
    walker, heavy = _walker(own, bandwidth_metres, dead_ends), _one_of("kernel", Kernel, kernel)
    happened = _places_on("events", own, events)
    asked = _Asked(own, _places_on("at", own, at))
    density = np.zeros(asked.number)
    if not len(happened):
        return density
    weigh = counts("weights", np.ones(len(happened)) if weights is None else weights, length=len(happened), broken=True)
    for (edge, position), weight in zip(happened.tolist(), weigh.tolist(), strict=True):
        for walk in walker.walks(int(edge), position):
            index, places = asked.on(walk.edge)
            gone = walk.gone + np.abs(places - walk.start)
            inside = (gone < walker.bandwidth) & walk.covers(places)
            shape = _SHAPES[heavy](gone[inside] / walker.bandwidth) / walker.bandwidth
            density[index[inside]] += weight * walk.part * shape
    return density


def network_mass(
    own: Network,
    event: tuple[int, float],
    bandwidth_metres: float,
    *,
    kernel: Kernel = Kernel.TRIANGULAR,
    dead_ends: DeadEnd = DeadEnd.TURNED,
) -> float:
    """How much of one event lies on the network after it was spread out: 1, unless some is let go at dead ends.

    Units: an event as (edge, metres from the edge's first node) and metres; events out.
    Raises BadNumbers as `network_density` does.
    Source: Okabe, Satoh & Sugihara (2009), integrated in closed form.

    >>> star = network([(0, 1), (1, 2), (1, 3)], [100, 100, 100])
    >>> round(network_mass(star, (0, 30), 60), 12), network_mass(star, (0, 30), 60, dead_ends=DeadEnd.LOST)
    (1.0, 0.875)
    """
    walker = _walker(own, bandwidth_metres, dead_ends)
    half = _HALF_MASS[_one_of("kernel", Kernel, kernel)]
    ((edge, position),) = _places_on("event", own, table("event", event, (2,))[None]).tolist()
    return sum(
        walk.part * (half(min(1.0, (walk.gone + walk.metres) / walker.bandwidth)) - half(walk.gone / walker.bandwidth))
        for walk in walker.walks(int(edge), position)
    )


def network_density_simple(
    own: Network, events: Any, at: Any, bandwidth_metres: float, *, kernel: Kernel = Kernel.TRIANGULAR
) -> np.ndarray:
    """The same by the shortest way alone, which counts an event more than once after a junction; to compare with.

    Units: as in `network_density`; events per metre out, shape (k,).
    Raises BadNumbers for an edge that does not exist, a position outside its edge and a bandwidth
    that is not positive, and an unknown kernel.
    Source: Xie & Yan (2008).

    >>> star = network([(0, 1), (1, 2), (1, 3)], [100, 100, 100])
    >>> network_density_simple(star, [(0, 80)], [(0, 40), (1, 10)], 60).round(6).tolist()
    [0.005556, 0.008333]
    """
    wide, heavy = positive("bandwidth_metres", bandwidth_metres), _one_of("kernel", Kernel, kernel)
    places = _places_on("at", own, at)
    edges, where = places[:, 0].astype(int), places[:, 1]
    rest = own.lengths[edges] - where
    density = np.zeros(len(places))
    for edge, position in _places_on("events", own, events).tolist():
        gone = _shortest(own, int(edge), position, wide)
        metres = np.minimum(gone[own.edges[edges, 0]] + where, gone[own.edges[edges, 1]] + rest)
        same = edges == int(edge)
        metres[same] = np.minimum(metres[same], np.abs(where[same] - position))
        inside = metres < wide
        density[inside] += _SHAPES[heavy](metres[inside] / wide) / wide
    return density


def _one_of(field: str, kind: type[Choice], value: Any) -> Choice:
    if value not in set(kind):
        raise BadNumbers("analysis.errors.unknown_kind", field=field, known=", ".join(kind))
    return kind(value)


def _walker(own: Network, bandwidth_metres: float, dead_ends: DeadEnd) -> _Walker:
    return _Walker(own, positive("bandwidth_metres", bandwidth_metres), _one_of("dead_ends", DeadEnd, dead_ends))


def _places_on(field: str, own: Network, places: Any) -> np.ndarray:
    found = table(field, places if np.size(places) else np.empty((0, 2)), (None, 2))
    edge = found[:, 0]
    if ((edge < 0) | (edge != np.floor(edge)) | (edge >= len(own.lengths))).any():
        raise BadNumbers("analysis.errors.no_such_edge", field=field)
    lengths = own.lengths[edge.astype(int)]
    if ((found[:, 1] < 0) | (found[:, 1] > lengths * (1 + 1e-9))).any():
        raise BadNumbers("analysis.errors.off_line", field=field)
    return np.stack([edge, np.minimum(found[:, 1], lengths)], axis=1)


class _Asked:
    """The places asked for, gathered by edge."""

    def __init__(self, own: Network, places: np.ndarray) -> None:
        self.number = len(places)
        self._order = np.argsort(places[:, 0], kind="stable")
        self._positions = places[self._order, 1]
        self._starts = np.searchsorted(places[self._order, 0], np.arange(len(own.lengths) + 1))

    def on(self, edge: int) -> tuple[np.ndarray, np.ndarray]:
        part = slice(self._starts[edge], self._starts[edge + 1])
        return self._order[part], self._positions[part]


@dataclass(frozen=True)
class _Walk:
    """One way over (a part of) an edge, entered at `start` after `gone` metres with a part of the event's weight."""

    edge: int
    start: float
    forward: bool
    metres: float
    gone: float
    part: float
    own: bool = False

    def covers(self, places: np.ndarray) -> np.ndarray:
        """Which places this way passes; of the two from the event itself only one has the event's own place."""
        if self.forward:
            return places >= self.start
        return places < self.start if self.own else places <= self.start


@dataclass(frozen=True, eq=False)
class _Walker:
    own: Network
    bandwidth: float
    dead_ends: DeadEnd

    def walks(self, edge: int, position: float) -> Iterator[_Walk]:
        """Every way an event spreads out within the bandwidth, depth first."""
        waiting = list(self._from(edge, position))
        for _ in range(MOST_WALKS):
            if not waiting:
                return
            walk = waiting.pop()
            yield walk
            if walk.gone + walk.metres < self.bandwidth:
                waiting += self._onward(walk)
        if waiting:
            raise BadNumbers("analysis.errors.too_many_ways", field="bandwidth_metres")

    def _from(self, edge: int, position: float) -> Iterator[_Walk]:
        """Both ways along the edge; an event at a node goes out equally into all arms there."""
        length = float(self.own.lengths[edge])
        if 0 < position < length:
            yield _Walk(edge, position, True, length - position, 0.0, 1.0)
            yield _Walk(edge, position, False, position, 0.0, 1.0, own=True)
            return
        node = int(self.own.edges[edge, 0 if position == 0 else 1])
        degree = self.own.degree(node)
        part = 1.0 if degree == 1 and self.dead_ends is DeadEnd.LOST else 2 / degree
        yield from self._out_of(node, 0.0, part, without=None)

    def _onward(self, walk: _Walk) -> Iterator[_Walk]:
        end = 1 if walk.forward else 0
        node = int(self.own.edges[walk.edge, end])
        degree = self.own.degree(node)
        gone = walk.gone + walk.metres
        if degree > 1:
            yield from self._out_of(node, gone, walk.part / (degree - 1), without=(walk.edge, end))
        elif self.dead_ends is DeadEnd.TURNED:
            yield from self._out_of(node, gone, walk.part, without=None)

    def _out_of(self, node: int, gone: float, part: float, without: tuple[int, int] | None) -> Iterator[_Walk]:
        for edge in self.own.at_node[node]:
            length = float(self.own.lengths[edge])
            for end in (0, 1):
                if int(self.own.edges[edge, end]) == node and (edge, end) != without:
                    yield _Walk(edge, 0.0 if end == 0 else length, end == 0, length, gone, part)


def _shortest(own: Network, edge: int, position: float, farthest: float) -> np.ndarray:
    """Metres from a place on an edge to every node by the shortest way; infinite beyond `farthest`."""
    gone = np.full(len(own.at_node), math.inf)
    first, last = own.edges[edge].tolist()
    waiting = [(position, first), (float(own.lengths[edge]) - position, last)]
    heapq.heapify(waiting)
    while waiting:
        metres, node = heapq.heappop(waiting)
        if metres >= gone[node] or metres >= farthest:
            continue
        gone[node] = metres
        for other in own.at_node[node]:
            one, two = own.edges[other].tolist()
            heapq.heappush(waiting, (metres + float(own.lengths[other]), two if one == node else one))
    return gone
