"""Before a planner commits: how small a change could be seen at all with as few reports as the places have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import geometry, reports
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.effects.power import Detectable, smallest_detectable
from samverkan_map.question import Question
from samverkan_map.reports import frame
from samverkan_map.vocabulary import Period, add_months

NEAR_METRES = 50
"""How far from a point or a stretch a report still belongs to it."""


def expected_before(
    session: Session,
    viewer: Viewer,
    agreement: Agreement,
    shapes: Sequence[BaseGeometry],
    *,
    types: Sequence[str],
    start: date,
    window_months: int,
    today: date,
) -> tuple[int, Period]:
    """How many reports of the types lay at the places in the months a measure is to be compared with, and which.

    `shapes` in EPSG:3006. The months are the window from `start` a year earlier, or the latest whole years earlier that
    are over by `today`.
    """
    period = _window_before(start, window_months, today)
    if not types or not shapes:
        return 0, period
    chosen = reports.choose(session, viewer, agreement, Question(period=period, types=tuple(types)))
    x, y = (side[chosen.mask] for side in chosen.positions())
    mapped = chosen.column("mapped")
    lon, lat = frame.degrees(x[mapped], y[mapped])
    e, n = geometry.to_metric(lon, lat)
    here = shapely.union_all([one if one.area else one.buffer(NEAR_METRES) for one in shapes])
    shapely.prepare(here)
    return int(np.count_nonzero(shapely.intersects_xy(here, e, n))), period


def _window_before(start: date, window_months: int, today: date) -> Period:
    first, this_month = start.replace(day=1), today.replace(day=1)
    while True:
        first = add_months(first, -12)
        if add_months(first, window_months) <= this_month:
            return Period(first, add_months(first, window_months))


def smallest_change(before: int) -> Detectable | None:
    """The smallest fall that would be seen with so many reports before and a window as long after; None for no reports.

    >>> round(smallest_change(50).percent)
    -50
    """
    return smallest_detectable(float(before)) if before else None
