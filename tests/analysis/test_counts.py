"""One place before and after, held against scipy, statsmodels and plain summing on random counts."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import etest_poisson_2indep

from samverkan_map.analysis import effects

pytestmark = pytest.mark.filterwarnings("error")

few = st.integers(0, 60)
many = st.integers(0, 1_000_000)
lengths = st.floats(0.05, 400)
alphas = st.floats(0.001, 0.4)
once = settings(max_examples=60, deadline=None)


@once
@given(many, many, lengths, lengths, alphas)
def test_the_interval_of_a_ratio_is_clopper_and_pearsons_of_the_share_after(after, before, t1, t0, alpha):
    assume(after + before)
    found = effects.rate_ratio(after, before, t1, t0, alpha=alpha)
    low, high = stats.binomtest(after, after + before).proportion_ci(1 - alpha, method="exact")
    assert found.low == pytest.approx(low / (1 - low) * t0 / t1, rel=1e-6, abs=1e-12)
    assert found.high == (math.inf if high == 1 else pytest.approx(high / (1 - high) * t0 / t1, rel=1e-6))
    assert found.ratio == (pytest.approx(after / t1 / (before / t0)) if before else math.inf)
    assert found.low <= found.ratio <= found.high


@once
@given(st.integers(0, 3000), st.integers(0, 3000), lengths, lengths)
def test_the_probabilities_of_a_ratio_are_those_of_scipys_binomial_test(after, before, t1, t0):
    assume(after + before)
    found = effects.rate_ratio_p(after, before, t1, t0)
    n, p = after + before, t1 / (t1 + t0)
    # Below 1e-280 scipy's own tails begin to lose digits and turn into 0 while ours still count.
    tails = [stats.binomtest(after, n, p, alternative=side).pvalue for side in ("less", "greater")]
    assert found.central == pytest.approx(min(1, 2 * min(tails)), rel=1e-6, abs=1e-280)
    assert found.mid == pytest.approx(2 * min(tails) - stats.binom.pmf(after, n, p), rel=1e-6, abs=1e-12)
    assert found.minimum_likelihood == pytest.approx(stats.binomtest(after, n, p).pvalue, rel=1e-5, abs=1e-280)


@once
@given(few, few, lengths, lengths, alphas)
def test_the_interval_leaves_out_no_change_exactly_when_the_central_probability_is_small(after, before, t1, t0, alpha):
    found, p = effects.rate_ratio(after, before, t1, t0, alpha=alpha), effects.rate_ratio_p(after, before, t1, t0)
    assume(abs(p.central - alpha) > 1e-9)
    assert (found.high < 1 or found.low > 1) == (p.central < alpha)


@once
@given(st.integers(0, 100_000), lengths, alphas)
def test_the_interval_of_a_rate_is_garwoods(events, length, alpha):
    found = effects.rate(events, length, alpha=alpha)
    low = stats.chi2.ppf(alpha / 2, 2 * events) / 2 / length if events else 0
    assert (found.low, found.rate) == (pytest.approx(low, rel=1e-7), pytest.approx(events / length))
    assert found.high == pytest.approx(stats.chi2.ppf(1 - alpha / 2, 2 * events + 2) / 2 / length, rel=1e-7)


@once
@given(few, few, lengths, lengths, st.floats(0.2, 3), st.just(0) | st.floats(0.01, 5))
@example(after=0, before=2, t1=5.0, t0=0.25, shape=0.21875, rate=0)  # a ratio of a thousand-millionth part
def test_what_is_believed_about_a_ratio_is_what_two_drawn_gammas_show(after, before, t1, t0, shape, rate):
    found = effects.gamma_poisson(after, before, t1, t0, prior_shape=shape, prior_rate=rate)
    share = stats.beta(after + shape, before + shape)
    T1, T0 = t1 + rate, t0 + rate
    assert found.p_decrease == pytest.approx(share.cdf(T1 / (T1 + T0)), abs=1e-9)
    assert found.p_fall_of_a_fifth == pytest.approx(share.cdf(0.8 * T1 / (0.8 * T1 + T0)), abs=1e-9)
    for quantile in (0.025, 0.5, 0.975):
        assert found.p_below(found.quantile(quantile)) == pytest.approx(quantile, abs=1e-7)


def test_the_gammas_really_are_the_closed_form():
    draws = np.random.default_rng(3).gamma([[18.5], [61.5]], 1, (2, 400_000)) / [[6], [12]]
    ratios = draws[0] / draws[1]
    found = effects.gamma_poisson(18, 61, 6, 12)
    assert (ratios < 1).mean() == pytest.approx(found.p_decrease, abs=0.002)
    assert np.quantile(ratios, [0.025, 0.975]) == pytest.approx(found.interval(), rel=0.01)


@once
@given(st.integers(0, 120), st.integers(0, 120), st.sampled_from([(1, 1), (12, 6), (3, 7), (1, 0.31)]))
@pytest.mark.parametrize("statistic", ["score", "wald"])
def test_the_e_test_is_statsmodels_wherever_no_outcome_is_equally_far_away(statistic, after, before, windows):
    t1, t0 = windows
    assume(after + before)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, theirs = etest_poisson_2indep(after, t1, before, t0, method=statistic)
        bound, *_ = summed(after, before, t1, t0, statistic, 1e-7), summed(after, before, t1, t0, statistic, -1e-7)
    ours = effects.e_test_p(after, before, t1, t0, statistic=statistic)
    if summed(after, before, t1, t0, statistic, -1e-7) == pytest.approx(bound, abs=1e-9):
        assert ours == pytest.approx(float(theirs), abs=1e-6)
    assert ours == pytest.approx(bound, abs=1e-6)


def summed(after, before, t1, t0, statistic, slack):
    """The E-test by going through all outcomes; `slack` above 0 counts those that are equally far away."""
    scale = t1 / t0
    pooled = (after + before) / (t1 + t0)
    x1 = np.arange(0, 2 * (after + before) + 60)[:, None]
    x0 = np.arange(0, 2 * (after + before) + 60 + int(8 * pooled * t0))[None, :]

    def away(one, zero):
        variance = (one + zero) * scale if statistic == "score" else one + zero * scale**2
        return np.abs(one - zero * scale) / np.sqrt(np.maximum(variance, 1e-20))

    far = away(x1, x0) >= away(after, before) * (1 - slack)
    chance = stats.poisson.pmf(x1, pooled * t1) * stats.poisson.pmf(x0, pooled * t0)
    return float((chance * far).sum())


def test_bursts_widen_every_interval_and_calm_narrows_none():
    for function, arguments in (
        (effects.rate_ratio, (12, 25)),
        (effects.rate, (12, 3)),
        (effects.relative_incidence, ((50, 30), (60, 55))),
        (effects.wdd, ((50, 30), (60, 55))),
        (effects.wdd_harm, ([((60, 55), (50, 30))], (3,))),
    ):
        plain, bursts, calm = (function(*arguments, dispersion=phi) for phi in (1, 2.5, 0.6))
        assert bursts.low < plain.low and bursts.high > plain.high
        assert calm == plain
    assert effects.gamma_poisson(12, 25, dispersion=2.5).p_decrease < effects.gamma_poisson(12, 25).p_decrease
    assert effects.rate_ratio(12, 25, dispersion=2.5).ratio == effects.rate_ratio(12, 25).ratio


@once
@given(*[st.integers(1, 5000)] * 4)
def test_the_ratio_of_ratios_is_the_interaction_of_a_poisson_table(t0, t1, c0, c1):
    found = effects.relative_incidence((t0, t1), (c0, c1))
    table = stats.contingency.odds_ratio([[t1, t0], [c1, c0]], kind="sample")
    low, high = table.confidence_interval(0.95)
    assert (found.ratio, found.low, found.high) == pytest.approx((table.statistic, low, high), rel=1e-9)
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(found.log_ratio) / found.se), rel=1e-9)


@pytest.mark.parametrize("treated, control", [((0, 5), (4, 4)), ((5, 0), (4, 4)), ((5, 5), (0, 4)), ((0, 0), (0, 0))])
def test_a_zero_count_leaves_the_ratio_of_ratios_unsaid_unless_half_an_event_is_added(treated, control):
    unsaid = effects.relative_incidence(treated, control)
    assert {unsaid.ratio, unsaid.low, unsaid.high, unsaid.se, unsaid.p} == {None}
    halved = effects.relative_incidence(treated, control, add_half=True)
    four = [count + 0.5 for count in (*treated, *control)]
    assert halved.ratio == pytest.approx(four[1] / four[0] / (four[3] / four[2]))
