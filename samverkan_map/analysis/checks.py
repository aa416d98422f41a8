"""What a number must be before anything is counted with it. Every refusal is a BadNumbers that names the field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from samverkan_map.errors import BadNumbers

MOST = 1e12
LEAST_LENGTH = 1e-9

Numbers = Sequence[float] | np.ndarray


def number(field: str, value: Any) -> float:
    """A finite number.

    Units: any. Raises BadNumbers for text, nan, infinity and anything beyond a million millions.
    Source: own rule (2026).

    >>> number("after", 3)
    3.0
    """
    if not isinstance(value, Real | np.number) or not math.isfinite(float(value)):
        raise BadNumbers("analysis.errors.not_a_number", field=field)
    if abs(float(value)) > MOST:
        raise BadNumbers("analysis.errors.too_large", field=field)
    return float(value)


def whole(field: str, value: Any) -> float:
    """A count: a whole number from zero.

    Units: events. Raises BadNumbers for a negative or broken count, and as `number` does.
    Source: own rule (2026).

    >>> whole("after", 12)
    12.0
    """
    found = number(field, value)
    if found < 0 or found != math.floor(found):
        raise BadNumbers("analysis.errors.not_a_count", field=field)
    return found


def positive(field: str, value: Any) -> float:
    """A length, area or weight: above zero.

    Units: any. Raises BadNumbers for zero, a negative number, one below a thousand-millionth, and as `number` does.
    Source: own rule (2026).

    >>> positive("length_after", 0.5)
    0.5
    """
    found = number(field, value)
    if found < LEAST_LENGTH:
        raise BadNumbers("analysis.errors.not_positive", field=field)
    return found


def share(field: str, value: Any) -> float:
    """A share strictly between 0 and 1, such as the risk of error `alpha`.

    Units: none. Raises BadNumbers for anything else.
    Source: own rule (2026).

    >>> share("alpha", 0.05)
    0.05
    """
    found = number(field, value)
    if not 1e-12 <= found <= 1 - 1e-12:
        raise BadNumbers("analysis.errors.not_a_share", field=field)
    return found


def widening(dispersion: Any) -> float:
    """How many times wider the variance is taken than a Poisson count's: the dispersion, but never below 1.

    Units: none. Raises BadNumbers for a dispersion that is not a positive number.
    Source: methods, section 7.4: a dispersion below 1 is chance and may not narrow an interval (2026).

    >>> widening(2.5), widening(0.6)
    (2.5, 1.0)
    """
    return max(1.0, positive("dispersion", dispersion))


def counts(field: str, values: Any, *, length: int | None = None, broken: bool = False) -> np.ndarray:
    """A row of counts as an array of its own: at least one, finite, none negative.

    Units: events; shape (n,). `length` is how many there must be; `broken` lets through counts that are not whole.
    Raises BadNumbers for an empty row, another shape or length, and for the first bad number.
    Source: own rule (2026).

    >>> counts("counts", [3, 0, 2])
    array([3., 0., 2.])
    """
    try:
        found = np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise BadNumbers("analysis.errors.not_a_number", field=field) from error
    if found.ndim != 1 or not found.size:
        raise BadNumbers("analysis.errors.empty", field=field)
    if length is not None and len(found) != length:
        raise BadNumbers("analysis.errors.lengths", field=field, wanted=length, found=len(found))
    if not np.isfinite(found).all():
        raise BadNumbers("analysis.errors.not_a_number", field=field)
    if (found > MOST).any():
        raise BadNumbers("analysis.errors.too_large", field=field)
    if (found < 0).any() or (not broken and (found != np.floor(found)).any()):
        raise BadNumbers("analysis.errors.not_a_count", field=field)
    return found
