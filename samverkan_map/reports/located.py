"""Reports as points to count with: those of some types, from all sources that are counted, near some shapes.

What comes out of here are arrays for sums over a place and a window. Single reports are not shown from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from samverkan_map import geometry
from samverkan_map.agreement import Agreement
from samverkan_map.reports.frame import Frame, degrees, world

Box = tuple[float, float, float, float]

MARGIN_METRES = 1.0
"""A box is turned into degrees by its corners; its sides are not quite straight there."""


@dataclass(frozen=True)
class Located:
    """Reports with a position. One value per report: `id`, `day` (since 1970), `type` (index into `types`), and `e`,
    `n` in EPSG:3006."""

    id: np.ndarray
    day: np.ndarray
    type: np.ndarray
    e: np.ndarray
    n: np.ndarray
    types: tuple[str | None, ...] = field(kw_only=True)

    @property
    def columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The arrays in the order of the class."""
        return self.id, self.day, self.type, self.e, self.n

    def __len__(self) -> int:
        return len(self.id)


def counted(frame: Frame, agreement: Agreement, types: Iterable[str]) -> np.ndarray:
    """Which reports of the frame are of these types and from a source that is counted: one bool per report."""
    wanted = frozenset(types)
    mask = frame.lookup("type", wanted.__contains__)[frame.type]
    context = {code for code, source in agreement.sources.items() if source.context}
    if any(word in context for word in frame.words["source"]):
        mask &= frame.lookup("source", lambda code: code not in context)[frame.source]
    return mask


def located(frame: Frame, mask: np.ndarray, boxes: Sequence[Box]) -> Located:
    """The reports of `mask` that have a position in one of the boxes (west, south, east, north in EPSG:3006)."""
    near = np.zeros(len(frame), dtype=bool)
    for west, south, east, north in boxes:
        corners_e = np.array([west, east, west, east]) + MARGIN_METRES * np.array([-1, 1, -1, 1])
        corners_n = np.array([south, south, north, north]) + MARGIN_METRES * np.array([-1, -1, 1, 1])
        x, y = world(*geometry.to_degrees(corners_e, corners_n))
        near |= (frame.x >= x.min()) & (frame.x <= x.max()) & (frame.y >= y.min()) & (frame.y <= y.max())
    return _chosen(frame, np.flatnonzero(near & mask & frame.mapped))


def of_ids(frame: Frame, mask: np.ndarray, ids: Iterable[int]) -> Located:
    """The reports of `mask` with these ids, whether or not they have a position (then `e` and `n` are nan)."""
    wanted = np.array(sorted(ids), dtype=np.int64)
    return _chosen(frame, np.flatnonzero(mask & np.isin(frame.id, wanted)) if len(wanted) else np.zeros(0, int))


def _chosen(frame: Frame, rows: np.ndarray) -> Located:
    e = np.full(len(rows), np.nan)
    n = np.full(len(rows), np.nan)
    mapped = frame.mapped[rows]
    if mapped.any():
        e[mapped], n[mapped] = geometry.to_metric(*degrees(frame.x[rows][mapped], frame.y[rows][mapped]))
    return Located(frame.id[rows], frame.day[rows], frame.type[rows], e, n, types=frame.words["type"])
