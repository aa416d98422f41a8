"""Speeds measured before and after a measure: on a stretch, at a place or site, and where a measure is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g
from shapely.geometry.base import BaseGeometry

from samverkan_map import access, traffic
from samverkan_map.vocabulary import MeasureStatus, Permission

ON_METRES = 15
"""What lies this close to the middle of the road lies on the stretch."""

AT_WORK = (MeasureStatus.ONGOING, MeasureStatus.DONE)
MOST_STRETCHES = 10


@dataclass(frozen=True)
class BeforeAfter:
    """A measure that lies between two measurements of a stretch in the same direction."""

    measure: Any
    before: Any
    after: Any

    @property
    def stretch(self) -> Any:
        """The stretch that was measured."""
        return self.after.stretch

    @property
    def v85(self) -> float:
        """The change of the 85th percentile in km/h."""
        return self.after.v85 - self.before.v85

    @property
    def share(self) -> float:
        """The change of the share over the limit in percentage points."""
        return 100 * (self.after.share_over_limit - self.before.share_over_limit)


def works_from(measure: Any) -> date | None:
    """The day a measure works from; None for one that has not begun, or not been finished where it must be."""
    if measure.status not in AT_WORK:
        return None
    return measure.started_on if measure.works_while_ongoing else measure.ended_on


def before_after(done: Iterable[Any], measurements: Sequence[Any]) -> list[BeforeAfter]:
    """For each measure the last measurement before it began and the first after it worked, one direction each.

    A measure without both is left out.
    """
    found = []
    for measure in done:
        works = works_from(measure)
        began = measure.started_on or works
        for direction in sorted({one.direction for one in measurements}) if works and began else ():
            own = [one for one in measurements if one.direction == direction]
            before = [one for one in own if one.ended_on < began]
            after = [one for one in own if one.started_on >= works]
            if before and after:
                last, first = max(before, key=lambda one: one.ended_on), min(after, key=lambda one: one.started_on)
                found.append(BeforeAfter(measure, last, first))
    return found


def within(shape: BaseGeometry, done: Iterable[Any], stretch_id: int | None = None) -> list[BeforeAfter]:
    """What was measured before and after some measures on the stretches that a shape (EPSG:3006) lies on.

    `stretch_id` is the stretch that a place is said to be. Nothing for those who do not see the stretches.
    """
    done = [measure for measure in done if works_from(measure)]
    if not done or not access.may(g.viewer, Permission.SEE_COARSE_REPORTS):
        return []
    (touched,) = traffic.roads(g.session).touched_by([shape], ON_METRES)
    numbers = list(dict.fromkeys([*([stretch_id] if stretch_id else []), *touched]))[:MOST_STRETCHES]
    stretches = [traffic.get(g.session, g.viewer, number) for number in numbers]
    return [one for stretch in stretches for one in before_after(done, stretch.measurements)]
