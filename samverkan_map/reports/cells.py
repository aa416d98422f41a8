"""Reports counted per map cell on the Web Mercator grid (64 screen pixels, near 128), or one by one where few are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from samverkan_map.reports.choosing import Chosen
from samverkan_map.reports.frame import WORLD_BITS, degrees, world

TILE_BITS = 2
"""A map tile of 256 pixels holds 4 × 4 cells."""

STREET_ZOOM = 17
"""From here on a cell is twice as wide: a street full of reports then weighs no more than one with a few."""

FINEST_ZOOM = 20
SINGLES = 120
"""So many reports in view are shown one by one."""

MOST_CELLS = 4096


@dataclass(frozen=True)
class Cell:
    """`counts` reports per kind around (lon, lat), the middle of their positions.

    `ids` are theirs when shown one by one; `type` is the type of a single one.
    """

    lon: float
    lat: float
    counts: dict[str, int]
    ids: tuple[int, ...] = field(default=())
    type: str | None = None

    @property
    def total(self) -> int:
        """All reports of the cell."""
        return sum(self.counts.values())


def fits(bbox: tuple[float, float, float, float], zoom: int) -> bool:
    """Whether a box holds few enough cells at a zoom level to be answered."""
    _, shape = _grid(bbox, zoom)
    return shape[0] * shape[1] <= MOST_CELLS


def count_cells(chosen: Chosen, bbox: tuple[float, float, float, float], zoom: int) -> list[Cell]:
    """The chosen reports with a position in the box (west, south, east, north), counted per cell of a zoom level."""
    x, y, which = _in_view(chosen, bbox)
    if len(x) <= SINGLES:
        return _singles(chosen, x, y, which)
    (left, top, shift), (columns, rows) = _grid(bbox, zoom)
    cell = (y >> shift).astype(np.int64) - top
    cell *= columns
    cell += (x >> shift).astype(np.int64) - left
    names = chosen.frame.words["kind"]
    kind = chosen.frame.kind[chosen.rows][which]
    per_kind = np.bincount(cell * len(names) + kind, minlength=columns * rows * len(names)).reshape(-1, len(names))
    total = per_kind.sum(axis=1)
    full = np.flatnonzero(total)
    middle_x = np.bincount(cell, weights=x, minlength=len(total))[full] / total[full]
    middle_y = np.bincount(cell, weights=y, minlength=len(total))[full] / total[full]
    lon, lat = degrees(middle_x, middle_y)
    return [
        Cell(float(a), float(b), _named(per_kind[index], names)) for index, a, b in zip(full, lon, lat, strict=True)
    ]


def _grid(bbox: tuple[float, float, float, float], zoom: int) -> tuple[tuple[int, int, int], tuple[int, int]]:
    """(left, top, shift of the bits) and (columns, rows) of the cells that cover a box."""
    shift = WORLD_BITS - min(zoom, FINEST_ZOOM) - TILE_BITS + (zoom >= STREET_ZOOM)
    (x0, x1), (y1, y0) = _corners(bbox)
    left, top = int(x0) >> shift, int(y0) >> shift
    return (left, top, shift), ((int(x1) >> shift) - left + 1, (int(y1) >> shift) - top + 1)


def _corners(bbox: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    return world(np.array([bbox[0], bbox[2]]), np.array([bbox[1], bbox[3]]))


def _in_view(chosen: Chosen, bbox: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y and row numbers (within the run) of the chosen reports in the box."""
    (x0, x1), (y1, y0) = _corners(bbox)
    x, y = chosen.positions()
    inside = chosen.mask & chosen.frame.mapped[chosen.rows]
    inside &= (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
    which = np.flatnonzero(inside)
    if chosen.coarse:
        # Not in the order of the days, of which the viewer may know only the months.
        which = which[np.argsort(chosen.frame.id[chosen.rows][which])]
    return x[which], y[which], which


def _singles(chosen: Chosen, x: np.ndarray, y: np.ndarray, which: np.ndarray) -> list[Cell]:
    """One cell per position, so that reports on the same spot are one symbol with a number."""
    frame = chosen.frame
    spots: dict[tuple[int, int], list[int]] = {}
    for index, spot in zip(which.tolist(), zip(x.tolist(), y.tolist(), strict=True), strict=True):
        spots.setdefault(spot, []).append(index)
    names, kinds, ids = frame.words["kind"], frame.kind[chosen.rows], frame.id[chosen.rows]
    lon, lat = degrees(np.array([spot[0] for spot in spots]), np.array([spot[1] for spot in spots]))
    types, type_of = frame.words["type"], frame.type[chosen.rows]
    return [
        Cell(
            a,
            b,
            _named(np.bincount(kinds[rows], minlength=len(names)), names),
            tuple(ids[rows].tolist()),
            types[type_of[rows[0]]] if len(rows) == 1 else None,
        )
        for a, b, rows in zip(lon.tolist(), lat.tolist(), spots.values(), strict=True)
    ]


def _named(counts: np.ndarray, names: tuple[str | None, ...]) -> dict[str, int]:
    return {str(name): int(count) for name, count in zip(names, counts, strict=True) if count}
