"""Many questions at once: some look good by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts, share, whole
from samverkan_map.errors import BadNumbers


@dataclass(frozen=True, eq=False)
class Discoveries:
    """For each question the smallest error rate at which it is found (`q`), and whether it is found; shape (n,)."""

    q: np.ndarray
    found: np.ndarray

    @property
    def number(self) -> int:
        """How many are found."""
        return int(self.found.sum())


def benjamini_hochberg(p: Any, alpha: float = 0.05) -> Discoveries:
    """Which of many tests hold when at most the share `alpha` of those found may be false.

    Units: probabilities, shape (n,); Discoveries out, in the same order.
    Raises BadNumbers for no test, a probability outside 0 to 1, and alpha out of range.
    Source: Benjamini & Hochberg (1995).

    >>> found = benjamini_hochberg([0.04, 0.01, 0.01, 0.5])
    >>> found.q.round(3).tolist(), found.number
    ([0.053, 0.02, 0.02, 0.5], 2)
    """
    limit = share("alpha", alpha)
    q = adjusted(p)
    return Discoveries(q, q <= limit)


def adjusted(p: Any, times: Any = None) -> np.ndarray:
    """The q of each probability; `times` says how many of the tests gave it, so that a map's few values are enough.

    Units: probabilities, shape (n,), and numbers of tests, shape (n,); q out, shape (n,).
    Raises BadNumbers for no test, a probability outside 0 to 1, a number of tests that is none, unequal lengths.
    Source: Benjamini & Hochberg (1995).

    >>> adjusted([0.04, 0.01, 0.5], [1, 2, 1]).round(3).tolist()
    [0.053, 0.02, 0.5]
    """
    values = counts("p", p, broken=True)
    if (values > 1).any():
        raise BadNumbers("analysis.errors.not_a_share", field="p")
    each = np.ones(len(values)) if times is None else counts("times", times, length=len(values))
    if (each < 1).any():
        raise BadNumbers("analysis.errors.not_positive", field="times")
    order = np.argsort(-values, kind="stable")
    total = each.sum()
    ranks = total - np.cumsum(each[order]) + each[order]
    q = np.empty_like(values)
    q[order] = np.minimum(np.minimum.accumulate(values[order] * total / ranks), 1.0)
    return q


def good_by_chance(measures: float, alpha: float = 0.05) -> float:
    """How many of so many measures without any effect would show a clear decrease anyway.

    Units: measures in, an expected number out: half of alpha of them, since the other half looks bad.
    Raises BadNumbers for a bad count and alpha out of range.
    Source: methods, section 7.6, own rule (2026).

    >>> good_by_chance(40)
    1.0
    """
    return whole("measures", measures) * share("alpha", alpha) / 2
