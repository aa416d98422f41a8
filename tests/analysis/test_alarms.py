"""Weekly alarms against scipy's Poisson distribution."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from samverkan_map.analysis import alarms
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")


@given(st.integers(0, 400), st.floats(0, 300))
def test_a_week_has_the_exact_tails_of_poisson(observed, usual):
    found = alarms.weekly_z(observed, usual)
    assert found.z == pytest.approx(2 * (math.sqrt(observed) - math.sqrt(usual)), abs=1e-12)
    tails = stats.poisson.sf(observed - 1, usual), stats.poisson.cdf(observed, usual)
    assert (found.at_least, found.at_most) == pytest.approx(tails, abs=1e-10)


@given(st.floats(0, 60), st.floats(0.5, 5), st.integers(1, 520), st.integers(1, 40))
def test_false_alarms_are_the_weeks_that_reach_the_limit_by_chance(usual, limit, weeks, places):
    found = alarms.false_alarms(usual, limit, weeks, places)
    rings = [count for count in range(1500) if alarms.weekly_z(count, usual).z >= limit - 1e-9]
    assert found.least == rings[0]
    assert found.per_week == pytest.approx(stats.poisson.sf(rings[0] - 1, usual), abs=1e-10)
    assert found.in_all == pytest.approx(found.per_week * weeks * places)
    assert found.any_at_all == pytest.approx(1 - (1 - found.per_week) ** (weeks * places), abs=1e-9)


def test_a_limit_of_three_rings_falsely_about_once_in_a_thousand_weeks_at_most_places():
    assert all(alarms.false_alarms(usual).per_week < 0.004 for usual in (0.5, 1, 2, 5, 10, 20, 100))


@pytest.mark.parametrize("observed, usual", [(-1, 2), (1.5, 2), (3, -0.1), (math.nan, 1), (2, math.inf), ("x", 1)])
def test_weeks_that_are_none_are_refused(observed, usual):
    with pytest.raises(BadNumbers):
        alarms.weekly_z(observed, usual)
