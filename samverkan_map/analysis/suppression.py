"""Small numbers held back from a table before it is shown, and whatever else would let them be worked out.

A reader knows every number that is shown, that the parts of a line make its total, and what the word instead of a
number says: `FEW` is fewer than the limit, `HELD` in the table itself at least the limit, a `HELD` total anything.
From all that together nobody learns more of a `FEW` number than the word says: it may still be every one of them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts as checked_counts
from samverkan_map.analysis.checks import positive, whole
from samverkan_map.errors import BadNumbers

SHOWN, FEW, HELD = "shown", "few", "held"
NO_END = 2**53
MOST_CELLS = 2_000
DEAR = 2**40
"""What it costs to hold a total back, beside a number of the table itself: totals go last."""

Cell = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Suppressed:
    """What may be shown: `states` of shape (rows + 1, columns + 1), the totals last, each SHOWN, FEW or HELD."""

    states: np.ndarray
    fewest: int

    @property
    def inside(self) -> np.ndarray:
        """The states of the table without its totals."""
        return self.states[:-1, :-1]


def suppress(
    counts: Any,
    *,
    fewest: int = 5,
    zero_is_safe: bool | Sequence[bool] = True,
    row_totals: bool = True,
    column_totals: bool = True,
) -> Suppressed:
    """Which numbers of a table and its totals may be shown.

    Numbers below `fewest` are FEW; zero is shown where it is safe (for the whole table, or said per row). Then
    other numbers are HELD, the smallest that a cheapest path finds, until each FEW number may be anything its word
    allows. A total is only held back where it is itself small or the table offers no other way. Totals that are
    never shown (`row_totals`, `column_totals`) are HELD from the beginning and cost nothing.
    Units: events; `counts` of shape (rows, columns); at most 2,000 cells.
    Raises BadNumbers for bad counts, a limit that is not a positive whole number, and a wrong number of rows said.
    Source: Cox (1980), Suppression methodology; the network of a two-way table as in Kelly, Golden & Assad (1992).

    >>> found = suppress([[12, 7, 9], [3, 8, 11], [6, 14, 5], [0, 9, 10]])
    >>> found.inside.tolist()[1]
    ['few', 'shown', 'held']
    """
    inner = checked_counts("counts", counts, shape=(None, None)).astype(np.int64)
    limit = int(whole("fewest", positive("fewest", fewest)))
    safe = _safe_rows(zero_is_safe, len(inner))
    if inner.size > MOST_CELLS:
        raise BadNumbers("analysis.errors.too_many_cells", field="counts", most=f"{MOST_CELLS:,}")
    table = _Table(inner, limit, safe)
    table.hold_totals(rows=not row_totals, columns=not column_totals)
    if row_totals or column_totals:
        for cell in table.few():
            table.protect(cell)
    return Suppressed(table.states, limit)


def suppress_again(
    counts: Any, held: Any, *, fewest: int = 5, zero_is_safe: bool | Sequence[bool] = True
) -> Suppressed:
    """Which numbers of a table may be shown when an earlier one of the same things is known already.

    Numbers that are `held` stay HELD or FEW. No total is shown that a hidden number is a part of: beside the earlier
    totals it would tell what has changed.
    Units: events; `counts` and the bools `held` of shape (rows, columns).
    Raises BadNumbers as `suppress` does, and for `held` of another shape.
    Source: own rule (2026), from Dwork & Naor (2010), On the difficulties of disclosure prevention.

    >>> suppress_again([[3, 9], [8, 7]], [[False, False], [True, False]]).states.tolist()
    [['few', 'shown', 'held'], ['held', 'shown', 'held'], ['held', 'shown', 'held']]
    """
    inner = checked_counts("counts", counts, shape=(None, None)).astype(np.int64)
    before = np.asarray(held)
    if before.shape != inner.shape or before.dtype != bool:
        raise BadNumbers("analysis.errors.lengths", field="held", wanted=inner.size, found=before.size)
    limit = int(whole("fewest", positive("fewest", fewest)))
    table = _Table(inner, limit, _safe_rows(zero_is_safe, len(inner)))
    states = table.states
    states[:-1, :-1][before & (states[:-1, :-1] == SHOWN)] = HELD
    hidden = states[:-1, :-1] != SHOWN
    states[:-1, -1][hidden.any(axis=1)] = HELD
    states[-1, :-1][hidden.any(axis=0)] = HELD
    if hidden.any():
        states[-1, -1] = HELD
    return Suppressed(states, limit)


def _safe_rows(said: bool | Sequence[bool], rows: int) -> np.ndarray:
    safe = np.broadcast_to(np.asarray(said), (rows,)) if np.ndim(said) == 0 else np.asarray(said)
    if safe.shape != (rows,) or safe.dtype != bool:
        raise BadNumbers("analysis.errors.lengths", field="zero_is_safe", wanted=rows, found=np.size(said))
    return safe


class _Table:
    """A table with its totals as a network: rows and columns are knots, every number is an arc between its two.

    Making numbers larger and smaller so that all lines still add up is a flow in rounds. A number can be raised by as
    much as can be sent back from its arc's end to its beginning through the other numbers that are not known.
    """

    def __init__(self, inner: np.ndarray, limit: int, safe: np.ndarray) -> None:
        self.rows, self.columns = inner.shape
        self.limit = limit
        self.values = np.zeros((self.rows + 1, self.columns + 1), np.int64)
        self.values[:-1, :-1] = inner
        self.values[:-1, -1], self.values[-1, :-1] = inner.sum(axis=1), inner.sum(axis=0)
        self.values[-1, -1] = inner.sum()
        self.least = np.zeros_like(self.values)
        self.least[:-1, :-1] = safe.astype(np.int64)[:, None]
        everywhere = np.append(safe, safe.all())
        small = (self.values < limit) & ((self.values > 0) | ~everywhere[:, None])
        self.states = np.where(small, HELD, SHOWN).astype(object)
        self.states[:-1, :-1][small[:-1, :-1]] = FEW

    def hold_totals(self, *, rows: bool, columns: bool) -> None:
        """Hold back the totals that are never shown. The sum of all follows from either kind."""
        self.states[:-1, -1] = np.where(rows, HELD, self.states[:-1, -1])
        self.states[-1, :-1] = np.where(columns, HELD, self.states[-1, :-1])
        if rows and columns:
            self.states[-1, -1] = HELD

    def few(self) -> list[Cell]:
        """The numbers that are to be protected."""
        return [(int(row), int(column)) for row, column in np.argwhere(self.states == FEW)]

    def protect(self, cell: Cell) -> None:
        """Hold back what it takes for one number to be anything from its least up to the limit."""
        begin, end = self._arc(cell)
        self._send(cell, end, begin, self.limit - 1 - int(self.values[cell]))
        self._send(cell, begin, end, int(self.values[cell] - self.least[cell]))

    def _send(self, around: Cell, source: int, target: int, amount: int) -> None:
        """Send so much between two knots without one arc, through known numbers only where there is no other way."""
        moved = np.zeros_like(self.values)
        while amount > 0:
            path = self._cheapest(around, source, target, moved)
            sent = min(amount, *(self._room(cell, up, moved) for cell, up in path))
            for cell, up in path:
                moved[cell] += sent if up else -sent
                if self.states[cell] == SHOWN:
                    self.states[cell] = HELD
            amount -= sent

    def _cheapest(self, around: Cell, source: int, target: int, moved: np.ndarray) -> list[tuple[Cell, bool]]:
        """The arcs of the cheapest way, each with whether its number becomes larger. Totals always offer one."""
        best: dict[int, tuple[int, tuple[int, Cell, bool] | None]] = {source: (0, None)}
        waiting, done = [(0, source)], set()
        while waiting:
            cost, knot = heapq.heappop(waiting)
            if knot in done:
                continue
            done.add(knot)
            for cell, up, other in self._ways(knot):
                price = cost + self._price(cell)
                if cell == around or self._room(cell, up, moved) <= 0 or price >= best.get(other, (NO_END, None))[0]:
                    continue
                best[other] = (price, (knot, cell, up))
                heapq.heappush(waiting, (price, other))
        path, step = [], best[target][1]
        while step:
            path.append(step[1:])
            step = best[step[0]][1]
        return path

    def _arc(self, cell: Cell) -> tuple[int, int]:
        """From which knot to which the arc of a number leads: backwards for the totals of rows and of columns."""
        row, column = cell[0], self.rows + 1 + cell[1]
        is_total = (cell[0] == self.rows) != (cell[1] == self.columns)
        return (column, row) if is_total else (row, column)

    def _ways(self, knot: int) -> Iterator[tuple[Cell, bool, int]]:
        if knot <= self.rows:
            cells = [(knot, column) for column in range(self.columns + 1)]
        else:
            cells = [(row, knot - self.rows - 1) for row in range(self.rows + 1)]
        for cell in cells:
            begin, end = self._arc(cell)
            yield cell, begin == knot, end if begin == knot else begin

    def _price(self, cell: Cell) -> int:
        if self.states[cell] != SHOWN:
            return 0
        is_total = cell[0] == self.rows or cell[1] == self.columns
        return int(self.values[cell]) + 1 + (DEAR if is_total else 0)

    def _room(self, cell: Cell, up: bool, moved: np.ndarray) -> int:
        """How much further a number may move before a reader would know that it cannot be so."""
        now = int(self.values[cell] + moved[cell])
        if cell[0] == self.rows or cell[1] == self.columns:
            return NO_END if up else now
        if self.states[cell] == FEW:
            return self.limit - 1 - now if up else now - int(self.least[cell])
        if self.values[cell] < self.limit:
            return 0
        return NO_END if up else now - self.limit
