"""Month by month: did the level (or the slope) change when the measure came, beyond trend and season?

A Poisson regression of log expected events on time, the season as waves, and a step for each measure. The standard
errors are those of a quasi-Poisson model: what is scattered more than a Poisson count widens them, and what happens to
be scattered less is not allowed to narrow an interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.special import gammaln, ndtri, xlogy

from samverkan_map.analysis.checks import MOST, counts, share, whole
from samverkan_map.errors import BadNumbers

ROUNDS = 50
CLOSE = 1e-9
FARTHEST = 1e4
LONGEST = 5_000
SLOPE_NEEDS = 12
"""Points on each side without which a change of slope is not told from chance and season."""
HISTORY_MONTHS = 24
TOO_ALIKE = 0.8
"""Two estimates correlated more than this are not told apart."""


@dataclass(frozen=True)
class Step:
    """What one measure did to the level: the ratio to what trend and season would have given, with its interval."""

    name: str
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Segmented:
    """A fitted model: names and coefficients (logs) of shape (p,), their Poisson covariance (p, p), fitted (n,).

    `steps` are the names that are levels after a measure, `design` the columns (n, p) that were fitted.
    """

    names: tuple[str, ...]
    steps: tuple[str, ...]
    design: np.ndarray
    coef: np.ndarray
    covariance: np.ndarray
    fitted: np.ndarray
    counts: np.ndarray

    @cached_property
    def residuals(self) -> np.ndarray:
        """Pearson residuals, shape (n,)."""
        return (self.counts - self.fitted) / np.sqrt(self.fitted)

    @cached_property
    def dispersion(self) -> float:
        """Pearson's chi-square over its degrees of freedom: 1 for Poisson counts; as measured, also below 1."""
        return float(self.residuals @ self.residuals) / (len(self.counts) - len(self.coef))

    @cached_property
    def se_poisson(self) -> np.ndarray:
        """Standard errors if the counts were Poisson."""
        return np.sqrt(self.covariance.diagonal())

    @property
    def se_quasi(self) -> np.ndarray:
        """Standard errors with the measured dispersion, as other programs print them; not for intervals shown."""
        return self.se_poisson * math.sqrt(self.dispersion)

    @property
    def log_likelihood(self) -> float:
        """Of the Poisson model."""
        y, mu = self.counts, self.fitted
        return float((xlogy(y, mu) - mu - gammaln(y + 1)).sum())

    @property
    def deviance(self) -> float:
        """Of the Poisson model against one that fits every point."""
        y, mu = self.counts, self.fitted
        return float(2 * (xlogy(y, y / mu) - (y - mu)).sum())

    def correlation(self, one: str, other: str) -> float:
        """How much two estimates are the same piece of information, -1 to 1. Raises BadNumbers for an unknown name."""
        i, j = self._at(one), self._at(other)
        return float(self.covariance[i, j] / (self.se_poisson[i] * self.se_poisson[j]))

    def step(self, name: str, alpha: float = 0.05) -> Step:
        """The effect of one measure, its interval never narrower than a Poisson count's. Raises BadNumbers."""
        at = self._at(name)
        reach = float(ndtri(1 - share("alpha", alpha) / 2) * self.se_poisson[at]) * math.sqrt(max(1, self.dispersion))
        middle = float(self.coef[at])
        return Step(name, math.exp(middle), _exp(middle - reach), _exp(middle + reach))

    def inseparable(self, limit: float = TOO_ALIKE) -> list[tuple[str, str]]:
        """The pairs of measures whose estimates are too alike to be told apart."""
        pairs = [(one, other) for index, one in enumerate(self.steps) for other in self.steps[index + 1 :]]
        return [pair for pair in pairs if abs(self.correlation(*pair)) > limit]

    def autocorrelation(self, lag: int) -> float | None:
        """How alike residuals `lag` points apart are, -1 to 1; None for a series too short or a perfect fit."""
        away = self.residuals - self.residuals.mean()
        scatter = float(away @ away)
        if not 0 < lag < len(away) or scatter < CLOSE:
            return None
        return float(away[lag:] @ away[:-lag]) / scatter

    @property
    def remembers(self) -> bool:
        """Whether points depend on those before (lag 1 or 12), so that the intervals are too narrow."""
        found = [self.autocorrelation(lag) for lag in (1, 12)]
        return any(one is not None and abs(one) > 2 / math.sqrt(len(self.counts)) for one in found)

    def _at(self, name: str) -> int:
        if name not in self.names:
            raise BadNumbers("analysis.errors.unknown_name", field=name)
        return self.names.index(name)


def segmented(
    series: Any,
    last_before: int | Sequence[int] = (),
    *,
    slope: bool = False,
    waves: int = 1,
    per_year: int = 12,
    lengths: Any = None,
) -> Segmented:
    """Fit the series with a step after each measure, and a change of slope too if asked (see `slope_allowed`).

    Units: events per point, shape (n,), broken counts allowed; `last_before` is the number (from 1) of the last point
    before a measure, one or several; `waves` 0, 1 (one per year) or 2 (also half a year) for the season; `lengths`,
    shape (n,), when points are not equally long. Segmented out: logs, trend and slope per year. Its names are const,
    trend_per_year, level (or measure1, measure2, ...), slope_change_per_year (slope1, ...), sin12, cos12, sin6, cos6.
    Raises BadNumbers for fewer points than the model needs, bad counts, a measure outside the series, two measures at
    the same point, and series that no finite answer fits (such as not one event after a measure).
    Source: Wagner et al. (2002); fitted as in Nelder & Wedderburn (1972), dispersion as in McCullagh & Nelder (1989).

    >>> months = [25, 15, 25, 26, 28, 17, 19, 17, 22, 23, 23, 23, 21, 33, 21, 25, 18, 24, 14, 13, 12, 13, 14, 17]
    >>> fit = segmented(months, 18)
    >>> fit.names
    ('const', 'trend_per_year', 'level', 'sin12', 'cos12')
    >>> found = fit.step("level")
    >>> round(found.ratio, 2), round(found.low, 2), round(found.high, 2)
    (0.62, 0.44, 0.88)
    """
    y = counts("series", series, broken=True)
    one = isinstance(last_before, int | np.integer)
    steps = _steps(last_before, len(y))
    if waves not in (0, 1, 2) or not 2 <= per_year <= 366:
        raise BadNumbers("analysis.errors.season", field="waves")
    shape = _shape(len(y), steps, one, slope, waves, per_year)
    if not y.any():
        raise BadNumbers("analysis.errors.no_events", field="series")
    offset = None if lengths is None else np.log(_lengths(lengths, len(y)))
    return Segmented(shape.names, shape.steps, shape.design, *_fit(shape, y, offset), y)


def _steps(last_before: int | Sequence[int], n: int) -> tuple[int, ...]:
    found = tuple(last_before) if isinstance(last_before, Sequence) else (last_before,)
    if not all(isinstance(value, int | np.integer) and 1 <= value < n for value in found):
        raise BadNumbers("analysis.errors.outside_series", field="last_before")
    if len(set(found)) < len(found):
        raise BadNumbers("analysis.errors.same_point", field="last_before")
    return tuple(int(value) for value in found)


def _lengths(values: Any, n: int) -> np.ndarray:
    found = counts("lengths", values, length=n, broken=True)
    if not found.all():
        raise BadNumbers("analysis.errors.not_positive", field="lengths")
    return found


class _Shape(NamedTuple):
    """Names, which of them are steps, columns (n, p), and what gives the straight line (p, n) through a series."""

    names: tuple[str, ...]
    steps: tuple[str, ...]
    design: np.ndarray
    line: np.ndarray


@lru_cache(maxsize=256)
def _shape(n: int, steps: tuple[int, ...], one: bool, slope: bool, waves: int, per_year: int) -> _Shape:
    """What a series of this form is fitted with; kept, because a page fits many of the same form."""
    if n > LONGEST:
        raise BadNumbers("analysis.errors.too_large", field="series")
    t = np.arange(1, n + 1, dtype=float)
    after = [(t > step).astype(float) for step in steps]
    which = ("level",) if one else tuple(f"measure{number}" for number in range(1, len(steps) + 1))
    columns = {"const": np.ones(n), "trend_per_year": t / per_year, **dict(zip(which, after, strict=True))}
    for number, (step, column) in enumerate(zip(steps, after, strict=True) if slope else (), start=1):
        columns["slope_change_per_year" if one else f"slope{number}"] = column * (t - step) / per_year
    for wave in range(1, waves + 1):
        turn = 2 * np.pi * wave * t / per_year
        columns |= {f"sin{12 // wave}": np.sin(turn), f"cos{12 // wave}": np.cos(turn)}
    design = np.column_stack(list(columns.values()))
    if n <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        raise BadNumbers("analysis.errors.too_short", field="series", least=design.shape[1] + 1)
    design.flags.writeable = False
    return _Shape(tuple(columns), which, design, np.linalg.pinv(design))


def _fit(shape: _Shape, y: np.ndarray, offset: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Newton's method on the log likelihood, which has one top: coefficients, covariance and fitted counts.

    It starts from the straight line through counts over their mean, which costs one product and saves a round.
    """
    design, across = shape.design, shape.design.T
    flat = y if offset is None else y / np.exp(offset)
    mean = float(flat.sum()) / len(flat)
    coef = shape.line @ (flat / mean - 1)
    coef[0] += math.log(mean)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(ROUNDS):
            logs = design @ coef
            fitted = np.exp(logs if offset is None else logs + offset)
            covariance = _inverse((across * fitted) @ design)
            change = covariance @ (across @ (y - fitted))
            coef = coef + change
            size = float(change @ change)
            if size < CLOSE**2:
                return coef, covariance, fitted
            if not size < FARTHEST**2:
                break
    raise BadNumbers("analysis.errors.no_fit", field="series")


def _inverse(square: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.inv(square)
    except np.linalg.LinAlgError as error:
        raise BadNumbers("analysis.errors.no_fit", field="series") from error


def _exp(log: float) -> float:
    return math.exp(log) if log < math.log(MOST) else math.inf


def slope_allowed(n: int, last_before: int) -> bool:
    """Whether a series is long enough on both sides of a measure for a change of slope to be asked for.

    Units: points; two numbers in, yes or no out. Raises BadNumbers for numbers that are not whole ones from zero.
    Source: methods, section 7.5, own rule (2026).

    >>> slope_allowed(48, 30), slope_allowed(36, 30)
    (True, False)
    """
    points, before = whole("n", n), whole("last_before", last_before)
    return before >= SLOPE_NEEDS and points - before >= SLOPE_NEEDS


@dataclass(frozen=True)
class Dispersion:
    """How much more the months vary than Poisson counts: `measured` (None when it cannot be said) and what to use."""

    measured: float | None
    months: int

    @property
    def used(self) -> float:
        """What variances are multiplied with: never below 1."""
        return max(1.0, self.measured or 1.0)


def overdispersion(months: Any) -> Dispersion:
    """How much more the months of a place vary than chance does, when trend and season are taken away.

    Units: events per month, shape (n,); one Dispersion out. Nothing is measured on fewer than 24 months, without
    events, or on so few that no season fits them; `used` is then 1.
    Raises BadNumbers for an empty row and bad counts.
    Source: McCullagh & Nelder (1989), section 4.5; the 24 months are an own rule.

    >>> bursts = [9, 0, 1, 12, 0, 2, 10, 1, 0, 7, 0, 11, 1, 14, 0, 0, 9, 2, 1, 0, 13, 0, 8, 1]
    >>> found = overdispersion(bursts)
    >>> round(found.measured, 1), overdispersion([4, 5, 4]).used
    (6.8, 1.0)
    """
    y = counts("months", months, broken=True)
    if len(y) < HISTORY_MONTHS or not y.any():
        return Dispersion(None, len(y))
    try:
        return Dispersion(segmented(y).dispersion, len(y))
    except BadNumbers as error:
        if error.key != "analysis.errors.no_fit":
            raise
        return Dispersion(None, len(y))
