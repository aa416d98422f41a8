"""A measure before it is attached: what can be said of it with the places, days and plan that are known so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from samverkan_map.db import engine
from samverkan_map.db.tables import Place, Site
from samverkan_map.measures.attaching import whole_shape
from samverkan_map.measures.follow_ups import far_enough
from samverkan_map.vocabulary import MeasureStatus


@dataclass(frozen=True)
class ImaginedPlan:
    """A follow-up that is not stored; it is read by the same names as one that is."""

    measure: Any
    types: Sequence[str]
    window_months: int
    ring_metres: int
    due_on: date


@dataclass
class Imagined:
    """A measure that is not stored; it is read by the same names as one that is."""

    places: Sequence[Place]
    sites: Sequence[Site]
    planned_start: date
    planned_end: date | None
    works_while_ongoing: bool
    id: None = None
    title: str = ""
    status: MeasureStatus = MeasureStatus.PLANNED
    started_on: None = None
    ended_on: None = None
    follow_ups: list[ImaginedPlan] = field(default_factory=list)

    @property
    def geom(self) -> Any:
        """Where its places and sites are."""
        return engine.stored(whole_shape([*self.places, *self.sites]))


def imagine(
    places: Sequence[Place],
    sites: Sequence[Site],
    *,
    start: date,
    end: date | None = None,
    works_while_ongoing: bool = False,
    types: Sequence[str] = (),
    window_months: int = 12,
    ring_metres: int = 200,
    due_on: date | None = None,
) -> Any:
    """A measure with its plan as they would be, for what only looks: overlaps, candidates to compare with."""
    found = Imagined(places, sites, start, end, works_while_ongoing)
    found.follow_ups = [ImaginedPlan(found, types, window_months, ring_metres, due_on or date.max)]
    return found


def check_comparison(where: Sequence[Place | Site], compared: Sequence[Place], ring_metres: int) -> None:
    """Raises BadValue when a comparison place lies at the places or within the ring around them."""
    far_enough([engine.shape(one.geom) for one in where], compared, ring_metres)
