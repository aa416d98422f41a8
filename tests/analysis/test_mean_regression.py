"""The place that was chosen when it had most."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samverkan_map.analysis import effects

pytestmark = pytest.mark.filterwarnings("error")

once = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("shape, fall", [(4, -0.34), (2, -0.25), (1, -0.16), (0.5, -0.10)])
def test_the_twenty_worst_of_a_thousand_places_fall_by_themselves_and_not_against_what_was_expected(shape, fall):
    random, raw, corrected = np.random.default_rng(17), [], []
    for _ in range(60):
        true = random.gamma(shape, 4 / shape, 1000)
        before, after = random.poisson(true), random.poisson(true)
        worst = np.argsort(before)[-20:]
        expected = sum(effects.expected_before(int(before[one]), before).mean for one in worst)
        raw.append(after[worst].sum() / before[worst].sum() - 1)
        corrected.append(after[worst].sum() / expected - 1)
    assert np.mean(raw) == pytest.approx(fall, abs=0.02)
    assert abs(np.mean(corrected)) < 0.02
    assert all(effects.chosen_for_height(int(before[one]), before) for one in worst)


def test_places_that_differ_no_more_than_chance_are_all_given_the_mean():
    found = effects.expected_before(9, [5, 4, 5, 6, 5, 5])
    assert (found.mean, found.variance, found.weight) == (5, 0, 1)


@once
@given(st.integers(0, 3000), st.floats(0.5, 3000), st.floats(0, 5000), st.floats(0.2, 5))
def test_saved_events_and_theta_are_hauers(observed, before, variance, ratio):
    found = effects.empirical_bayes(observed, before, variance, ratio)
    expected, spread = before * ratio, variance * ratio**2
    assert (found.expected, found.variance) == pytest.approx((expected, spread))
    assert found.theta == pytest.approx(observed / expected / (1 + spread / expected**2))
    assert (found.saved, found.se_saved**2) == pytest.approx((expected - observed, spread + observed), abs=1e-6)
    if observed:
        unsure = spread / expected**2
        se = found.theta * (1 / observed + unsure) ** 0.5 / (1 + unsure)
        assert found.se_theta == pytest.approx(se)
    assert 0 <= found.low <= found.high and found.expected_low <= found.expected_high
    assert 0 <= found.p_decrease <= 1


def test_the_interval_holds_what_drawn_expectations_and_rates_show():
    found = effects.empirical_bayes(12, 23.92, 18.64)
    random, shape = np.random.default_rng(8), 23.92**2 / 18.64
    expected = random.gamma(shape, 23.92 / shape, 400_000)
    ratio = random.gamma(12.5, 1, 400_000) / expected
    assert (found.expected_low, found.expected_high) == pytest.approx(np.quantile(expected, [0.025, 0.975]), rel=0.01)
    assert (found.low, found.high) == pytest.approx(np.quantile(ratio, [0.025, 0.975]), rel=0.01)
    assert found.p_decrease == pytest.approx((ratio < 1).mean(), abs=0.002)


def test_a_count_of_zero_is_not_taken_as_certain():
    found = effects.empirical_bayes(0, 6.0, 2.0)
    assert (found.theta, found.se_theta, found.low) == (0, 0, pytest.approx(0, abs=1e-3))
    assert 0.3 < found.high < 1


def test_an_expectation_known_for_certain_leaves_only_the_counts_own_chance():
    known, nearly = effects.empirical_bayes(12, 24, 0), effects.empirical_bayes(12, 24, 1e-3)
    assert known.high == pytest.approx(stats.gamma.ppf(0.975, 12.5) / 24)
    for name in ("low", "high", "p_decrease"):
        assert getattr(known, name) == pytest.approx(getattr(nearly, name), rel=1e-3)
    assert known.expected_low == known.expected_high == 24
