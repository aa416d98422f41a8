"""Reports as points to count with: those of some types, from all sources that are counted, near some shapes.

What comes out of here are arrays for sums over a place and a window. Single reports are not shown from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from samverkan_map.agreement import Agreement
from samverkan_map.reports.frame import CENTIMETRES, Frame

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Located:
    """Some reports. One value per report: `id`, `day` (since 1970), `type` (index into `types`), and `e`, `n` in metres
    of EPSG:3006, nan where a report has no position."""

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
    """The reports of `mask` that have a position in or close by one of the boxes (west, south, east, north, metres)."""
    near = [frame.rows_near(box) for box in boxes]
    rows = near[0] if len(near) == 1 else np.unique(np.concatenate(near)) if near else np.zeros(0, int)
    return _chosen(frame, rows[mask[rows]])


def of_ids(frame: Frame, mask: np.ndarray, ids: Iterable[int]) -> Located:
    """The reports of `mask` with these ids, whether or not they have a position."""
    wanted = np.array(sorted(ids), dtype=np.int64)
    return _chosen(frame, np.flatnonzero(mask & np.isin(frame.id, wanted)) if len(wanted) else np.zeros(0, int))


def _chosen(frame: Frame, rows: np.ndarray) -> Located:
    mapped = frame.mapped[rows]
    e, n = (np.where(mapped, frame.arrays[name][rows] / CENTIMETRES, np.nan) for name in ("e", "n"))
    return Located(frame.id[rows], frame.day[rows], frame.type[rows], e, n, types=frame.words["type"])
