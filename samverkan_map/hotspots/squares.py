"""The hot squares one by one, for whoever wants the map behind the numbered places."""

from __future__ import annotations

import numpy as np

from samverkan_map.analysis.grid import Grid
from samverkan_map.analysis.history import place_history
from samverkan_map.analysis.hotspots import Clusters, HotCells
from samverkan_map.hotspots.found import Square


def hot_squares(
    hot: HotCells, z: np.ndarray, laid: np.ndarray, grouped: Clusters, months: list[np.ndarray], grid: Grid
) -> tuple[Square, ...]:
    """The hot squares of a map, row by row, with the months in which each was hot by itself."""
    cells = np.flatnonzero(hot.hot)
    west, south, _, _ = grid.edges(cells)
    labels = grouped.labels.ravel()[cells]
    numbers = np.where(labels <= len(grouped.clusters), labels, 0)
    history = np.array([month.ravel()[cells] for month in months], dtype=bool).reshape(len(months), len(cells))
    classes = place_history(history) if len(months) else np.full(len(cells), "")
    columns = (
        west.astype(int), south.astype(int), numbers, laid.ravel()[cells].astype(int),
        hot.sums.ravel()[cells].astype(int), hot.expected.ravel()[cells].round(3), hot.p.ravel()[cells],
        hot.q.ravel()[cells], z.ravel()[cells].round(3), classes.astype(str), history.sum(axis=0),
    )  # fmt: skip
    return tuple(Square(*one) for one in zip(*(column.tolist() for column in columns), strict=True))
