"""How thickly events lie, smoothed: a picture without a p-value. Keep one bandwidth for periods that are compared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter

from samverkan_map.analysis.checks import counts, positive, table
from samverkan_map.analysis.grid import existing
from samverkan_map.errors import BadNumbers

GAUSSIAN, QUARTIC = "gaussian", "quartic"
KERNELS = GAUSSIAN, QUARTIC
CELLS_PER_BANDWIDTH = 3
FLOOR = 0.2
"""Where less than a fifth of the kernel lies on existing cells, too little is known and the cell stays blank."""
REACH = 5.0
"""Standard deviations after which a Gaussian is taken as nothing."""
BLOCK = 2_000_000
SQUARE_KM = 1e6


@dataclass(frozen=True, eq=False)
class Density:
    """Events per square kilometre (and year, when years were given), 0 where a cell is not `shown`; (rows, columns)."""

    per_km2: np.ndarray
    shown: np.ndarray


def density(
    events: Any,
    cell_metres: float,
    bandwidth_metres: float,
    *,
    kernel: str = GAUSSIAN,
    exists: Any = None,
    spread: bool = False,
    years: float = 1.0,
) -> Density:
    """Smooth the counts of a grid of squares, and make up for kernels that reach outside the existing cells.

    Units: events per cell, shape (rows, columns), metres, years; Density out. `spread` says that the events come from
    `grid.spread_counts`; the kernel is then narrowed by as much as spreading has widened it.
    Raises BadNumbers for negative or broken-off numbers, another shape, no existing cell, another kernel, lengths that
    are not positive, and a cell above a third of the bandwidth.
    Source: Silverman (1986); quartic kernel by Epanechnikov (1969) squared; edges by Diggle (1985); methods, 4.1.

    >>> one = np.zeros((41, 41))
    >>> one[20, 20] = 1
    >>> found = density(one, 100, 300).per_km2
    >>> round(float(found.sum()) * 0.01, 6), round(float(found[20, 20]), 2)
    (1.0, 1.77)
    """
    laid = counts("events", events, shape=(None, None), broken=True)
    cell, wide = positive("cell_metres", cell_metres), positive("bandwidth_metres", bandwidth_metres)
    if cell * CELLS_PER_BANDWIDTH > wide * (1 + 1e-9):
        raise BadNumbers("analysis.errors.cell_above_bandwidth", field="cell_metres", most=f"{wide / 3:.0f}")
    _known(kernel)
    known = existing("exists", exists, laid)
    area = cell**2 / SQUARE_KM * positive("years", years)
    smooth = _smoothed(laid * known, wide / cell, kernel, spread) / area
    if exists is None:
        return Density(smooth, known)
    covered = _smoothed(known.astype(float), wide / cell, kernel, False)
    shown = known & (covered >= FLOOR)
    return Density(np.where(shown, smooth / np.maximum(covered, FLOOR), 0.0), shown)


def _known(kernel: str) -> None:
    if kernel not in KERNELS:
        raise BadNumbers("analysis.errors.unknown_kind", field="kernel", known=", ".join(KERNELS))


def _smoothed(values: np.ndarray, cells: float, kernel: str, spread: bool) -> np.ndarray:
    """Filtered by a kernel of so many cells. Linear binning adds a sixth of a cell, squared, to its variance."""
    if kernel == GAUSSIAN:
        return gaussian_filter(values, math.sqrt(cells**2 - spread / 6), mode="constant", truncate=REACH)
    steps = np.arange(-math.ceil(cells), math.ceil(cells) + 1)
    part = (steps[:, None] ** 2 + steps**2) / cells**2
    weights = np.where(part < 1, (1 - part) ** 2, 0.0)
    if spread:
        weights -= np.where(part < 1, (16 * part - 8) / cells**2 / 12, 0.0)
    return _convolved(values, weights / weights.sum())


def _convolved(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """By Fourier transforms, because `scipy.signal` takes longer to import than a page may."""
    half = len(weights) // 2
    shape = [next_fast_len(size + 2 * half, real=True) for size in values.shape]
    found = irfft2(rfft2(values, shape) * rfft2(weights, shape), shape)
    found = found[half : half + values.shape[0], half : half + values.shape[1]]
    # Rounding leaves tiny numbers where nothing is, and the narrowed kernel dips below zero at its edge.
    return np.where(found > 1e-12 * values.max(), found, 0.0)


def within_reach(events: Any, cell_metres: float, radius_metres: float) -> np.ndarray:
    """How many events lie in the cells whose middles are within the radius of each cell's middle, its own included.

    A density is shown only where this is enough; a smooth surface over three reports would tell where they are.

    Units: events per cell, shape (rows, columns), and metres; events out, of the same shape.
    Raises BadNumbers for negative or broken counts, another shape, and lengths that are not positive.
    Source: methods, section 8, own rule (2026): no density without enough events within the kernel's radius.

    >>> within_reach([[1, 0, 2], [0, 4, 0]], 100, 100).tolist()
    [[1.0, 7.0, 2.0], [5.0, 4.0, 6.0]]
    """
    laid = counts("events", events, shape=(None, None))
    reach = positive("radius_metres", radius_metres) / positive("cell_metres", cell_metres)
    far = min(int(reach), max(laid.shape))
    rows, columns = laid.shape
    summed = np.zeros((rows + 2 * far, columns + 2 * far + 1))
    summed[far : far + rows, far + 1 : far + 1 + columns] = laid
    summed = summed.cumsum(axis=1)
    found = np.zeros(laid.shape)
    for step in range(-far, far + 1):
        half = min(int(math.sqrt(max(reach**2 - step**2, 0.0)) + 1e-9), far)
        row = summed[far + step : far + step + rows]
        found += row[:, far + half + 1 : far + half + 1 + columns] - row[:, far - half : far - half + columns]
    return found


def kernel_sum(points: Any, at: Any, bandwidth_metres: float, kernel: str = GAUSSIAN) -> np.ndarray:
    """The density at some places, summed point by point: exact, for checking and for few places.

    Units: metres (EPSG:3006); `points` (n, 2) and `at` (m, 2); events per square metre out, shape (m,). The bandwidth
    is the standard deviation of a Gaussian and the radius of a quartic kernel.
    Raises BadNumbers for points of another shape or not finite, no place, a bad bandwidth, and another kernel.
    Source: Silverman (1986); methods, section 4.1.

    >>> round(float(kernel_sum([(0, 0)], [(0, 0)], 300, "quartic")[0] * 1e6), 4)
    10.6103
    """
    events = table("points", points if np.size(points) else np.empty((0, 2)), (None, 2))
    places = table("at", at if np.size(at) else np.empty((0, 2)), (None, 2))
    wide = positive("bandwidth_metres", bandwidth_metres)
    _known(kernel)
    found = np.zeros(len(places))
    step = max(1, BLOCK // max(1, len(places)))
    for first in range(0, len(events), step):
        block = events[first : first + step]
        squared = ((places[:, None] - block) ** 2).sum(axis=2) / wide**2
        found += (np.exp(-squared / 2) if kernel == GAUSSIAN else np.clip(1 - squared, 0, None) ** 2).sum(axis=1)
    return found * (0.5 if kernel == GAUSSIAN else 3.0) / (math.pi * wide**2)


def kernel_sum_per_km2(points: Any, at: Any, bandwidth_metres: float, kernel: str = GAUSSIAN) -> np.ndarray:
    """`kernel_sum` in the unit that is shown.

    Units: metres (EPSG:3006); events per square kilometre out, shape (m,).
    Raises BadNumbers as `kernel_sum` does.
    Source: methods, section 4.1 (2026).

    >>> round(float(kernel_sum_per_km2([(0, 0)], [(0, 0)], 300)[0]), 4)
    1.7684
    """
    return kernel_sum(points, at, bandwidth_metres, kernel) * SQUARE_KM
