"""7. The mathematics of effects: against statsmodels, and against worlds where the truth is known."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from bench.figures import KILO, Figure, Unmeasurable
from bench.workshop import Workshop
from samverkan_map.analysis import effects
from samverkan_map.analysis.effects.series import Segmented

TITLE = "Effects: the series against statsmodels; intervals and chosen places where the truth is known"
MONTHS, LAST_BEFORE, BATCH = 48, 30, 20
LEAST_TIMES, LEAST_DIGITS, MOST_MS = 10, 8, 20
TRUE_RATIO = 0.7
WORLDS = ((2, 1), (10, 1), (50, 1), (10, 2), (100, 2))
"""Expected events per window, and how many times the variance is the mean."""
EXACT, BURSTS, MEASURED = 94.5, 93.0, 91.0
"""Per cent of intervals that must hold the truth: exact ones on Poisson counts, those widened by the true dispersion,
and those widened by one that is measured on the same few months.
"""
PLACES, WORST, PER_PLACE = 1000, 20, 4
SHAPES = (4, 2, 1, 0.5)
MOST_OFF = 2.0
Interval = Callable[[tuple[int, ...], float], tuple[float, float]]


def measure(shop: Workshop) -> Iterator[Figure]:
    """Speed, agreement, coverage, regression to the mean."""
    yield from _against_statsmodels(shop.times(40, 5))
    yield _one_effect(shop.times(50, 5))
    yield from _coverage(shop.times(20_000, 200))
    yield _step_coverage(shop.times(4_000, 100))
    yield from _chosen_places(shop.times(200, 20))


def _against_statsmodels(repeats: int) -> Iterator[Figure]:
    """The same series and columns, twenty at a time in turns; statsmodels gets the columns ready made."""
    try:
        import statsmodels.api as sm
    except ImportError as error:
        raise Unmeasurable("statsmodels is not installed") from error
    random, ours, theirs, apart = np.random.default_rng(1), [], [], []
    for _ in range(repeats):
        batch = [_series(random, 1) for _ in range(BATCH)]
        took, fits = _timed(lambda batch=batch: [_ours(y) for y in batch])
        ours.append(took / BATCH)
        took, peers = _timed(lambda batch=batch, fits=fits: [_theirs(sm, y, fits[0].design) for y in batch])
        theirs.append(took / BATCH)
        apart += [_apart(*pair) for pair in zip(fits, peers, strict=True)]
    times = tuple(b / a for a, b in zip(ours, theirs, strict=True))
    yield Figure(f"segmented fit of {MONTHS} months", "ms", tuple(ours))
    yield Figure("statsmodels GLM on the same series", "ms", tuple(theirs))
    yield Figure("how many times faster", "×", times, least=LEAST_TIMES)
    digits = tuple(-math.log10(max(one, 1e-17)) for one in apart)
    note = "coefficients, standard errors and dispersion, the worst of all series"
    yield Figure("decimals in common with statsmodels", "", digits, least=LEAST_DIGITS, take="smallest", note=note)


def _apart(fit: Segmented, peer) -> float:
    pairs = ((fit.coef, peer.params), (fit.se_quasi, peer.bse), (np.array([fit.dispersion]), peer.scale))
    return max(float(np.abs(mine - other).max()) for mine, other in pairs)


def _series(random: np.random.Generator, bursts: float) -> np.ndarray:
    """Monthly counts with a season and a fall to 0.7 after month 30."""
    t = np.arange(1, MONTHS + 1)
    expected = 20 * (1 + 0.15 * np.sin(2 * np.pi * t / 12)) * np.where(t > LAST_BEFORE, TRUE_RATIO, 1)
    return random.poisson(_varied(random, expected, bursts))


def _varied(random: np.random.Generator, expected: np.ndarray, bursts: float) -> np.ndarray:
    """Expectations that make counts vary `bursts` times as much as Poisson ones."""
    return expected if bursts == 1 else random.gamma(expected / (bursts - 1), bursts - 1)


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    begun = time.perf_counter()
    found = work()
    return (time.perf_counter() - begun) * KILO, found


def _ours(y: np.ndarray) -> Segmented:
    fit = effects.segmented(y, LAST_BEFORE, slope=True)
    fit.se_quasi  # noqa: B018 - computed when asked for, and statsmodels computes it too
    return fit


def _theirs(sm, y: np.ndarray, design: np.ndarray):
    found = sm.GLM(y.astype(float), design, family=sm.families.Poisson()).fit(scale="X2")
    found.bse  # noqa: B018 - as above
    return found


def _one_effect(repeats: int) -> Figure:
    """All that a follow-up page computes for one measure, without database and page."""
    random = np.random.default_rng(2)
    samples = []
    for _ in range(repeats):
        y, others = _series(random, 2), random.poisson(random.gamma(2, 12, PLACES))
        samples.append(_timed(lambda y=y, others=others: _whole_effect(y, others))[0])
    note = "dispersion, ratio, belief, comparison, ring, series, Empirical Bayes, power, verdict"
    return Figure("every figure of one effect", "ms", tuple(samples), most=MOST_MS, note=note)


def _whole_effect(y: np.ndarray, others: np.ndarray) -> None:
    before, after = int(y[18:30].sum()), int(y[30:42].sum())
    phi = effects.overdispersion(y[:30]).used
    ratio = effects.rate_ratio(after, before, dispersion=phi)
    belief = effects.gamma_poisson(after, before, dispersion=phi)
    effects.wdd((before, after), (200, 190), (80, 82), (75, 77), dispersion=phi)
    effects.relative_incidence((before, after), (200, 190), dispersion=phi)
    effects.wdq((before, after), (80, 82), (200, 190))
    fit = effects.segmented(y, LAST_BEFORE)
    fit.step("level")
    fit.remembers  # noqa: B018 - computed when asked for
    expected = effects.expected_before(before, others)
    effects.empirical_bayes(after, expected.mean, expected.variance, dispersion=phi)
    effects.smallest_detectable(before, dispersion=phi)
    effects.effect_verdict(before, after, ratio.low, ratio.high, belief.p_decrease)


@cache
def _exact(counts: tuple[int, ...], phi: float) -> tuple[float, float]:
    found = effects.rate_ratio(counts[1], counts[0], dispersion=phi)
    return found.low, found.high


@cache
def _jeffreys(counts: tuple[int, ...], phi: float) -> tuple[float, float]:
    return effects.gamma_poisson(counts[1], counts[0], dispersion=phi).interval()


def _wdd(counts: tuple[int, ...], phi: float) -> tuple[float, float]:
    found = effects.wdd(counts[:2], counts[2:], dispersion=phi)
    return found.low, found.high


def _relative(counts: tuple[int, ...], phi: float) -> tuple[float, float]:
    found = effects.relative_incidence(counts[:2], counts[2:], dispersion=phi, add_half=True)
    return found.low or 0.0, found.high or math.inf


INTERVALS: dict[str, Interval] = {"exact": _exact, "Jeffreys": _jeffreys, "WDD": _wdd, "log RIRR": _relative}


def _coverage(worlds: int) -> Iterator[Figure]:
    """How often each 95 % interval holds a true ratio of 0.7, as if all were Poisson and with the dispersion known."""
    for expected, bursts in WORLDS:
        drawn = _drawn(expected, bursts, worlds)
        kind = f"{expected} per window" + (f", variance {bursts} × mean" if bursts > 1 else "")
        for phi in sorted({1, bursts}):
            for name, interval in INTERVALS.items():
                truth = (TRUE_RATIO - 1) * expected if name == "WDD" else TRUE_RATIO
                held = 100 * sum(low <= truth <= high for low, high in (interval(one, phi) for one in drawn)) / worlds
                least = EXACT if bursts == 1 and name == "exact" else BURSTS if phi > 1 else None
                yield Figure(
                    f"{name} holds the truth, {kind}{', widened' if phi > 1 else ''}", "%", (held,), least=least
                )


def _drawn(expected: float, bursts: float, worlds: int) -> list[tuple[int, ...]]:
    """Counts of a treated place and of a comparison, (before, after) each."""
    random = np.random.default_rng(int(expected * 10 + bursts))
    means = np.tile([expected, expected * TRUE_RATIO, expected, expected], (worlds, 1))
    return list(map(tuple, random.poisson(_varied(random, means, bursts)).tolist()))


def _step_coverage(worlds: int) -> Figure:
    """The same for the step of a series whose dispersion is not known but measured."""
    random = np.random.default_rng(4)
    steps = [effects.segmented(_series(random, 2), LAST_BEFORE).step("level") for _ in range(worlds)]
    held = 100 * sum(step.low <= TRUE_RATIO <= step.high for step in steps) / worlds
    return Figure(f"step of {MONTHS} months holds the truth, variance 2 × mean", "%", (held,), least=MEASURED)


def _chosen_places(worlds: int) -> Iterator[Figure]:
    """The 20 worst of 1,000 places a year later, with no effect whatever."""
    for shape in SHAPES:
        random, raw, corrected = np.random.default_rng(7), [], []
        for _ in range(worlds):
            true = random.gamma(shape, PER_PLACE / shape, PLACES)
            before, after = random.poisson(true), random.poisson(true)
            worst = np.argsort(before)[-WORST:]
            expected = sum(effects.expected_before(int(before[one]), before).mean for one in worst)
            raw.append(100 * (1 - after[worst].sum() / before[worst].sum()))
            corrected.append(100 * (1 - after[worst].sum() / expected))
        kind = f"the {WORST} worst of {PLACES:,} places, spread as gamma {shape:g}"
        yield Figure(f"{kind}: fall by themselves", "%", (float(np.mean(raw)),))
        off = abs(float(np.mean(corrected)))
        yield Figure(f"{kind}: off from what Empirical Bayes expected", "%", (off,), most=MOST_OFF)
