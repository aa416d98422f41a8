"""From counts to what may be said: the figures of one effect, each with what makes it honest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from samverkan_map.analysis import effects as analysis
from samverkan_map.analysis.effects import Finding, Moved
from samverkan_map.analysis.effects.series import HISTORY_MONTHS
from samverkan_map.effects.asked import Asked, Caution
from samverkan_map.effects.counting import COMPARISON, COMPARISON_RING, RING, TREATED
from samverkan_map.errors import BadNumbers
from samverkan_map.vocabulary import Period

METHOD = "2026-11-26"
"""Raised when a figure would come out otherwise from the same counts."""

FEWEST_AFTER_MONTHS = 3

Pair = tuple[int, int]


@dataclass(frozen=True)
class Series:
    """Month by month: counts at the places and in the comparison, and the step of each measure in the model.

    `step_titles` are the measures that each step belongs to. `why_not` is the key of the sentence that says why there
    is no model.
    """

    first: date
    treated: list[int]
    comparison: list[int]
    steps: list[analysis.Step]
    step_months: list[int]
    step_titles: list[list[str]]
    dispersion: float | None
    remembers: bool
    inseparable: bool
    correlation: float | None
    why_not: str | None


@dataclass(frozen=True)
class Result:
    """All that an effect page shows. Pairs are (before, after)."""

    treated: Pair
    comparison: Pair | None
    ring: Pair | None
    comparison_ring: Pair | None
    ratio: analysis.RateRatio
    p_decrease: float
    dispersion: float
    dispersion_measured: float | None
    finding: Finding
    beyond_comparison: bool | None
    wdd: analysis.Wdd | None
    relative: analysis.RelativeIncidence | None
    wdq: analysis.Wdq | None
    ring_ratio: analysis.RateRatio | None
    moved: Moved | None
    expected: analysis.EmpiricalBayes | None
    comparable_places: int
    chosen_for_height: bool
    detectable_percent: float | None
    series: Series
    p: float
    cautions: tuple[Caution, ...]


@dataclass(frozen=True)
class Steps:
    """Where in the months the measures came: the last day of each package, and its titles; oldest first."""

    in_place: tuple[date, ...]
    own: int
    titles: tuple[tuple[str, ...], ...]


class Counts(Protocol):
    """What was counted in each zone: a `Tally` of reports, or the counts that were frozen of one."""

    def pair(self, zone: str, before: Period, after: Period) -> Pair:
        """How many before and after."""

    def months(self, zone: str, first: date, end: date) -> np.ndarray:
        """How many in each calendar month from that of `first` to the last one that is over at `end`."""


@dataclass(frozen=True, eq=False)
class Grounds:
    """All that an effect is worked out from. `months` are the whole months there are reports of, `comparable` the
    counts before in other squares; `named` is a comparison that the plan has in words only.
    """

    asked: Asked
    tally: Counts
    compared: bool
    named: str
    ringed: bool
    steps: Steps
    months: Period
    comparable: np.ndarray
    stated_height: bool


def compute(grounds: Grounds) -> Result:
    """The figures of an effect from what it is worked out from."""
    asked, tally, comparable = grounds.asked, grounds.tally, grounds.comparable
    compared, ringed = grounds.compared, grounds.ringed
    before, after = asked.before, asked.after
    treated = tally.pair(TREATED, before, after)
    comparison = tally.pair(COMPARISON, before, after) if compared else None
    ring = tally.pair(RING, before, after) if ringed else None
    around = tally.pair(COMPARISON_RING, before, after) if ringed and compared else None
    series = _series(tally, grounds.steps, grounds.months)
    phi = max(1.0, series.dispersion or 1.0)
    ratio = analysis.rate_ratio(treated[1], treated[0], dispersion=phi)
    expected, chosen = _expected(treated, comparison, comparable, phi, grounds.stated_height)
    p_decrease = analysis.gamma_poisson(treated[1], treated[0], dispersion=phi).p_decrease
    ring_ratio = analysis.rate_ratio(ring[1], ring[0], dispersion=phi) if ring else None
    relative = _relative(treated, comparison, phi)
    told = (ratio.low, ratio.high, p_decrease)
    if expected:
        # Chosen when there was unusually much: what the place should have had is compared with, not what it had.
        told = (expected.low, expected.high, expected.p_decrease)
    return Result(
        treated=treated,
        comparison=comparison,
        ring=ring,
        comparison_ring=around,
        ratio=ratio,
        p_decrease=p_decrease,
        dispersion=phi,
        dispersion_measured=series.dispersion,
        finding=analysis.effect_verdict(treated[0], treated[1], *told),
        beyond_comparison=_beyond(relative),
        wdd=_wdd(treated, comparison, ring, around, phi),
        relative=relative,
        wdq=_wdq(treated, ring, comparison),
        ring_ratio=ring_ratio,
        moved=analysis.displacement_verdict(ring_ratio.low, ring_ratio.high) if ring_ratio else None,
        expected=expected,
        comparable_places=len(comparable),
        chosen_for_height=chosen,
        detectable_percent=_detectable(treated[0], phi),
        series=series,
        p=2 * min(told[2], 1 - told[2]),
        cautions=(*asked.cautions, *_cautions(treated, comparison, series, grounds.named)),
    )


def _relative(treated: Pair, comparison: Pair | None, phi: float) -> analysis.RelativeIncidence | None:
    if comparison is None:
        return None
    found = analysis.relative_incidence(treated, comparison, dispersion=phi)
    return found if found.ratio is not None else None


def _beyond(relative: analysis.RelativeIncidence | None) -> bool | None:
    """Whether the places changed more than the comparison, beyond chance; None when that cannot be asked."""
    if relative is None or relative.low is None or relative.high is None:
        return None
    return relative.high < 1 or relative.low > 1


def _wdd(
    treated: Pair, comparison: Pair | None, ring: Pair | None, around: Pair | None, phi: float
) -> analysis.Wdd | None:
    if comparison is None or not any((*treated, *comparison)):
        return None
    return analysis.wdd(treated, comparison, ring or (0, 0), around or (0, 0), dispersion=phi)


def _wdq(treated: Pair, ring: Pair | None, comparison: Pair | None) -> analysis.Wdq | None:
    if not ring or not comparison:
        return None
    try:
        found = analysis.wdq(treated, ring, comparison)
    except BadNumbers:
        return None
    return found if found.interpretable else None


def _expected(
    treated: Pair, comparison: Pair | None, comparable: np.ndarray, phi: float, stated: bool
) -> tuple[analysis.EmpiricalBayes | None, bool]:
    """What the places should have had, when they were chosen for their height; and whether they were."""
    if not treated[0] or len(comparable) < 2 or not comparable.any():
        return None, stated
    chosen = stated or analysis.chosen_for_height(treated[0], comparable)
    if not chosen:
        return None, False
    like = analysis.expected_before(treated[0], comparable)
    trend, variance = 1.0, like.variance
    if comparison and all(comparison):
        # The comparison's own chance goes along, or a small comparison would make a certain expectation.
        trend = comparison[1] / comparison[0]
        variance += like.mean**2 * phi * (1 / comparison[0] + 1 / comparison[1])
    return analysis.empirical_bayes(treated[1], like.mean, variance, trend, dispersion=phi), True


def _detectable(before: int, phi: float) -> float | None:
    return analysis.smallest_detectable(before, dispersion=phi).percent if before else None


# ---- Month by month --------------------------------------------------------------------------------------------------


def _series(tally: Counts, steps: Steps, months: Period) -> Series:
    assert months.start and months.end
    treated = tally.months(TREATED, months.start, months.end)
    comparison = tally.months(COMPARISON, months.start, months.end)
    first = months.start.year * 12 + months.start.month - 1
    at = [day.year * 12 + day.month - first for day in steps.in_place]
    inside = sorted({month for month in at if 1 <= month < len(treated)})
    fit, why_not = _fit(treated, at[steps.own], inside)
    inseparable = bool(fit and fit.inseparable())
    return Series(
        first=months.start,
        treated=treated.tolist(),
        comparison=comparison.tolist(),
        steps=[fit.step(name) for name in fit.steps] if fit and not inseparable else [],
        step_months=at,
        step_titles=_titles(at, steps, inside) if fit and not inseparable else [],
        dispersion=fit.dispersion if fit else _dispersion(treated, at[steps.own]),
        remembers=bool(fit and fit.remembers),
        inseparable=inseparable,
        correlation=_correlation(fit),
        why_not="inseparable" if inseparable else why_not,
    )


def _titles(at: Sequence[int], steps: Steps, inside: Sequence[int]) -> list[list[str]]:
    """The measures of each step; packages that were in place in the same month share one."""
    pairs = list(zip(at, steps.titles, strict=True))
    return [[title for month, titles in pairs if month == one for title in titles] for one in inside]


def _fit(counts: np.ndarray, own: int, inside: Sequence[int]) -> tuple[analysis.Segmented | None, str | None]:
    """The model of a step per package, or why there is none."""
    if len(counts) < HISTORY_MONTHS:
        return None, "short"
    if not 1 <= own <= len(counts) - FEWEST_AFTER_MONTHS:
        return None, "too_near_the_end"
    try:
        return analysis.segmented(counts, inside[0] if len(inside) == 1 else list(inside)), None
    except BadNumbers:
        return None, "no_fit"


def _dispersion(counts: np.ndarray, until: int) -> float | None:
    before = counts[: max(0, until)]
    return analysis.overdispersion(before).measured if len(before) else None


def _correlation(fit: analysis.Segmented | None) -> float | None:
    if fit is None or len(fit.steps) < 2:
        return None
    pairs = [(one, other) for index, one in enumerate(fit.steps) for other in fit.steps[index + 1 :]]
    return max((fit.correlation(*pair) for pair in pairs), key=abs)


def _cautions(treated: Pair, comparison: Pair | None, series: Series, named: str) -> list[Caution]:
    found: list[Caution] = []
    if comparison is None:
        found.append(("only_named", {"words": named}) if named else ("no_comparison", {}))
    elif comparison[0] < treated[0]:
        found.append(("small_comparison", {}))
    if series.dispersion is None:
        found.append(("dispersion_unknown", {}))
    if series.remembers:
        found.append(("remembers", {}))
    return found


def as_json(value: Any) -> Any:
    """A result as plain values that can be kept: lists, texts, numbers; infinity as the word."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: as_json(one) for name, one in asdict(value).items()}
    if isinstance(value, dict):
        return {str(name): as_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value.item() if isinstance(value, np.generic) else value
