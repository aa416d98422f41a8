"""Positions made coarse: the same seed moves alike, squares below the limit are never split, and nothing is counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map.analysis.masking import Leaf, donut, quadtree, snap
from samverkan_map.errors import BadNumbers

EVENTS = [(0.0, 0.0), (50.0, 20.0), (50.0, 20.0)]


def test_a_moved_point_stays_where_it_was_moved_to_when_it_is_drawn_from_the_same_seed():
    assert np.array_equal(donut(EVENTS, 100, 300, 7), donut(EVENTS, 100, 300, 7))
    once, again = donut(EVENTS, 100, 300, 7), donut(EVENTS, 100, 300, 8)
    assert not np.array_equal(once, again) and not np.array_equal(once[1], once[2])


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), max_size=60), st.integers(1, 8))
def test_every_square_holds_enough_or_nothing_and_together_they_hold_all(points, fewest):
    leaves = quadtree(np.array(points).reshape(-1, 2), (0, 0), 1000, 6, fewest)
    assert all(leaf.count >= fewest or leaf.count == 0 for leaf in leaves)
    assert sum(leaf.count for leaf in leaves) == (len(points) if len(points) >= fewest else 0)
    assert not leaves or sum(leaf.size**2 for leaf in leaves) == 1000**2


def test_fewer_points_than_the_limit_have_no_square_at_all_and_none_are_an_empty_one():
    assert quadtree(EVENTS, (0, 0), 100, 3, 5) == []
    assert quadtree(np.empty((0, 2)), (0, 0), 100, 3, 5) == [Leaf(0, 0, 100, 0)]


def test_where_no_map_point_stands_for_enough_homes_nothing_is_snapped():
    with pytest.raises(BadNumbers):
        snap(EVENTS, [(0, 0)], [3])


@pytest.mark.parametrize("points", [[(101, 5)], [(-1, 5)]])
def test_a_point_outside_the_squares_is_refused_and_not_lost(points):
    with pytest.raises(BadNumbers):
        quadtree(points, (0, 0), 100, 2, 1)
