"""Squares and hexagons over the ground: which cell a point lies in, which cells exist, and sums over neighbours.

Metres, EPSG:3006. Row 0 is the southernmost and column 0 the westernmost. The corner of a grid of squares lies on a
multiple of the cell, so that cells of 100, 250 and 1,000 metres line up with those of official statistics. Hexagons
stand on a point and are named by axial coordinates (q, r); laid into an array by those, they are the same mathematics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from samverkan_map.analysis.checks import MOST, counts, number, positive, table
from samverkan_map.errors import BadNumbers

MOST_CELLS = 4_000_000
BLOCK = 200_000
"""Points are counted so many at a time, so that what is worked on stays in the processor's cache."""
QUEEN, ROOK, HEX = "queen", "rook", "hex"
STEPS = {
    QUEEN: [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)],
    ROOK: [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)],
    HEX: [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1), (1, -1), (-1, 1)],
}
"""Which cells are the neighbours of one, itself among them: all eight, the four that share a side, or six hexagons."""
ROOT = math.sqrt(3)


@dataclass(frozen=True)
class Grid:
    """Squares of `cell_metres` from the corner (`west`, `south`), so many `columns` eastwards and `rows` northwards."""

    west: float
    south: float
    cell_metres: float
    columns: int
    rows: int

    @property
    def shape(self) -> tuple[int, int]:
        """Of arrays with one number per cell."""
        return self.rows, self.columns

    def edges(self, index: Any) -> tuple[np.ndarray, ...]:
        """West, south, east and north of cells, named by their place in a flat array."""
        row, column = np.divmod(np.asarray(index), self.columns)
        west, south = self.west + column * self.cell_metres, self.south + row * self.cell_metres
        return west, south, west + self.cell_metres, south + self.cell_metres


def grid_over(bounds: Any, cell_metres: float) -> Grid:
    """The squares that are needed to cover a box, their corners on multiples of the cell.

    Units: metres (EPSG:3006); (west, south, east, north) in, a Grid out that holds also its north and east edge.
    Raises BadNumbers for a box that is not one, a cell that is not positive, and more than 4,000,000 cells.
    Source: methods, section 4, own rule (2026).

    >>> grid_over((370_130, 6_140_010, 370_900, 6_140_400), 250)
    Grid(west=370000.0, south=6140000.0, cell_metres=250.0, columns=4, rows=2)
    """
    west, south, east, north = table("bounds", bounds, (4,))
    cell = positive("cell_metres", cell_metres)
    if east < west or north < south:
        raise BadNumbers("analysis.errors.not_a_box", field="bounds")
    first = math.floor(west / cell), math.floor(south / cell)
    columns, rows = math.floor(east / cell) - first[0] + 1, math.floor(north / cell) - first[1] + 1
    if columns * rows > MOST_CELLS:
        raise BadNumbers("analysis.errors.too_many_cells", field="cell_metres", most=f"{MOST_CELLS:,}")
    return Grid(first[0] * cell, first[1] * cell, cell, columns, rows)


def cells_of(points: Any, grid: Grid) -> np.ndarray:
    """The cell of each point: from its west and south edge up to, but not including, the east and north one.

    Units: metres (EPSG:3006); `points` of shape (n, 2) as east and north; places in the flat array of cells out, shape
    (n,), and -1 for points outside the grid.
    Raises BadNumbers for points of another shape or not finite.
    Source: methods, section 4, own rule (2026).

    >>> cells_of([(0, 0), (99.9, 0), (100, 0), (0, 100), (-1, 0)], Grid(0, 0, 100, 2, 2)).tolist()
    [0, 0, 1, 2, -1]
    """
    places = _places(points)
    column = np.floor((places[:, 0] - grid.west) / grid.cell_metres)
    row = np.floor((places[:, 1] - grid.south) / grid.cell_metres)
    inside = (column >= 0) & (column < grid.columns) & (row >= 0) & (row < grid.rows)
    row *= grid.columns
    row += column
    if not inside.all():
        row[~inside] = -1
    return row.astype(np.int64)


def _places(points: Any) -> np.ndarray:
    return table("points", points if np.size(points) else np.empty((0, 2)), (None, 2))


def counts_on(points: Any, grid: Grid, weights: Any = None) -> np.ndarray:
    """How many points each cell holds, or the sum of their weights.

    Units: metres (EPSG:3006); `points` of shape (n, 2), `weights` of shape (n,) or none; events out, shape (rows,
    columns). Points outside the grid are not counted.
    Raises BadNumbers for points of another shape or not finite, negative weights, and unequal lengths.
    Source: methods, section 4.1, own rule (2026).

    >>> counts_on([(0, 0), (50, 99), (150, 0)], Grid(0, 0, 100, 2, 2)).tolist()
    [[2.0, 1.0], [0.0, 0.0]]
    """
    places = points if isinstance(points, np.ndarray) and points.ndim == 2 else _places(points)
    if weights is not None and len(places):
        weights = counts("weights", weights, length=len(places), broken=True)
    found = np.zeros(grid.rows * grid.columns + 1)
    for first in range(0, len(places), BLOCK):
        part = slice(first, first + BLOCK)
        # Those outside, at -1, are counted first and then left out.
        found += np.bincount(
            cells_of(places[part], grid) + 1, None if weights is None else weights[part], minlength=found.size
        )
    return found[1:].reshape(grid.shape)


def spread_counts(points: Any, grid: Grid) -> np.ndarray:
    """Points shared out between the middles of the four cells around each, the nearer the more.

    The middle of the four shares is the point itself, so a density made from few points is not moved by up to half a
    cell, as it is when each is put in the middle of its own cell. Of points in the outermost half cell a part is lost.

    Units: metres (EPSG:3006); `points` of shape (n, 2); events out, shape (rows, columns), broken numbers.
    Raises BadNumbers for points of another shape or not finite.
    Source: Jones & Lotwick (1983), linear binning.

    >>> spread_counts([(100, 50), (150, 50)], Grid(0, 0, 100, 2, 1)).tolist()
    [[0.5, 1.5]]
    """
    places = _places(points)
    found = np.zeros((grid.rows + 2) * (grid.columns + 2))
    at = (places - (grid.west, grid.south)) / grid.cell_metres + 0.5
    at = at[((at >= 0) & (at < (grid.columns + 1, grid.rows + 1))).all(axis=1)]
    corner = np.floor(at)
    part = at - corner
    first = (corner[:, 1] * (grid.columns + 2) + corner[:, 0]).astype(np.int64)
    for row, north in ((0, 1 - part[:, 1]), (1, part[:, 1])):
        for column, east in ((0, 1 - part[:, 0]), (1, part[:, 0])):
            found += np.bincount(first + row * (grid.columns + 2) + column, north * east, minlength=found.size)
    return found.reshape(grid.rows + 2, grid.columns + 2)[1:-1, 1:-1].copy()


def cells_within(area: BaseGeometry, grid: Grid, *, touching: bool = False) -> np.ndarray:
    """Which cells exist: those whose middle lies in the area, or all that have something in common with it.

    Units: metres (EPSG:3006); one geometry in, yes or no per cell out, shape (rows, columns).
    Raises BadNumbers for an empty area and when no cell is left.
    Source: methods, section 4, own rule (2026).

    >>> cells_within(shapely.box(0, 0, 140, 100), Grid(0, 0, 100, 2, 1)).tolist()
    [[True, False]]
    >>> cells_within(shapely.box(0, 0, 140, 100), Grid(0, 0, 100, 2, 1), touching=True).tolist()
    [[True, True]]
    """
    if shapely.is_empty(area):
        raise BadNumbers("analysis.errors.empty", field="area")
    shapely.prepare(area)
    west, south, east, north = grid.edges(np.arange(grid.rows * grid.columns))
    if touching:
        inside = shapely.intersects(area, shapely.box(west, south, east, north))
    else:
        inside = shapely.intersects_xy(area, (west + east) / 2, (south + north) / 2)
    if not inside.any():
        raise BadNumbers("analysis.errors.no_cells", field="area")
    return inside.reshape(grid.shape)


def existing(field: str, cells: Any, like: Any) -> np.ndarray:
    """Which cells exist, as an array of its own; all when nothing is said.

    Units: yes or no per cell, of the same shape as the numbers `like`.
    Raises BadNumbers for another shape, values other than yes and no, and when no cell exists.
    Source: own rule (2026).

    >>> existing("exists", None, [[3, 0]]).tolist()
    [[True, True]]
    """
    shape = np.shape(like)
    if cells is None:
        return np.ones(shape, dtype=bool)
    ready = isinstance(cells, np.ndarray) and cells.dtype == bool and cells.shape == shape
    found = cells.copy() if ready else table(field, cells, shape)
    if not ready and not np.isin(found, (0, 1)).all():
        raise BadNumbers("analysis.errors.not_yes_or_no", field=field)
    if not found.any():
        raise BadNumbers("analysis.errors.no_cells", field=field)
    return found.astype(bool)


def neighbour_sums(values: Any, exists: Any = None, contiguity: str = QUEEN) -> np.ndarray:
    """For each cell the sum over it and its neighbours; cells outside the array, or that do not exist, add nothing.

    Units: any; shape (rows, columns) in and out, 0 where no cell exists. `contiguity` is queen, rook or hex (axial).
    Raises BadNumbers for another shape, numbers that are not finite, no cell at all, and another contiguity.
    Source: methods, section 4.2: shifted adds, exact and linear (2026).

    >>> neighbour_sums([[1, 2, 0], [0, 0, 4]]).tolist()
    [[3.0, 7.0, 6.0], [3.0, 7.0, 6.0]]
    """
    found = table("values", values, (None, None))
    known = existing("exists", exists, found)
    if not found.size:
        raise BadNumbers("analysis.errors.empty", field="values")
    if contiguity not in STEPS:
        raise BadNumbers("analysis.errors.unknown_kind", field="contiguity", known=", ".join(STEPS))
    if exists is not None:
        found = found * known
    sums = _box_sums(found) if contiguity == QUEEN else _step_sums(found, STEPS[contiguity])
    return sums if exists is None else sums * known


def _box_sums(values: np.ndarray) -> np.ndarray:
    """Three by three: first along the rows, then along the columns."""
    across = values.copy()
    across[:, 1:] += values[:, :-1]
    across[:, :-1] += values[:, 1:]
    sums = across.copy()
    sums[1:] += across[:-1]
    sums[:-1] += across[1:]
    return sums


def _step_sums(values: np.ndarray, steps: list[tuple[int, int]]) -> np.ndarray:
    rows, columns = values.shape
    edged = np.zeros((rows + 2, columns + 2))
    edged[1:-1, 1:-1] = values
    return sum(
        (edged[1 + row : 1 + row + rows, 1 + column : 1 + column + columns] for row, column in steps),
        start=np.zeros(values.shape),
    )


@dataclass(frozen=True, eq=False)
class HexCells:
    """Hexagons laid into an array: `counts` and `exists` of shape (rows, columns), from `first` = (q, r) on.

    `place` is where in the flat array each of the given cells stands, in the order given.
    """

    counts: np.ndarray
    exists: np.ndarray
    first: tuple[int, int]
    place: np.ndarray

    @property
    def axial(self) -> np.ndarray:
        """(q, r) of every place of the flat array, shape (rows * columns, 2)."""
        row, column = np.divmod(np.arange(self.counts.size), self.counts.shape[1])
        return np.column_stack([column + self.first[0], row + self.first[1]])


def hex_cells(axial: Any, values: Any) -> HexCells:
    """Hexagons and their counts, laid into an array in which `neighbour_sums(..., contiguity="hex")` holds.

    Units: axial coordinates of shape (n, 2), whole numbers; events of shape (n,); HexCells out.
    Raises BadNumbers for no cell, coordinates that are not whole or come twice, negative or unequally many counts, and
    cells so far apart that the array would be too large.
    Source: Snyder, Qi & Sander (1999), coordinates of hexagonal pixels.

    >>> found = hex_cells([(0, 0), (1, -1)], [3, 2])
    >>> found.counts.tolist(), found.first, found.place.tolist()
    ([[0.0, 2.0], [3.0, 0.0]], (0, -1), [2, 1])
    """
    cells = table("axial", axial if np.size(axial) else np.empty((0, 2)), (None, 2))
    events = counts("counts", values, length=len(cells), broken=True)
    if (cells != np.floor(cells)).any():
        raise BadNumbers("analysis.errors.not_a_cell", field="axial")
    first = cells.min(axis=0)
    columns, rows = (cells.max(axis=0) - first + 1).tolist()
    if columns * rows > MOST_CELLS:
        raise BadNumbers("analysis.errors.too_many_cells", field="axial", most=f"{MOST_CELLS:,}")
    place = ((cells[:, 1] - first[1]) * columns + cells[:, 0] - first[0]).astype(np.int64)
    shape = int(rows), int(columns)
    times = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
    if (times > 1).any():
        raise BadNumbers("analysis.errors.not_a_cell", field="axial")
    laid = np.bincount(place, events, minlength=times.size).reshape(shape)
    return HexCells(laid, times > 0, (int(first[0]), int(first[1])), place)


def hex_of(points: Any, side_metres: float) -> np.ndarray:
    """The hexagon of each point; hexagon (0, 0) has its middle at (0, 0), q grows eastwards, r north-eastwards.

    Units: metres (EPSG:3006); `points` of shape (n, 2), the side of a hexagon; axial coordinates out, shape (n, 2).
    Raises BadNumbers for points of another shape or not finite, or too far away, and a side that is not positive.
    Source: Snyder, Qi & Sander (1999), coordinates of hexagonal pixels.

    >>> hex_of([(0, 0), (173.3, 0), (87, 150)], 100).tolist()
    [[0, 0], [1, 0], [0, 1]]
    """
    places, side = _places(points), positive("side_metres", side_metres)
    r = places[:, 1] / side * 2 / 3
    q = places[:, 0] / side / ROOT - r / 2
    cube = np.column_stack([q, r, -q - r])
    if (np.abs(cube) > MOST).any():
        raise BadNumbers("analysis.errors.too_large", field="points")
    near = np.round(cube)
    far = np.abs(near - cube).argmax(axis=1)
    rows = np.arange(len(places))
    near[rows, far] -= near.sum(axis=1)
    return near[:, :2].astype(np.int64)


def hex_shapes(axial: Any, side_metres: float) -> np.ndarray:
    """The hexagons themselves.

    Units: axial coordinates of shape (n, 2), metres (EPSG:3006); polygons out, shape (n,).
    Raises BadNumbers for coordinates of another shape or not finite, and a side that is not positive.
    Source: Snyder, Qi & Sander (1999), coordinates of hexagonal pixels.

    >>> round(hex_shapes([(0, 0)], 100)[0].area)
    25981
    """
    cells = table("axial", axial if np.size(axial) else np.empty((0, 2)), (None, 2))
    side = positive("side_metres", side_metres)
    middle = np.column_stack([ROOT * (cells[:, 0] + cells[:, 1] / 2), 1.5 * cells[:, 1]])
    turn = np.radians(np.arange(30, 390, 60))
    # Corners are rounded to a micrometre, so that neighbours share them and their union has no slivers.
    corners = np.round((middle[:, None] + np.column_stack([np.cos(turn), np.sin(turn)])) * side, 6)
    return shapely.polygons(corners) if len(cells) else np.empty(0, dtype=object)


def square_shapes(index: Any, grid: Grid) -> np.ndarray:
    """The squares themselves.

    Units: places in the flat array of cells, shape (n,); polygons in metres (EPSG:3006) out, shape (n,).
    Raises BadNumbers for a place that the grid has not.
    Source: own rule (2026).

    >>> square_shapes([1], Grid(0, 0, 100, 2, 2))[0].bounds
    (100.0, 0.0, 200.0, 100.0)
    """
    places = table("index", index, (None,))
    if ((places < 0) | (places >= grid.rows * grid.columns) | (places != np.floor(places))).any():
        raise BadNumbers("analysis.errors.not_a_cell", field="index")
    return shapely.box(*grid.edges(places.astype(np.int64)))


def grid_from(west: float, south: float, cell_metres: float, columns: int, rows: int) -> Grid:
    """A grid that is given whole, its corner anywhere.

    Units: metres (EPSG:3006) and numbers of cells; a Grid out.
    Raises BadNumbers for numbers that are not finite, a cell that is not positive, and no cell or more than 4,000,000.
    Source: own rule (2026).

    >>> grid_from(530_000, 6_470_000, 200, 10, 8).shape
    (8, 10)
    """
    sizes = [number("columns", columns), number("rows", rows)]
    if min(sizes) < 1 or any(size != math.floor(size) for size in sizes):
        raise BadNumbers("analysis.errors.no_cells", field="columns")
    if sizes[0] * sizes[1] > MOST_CELLS:
        raise BadNumbers("analysis.errors.too_many_cells", field="columns", most=f"{MOST_CELLS:,}")
    corner = number("west", west), number("south", south)
    return Grid(*corner, positive("cell_metres", cell_metres), int(sizes[0]), int(sizes[1]))
