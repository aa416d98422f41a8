"""Reports that lie close together, whatever shape that has: tighter outlines than squares, without any claim of chance.

Reports are gathered in small squares first, as coarse as the viewer may see, so that a million cost no more than the
squares that they fill.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import shapely
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.clusters import dbscan
from samverkan_map.hotspots import ground
from samverkan_map.hotspots.asked import Asked
from samverkan_map.hotspots.finding import LEAST_EVENTS, Events, most, name_of
from samverkan_map.hotspots.things import Thing, Things, fewest, gathered
from samverkan_map.reports.frame import CENTIMETRES, Frame

RADII = (100, 150, 300)
USUAL_RADIUS = 150
SQUARE_METRES = 25
TIMES_EVEN = 4
"""Within the radius there must be at least so many times what an even spread would put there."""
HULL = 0.4
"""How closely an outline follows its squares, from 0 (closely) to 1 (the convex hull)."""
HECTARE = 10_000


def clustered(
    session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, asked: Asked, begun: Things
) -> Things:
    """The clusters of a question that there are reports for. Raises BadQuestion."""
    radius = begun.reach_metres
    grid = ground.grid_of(agreement, asked.cell_metres)
    exists = ground.existing(session, agreement, frame, asked.question, grid)
    events, begun = gathered(session, viewer, agreement, frame, asked, grid, exists, begun)
    number, side = len(events.cell), access.coarse_position(viewer) or SQUARE_METRES
    if number < LEAST_EVENTS:
        return replace(begun, nothing="few" if number else "no_period")
    even = number * math.pi * radius**2 / (int(exists.sum()) * asked.cell_metres**2)
    least = max(LEAST_EVENTS, math.ceil(TIMES_EVEN * even))
    things, hidden = _things(agreement, frame, events, side, radius, least, fewest(viewer))
    facts = {"least": least, "even": even, "fewest": fewest(viewer), "hidden": hidden, "radius": radius}
    return replace(begun, cell_metres=side, things=things, facts=facts)


def _things(
    agreement: Agreement, frame: Frame, events: Events, side: int, radius: int, least: int, fewest_places: int
) -> tuple[tuple[Thing, ...], int]:
    """The clusters, the one with most reports first, and how many have too few places to be shown."""
    corner, held, weights = np.unique(
        events.at // (side * CENTIMETRES), axis=0, return_inverse=True, return_counts=True
    )
    middles = (corner + 0.5) * side
    found = dbscan(middles, radius, least, weights)
    label = found.labels[held.ravel()]
    things: list[Thing] = []
    hidden = 0
    for one in range(len(found.weights)):
        squares = np.flatnonzero(found.labels == one)
        if len(squares) < fewest_places:
            hidden += 1
            continue
        there = events.only(label == one)
        shape, densest = _outline(corner[squares] * side, side), middles[squares[weights[squares].argmax()]]
        area, near = name_of(agreement, *densest.tolist())
        things.append(
            Thing(
                len(things) + 1, shape, len(there.cell), round(len(there.cell) / shape.area * HECTARE, 2), area, near,
                most(there.type, frame.words["type"]), most(there.source, frame.words["source"]), places=len(squares),
            )
        )  # fmt: skip
    return tuple(things), hidden


def _outline(corners: np.ndarray, side: int) -> shapely.Geometry:
    """One surface that holds all squares and follows them from outside."""
    squares = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + side, corners[:, 1] + side)
    hull = shapely.concave_hull(shapely.multipoints(shapely.get_coordinates(squares)), ratio=HULL)
    return shapely.simplify(shapely.union_all([hull, *squares]), 0)
