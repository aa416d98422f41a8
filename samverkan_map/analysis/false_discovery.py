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
    values, limit = counts("p", p, broken=True), share("alpha", alpha)
    if (values > 1).any():
        raise BadNumbers("analysis.errors.not_a_share", field="p")
    order = np.argsort(-values, kind="stable")
    ranks = np.arange(len(values), 0, -1)
    q = np.empty_like(values)
    q[order] = np.minimum(np.minimum.accumulate(values[order] * len(values) / ranks), 1.0)
    return Discoveries(q, q <= limit)


def good_by_chance(measures: float, alpha: float = 0.05) -> float:
    """How many of so many measures without any effect would show a clear decrease anyway.

    Units: measures in, an expected number out: half of alpha of them, since the other half looks bad.
    Raises BadNumbers for a bad count and alpha out of range.
    Source: methods, section 7.6, own rule (2026).

    >>> good_by_chance(40)
    1.0
    """
    return whole("measures", measures) * share("alpha", alpha) / 2
