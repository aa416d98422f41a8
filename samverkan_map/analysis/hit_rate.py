"""Did last year's map point at where this year's events came? Share of events over share of ground, and the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from samverkan_map.analysis.checks import counts
from samverkan_map.errors import BadNumbers


@dataclass(frozen=True, eq=False)
class HitRate:
    """One value per rank, shape (n,), the cells taken in the order of their predicted density.

    `order` are the cells (from 0), `events` and `ground` the shares reached so far, `pai` the one over the other, `pei`
    that as a part of the best any order of cells reaches, `rri` predicted over observed (infinite before any event).
    """

    order: np.ndarray
    events: np.ndarray
    ground: np.ndarray
    pai: np.ndarray
    pei: np.ndarray
    rri: np.ndarray

    @property
    def rank(self) -> list[int]:
        """The cells in order, counted from 1."""
        return (self.order + 1).tolist()


def hit_rate(observed: Any, predicted: Any, areas: Any = None) -> HitRate:
    """How well predictions point at events, however much ground is chosen.

    Cells with the same predicted density come with the fewest events first, so that ties never flatter.

    Units: events of shape (n,), predictions of any kind (not negative), areas in one unit; HitRate out, no unit.
    Where cells differ in size `pei` may pass 1, since the best order takes as many cells and not as much ground.
    Raises BadNumbers for no cell, negative numbers, unequal lengths, areas that are not positive, no events.
    Source: Chainey, Tompson & Uhlig (2008) for PAI; Hunt (2016) for PEI; Wheeler & Steenbeek (2021) for RRI.

    >>> found = hit_rate([6, 7, 3, 2, 1, 0], [8, 4, 4, 2, 1, 0])
    >>> found.rank, found.pai.round(2).tolist()
    ([1, 3, 2, 4, 5, 6], [1.89, 1.42, 1.68, 1.42, 1.2, 1.0])
    >>> found.pei.round(2).tolist()
    [0.86, 0.69, 1.0, 1.0, 1.0, 1.0]
    """
    events = counts("observed", observed, broken=True)
    expected = counts("predicted", predicted, length=len(events), broken=True)
    area = np.ones(len(events)) if areas is None else counts("areas", areas, length=len(events), broken=True)
    if (area < 1e-9).any():
        raise BadNumbers("analysis.errors.not_positive", field="areas")
    if not events.sum():
        raise BadNumbers("analysis.errors.no_events", field="observed")
    order = np.lexsort((events, -expected / area))
    best = order[np.argsort(-(events / area)[order], kind="stable")]
    reached, ground = np.cumsum(events[order]), np.cumsum(area[order])
    pai = reached / events.sum() / (ground / area.sum())
    highest = np.cumsum(events[best]) / events.sum() / (np.cumsum(area[best]) / area.sum())
    said = np.cumsum(expected[order])
    rri = np.divide(said, reached, out=np.full(len(events), np.inf), where=reached > 0)
    return HitRate(order, reached / events.sum(), ground / area.sum(), pai, pai / highest, rri)
