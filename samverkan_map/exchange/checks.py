"""Texts from a file made into times, numbers and positions, a column at a time.

What cannot be understood is a fault `(index, key, fields)`; the rest of the column is still read. An empty text is no
fault: the value is missing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from .clock import ColumnFault, Moment, Moments, each, times

__all__ = ["ColumnFault", "Moment", "Moments", "Positions", "half_pair", "numbers", "positions", "times"]

PAIRS = (("lon", "lat"), ("e", "n"), ("x", "y"))
"""The pairs of columns a position may stand in, the one that is taken first, first."""

_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:[.,]\d+)?", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?\d{1,9}\.\d{1,15}", re.ASCII)
_SPACES = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, ",": "."})
_PART = r"[+-]?\d+(?:[.,]\d+)?"
_PAIR = re.compile(
    rf"\(?\s*(?:(?P<lat>[+-]?\d+(?:\.\d+)?)\s*[,;]?\s+(?P<lon>[+-]?\d+(?:\.\d+)?)|(?P<a>[+-]?\d+\.\d+),(?P<b>[+-]?\d+\.\d+)"
    rf"|(?P<north>{_PART})\s*;\s*(?P<east>{_PART})|(?P<c>[+-]?\d+,\d+),?\s+(?P<d>[+-]?\d+,\d+))\s*\)?",
    re.ASCII,
)
_POINT = re.compile(rf"POINT\s*Z?\s*\(\s*(?P<x>{_PART})\s+(?P<y>{_PART})(?:\s+{_PART})?\s*\)", re.ASCII | re.IGNORECASE)


class Positions(NamedTuple):
    """The positions of some rows: NaN where a row has none. `columns` says which of our columns were looked at first.

    `pair` tells for each row which pair of `PAIRS` it was read from, or `len(PAIRS)` for `position`, -1 for nothing.
    """

    x: np.ndarray
    y: np.ndarray
    columns: tuple[str, ...]
    faults: list[ColumnFault]
    pair: np.ndarray


def numbers(values: Sequence[str]) -> tuple[np.ndarray, list[ColumnFault]]:
    """Numbers with decimal comma or point, NaN where empty; spaces may group thousands. Only the digits 0 to 9.

    >>> numbers(["12,5", "6 145 000", "", "1_000"])
    (array([1.250e+01, 6.145e+06,       nan,       nan]), [(3, 'readers.rows.not_a_number', {'value': '1_000'})])
    """
    if all(map(_PLAIN_NUMBER.fullmatch, values)):
        return np.array(list(map(float, values)), dtype=float), []
    found, faults = each(values, _number)
    return np.array([np.nan if value is None else value for value in found], dtype=float), faults


def positions(values: dict[str, list[str]]) -> Positions:
    """Positions from the columns of a block: `lon`,`lat` before `e`,`n` before `x`,`y` before `position`, row by row.

    `position` is "lat, lon" (or "n, e") as people copy it from a map, or a WKT point with x first. Which coordinate
    system the numbers are in is not decided here.

    >>> positions({"position": ["55.4, 13.02", "POINT (13.02 55.4)"]}).x.tolist()
    [13.02, 13.02]
    """
    found = [
        _from_two(values[pair[0]], values[pair[1]], pair) for pair in PAIRS if pair[0] in values and pair[1] in values
    ]
    if "position" in values:
        found.append(_from_texts(values["position"]))
    if found:
        return reduce(_filled, found)
    nothing = np.full(len(next(iter(values.values()), [])), np.nan)
    return Positions(nothing, nothing.copy(), (), [], np.full(len(nothing), -1))


def half_pair(columns: Container[str]) -> tuple[str, str] | None:
    """The first pair of columns of which only one is there, as (there, missing), when no other holds the positions.

    >>> half_pair({"lon"}), half_pair({"x", "lon", "lat"})
    (('lon', 'lat'), None)
    """
    if "position" in columns or any(first in columns and second in columns for first, second in PAIRS):
        return None
    for first, second in PAIRS:
        if (first in columns) != (second in columns):
            return (first, second) if first in columns else (second, first)
    return None


def _from_texts(texts: list[str]) -> Positions:
    found, faults = each(texts, _pair)
    pairs = np.array([(np.nan, np.nan) if pair is None else pair for pair in found], dtype=float).reshape(-1, 2)
    which = np.where(np.isnan(pairs[:, 0]), -1, len(PAIRS))
    return Positions(pairs[:, 0], pairs[:, 1], ("position",), faults, which)


def _filled(first: Positions, then: Positions) -> Positions:
    """The first positions, and the others where a row has none there."""
    open_rows = first.pair < 0
    faults = sorted([*first.faults, *then.faults], key=lambda fault: fault[0])
    return Positions(
        np.where(open_rows, then.x, first.x), np.where(open_rows, then.y, first.y), first.columns, faults,
        np.where(open_rows, then.pair, first.pair),
    )  # fmt: skip


def _number(value: str) -> float:
    if _PLAIN_NUMBER.fullmatch(value):
        return float(value)
    if len(value) > 40 or not _NUMBER.fullmatch(value):
        raise ValueError("not_a_number")
    return float(value.translate(_SPACES))


def _pair(value: str) -> tuple[float, float]:
    if len(value) > 200:
        raise ValueError("not_a_position")
    point = _POINT.fullmatch(value)
    if point:
        return _number(point["x"]), _number(point["y"])
    pair = _PAIR.fullmatch(value)
    if pair is None:
        raise ValueError("not_a_position")
    north, east = (part for part in pair.groups() if part is not None)
    return _number(east), _number(north)


def _from_two(x_texts: list[str], y_texts: list[str], columns: tuple[str, str]) -> Positions:
    (x, x_faults), (y, y_faults) = numbers(x_texts), numbers(y_texts)
    said = {index for index, _, _ in (*x_faults, *y_faults)}
    half: list[ColumnFault] = [
        (int(index), "readers.rows.half_position", {"first": columns[0], "second": columns[1]})
        for index in np.flatnonzero(np.isnan(x) != np.isnan(y))
        if index not in said
    ]
    incomplete = np.isnan(x) | np.isnan(y)
    x[incomplete] = np.nan
    y[incomplete] = np.nan
    faults = sorted([*x_faults, *y_faults, *half], key=lambda fault: fault[0])
    return Positions(x, y, columns, faults, np.where(incomplete, -1, PAIRS.index(columns)))
