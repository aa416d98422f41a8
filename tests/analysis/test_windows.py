"""Which days are compared."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map.analysis import effects
from samverkan_map.errors import BadNumbers

days = st.dates(date(1950, 1, 1), date(2100, 1, 1))


@given(days, st.integers(0, 900), st.integers(1, 1200))
def test_the_windows_are_equally_long_and_hold_no_day_of_the_installation(started, installing, length):
    in_place = started + timedelta(days=installing)
    found = effects.before_after_windows(started, in_place, length)
    assert found.days == found.after.days == found.adjacent.days == found.same_season.days == length
    assert found.after.start == in_place + timedelta(days=1)
    assert found.adjacent.end == started
    clear = found.same_season.end <= started
    assert found.same_season_allowed == clear
    first, earlier = found.after.start, found.same_season.start
    assert (earlier.year, earlier.month) == (first.year - 1, first.month)
    assert earlier.day == (28 if (first.month, first.day) == (2, 29) else first.day)


def test_a_lamp_lit_before_leap_day_is_compared_from_the_28th_a_year_before():
    found = effects.before_after_windows(date(2024, 2, 20), date(2024, 2, 28), 30)
    assert (found.after.start, found.same_season.start) == (date(2024, 2, 29), date(2023, 2, 28))
    assert found.same_season_allowed


@pytest.mark.parametrize(
    "started, in_place, length, key",
    [
        (date(2026, 3, 2), date(2026, 3, 1), 30, "in_place_before_start"),
        (date(2026, 3, 1), date(2026, 3, 1), 0, "window_days"),
        (date(2026, 3, 1), date(2026, 3, 1), 30.0, "window_days"),
        (date(1, 3, 1), date(1, 3, 1), 30, "outside_calendar"),
        (date(9999, 12, 30), date(9999, 12, 31), 30, "outside_calendar"),
    ],
)
def test_windows_that_cannot_be_are_refused(started, in_place, length, key):
    with pytest.raises(BadNumbers) as refused:
        effects.before_after_windows(started, in_place, length)
    assert refused.value.key == f"analysis.errors.{key}"


def test_measures_less_than_six_months_after_the_one_before_are_one_package():
    starts = [date(2025, 1, 1), date(2025, 6, 30), date(2025, 12, 29), date(2024, 1, 1), date(2026, 6, 29)]
    assert effects.packages(starts) == [[3], [0, 1, 2], [4]]
    assert effects.packages([date(2025, 1, 31), date(2025, 7, 31)]) == [[0], [1]]
    assert effects.packages([date(2025, 8, 31), date(2026, 2, 28)]) == [[0, 1]]
