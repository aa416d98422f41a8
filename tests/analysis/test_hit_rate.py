"""Did the map hit? The laws that hit rates keep."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map.analysis import hit_rate
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")
cells = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6).filter(
    lambda rows: any(events for events, _ in rows)
)


@given(cells)
def test_the_best_order_of_equal_cells_has_an_efficiency_of_one_and_no_order_more(rows):
    events, predicted = zip(*rows, strict=True)
    found = hit_rate.hit_rate(events, predicted)
    assert (found.pei <= 1 + 1e-12).all()
    assert hit_rate.hit_rate(events, events).pei == pytest.approx(1)
    for rank in range(1, len(rows) + 1):
        best = max(sum(some) for some in itertools.combinations(events, rank))
        assert found.pei[rank - 1] == pytest.approx(found.events[rank - 1] * sum(events) / best)


@given(cells)
def test_cells_that_are_predicted_alike_come_with_the_fewest_events_first(rows):
    events, predicted = (np.array(one) for one in zip(*rows, strict=True))
    order = hit_rate.hit_rate(events, predicted).order
    pairs = [(-predicted[one], events[one], one) for one in order]
    assert pairs == sorted(pairs)


def test_before_any_event_the_recovery_is_infinite_and_at_the_end_everything_is_reached():
    found = hit_rate.hit_rate([0, 4], [3, 1], [2, 8])
    assert (found.rri.tolist(), found.events.tolist(), found.ground.tolist()) == ([np.inf, 1], [0, 1], [0.2, 1])
    assert found.pai.tolist() == [0, 1]


@pytest.mark.parametrize(
    "three", [([], []), ([0, 0], [1, 2]), ([1, 2], [1]), ([1], [-1]), ([1], [1], [0]), ([-1], [1])]
)
def test_questions_without_cells_events_or_ground_are_refused(three):
    with pytest.raises(BadNumbers):
        hit_rate.hit_rate(*three)
