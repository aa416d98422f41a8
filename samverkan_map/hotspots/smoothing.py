"""How thickly reports lie, smoothed: a picture of where there is much, in five steps, without any claim of chance."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import shapely
from scipy.ndimage import label
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.density import CELLS_PER_BANDWIDTH, Density, density, within_reach
from samverkan_map.analysis.grid import Grid, square_shapes
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots import ground
from samverkan_map.hotspots.asked import Asked
from samverkan_map.hotspots.finding import LEAST_EVENTS, Events, most, name_of
from samverkan_map.hotspots.things import Thing, Things, fewest, gathered
from samverkan_map.reports.frame import Frame

BANDWIDTHS = (150, 300, 500, 1000)
USUAL_BANDWIDTH = 300
FINE_CELLS = (50, 100, 250)
CLASSES = 5
DENSE = 3
"""From this class of the ramp on, what hangs together is a thing with a number."""
DAYS_OF_A_YEAR = 365.25
SERIES = (1.0, 2.0, 5.0)


def cell_for(bandwidth: int, cell: int | None) -> int:
    """The squares to smooth over: those asked for, or the largest that a third of the bandwidth has room for.

    Raises BadQuestion when they are larger than that.
    """
    most_metres = bandwidth // CELLS_PER_BANDWIDTH
    wanted = cell or max((one for one in FINE_CELLS if one <= most_metres), default=FINE_CELLS[0])
    if wanted > most_metres:
        least = CELLS_PER_BANDWIDTH * wanted
        raise BadQuestion("things.errors.bandwidth", name="bandwidth", metres=bandwidth, cell=wanted, least=least)
    return wanted


def smoothed(
    session: Session, viewer: Viewer, agreement: Agreement, frame: Frame, asked: Asked, begun: Things
) -> Things:
    """The density of a question that there are reports for. Raises BadQuestion."""
    bandwidth = begun.reach_metres
    grid = ground.grid_of(agreement, asked.cell_metres)
    exists = ground.solid(agreement, frame, asked.question, grid)
    events, begun = gathered(session, viewer, agreement, frame, asked, grid, exists, begun)
    if len(events.cell) < LEAST_EVENTS:
        return replace(begun, nothing="few" if len(events.cell) else "no_period")
    laid = np.bincount(events.cell, minlength=exists.size).reshape(exists.shape).astype(float)
    years = (asked.counted.days or 1) / DAYS_OF_A_YEAR
    found = density(laid, asked.cell_metres, bandwidth, exists=exists, years=years)
    told = found.shown & (within_reach(laid, asked.cell_metres, bandwidth) >= fewest(viewer))
    limits = limits_below(float(found.per_km2[told].max(initial=0)))
    step = np.where(told, np.searchsorted(limits, found.per_km2, side="right"), 0)
    return replace(
        begun,
        zones=_zones(step, grid),
        limits=limits,
        things=_things(agreement, frame, grid, events, step, found, fewest(viewer)),
        facts={"fewest": fewest(viewer), "years": years},
    )


def limits_below(highest: float) -> tuple[float, ...]:
    """Five round numbers that a ramp rises by, the last of them below the highest value; none without one.

    >>> limits_below(412.0)
    (10.0, 20.0, 50.0, 100.0, 200.0)
    """
    if highest <= 0:
        return ()
    power = math.floor(math.log10(highest)) + 1
    series = [mantissa * 10.0**place for place in range(power - 4, power + 1) for mantissa in SERIES]
    return tuple(round(value, 6) for value in series if value <= highest / 1.5)[-CLASSES:]


def _zones(step: np.ndarray, grid: Grid) -> tuple[tuple[shapely.Geometry, int], ...]:
    """The surface of each class that any square is in."""
    flat = step.ravel()
    classes = (np.flatnonzero(flat == place + 1) for place in range(CLASSES))
    return tuple((_surface(cells, grid), place) for place, cells in enumerate(classes) if len(cells))


def _surface(cells: np.ndarray, grid: Grid) -> shapely.Geometry:
    """Squares of one grid as one; they never overlap, which makes this many times faster than any other union."""
    return shapely.simplify(shapely.coverage_union_all(square_shapes(cells, grid)), 0)


def _things(
    agreement: Agreement,
    frame: Frame,
    grid: Grid,
    events: Events,
    step: np.ndarray,
    found: Density,
    least: int,
) -> tuple[Thing, ...]:
    """What hangs together of the densest, the thickest first."""
    labels, number = label(step > DENSE, np.ones((3, 3)))
    flat, peaks = labels.ravel(), found.per_km2.ravel()
    held = flat[events.cell]
    order = sorted(range(1, number + 1), key=lambda one: -peaks[flat == one].max())
    things: list[Thing] = []
    for one in order:
        there = events.only(held == one)
        if len(there.cell) < least:
            continue
        cells = np.flatnonzero(flat == one)
        peak = int(cells[peaks[cells].argmax()])
        west, south, east, north = (float(side) for side in grid.edges(peak))
        shape = _surface(cells, grid)
        area, near = name_of(agreement, (west + east) / 2, (south + north) / 2)
        things.append(
            Thing(
                len(things) + 1, shape, len(there.cell), round(float(peaks[peak]), 2), area, near,
                most(there.type, frame.words["type"]), most(there.source, frame.words["source"]),
            )
        )  # fmt: skip
    return tuple(things)
