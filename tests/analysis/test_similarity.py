"""Which other place would have gone as this one did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map.analysis.similarity import ranked, similarity
from samverkan_map.errors import BadNumbers

SQUARE = [4, 2, 5, 3, 4, 6, 8, 9, 7, 5, 3, 4]
TYPES = {"klotter": 30, "buskorning": 30}
series = st.lists(st.integers(0, 50), min_size=12, max_size=12)


def test_a_place_is_most_like_itself():
    found = similarity(SQUARE, SQUARE, TYPES, TYPES)
    assert (found.level, found.months, found.trend, found.mix) == pytest.approx((1, 1, 1, 1))


def test_a_harbour_that_peaks_when_the_square_rests_comes_after_a_larger_square_that_follows_it():
    larger = [2 * count for count in SQUARE]
    harbour = [10 - count for count in SQUARE]
    tiny = [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    found = [similarity(SQUARE, candidate, TYPES, TYPES) for candidate in (tiny, harbour, larger)]
    assert [one.candidate for one in ranked(found)] == [2, 1, 0]
    assert found[1].months == 0 and found[0].level == pytest.approx(3 / 60)


def test_ten_times_as_many_events_are_less_alike_than_three_times():
    ten, three = (similarity(SQUARE, [times * count for count in SQUARE]) for times in (10, 3))
    assert (ten.level, three.level, ten.level_ratio) == (0.4, 1, 10)


def test_other_types_count_down_by_the_part_that_differs():
    assert similarity(SQUARE, SQUARE, TYPES, {"klotter": 10, "stold": 10}).mix == 0.5
    assert similarity(SQUARE, SQUARE, TYPES, {"stold": 10}).mix == 0


def test_what_cannot_be_said_counts_as_nothing():
    silent = similarity(SQUARE, [0] * 12, TYPES, {})
    assert (silent.level, silent.months, silent.trend, silent.mix, silent.score) == (0, None, None, None, 0)
    assert similarity([0] * 12, SQUARE).level_ratio is None


@given(series, series)
def test_every_part_and_the_score_lie_between_nothing_and_the_same(place, candidate):
    found = similarity(place, candidate)
    parts = [part for part in (found.level, found.months, found.trend) if part is not None]
    assert all(0 <= part <= 1 for part in [*parts, found.score])


def test_series_that_cannot_be_compared_are_refused():
    for place, candidate in (([1] * 5, [1] * 5), (SQUARE, SQUARE[:-1]), ([], []), (SQUARE, [-1] * 12)):
        with pytest.raises(BadNumbers):
            similarity(place, candidate)
