"""Every bad or extreme value that a number or a row of numbers may be replaced by, and all numbers of an answer."""

import dataclasses
import math
from datetime import date

import numpy as np
import shapely

from samverkan_map.analysis import effects, grid, hotspots, similarity

NUMBERS = (0, 1, 1_000_000, -1, 0.5, 1e-300, 1e300, math.nan, math.inf, -math.inf, None, "12", "x", True, [], (1, 2))
ROWS = (
    (), (0,), (0, 0), (1, 2), (0, 0, 0), (1_000_000, 999_999), (-1, 2), (1.5, 2), (math.nan, 1), (math.inf, 1),
    ("x", 1), (None, 1), ((1, 2), (3, 4)), (0,) * 24, (1_000_000,) * 24, (0,) * 12 + (5,) * 12, (0,) * 23 + (1,), 7,
    None,
)  # fmt: skip
EXACT = (
    date, shapely.Geometry, str, effects.Segmented, similarity.Similarity, grid.Grid, hotspots.HotCells, type(None),
)  # fmt: skip
"""Kinds of argument that Python itself, or the caller's own types, keep from being anything else."""


def numbers_in(found):
    """All broken numbers (floats) anywhere in an answer, those of its properties too."""
    if dataclasses.is_dataclass(found):
        own = [name for name in dir(type(found)) if isinstance(getattr(type(found), name), property)]
        for name in (*(field.name for field in dataclasses.fields(found)), *own):
            yield from numbers_in(getattr(found, name))
    elif isinstance(found, np.ndarray) and found.dtype.kind == "f":
        yield from found.ravel().tolist()
    elif isinstance(found, list | tuple):
        for one in found:
            yield from numbers_in(one)
    elif isinstance(found, float):
        yield found


def hostile(good):
    """The good arguments with one of them replaced by each bad or extreme value."""
    for place, value in enumerate(good):
        if not isinstance(value, EXACT) and not (isinstance(value, tuple) and isinstance(value[0], EXACT)):
            for other in ROWS if isinstance(value, tuple | np.ndarray) else NUMBERS:
                yield (*good[:place], other, *good[place + 1 :])
