"""From a stored plan to what is counted: which days, at which shapes, against what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from samverkan_map.analysis import effects as analysis
from samverkan_map.db.tables import FollowUp, Measure
from samverkan_map.errors import StepNotAllowed
from samverkan_map.measures.overlaps import months_after
from samverkan_map.vocabulary import Period

SHORTEST_DAYS = 28
"""An unfinished window is looked at beforehand from this many days on."""

LONG_INSTALLATION_DAYS = 62

Caution = tuple[str, dict[str, object]]


@dataclass(frozen=True)
class Asked:
    """One effect as it is asked for. `days` is the length of both windows, `wanted_days` what the plan says.

    `started` and `in_place` are those of the whole package when several measures came together.
    """

    started: date
    in_place: date
    after: Period
    before: Period
    same_season: bool
    days: int
    wanted_days: int
    package: tuple[int, ...]
    others: tuple[int, ...]
    cautions: tuple[Caution, ...] = field(default=())

    @property
    def finished(self) -> bool:
        """Whether the window after the measure has come to its end."""
        return self.days == self.wanted_days


@dataclass(frozen=True)
class Known:
    """Which days the reports tell of: the first and the day after the last."""

    first: date
    end: date


def ask(plan: FollowUp, neighbours: Sequence[Measure], known: Known | None) -> Asked:
    """The windows of a plan. `neighbours` are other started measures at the same places.

    Raises StepNotAllowed when the measure has not started or is not in place, nothing that reports tell is counted,
    nothing is reported yet, the window after has hardly begun, or what came before was not recorded.
    """
    measure = plan.measure
    if measure.started_on is None:
        raise StepNotAllowed("effects.errors.not_started")
    if measure.ended_on is None and not measure.works_while_ongoing:
        raise StepNotAllowed("effects.errors.not_in_place")
    if not plan.types:
        raise StepNotAllowed("effects.errors.no_types")
    if known is None:
        raise StepNotAllowed("effects.errors.no_reports")
    together = _package(measure, neighbours)
    started = min(_start(one) for one in together)
    in_place = max(_in_place(one) for one in together)
    first = in_place + timedelta(days=1)
    wanted = (months_after(first, plan.window_months) - first).days
    days = min(wanted, (known.end - in_place).days - 1)
    if days < SHORTEST_DAYS:
        earliest = in_place + timedelta(days=SHORTEST_DAYS + 1)
        raise StepNotAllowed("effects.errors.too_early", on=earliest, days=SHORTEST_DAYS)
    asked = _with_windows(plan, started, in_place, days, wanted, known)
    others = tuple(one for one in neighbours if one not in together)
    cautions = [*asked.cautions, *_cautions(asked, measure, together, others)]
    ids = tuple(sorted(one.id for one in together))
    return replace(asked, package=ids, others=tuple(one.id for one in others), cautions=tuple(cautions))


def _with_windows(plan: FollowUp, started: date, in_place: date, days: int, wanted: int, known: Known) -> Asked:
    windows = analysis.before_after_windows(started, in_place, days)
    cautions: list[Caution] = []
    season_start, adjacent_start = windows.same_season.start, windows.adjacent.start
    same_season = plan.same_season and windows.same_season_allowed and season_start >= known.first  # type: ignore[operator]
    whole_years = days % 365 <= days // 365
    if plan.same_season and not same_season and not whole_years:
        cautions.append(("not_same_season" if windows.same_season_allowed else "season_overlaps", {}))
    if not same_season and adjacent_start < known.first:  # type: ignore[operator]
        raise StepNotAllowed("effects.errors.before_data", first=known.first, needed=adjacent_start)
    if not same_season and not whole_years:
        cautions.append(("other_season", {}))
    if days < wanted:
        cautions.append(("unfinished", {"days": days, "wanted": wanted}))
    before = windows.same_season if same_season else windows.adjacent
    return Asked(started, in_place, windows.after, before, same_season, days, wanted, (), (), tuple(cautions))


def _package(measure: Measure, neighbours: Sequence[Measure]) -> list[Measure]:
    """The measures that came within six months of each other with this one among them: they have one effect."""
    all_of_them = [measure, *neighbours]
    found = analysis.packages([_start(one) for one in all_of_them])
    return next([all_of_them[index] for index in package] for package in found if 0 in package)


def _cautions(asked: Asked, measure: Measure, together: Sequence[Measure], others: Sequence[Measure]) -> list[Caution]:
    found: list[Caution] = []
    if len(together) > 1:
        titles = ", ".join(sorted(one.title for one in together if one is not measure))
        found.append(("package", {"titles": titles}))
    if (asked.in_place - asked.started).days > LONG_INSTALLATION_DAYS:
        found.append(("long_installation", {"days": (asked.in_place - asked.started).days}))
    for one in others:
        for name, window in (("before", asked.before), ("after", asked.after)):
            if window.start <= _start(one) < window.end:  # type: ignore[operator]
                found.append((f"other_started_{name}", {"title": one.title, "on": _start(one).isoformat()}))
    ended = measure.ended_on
    if measure.works_while_ongoing and ended and asked.after.start <= ended < asked.after.end:  # type: ignore[operator]
        found.append(("ended_within", {"on": ended.isoformat()}))
    return found


def _start(measure: Measure) -> date:
    assert measure.started_on
    return measure.started_on


def _in_place(measure: Measure) -> date:
    """The last day of the installation. What works while it goes on is in place from its first day."""
    if measure.works_while_ongoing or measure.ended_on is None:
        return _start(measure)
    return measure.ended_on
