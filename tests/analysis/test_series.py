"""Month by month, held against statsmodels on random series."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.discrete.discrete_model import NegativeBinomial

from samverkan_map.analysis import effects
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")

VECTORS = Path(__file__).parent.parent / "vectors"
once = settings(max_examples=40, deadline=None)


def peer(fit, **more):
    """statsmodels' GLM on the same columns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = sm.GLM(fit.counts, fit.design, family=sm.families.Poisson(), **more)
        return model.fit(scale="X2", tol=1e-13, maxiter=200)


@st.composite
def a_series(draw, most=60.0):
    n = draw(st.integers(14, 72))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    level, step = draw(st.floats(0.5, most)), draw(st.integers(4, n - 4))
    expected = level * (1 + 0.4 * np.sin(np.arange(n) * np.pi / 6)) * np.where(np.arange(n) >= step, 0.7, 1)
    bursts = random.gamma(2, 0.5, n) if draw(st.booleans()) else 1
    return random.poisson(expected * bursts), step


@once
@given(a_series(), st.booleans(), st.integers(0, 2))
def test_the_fit_is_statsmodels_to_eight_digits(series, slope, waves):
    y, step = series
    try:
        fit = effects.segmented(y, step, slope=slope, waves=waves)
    except BadNumbers as refusal:
        assert refusal.key in ("analysis.errors.no_fit", "analysis.errors.no_events", "analysis.errors.too_short")
        assert y[step:].sum() == 0 or y[:step].sum() == 0 or y.sum() < 25
        return
    theirs = peer(fit)
    assert fit.coef == pytest.approx(theirs.params, abs=1e-8, rel=1e-8)
    assert fit.se_quasi == pytest.approx(theirs.bse, abs=1e-8, rel=1e-8)
    assert (fit.dispersion, fit.deviance) == pytest.approx((theirs.scale, theirs.deviance), rel=1e-8)
    assert fit.log_likelihood == pytest.approx(theirs.llf_scaled(scale=1), rel=1e-8)
    assert fit.residuals == pytest.approx(theirs.resid_pearson, abs=1e-7)
    covariance = theirs.cov_params() / theirs.scale
    assert fit.covariance == pytest.approx(covariance, abs=1e-7, rel=1e-7)


@once
@given(a_series(), st.floats(1, 40))
def test_unequal_months_are_an_exposure(series, jump):
    y, step = series
    lengths = np.where(np.arange(len(y)) % 2, 30.0, 30.0 + jump)
    assume(y[:step].sum() > 5 and y[step:].sum() > 5)
    fit = effects.segmented(y, step, waves=0, lengths=lengths)
    assert fit.coef == pytest.approx(peer(fit, exposure=lengths).params, abs=1e-7)


def test_a_calm_series_keeps_the_poisson_interval_and_its_true_dispersion():
    vector = json.loads((VECTORS / "its_01.json").read_text(encoding="utf-8"))
    fit = effects.segmented(vector["inputs"]["y"], 30)
    assert fit.dispersion == pytest.approx(0.6798800, abs=1e-6)
    found = fit.step("level")
    assert np.log(found.high / found.low) / 2 / 1.959963984540054 == pytest.approx(fit.se_poisson[2])
    assert (fit.se_quasi < fit.se_poisson).all()


def test_bursts_widen_the_interval_of_a_step():
    vector = json.loads((VECTORS / "its_02_overdispersed.json").read_text(encoding="utf-8"))
    fit = effects.segmented(vector["inputs"]["y"], 30)
    found = fit.step("level")
    assert np.log(found.high / found.low) / 2 / 1.959963984540054 == pytest.approx(fit.se_quasi[2])


def test_two_measures_a_month_apart_cannot_be_told_apart_but_two_years_apart_can():
    y = np.random.default_rng(1).poisson(20, 72)
    assert effects.segmented(y, [30, 31]).inseparable() == [("measure1", "measure2")]
    assert effects.segmented(y, [24, 48]).inseparable() == []


def test_each_of_three_measures_gets_a_slope_of_its_own_when_asked():
    y = np.random.default_rng(2).poisson(20, 90)
    fit = effects.segmented(y, [24, 48, 66], slope=True, waves=2)
    assert fit.names[2:8] == ("measure1", "measure2", "measure3", "slope1", "slope2", "slope3")
    assert fit.names[8:] == ("sin12", "cos12", "sin6", "cos6")
    assert fit.coef == pytest.approx(peer(fit).params, abs=1e-8)


def test_months_that_remember_each_other_are_flagged_and_independent_ones_are_not():
    random = np.random.default_rng(5)
    swell = np.repeat(random.gamma(3, 1 / 3, 12), 6)
    assert effects.segmented(random.poisson(30 * swell), 36).remembers
    flagged = [effects.segmented(random.poisson(30, 72), 36).remembers for _ in range(200)]
    assert np.mean(flagged) < 0.25


def test_the_lag_is_counted_as_statsmodels_counts_it():
    fit = effects.segmented(np.random.default_rng(7).poisson(9, 60), 30)
    theirs = sm.tsa.acf(fit.residuals, nlags=12)
    assert [fit.autocorrelation(lag) for lag in (1, 12)] == pytest.approx(theirs[[1, 12]].tolist())
    assert fit.autocorrelation(0) is fit.autocorrelation(60) is None


def test_not_one_event_after_the_measure_is_refused_and_the_exact_ratio_still_answers():
    y = [*range(3, 27), *[0] * 12]
    with pytest.raises(BadNumbers) as refused:
        effects.segmented(y, 24)
    assert refused.value.key == "analysis.errors.no_fit"
    assert effects.rate_ratio(0, sum(y[12:24])).high < 0.1


@pytest.mark.parametrize(
    "series, last, key",
    [
        ([0] * 36, 18, "no_events"),
        ([3] * 36, 36, "outside_series"),
        ([3] * 36, 0, "outside_series"),
        ([3] * 36, [12, 12], "same_point"),
        ([3] * 5, 2, "too_short"),
        ([3] * 36, 1.5, "outside_series"),
        ([1] * 6000, 100, "too_large"),
    ],
)
def test_a_series_that_has_no_answer_is_refused_by_its_reason(series, last, key):
    with pytest.raises(BadNumbers) as refused:
        effects.segmented(series, last)
    assert refused.value.key == f"analysis.errors.{key}"


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_the_negative_binomial_is_statsmodels_where_there_are_bursts(seed):
    random = np.random.default_rng(seed)
    y = random.poisson(15 * random.gamma(3, 1 / 3, 60))
    fit = effects.segmented(y, 30)
    found = effects.negative_binomial(fit)
    assume(found is not None and found.theta < 50)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = [*found.coef, 1 / found.theta]
        theirs = NegativeBinomial(fit.counts, fit.design).fit(start, disp=0, method="newton", tol=1e-12)
    assert 1 / found.theta == pytest.approx(theirs.params[-1], rel=1e-5)
    assert found.coef == pytest.approx(theirs.params[:-1], abs=1e-6)


def test_calm_counts_have_no_negative_binomial():
    assert effects.negative_binomial(effects.segmented([4, 5, 6, 5] * 10, 20)) is None


def test_the_dispersion_of_a_place_is_found_again_from_its_months():
    random = np.random.default_rng(11)
    measured = [effects.overdispersion(random.poisson(8 * random.gamma(8, 1 / 8, 36))).measured for _ in range(300)]
    assert np.mean(measured) == pytest.approx(2, abs=0.1)
    assert effects.overdispersion([3] * 23).measured is None
    assert effects.overdispersion([0] * 36).used == 1
    assert effects.overdispersion([0] * 35 + [4]).used >= 1
