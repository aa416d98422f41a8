"""What an effect is worked out from, as it is frozen, and the same figures from that alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from samverkan_map.effects.asked import Asked
from samverkan_map.effects.computing import Grounds, Pair, Result, Steps, compute
from samverkan_map.effects.counting import ZONES
from samverkan_map.situation.asked import read_period, write_period
from samverkan_map.vocabulary import Period


@dataclass(frozen=True)
class FrozenCounts:
    """The counts of each zone as they were: before and after, and by month. The days asked for are those frozen."""

    pairs: Mapping[str, list[int]]
    monthly: Mapping[str, list[int]]

    def pair(self, zone: str, before: Period, after: Period) -> Pair:
        """How many before and after."""
        first, second = self.pairs[zone]
        return first, second

    def months(self, zone: str, first: date, end: date) -> np.ndarray:
        """How many in each month."""
        return np.array(self.monthly[zone], dtype=int)


def written(grounds: Grounds) -> dict[str, Any]:
    """The grounds of an effect as plain values: days and counts, and nothing that came out of them."""
    asked, tally, months = grounds.asked, grounds.tally, grounds.months
    assert months.start and months.end
    return {
        "before": write_period(asked.before),
        "after": write_period(asked.after),
        "months": write_period(months),
        "pairs": {zone: list(tally.pair(zone, asked.before, asked.after)) for zone in ZONES},
        "monthly": {zone: tally.months(zone, months.start, months.end).tolist() for zone in ZONES},
        "compared": grounds.compared,
        "ringed": grounds.ringed,
        "steps": [day.isoformat() for day in grounds.steps.in_place],
        "own": grounds.steps.own,
        "comparable": sorted([count, number] for count, number in Counter(grounds.comparable.tolist()).items()),
        "stated_height": grounds.stated_height,
    }


def again(held: Mapping[str, Any]) -> Result:
    """The figures of an effect from what was written of its grounds."""
    before, after, months = (read_period(held[name]) for name in ("before", "after", "months"))
    assert before and after and months and after.start and after.days
    asked = Asked(after.start, after.start, after, before, False, after.days, after.days, (), ())
    steps = Steps(tuple(map(date.fromisoformat, held["steps"])), held["own"], ((),) * len(held["steps"]))
    comparable = np.repeat(*np.array(held["comparable"], dtype=int).reshape(-1, 2).T)
    tally = FrozenCounts(held["pairs"], held["monthly"])
    return compute(
        Grounds(asked, tally, held["compared"], "", held["ringed"], steps, months, comparable, held["stated_height"])
    )
