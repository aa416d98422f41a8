"""How large a fall must be to be seen."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samverkan_map.analysis import effects

pytestmark = pytest.mark.filterwarnings("error")


def every_outcome(expected, ratio, t1, t0, alpha):
    """The power by asking the exact interval about every pair of counts."""
    top0, top1 = int(expected * 2 + 40), int(expected * ratio * t1 / t0 * 2 + 40)
    x0, x1 = np.arange(top0)[None, :], np.arange(top1)[:, None]
    p = t1 / (t1 + t0)
    clear = (stats.binom.cdf(x1, x0 + x1, p) < alpha / 2) | (stats.binom.sf(x1 - 1, x0 + x1, p) < alpha / 2)
    chance = stats.poisson.pmf(x1, expected * ratio * t1 / t0) * stats.poisson.pmf(x0, expected)
    return float((chance * clear).sum())


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.5, 60), st.floats(0.02, 2.5), st.sampled_from([(1, 1), (6, 12), (24, 12)]), st.sampled_from([0.05, 0.1])
)
def test_the_power_is_the_sum_over_every_outcome(expected, ratio, windows, alpha):
    t1, t0 = windows
    found = effects.power_at(expected, ratio, t1, t0, alpha=alpha)
    assert found == pytest.approx(every_outcome(expected, ratio, t1, t0, alpha), abs=1e-6)


@pytest.mark.parametrize(
    "expected, alone, with_comparison",
    [(5, None, None), (10, -92, None), (20, -73, None), (30, -62, -90), (50, -50, -72), (100, -37, -52),
     (200, -27, -38), (500, -17, -24)],
)  # fmt: skip
def test_the_table_that_planners_are_shown(expected, alone, with_comparison):
    rounded = [
        None if found.percent is None else round(found.percent)
        for found in (effects.smallest_detectable(expected), effects.wdd_smallest_detectable(expected, expected))
    ]
    assert rounded == [alone, with_comparison]


def test_five_events_a_year_show_not_even_a_fall_of_99_per_cent():
    assert effects.power_at(5, 0.01) == pytest.approx(0.37, abs=0.005)


def test_the_ratio_found_has_the_power_asked_for_and_a_smaller_fall_has_not():
    for power in (0.5, 0.8, 0.9):
        ratio = effects.smallest_detectable(80, 6, 12, power=power).ratio
        assert effects.power_at(80, ratio, 6, 12) == pytest.approx(power, abs=1e-6)
        assert effects.power_at(80, ratio + 0.02, 6, 12) < power


def test_bursts_and_longer_windows_move_what_can_be_seen():
    plain = effects.smallest_detectable(100).ratio
    assert effects.smallest_detectable(100, dispersion=2).ratio == effects.smallest_detectable(50).ratio < plain
    assert effects.smallest_detectable(100, 24, 12).ratio > plain


def test_a_million_events_show_what_a_normal_count_would(expected=1_000_000):
    noise = (1.959963984540054 + 0.8416212335729143) * 2**0.5 / expected**0.5
    assert 1 - effects.smallest_detectable(expected).ratio == pytest.approx(noise, rel=0.03)


@pytest.mark.parametrize("expected", [20, 500, 50_000])
def test_an_answer_takes_less_than_a_tenth_of_a_second_of_work(expected):
    begun = time.process_time()
    effects.smallest_detectable(expected)
    assert time.process_time() - begun < 0.1
