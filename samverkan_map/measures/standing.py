"""How a measure stands today: what is due, what is late, and what nobody has looked back at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from samverkan_map.db.tables import Measure
from samverkan_map.measures.overlaps import effect_window
from samverkan_map.vocabulary import MeasureStatus

LATE = timedelta(days=30)
"""So much later than planned is late."""


@dataclass
class Standing:
    """The measures that an action plan must not hide, whatever it is filtered by."""

    overdue: list[Measure] = field(default_factory=list)
    never: list[Measure] = field(default_factory=list)
    waived: list[Measure] = field(default_factory=list)
    late: list[Measure] = field(default_factory=list)
    unfinished: list[Measure] = field(default_factory=list)


def standing(measures: Iterable[Measure], today: date) -> Standing:
    """Which measures are overdue for a follow-up, were never followed up, are openly not to be, started late, or should
    be finished."""
    found = Standing()
    for measure in measures:
        for names, holds in (
            (found.overdue, overdue(measure, today)),
            (found.never, never_followed_up(measure, today)),
            (found.waived, bool(measure.waiver)),
            (found.late, not_started_in_time(measure, today)),
            (found.unfinished, not_finished_in_time(measure, today)),
        ):
            if holds:
                names.append(measure)
    return found


def overdue(measure: Measure, today: date) -> bool:
    """Whether a follow-up of the measure should have been done by today and was not."""
    return any(found.done_on is None and found.due_on < today for found in measure.follow_ups)


def never_followed_up(measure: Measure, today: date) -> bool:
    """Whether a measure was carried out and its days of follow-up are over, but nobody judged it or said why not."""
    if measure.waiver or any(found.verdict for found in measure.follow_ups):
        return False
    carried_out = measure.status in (MeasureStatus.DONE, MeasureStatus.ONGOING)
    return carried_out and followed_up_until(measure) < today


def followed_up_until(measure: Measure) -> date:
    """The last day of the days in which reports are read as the measure's; the first day of all when there are none."""
    window = effect_window(measure)
    return window[1] - timedelta(days=1) if window else date.min


def not_started_in_time(measure: Measure, today: date) -> bool:
    """Whether a measure started more than thirty days later than planned, or should have and has not."""
    if measure.status == MeasureStatus.CANCELLED and measure.started_on is None:
        return False
    return (measure.started_on or today) - measure.planned_start > LATE


def not_finished_in_time(measure: Measure, today: date) -> bool:
    """Whether the last planned day of a measure has passed and it is neither done nor cancelled."""
    waiting = measure.status in (MeasureStatus.PLANNED, MeasureStatus.ONGOING)
    return waiting and measure.planned_end is not None and measure.planned_end < today
