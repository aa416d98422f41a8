"""The few kilometres where most of the harm is: the High Injury Network, and windows slid along a street."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts, positive, share
from samverkan_map.analysis.streets.rates import METRES_PER_KM, lengths_of
from samverkan_map.errors import BadNumbers

ROUNDING = 1e-12
MOST_WINDOWS = 100_000


@dataclass(frozen=True, eq=False)
class HighInjuryNetwork:
    """Stretches by score per kilometre: `order` holds their indices, the first `number` of them are the network.

    `share_of_score` is None when there is no score anywhere.
    """

    order: np.ndarray
    per_km: np.ndarray
    number: int
    share_of_score: float | None
    share_of_length: float

    @property
    def selected(self) -> list[int]:
        """The indices of the stretches in the network, worst first."""
        return self.order[: self.number].tolist()


def high_injury_network(lengths_metres: Any, scores: Any, target: float = 0.7) -> HighInjuryNetwork:
    """The smallest part of the network, by score per kilometre, that holds the target's share of the score.

    Stretches with equal score per kilometre keep the order they came in. Those without any score are never taken.

    Units: metres and a severity score, both of shape (n,); `target` a share, 1 included; one HighInjuryNetwork out.
    Raises BadNumbers for no stretch, a length that is not positive, negative scores, unequal lengths of the rows and a
    target out of range.
    Source: San Francisco Department of Public Health (2017), Vision Zero High Injury Network.

    >>> found = high_injury_network([500, 1000, 250, 2000], [21, 14, 9, 6], 0.7)
    >>> found.selected, found.share_of_score, round(found.share_of_length, 3)
    ([0, 2, 1], 0.88, 0.467)
    """
    lengths = lengths_of(lengths_metres)
    score = counts("scores", scores, length=len(lengths), broken=True)
    wanted = 1.0 if target == 1 else share("target", target)
    per_km = score / lengths * METRES_PER_KM
    order = np.argsort(-per_km, kind="stable")
    reached, whole = np.cumsum(score[order]), float(score.sum())
    if not whole:
        return HighInjuryNetwork(order, per_km, 0, None, 0.0)
    taken = int(np.searchsorted(reached, wanted * whole * (1 - ROUNDING))) + 1
    taken = min(taken, int((score > 0).sum()))
    part = float(lengths[order[:taken]].sum() / lengths.sum())
    return HighInjuryNetwork(order, per_km, taken, float(reached[taken - 1] / whole), part)


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows along one street: where each starts and ends, how many events lie in it and their score. Shape (m,)."""

    start: np.ndarray
    end: np.ndarray
    events: np.ndarray
    score: np.ndarray

    @property
    def worst(self) -> int:
        """The index of the first window with the highest score."""
        return int(self.score.argmax())


def sliding_windows(
    length_metres: float, positions: Any, scores: Any, window_metres: float = 500.0, step_metres: float = 100.0
) -> Windows:
    """The severity score in a window that is slid along a street, so that no border hides where it is worst.

    A window holds its start and not its end, only the last one both; the last is drawn back so that it ends with the
    street. A street shorter than the window is one window.

    Units: metres along the street, positions and scores of shape (n,), n may be 0; one Windows out.
    Raises BadNumbers for lengths that are not positive, positions outside the street, negative scores, unequal lengths
    of the rows, and more than 100,000 windows.
    Source: AASHTO (2010), Highway Safety Manual, section 4.5.1 (sliding window method).

    >>> found = sliding_windows(1000, [120, 480, 520], [3, 1, 2], 500, 250)
    >>> found.start.tolist(), found.score.tolist(), found.worst
    ([0.0, 250.0, 500.0], [4.0, 3.0, 2.0], 0)
    """
    whole, step = positive("length_metres", length_metres), positive("step_metres", step_metres)
    wide = min(whole, positive("window_metres", window_metres))
    at = counts("positions", positions, broken=True) if np.size(positions) else np.zeros(0)
    score = counts("scores", scores, length=len(at), broken=True) if np.size(scores) else np.zeros(0)
    if len(score) != len(at):
        raise BadNumbers("analysis.errors.lengths", field="scores", wanted=len(at), found=len(score))
    if (at > whole * (1 + ROUNDING)).any():
        raise BadNumbers("analysis.errors.off_line", field="positions")
    if (whole - wide) / step > MOST_WINDOWS:
        raise BadNumbers("analysis.errors.too_large", field="length_metres")
    last = whole - wide
    starts = np.append(np.arange(0, last - ROUNDING * whole, step), last)
    order = np.argsort(at, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(score[order])])
    first = np.searchsorted(at[order], starts, side="left")
    after = np.searchsorted(at[order], starts + wide, side="left")
    after[-1] = len(at)
    return Windows(starts, starts + wide, after - first, sums[after] - sums[first])
