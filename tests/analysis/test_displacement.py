"""With a comparison area: how many events fewer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samverkan_map.analysis import effects

pytestmark = pytest.mark.filterwarnings("error")

pairs = st.tuples(st.integers(0, 3000), st.integers(0, 3000))
weights = st.floats(0.1, 10)
once = settings(max_examples=60, deadline=None)


@once
@given(pairs, pairs, pairs, pairs, st.tuples(weights, weights), st.tuples(weights, weights, weights, weights))
def test_the_difference_is_what_its_eight_counts_add_up_to(treated, control, ring, ring_control, times, areas):
    found = effects.wdd(treated, control, ring, ring_control, time_weights=times, area_weights=areas)
    rows = [(control, -1), (treated, 1), (ring_control, -1), (ring, 1)]
    estimate = variance = 0.0
    for ((before, after), sign), area in zip(rows, areas, strict=True):
        estimate += sign * (after / times[1] - before / times[0]) / area
        variance += (after / times[1] ** 2 + before / times[0] ** 2) / area**2
    assert found.total == pytest.approx(estimate, abs=1e-6)
    assert found.total == pytest.approx(found.local + found.displacement, abs=1e-6)
    assert (found.se, found.se_local**2 + found.se_displacement**2) == pytest.approx((variance**0.5, variance))
    assert found.high - found.low == pytest.approx(2 * 1.959963984540054 * variance**0.5)


def test_no_event_anywhere_gives_no_difference_and_no_claim_of_certainty():
    found = effects.wdd((0, 0), (0, 0))
    assert (found.total, found.se, found.z, found.p) == (0, 0, None, None)
    assert effects.wdd_harm([((0, 0), (0, 0))], (3,)).z is None


@once
@given(st.lists(st.tuples(pairs, pairs), min_size=1, max_size=6))
def test_kinds_that_all_weigh_one_are_the_plain_difference_of_their_sums(kinds):
    harm = effects.wdd_harm(kinds, [1] * len(kinds))
    control, treated = np.array(kinds).sum(axis=0)
    plain = effects.wdd(treated, control)
    assert (harm.estimate, harm.se, harm.low) == pytest.approx((plain.total, plain.se, plain.low))


@once
@given(pairs, pairs, pairs)
def test_the_quotient_is_shown_only_when_the_treated_area_improved_against_the_comparison(treated, ring, control):
    found = effects.wdq(treated, ring, control)
    if 0 in control:
        assert (found.quotient, found.net, found.total_net, found.interpretable) == (None, None, None, False)
        return
    before, after = (np.array([treated[when], ring[when]]) / control[when] for when in (0, 1))
    success, moved = after - before
    assert (found.success, found.buffer, found.net) == pytest.approx((success, moved, -success))
    assert found.interpretable == (success < 0)
    assert found.quotient == (None if success == 0 else pytest.approx(moved / success))
    assert found.total_net == pytest.approx(sum((before - after) * control[1]), rel=1e-9, abs=1e-9)


def test_three_small_places_with_the_same_measure_are_judged_as_one():
    before, after = effects.pooled([(12, 7), (9, 4), (14, 8)])
    alone = effects.rate_ratio(7, 12)
    assert (before, after) == (35, 19) and alone.high > 1 > effects.rate_ratio(after, before).high
