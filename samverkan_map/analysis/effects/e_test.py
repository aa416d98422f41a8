"""The E-test of two counts: an older way to ask whether two rates differ, kept for comparing with other reports."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.special import gammaln, pdtr, pdtrc

from samverkan_map.analysis.checks import positive, whole

REACH = 12.0
"""So many standard deviations from the middle, and as many events more, is as far as counts are summed."""


def e_test_p(
    after: float,
    before: float,
    length_after: float = 1.0,
    length_before: float = 1.0,
    *,
    statistic: Literal["score", "wald"] = "score",
) -> float:
    """How often two windows with the same, estimated rate would differ at least as much.

    The article of 2004 uses the statistic called `wald` here; both agree when the windows are equally long.

    Units: events, and both lengths in one unit; four numbers in, one probability out (1 without any event).
    Raises BadNumbers for counts that are not whole numbers from zero and lengths that are not positive.
    Source: Krishnamoorthy & Thomson (2004); Gu et al. (2008) for the score statistic.

    >>> round(e_test_p(6, 2), 4), round(e_test_p(3, 0), 4)
    (0.1749, 0.0884)
    >>> round(e_test_p(14, 5, 12, 6), 3), round(e_test_p(14, 5, 12, 6, statistic="wald"), 3)
    (0.527, 0.507)
    """
    x1, x0 = whole("after", after), whole("before", before)
    t1, t0 = positive("length_after", length_after), positive("length_before", length_before)
    n, scale = x1 + x0, t1 / t0
    weights = (scale, scale) if statistic == "score" else (1.0, scale**2)
    gap = x1 - scale * x0
    if not gap or not n:
        return 1.0
    squared = gap**2 / (weights[0] * x1 + weights[1] * x0)
    expected = n * t1 / (t1 + t0)
    reach = REACH * (math.sqrt(expected) + 1) + REACH
    rows = np.arange(max(0, math.floor(expected - reach)), math.ceil(expected + reach) + 1, dtype=float)
    chance = np.exp(rows * math.log(expected) - expected - gammaln(rows + 1))
    return min(1.0, float(chance @ _outside(rows, squared, scale, weights, n - expected)))


def _outside(
    rows: np.ndarray, squared: float, scale: float, weights: tuple[float, float], expected: float
) -> np.ndarray:
    """For each count after, the probability of a count before that differs at least as much as was seen.

    The statistic falls as the count before grows, so these counts are all below one root of a quadratic and all above
    the other. A count that is equally far away belongs to them; the small slack keeps rounding from losing it.
    """
    a, b = scale**2, 2 * scale * rows + squared * weights[1]
    c = rows**2 - squared * weights[0] * rows
    root = np.sqrt(np.maximum(b**2 - 4 * a * c, 0))
    above, below = (b + root) / (2 * a), np.where(rows > 0, (b - root) / (2 * a), -1.0)
    slack = 1e-10 * (1 + above)
    above, below = np.ceil(above - slack), np.floor(below + slack)
    upper = np.where(above > 0, pdtrc(np.maximum(above - 1, 0), expected), 1.0)
    return upper + np.where(below >= 0, pdtr(np.maximum(below, 0), expected), 0.0)
