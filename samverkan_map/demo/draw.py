"""Drawing lots that fall the same on every machine: whole numbers only, never a rounded fraction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Lots = np.random.Generator


def lots(*seed: int) -> Lots:
    """The lots that belong to some numbers."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([number % 2**32 for number in seed])))


class Choices:
    """Several lists of whole weights, drawn from row by row.

    >>> Choices([[1, 0], [0, 5]]).pick(lots(1), np.array([0, 1, 1])).tolist()
    [0, 1, 1]
    """

    def __init__(self, lists: Sequence[Sequence[int] | np.ndarray]) -> None:
        arrays = [np.asarray(one, dtype=np.int64) for one in lists]
        self.first = np.cumsum([0, *(len(one) for one in arrays)])[:-1]
        self.upto = np.cumsum(np.concatenate(arrays))
        ends = np.concatenate([[0], self.upto])[np.append(self.first, len(self.upto))]
        self.before, self.total = ends[:-1], np.diff(ends)
        if not self.total.all():
            raise ValueError("a list of weights without any weight")

    def pick(self, lots: Lots, which: np.ndarray) -> np.ndarray:
        """For each number of a list an index within that list, as often as its weight says."""
        share = lots.integers(0, 2**31, len(which), dtype=np.int64)
        wanted = self.before[which] + (share * self.total[which] >> 31)
        return np.searchsorted(self.upto, wanted, side="right") - self.first[which]


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """A total in whole parts by weight, the largest remainders rounded up.

    >>> shared_out(10, [1, 1, 2])
    [3, 2, 5]
    """
    upto = [0]
    for weight in weights:
        upto.append(upto[-1] + weight)
    parts = [total * (high - low) // upto[-1] for low, high in pairwise(upto)]
    rests = sorted(range(len(weights)), key=lambda index: (-(total * weights[index] % upto[-1]), index))
    for index in rests[: total - sum(parts)]:
        parts[index] += 1
    return parts
