"""Before a planner commits: how small a change could be seen at all with as few reports as the places have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from samverkan_map import places
from samverkan_map.access import Viewer
from samverkan_map.agreement import Agreement
from samverkan_map.analysis.effects.power import Detectable, smallest_detectable
from samverkan_map.db import engine
from samverkan_map.db.tables import Place, Site
from samverkan_map.vocabulary import Period, add_months


def expected_before(
    session: Session,
    viewer: Viewer,
    agreement: Agreement,
    where: Sequence[Place | Site | BaseGeometry],
    *,
    types: Sequence[str],
    start: date,
    window_months: int,
    today: date,
) -> tuple[int, Period]:
    """How many reports of the types belong to the places in the months a measure is to be compared with, and which.

    `where` are places, sites, or shapes in EPSG:3006. The months are the window from `start` a year earlier, or the
    latest whole years earlier that are over by `today`.
    """
    period = _window_before(start, window_months, today)
    if not types:
        return 0, period
    spots = [engine.shape(one.geom) if isinstance(one, Site) else one for one in where]
    found = (places.reports_of(session, viewer, agreement, one, types=types, period=period) for one in spots)
    return len({number for one in found for number in one.ids.tolist()}), period


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
