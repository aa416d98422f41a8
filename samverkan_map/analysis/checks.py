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


def probability(field: str, value: Any) -> float:
    """A probability, 0 and 1 included.

    Units: none. Raises BadNumbers for anything else.
    Source: own rule (2026).

    >>> probability("p_decrease", 1)
    1.0
    """
    found = number(field, value)
    if not 0 <= found <= 1:
        raise BadNumbers("analysis.errors.not_a_share", field=field)
    return found


def table(field: str, values: Any, shape: tuple[int | None, ...]) -> np.ndarray:
    """Finite numbers as an array of its own, of the given shape; None in it stands for any length.

    Units: any. Raises BadNumbers for another shape and for the first number that is not one or is too large.
    Source: own rule (2026).

    >>> table("points", [(1, 2), (3, 4)], (None, 2)).shape
    (2, 2)
    """
    try:
        found = np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise BadNumbers("analysis.errors.not_a_number", field=field) from error
    if found.ndim != len(shape) or any(want not in (None, size) for want, size in zip(shape, found.shape, strict=True)):
        wanted = " x ".join("n" if size is None else str(size) for size in shape)
        raise BadNumbers("analysis.errors.shape", field=field, wanted=wanted)
    if not np.isfinite(found).all():
        raise BadNumbers("analysis.errors.not_a_number", field=field)
    if (np.abs(found) > MOST).any():
        raise BadNumbers("analysis.errors.too_large", field=field)
    return found


def counts(
    field: str, values: Any, *, length: int | None = None, shape: tuple[int | None, ...] = (None,), broken: bool = False
) -> np.ndarray:
    """A row (or another shape) of counts as an array of its own: at least one, finite, none negative.

    Units: events; shape (n,) unless another is given. `length` is how many a row must hold; `broken` lets through
    counts that are not whole.
    Raises BadNumbers for nothing at all, another shape or length, and for the first bad number.
    Source: own rule (2026).

    >>> counts("counts", [3, 0, 2])
    array([3., 0., 2.])
    """
    found = table(field, values, shape)
    if not found.size:
        raise BadNumbers("analysis.errors.empty", field=field)
    if length is not None and len(found) != length:
        raise BadNumbers("analysis.errors.lengths", field=field, wanted=length, found=len(found))
    if (found < 0).any() or (not broken and (found != np.floor(found)).any()):
        raise BadNumbers("analysis.errors.not_a_count", field=field)
    return found
