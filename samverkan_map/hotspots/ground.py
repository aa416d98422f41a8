"""Which squares exist: an honest area to be uneven over.

Were fields and water among the squares, every built-up one would come out hot. So a square exists when it is land of
the municipality and holds built-up land or a road, or when anything was ever reported from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samverkan_map import geometry
from samverkan_map.agreement import COAST_METRES, Agreement, features
from samverkan_map.analysis.grid import Grid, cells_of, cells_within, grid_over
from samverkan_map.db import engine
from samverkan_map.db.tables import Stretch
from samverkan_map.errors import BadNumbers, BadQuestion
from samverkan_map.question import Question
from samverkan_map.reports.frame import CENTIMETRES, Frame

SETTLED = ("builtup", "roads")
"""The layers of the base map that tell where people are."""


@lru_cache(maxsize=32)
def grid_of(agreement: Agreement, cell_metres: int) -> Grid:
    """The squares over the municipality. Raises BadQuestion when they are too many."""
    try:
        return grid_over(shapely.buffer(agreement.land, COAST_METRES).bounds, cell_metres)
    except BadNumbers as error:
        raise BadQuestion("hotspots.errors.too_many_cells", name="cell", most=error.fields.get("most", "")) from error


def existing(session: Session, agreement: Agreement, frame: Frame, question: Question, grid: Grid) -> np.ndarray:
    """Which squares exist for a question, bool of the grid's shape; inside its sub-areas and box when it names some."""
    land, near = _land(agreement, int(grid.cell_metres))
    settled = _settled(agreement, int(grid.cell_metres))
    found = (land & (settled | _on_stretches(session, grid))) | (near & _reported(frame, grid))
    return _asked_part(agreement, question, grid, found)


def _reported(frame: Frame, grid: Grid) -> np.ndarray:
    """The squares from which anything was ever reported."""
    e, n = (frame.arrays[name][frame.mapped] / CENTIMETRES for name in ("e", "n"))
    return _holding(np.column_stack((e, n)), grid)


def _asked_part(agreement: Agreement, question: Question, grid: Grid, found: np.ndarray) -> np.ndarray:
    """Those of the squares that lie in the sub-areas and the box that a question names."""
    if question.areas:
        found &= _touched([agreement.areas[code].shape for code in question.areas], grid)
    if question.bbox:
        found &= _within_box(question.bbox, grid)
    return found


def solid(agreement: Agreement, frame: Frame, question: Question, grid: Grid) -> np.ndarray:
    """The squares that are land of the municipality or hold a report: where something smooth may spread."""
    land, near = _land(agreement, int(grid.cell_metres))
    return _asked_part(agreement, question, grid, land | (near & _reported(frame, grid)))


def stretches_known(session: Session) -> tuple[int, ...]:
    """Which stretches there are, so that what was worked out with others is not used again."""
    numbers = session.execute(select(func.count(Stretch.id), func.sum(Stretch.id), func.max(Stretch.id))).one()
    return tuple(int(number or 0) for number in numbers)


@lru_cache(maxsize=16)
def _land(agreement: Agreement, cell_metres: int) -> tuple[np.ndarray, np.ndarray]:
    """Squares that touch the land, and those that lie near it."""
    grid = grid_of(agreement, cell_metres)
    land = cells_within(agreement.land, grid, touching=True)
    return land, cells_within(shapely.buffer(agreement.land, COAST_METRES), grid, touching=True)


@lru_cache(maxsize=16)
def _settled(agreement: Agreement, cell_metres: int) -> np.ndarray:
    """Squares with built-up land or a road."""
    shapes = [
        geometry.transform(shapely.geometry.shape(one["geometry"]), geometry.DEGREES, geometry.METRIC)
        for layer in SETTLED
        for one in features(agreement.folder, layer)
    ]
    return _touched([shape for shape in shapes if shapely.get_dimensions(shape) > 0], grid_of(agreement, cell_metres))


def _on_stretches(session: Session, grid: Grid) -> np.ndarray:
    shapes = (engine.shape(geom) for geom in session.scalars(select(Stretch.geom)))
    return _touched([shape for shape in shapes if shape is not None], grid)


def _touched(shapes: Iterable[shapely.Geometry], grid: Grid) -> np.ndarray:
    """Squares that have something in common with any of the shapes."""
    found = np.zeros(grid.rows * grid.columns, dtype=bool)
    wanted = list(shapes)
    if wanted:
        found[_tree(grid).query(wanted, predicate="intersects")[1]] = True
    return found.reshape(grid.shape)


@lru_cache(maxsize=4)
def _tree(grid: Grid) -> shapely.STRtree:
    west, south, east, north = grid.edges(np.arange(grid.rows * grid.columns))
    return shapely.STRtree(shapely.box(west, south, east, north))


def _holding(points: np.ndarray, grid: Grid) -> np.ndarray:
    found = np.zeros(grid.rows * grid.columns, dtype=bool)
    places = cells_of(points, grid)
    found[places[places >= 0]] = True
    return found.reshape(grid.shape)


def _within_box(bbox: tuple[float, float, float, float], grid: Grid) -> np.ndarray:
    """Squares whose middle lies in a box of degrees."""
    west, south, east, north = grid.edges(np.arange(grid.rows * grid.columns))
    lon, lat = geometry.to_degrees((west + east) / 2, (south + north) / 2)
    inside = (lon >= bbox[0]) & (lon < bbox[2]) & (lat >= bbox[1]) & (lat < bbox[3])
    return inside.reshape(grid.shape)
