"""What somebody can work out who has everything that is published: the solver that suppression is held against."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from samverkan_map.analysis.suppression import FEW, SHOWN

MOST = 10_000
"""No hidden number is believed to be larger."""


def intervals(values, states, *, fewest, least):
    """Lowest and highest possible value of every FEW number, as a dictionary by cell.

    `values` of shape (rows + 1, columns + 1) with the totals last hold anything where `states` do not say SHOWN;
    `least` is the smallest number per row that the words "fewer than" leave open. The attacker knows what every word
    means, and that rows and columns add up. Only known numbers are used.
    """
    rows, columns = (side - 1 for side in np.shape(states))
    bounds = [
        _bounds(values, states, (row, column), fewest, least)
        for row in range(rows + 1)
        for column in range(columns + 1)
    ]
    equations = _lines(rows, columns)
    found = {}
    for row, column in np.argwhere(states == FEW).tolist():
        goal = np.zeros((rows + 1) * (columns + 1))
        goal[row * (columns + 1) + column] = 1
        ends = [linprog(sign * goal, A_eq=equations, b_eq=np.zeros(len(equations)), bounds=bounds) for sign in (1, -1)]
        assert all(one.success for one in ends), "what is published contradicts itself"
        found[row, column] = round(ends[0].fun), round(-ends[1].fun)
    return found


def _bounds(values, states, cell, fewest, least):
    row, column = cell
    inside = row < len(states) - 1 and column < len(states[0]) - 1
    if states[cell] == SHOWN:
        return values[cell], values[cell]
    if states[cell] == FEW:
        return least[row], fewest - 1
    return (fewest if inside else 0), MOST


def _lines(rows, columns):
    """Every row, the last one too, and every column: the parts less the total is zero."""
    found = []
    for row in range(rows + 1):
        line = np.zeros((rows + 1, columns + 1))
        line[row] = [1] * columns + [-1]
        found.append(line.ravel())
    for column in range(columns + 1):
        line = np.zeros((rows + 1, columns + 1))
        line[:, column] = [1] * rows + [-1]
        found.append(line.ravel())
    return np.array(found)


def with_totals(inner):
    """A table of numbers with its totals last."""
    inner = np.asarray(inner)
    wide = np.column_stack((inner, inner.sum(axis=1)))
    return np.vstack((wide, wide.sum(axis=0)))
