"""Few places have most of the events."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map.analysis import concentration

places = st.lists(st.integers(0, 400), min_size=1, max_size=40)


@given(places)
def test_gini_is_half_the_mean_difference_between_places_over_their_mean(counts):
    found = concentration.gini(counts)
    x = np.array(counts, dtype=float)
    if not x.sum():
        assert found == concentration.Gini(None, None, None, None)
        return
    assert found.plain == pytest.approx(np.abs(x[:, None] - x).mean() / 2 / x.mean(), abs=1e-12)
    assert found.unbiased is None if len(x) == 1 else 0 <= found.unbiased + 1e-12 <= 1 + 1e-9
    assert found.generalised <= found.plain + 1e-12


def test_one_event_each_at_as_many_places_as_there_are_events_is_no_concentration():
    assert concentration.gini([1, 1, 1, 0, 0, 0, 0, 0, 0]).generalised == pytest.approx(0)
    assert concentration.gini([1, 0, 0]).generalised_unbiased is None
    assert concentration.gini([7]).unbiased is None


@given(places, st.sampled_from([0.25, 0.5, 0.8, 1.0]))
def test_the_places_that_are_named_have_the_share_and_one_fewer_has_not(counts, part):
    found = concentration.place_concentration(counts)
    top = sorted(counts, reverse=True)
    assert (found.total, found.places, found.active) == (sum(counts), len(counts), sum(count > 0 for count in counts))
    if not sum(counts):
        assert found.places_for(part) is found.share_of_active_for(part) is found.events_share_of_top(part) is None
        return
    number = found.places_for(part)
    assert sum(top[:number]) >= part * sum(counts) - 1e-9 > sum(top[: number - 1]) - 1e-6
    assert found.share_of_places_for(part) == number / len(counts)


def test_a_third_of_three_places_is_one_place_whatever_rounding_does():
    found = concentration.place_concentration([5, 3, 2])
    assert found.events_share_of_top(1 / 3) == 0.5
    assert concentration.place_concentration([1] * 10).places_for(0.3) == 3
    assert concentration.place_concentration([2, 1, 1, 0, 0, 0]).fewest_if_even(0.5) == 2


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.floats(0.01, 1))
def test_an_even_spread_is_the_least_concentrated_one_of_whole_events(counted, part):
    found = concentration.place_concentration(counted)
    each, fuller = divmod(sum(counted), len(counted))
    even = concentration.place_concentration([each + 1] * fuller + [each] * (len(counted) - fuller))
    assert [found.events_if_even(n + 1) for n in range(len(counted))] == even.events.tolist()
    if sum(counted):
        assert found.places_if_even(part) == even.places_for(part) >= found.places_for(part)
    if sum(counted) <= len(counted):
        assert found.places_if_even(part) == found.fewest_if_even(part)
