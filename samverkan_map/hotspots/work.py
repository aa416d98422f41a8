"""What is done where there is most: the places that a spot touches, and the measures there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import measures, places
from samverkan_map.access import Viewer
from samverkan_map.db import engine
from samverkan_map.db.tables import Measure, Place, Site


class Numbered(Protocol):
    """Anything found that has a number and lies somewhere (EPSG:3006)."""

    @property
    def number(self) -> int:
        """Its number in the list."""

    @property
    def shape(self) -> BaseGeometry:
        """Where it lies."""


@dataclass(frozen=True)
class Work:
    """The places in or at a spot that the viewer may see, and the measures there."""

    places: list[Place]
    measures: list[Measure]


def work_at(session: Session, viewer: Viewer, spots: Iterable[Numbered]) -> dict[int, Work]:
    """What is done at each spot, by its number; as things stand now, also for a spot that was kept."""
    known = [(place, _reach(place)) for place in places.find(session, viewer)]
    done = [(measure, _where(measure)) for measure in measures.find(session, viewer)]
    found = {}
    for spot in spots:
        shapely.prepare(spot.shape)
        found[spot.number] = Work(
            [place for place, shape in known if spot.shape.intersects(shape)],
            [measure for measure, shape in done if shape is not None and spot.shape.intersects(shape)],
        )
    return found


def _reach(place: Place) -> shapely.Geometry:
    """A place with the ground its reports may lie on, as everywhere else."""
    shape = places.shape_of(place)
    return shape.buffer(places.reach_of(shape))


def _where(measure: Measure) -> shapely.Geometry | None:
    things: list[Place | Site] = [*measure.places, *measure.sites]
    shapes = [shape for one in things if (shape := engine.shape(one.geom)) is not None]
    return shapely.union_all([shape.buffer(places.reach_of(shape)) for shape in shapes]) if shapes else None
