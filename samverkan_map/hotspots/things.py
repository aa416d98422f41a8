"""What the other methods than squares find: numbered things to talk about, and what they were found among.

Density, clusters and stretches answer the same question in other shapes. None of them is a test: there is no p-value,
and what decides where there is more than chance explains stays the squares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.grid import Grid
from samverkan_map.hotspots.asked import Asked
from samverkan_map.hotspots.finding import Events, events_of, most
from samverkan_map.hotspots.found import Counted
from samverkan_map.reports.frame import Frame
from samverkan_map.vocabulary import Period


class Method(StrEnum):
    """How recurring problems are looked for; the first is the usual way."""

    CELLS = "cells"
    DENSITY = "density"
    CLUSTERS = "clusters"
    STREETS = "streets"


def fewest(viewer: Viewer) -> int:
    """Of how many reports or places at least a shape may tell, so that it never tells where single ones are."""
    return 5 if access.coarse_position(viewer) else 3


@dataclass(frozen=True)
class Thing:
    """One of what was found (`shape` in EPSG:3006).

    `value` is the method's own measure: the highest density (reports per km2 and year), reports per hectare, or
    complaints per km and year. `places` are the distinct places of its reports, 0 where that is not counted. The rest
    is about stretches: how long, which one, its places in the list, and the complaints before.
    """

    number: int
    shape: BaseGeometry
    events: int
    value: float
    area: str
    near: str
    types: Counted = ()
    sources: Counted = ()
    places: int = 0
    stretch: int | None = None
    metres: float = 0.0
    low: int | None = None
    high: int | None = None
    before: int | None = None
    sure: str = ""


@dataclass(frozen=True)
class Things:
    """The answer of one method. `nothing` is "" or why nothing was looked for.

    `zones` are shapes by class of the ramp (0 to 4), whose lower limits are `limits`; `reach_metres` the bandwidth or
    the radius; `facts` the numbers that the method card tells.
    """

    method: Method
    given: Mapping[str, str]
    kinds: tuple[str, ...]
    period: Period
    counted: Period
    known: Period | None
    cell_metres: int
    reach_metres: int
    data_version: str
    nothing: str = ""
    events: int = 0
    unmapped: int = 0
    outside: int = 0
    sources: Counted = ()
    things: tuple[Thing, ...] = ()
    zones: tuple[tuple[BaseGeometry, int], ...] = ()
    limits: tuple[float, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def in_things(self) -> int:
        """How many of the reports lie in one of the things."""
        return sum(thing.events for thing in self.things)

    def spot(self, number: int) -> Thing | None:
        """The thing with a number."""
        return next((one for one in self.things if one.number == number), None)


def begun(method: Method, asked: Asked, reach: int, data_version: str) -> Things:
    """The answer to a question before anything is found."""
    there = asked.known is not None and asked.counted.start < asked.counted.end  # type: ignore[operator]
    return Things(
        method=method,
        given=dict(asked.question.given),
        kinds=tuple(map(str, asked.question.kinds)),
        period=asked.period,
        counted=asked.counted if there else asked.period,
        known=asked.known,
        cell_metres=asked.cell_metres,
        reach_metres=reach,
        data_version=data_version,
        nothing="" if there else "no_reports" if asked.known is None else "no_period",
    )


def gathered(
    session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, asked: Asked, grid: Grid,
    exists: np.ndarray, begun: Things,
) -> tuple[Events, Things]:  # fmt: skip
    """The reports of the counted period on the squares that exist, and the answer with how many they are and from whom.

    Raises BadQuestion.
    """
    events, unmapped, outside = events_of(
        session, viewer, agreement, frame, asked.question, grid, exists, [asked.counted]
    )
    events = events.only(events.between(asked.counted))
    sources = most(events.source, frame.words["source"])
    return events, replace(begun, events=len(events.cell), unmapped=unmapped, outside=outside, sources=sources)
