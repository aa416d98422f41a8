"""What was found in squares, as values that a run keeps and a page reads: the same words now and in ten years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from samverkan_map.vocabulary import Period

Counted = tuple[tuple[str, int], ...]
"""Codes with how many, the most first."""


@dataclass(frozen=True)
class Spot:
    """Hot squares that hang together: a place where there is more than chance explains (`shape` in EPSG:3006).

    `expected` is what an even spread would put there, `q` the lowest of its squares' chances over the whole map, `z`
    the highest Gi*. `before` is None when nothing is compared; `high` None for no upper end. `history` is the class
    over the months before, "" when they are too few. `core` are the reports in the nine squares (`core_box`) with
    most of them, and `near` is the name nearest to those. `pile` is the largest number of reports at one coordinate.
    """

    number: int
    shape: BaseGeometry
    cells: int
    events: int
    expected: float
    q: float
    z: float
    before: int | None
    ratio: float | None
    low: float | None
    high: float | None
    finding: str
    history: str
    hot_months: int
    types: Counted
    sources: Counted
    area: str
    near: str
    core: int
    core_box: tuple[float, float, float, float]
    pile: int


@dataclass(frozen=True)
class Square:
    """A hot square: its south-west corner in metres (EPSG:3006), its own reports (`events`), and those in it and its
    neighbours (`around`) with how many an even spread would put there (`expected`).

    `p` is the exact chance of so many, `q` the same over the whole map, `z` Gi*; `history` the class over the months
    before, "" when they are too few. `number` is its spot's, 0 for a square that is hot by its neighbours alone.
    """

    e: int
    n: int
    number: int
    events: int
    around: int
    expected: float
    p: float
    q: float
    z: float
    history: str
    hot_months: int


@dataclass(frozen=True)
class Unevenness:
    """How unevenly the reports fall over the squares: in how few lie `half` and `most` (four fifths) of them, how many
    half would take if no two lay in one (`even`), and the `gini` that allows for fewer reports than squares.
    """

    half: int
    most: int
    even: int
    gini: float


@dataclass(frozen=True)
class Hits:
    """What the map of the period before was worth: its hot squares are the share `ground` of all and hold the share
    `events` of the reports of now; `pai` is the one over the other and `pei` that over the best there could be.
    """

    ground: float
    events: float
    pai: float
    pei: float


@dataclass(frozen=True)
class Hotspots:
    """The answer to one question: the spots, the one with most reports first, and what they were found among.

    `nothing` is "" or why nothing was looked for: no_reports, no_period, few, no_ground. `unmapped` reports have no
    position and `outside` lie in no square that exists; neither is counted in a spot. `events` are all the others.
    """

    given: Mapping[str, str]
    kinds: tuple[str, ...]
    cell_metres: int
    period: Period
    counted: Period
    before: Period | None
    known: Period | None
    months: int
    events: int
    unmapped: int
    outside: int
    cells: int
    hot: int
    sources: Counted
    spots: tuple[Spot, ...]
    data_version: str
    nothing: str = ""
    uneven: Unevenness | None = None
    hits: Hits | None = None
    squares: tuple[Square, ...] = ()

    @property
    def in_spots(self) -> int:
        """How many of the reports lie in a spot."""
        return sum(spot.events for spot in self.spots)

    def spot(self, number: int) -> Spot | None:
        """The spot with a number."""
        return next((one for one in self.spots if one.number == number), None)
