"""Shares of those who answered, held against statsmodels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from samverkan_map.analysis import false_discovery, surveys
from samverkan_map.errors import BadNumbers

answers = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
alphas = st.floats(0.001, 0.4)
once = settings(max_examples=80, deadline=None)


@once
@given(answers, alphas)
def test_the_interval_of_a_share_is_wilsons(given_answers, alpha):
    yes, asked = given_answers
    found = surveys.wilson(yes, asked, alpha=alpha)
    assert (found.low, found.high) == pytest.approx(proportion_confint(yes, asked, alpha, method="wilson"), abs=1e-9)
    assert 0 <= found.low <= found.share <= found.high <= 1


@once
@given(answers, answers, alphas)
def test_the_change_between_two_years_is_newcombes(later, earlier, alpha):
    found = surveys.newcombe(*later, *earlier, alpha=alpha)
    theirs = confint_proportions_2indep(*later, *earlier, method="newcomb", compare="diff", alpha=alpha)
    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-9)


@once
@given(answers, st.floats(0.01, 50))
def test_equal_weights_of_any_size_are_no_weights(given_answers, weight):
    yes, asked = min(given_answers[0], 50), min(given_answers[1], 50)
    found = surveys.weighted_share([weight] * asked, [1] * min(yes, asked) + [0] * (asked - min(yes, asked)))
    plain = surveys.wilson(min(yes, asked), asked)
    assert (found.effective, found.design) == pytest.approx((asked, 1))
    assert (found.share, found.low, found.high) == pytest.approx((plain.share, plain.low, plain.high))


def test_asking_half_of_everybody_narrows_the_interval_and_asking_all_leaves_none():
    alone, half = surveys.wilson(81, 263), surveys.wilson(81, 263, population=526)
    assert half.low > alone.low and half.high < alone.high
    everybody = surveys.wilson(81, 263, population=263)
    assert everybody.low == everybody.high == everybody.share


@pytest.mark.parametrize("arguments", [(1, 0), (5, 4), (-1, 4), (1.5, 4)])
def test_shares_that_cannot_be_are_refused(arguments):
    with pytest.raises(BadNumbers):
        surveys.wilson(*arguments)


@pytest.mark.parametrize(
    "weights, given_answers", [([], []), ([1], [1, 0]), ([0, 0], [1, 0]), ([-1, 2], [1, 0]), ([1, 1], [2, 0])]
)
def test_weights_that_cannot_be_are_refused(weights, given_answers):
    with pytest.raises(BadNumbers):
        surveys.weighted_share(weights, given_answers)
    with pytest.raises(BadNumbers):
        surveys.wilson(3, 10, population=9)


@once
@given(st.lists(st.floats(0, 1) | st.sampled_from([0.01, 0.04]), min_size=1, max_size=60))
def test_the_false_discovery_rate_is_scipys(p):
    from scipy.stats import false_discovery_control

    found = false_discovery.benjamini_hochberg(p)
    assert found.q == pytest.approx(false_discovery_control(p, method="bh"), abs=1e-12)
    assert found.number == (found.q <= 0.05).sum()


def test_one_in_forty_idle_measures_looks_good_by_chance():
    assert false_discovery.good_by_chance(200) == 5
    assert false_discovery.good_by_chance(0) == 0
