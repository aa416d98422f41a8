"""This week against the weeks before, and how often such an alarm would ring although nothing has changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import pdtr, pdtrc

from samverkan_map.analysis.checks import number, positive, whole
from samverkan_map.errors import BadNumbers

LIMIT = 3.0
WEEKS = 52


@dataclass(frozen=True)
class WeeklyZ:
    """`z`, and the exact chances of so many events or more (`at_least`) and of so many or fewer (`at_most`)."""

    z: float
    at_least: float
    at_most: float


def weekly_z(observed: float, usual: float) -> WeeklyZ:
    """How unusual a week is: twice the difference of the roots, which is nearly normal also for small counts.

    Units: events of the week, and the mean of earlier weeks (a broken number, may be 0); WeeklyZ out.
    Raises BadNumbers for a count that is not a whole number from zero, and a negative mean.
    Source: Wheeler (2016) on the root of Bartlett (1936); the tails are Poisson's (1837).

    >>> found = weekly_z(13, 6.2)
    >>> round(found.z, 2), round(found.at_least, 4), round(found.at_most, 4)
    (2.23, 0.0113, 0.9952)
    """
    count, mean = whole("observed", observed), _mean(usual)
    z = 2 * (math.sqrt(count) - math.sqrt(mean))
    return WeeklyZ(z, _at_least(count, mean), float(pdtr(count, mean)))


def _mean(usual: float) -> float:
    found = number("usual", usual)
    if found < 0:
        raise BadNumbers("analysis.errors.not_a_count", field="usual")
    return found


def _at_least(count: float, mean: float) -> float:
    return float(pdtrc(count - 1, mean)) if count else 1.0


@dataclass(frozen=True)
class FalseAlarms:
    """`least` is the smallest week that rings. `per_week` is its chance when nothing has changed, `in_all` how many
    such alarms are expected, and `any_at_all` the chance of at least one.
    """

    least: int
    per_week: float
    in_all: float
    any_at_all: float


def false_alarms(usual: float, limit: float = LIMIT, weeks: int = WEEKS, places: int = 1) -> FalseAlarms:
    """How often weeks reach `limit` by chance alone, in so many weeks at so many places that are watched.

    Units: the usual number of events per week, z without unit, weeks, places; FalseAlarms out.
    Raises BadNumbers for a negative mean, a limit that is not positive, and numbers that are not whole.
    Source: own rule (2026): the exact Poisson tail above the smallest week whose z reaches the limit.

    >>> found = false_alarms(6.2)
    >>> found.least, round(found.per_week, 4), round(found.any_at_all, 2)
    (16, 0.0007, 0.04)
    """
    mean, height = _mean(usual), positive("limit", limit)
    times = whole("weeks", weeks) * whole("places", places)
    least = math.ceil((math.sqrt(mean) + height / 2) ** 2 - 1e-9)
    each = _at_least(least, mean)
    return FalseAlarms(
        least, each, each * times, -math.expm1(times * math.log1p(-each)) if each < 1 else float(times > 0)
    )
