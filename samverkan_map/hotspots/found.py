"""What was found, as plain values that a run keeps and a page reads: the same words now and in ten years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import shapely
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

    @property
    def in_spots(self) -> int:
        """How many of the reports lie in a spot."""
        return sum(spot.events for spot in self.spots)

    def spot(self, number: int) -> Spot | None:
        """The spot with a number."""
        return next((one for one in self.spots if one.number == number), None)


def as_plain(found: Hotspots) -> dict[str, Any]:
    """The whole answer as values that JSON holds."""
    return _plain(asdict(found))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseGeometry):
        return shapely.to_wkt(value, rounding_precision=2)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def from_plain(kept: Mapping[str, Any]) -> Hotspots:
    """The answer that `as_plain` wrote down."""
    values = {name: kept[name] for name in (field.name for field in fields(Hotspots)) if name in kept}
    for name in ("period", "counted", "before", "known"):
        values[name] = _period(values[name])
    values["kinds"] = tuple(values["kinds"])
    values["sources"] = _counted(values["sources"])
    values["spots"] = tuple(_spot(one) for one in values["spots"])
    return Hotspots(**values)


def _spot(kept: Mapping[str, Any]) -> Spot:
    values = dict(kept) | {name: _counted(kept[name]) for name in ("types", "sources")}
    return Spot(**values | {"shape": shapely.from_wkt(kept["shape"]), "core_box": tuple(kept["core_box"])})


def _counted(kept: Any) -> Counted:
    return tuple((str(code), int(number)) for code, number in kept)


def _period(kept: Mapping[str, str | None] | None) -> Period | None:
    if kept is None:
        return None
    return Period(*(None if day is None else date.fromisoformat(day) for day in (kept["start"], kept["end"])))
