"""Hours of the week and months of the year."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samverkan_map.analysis import clock
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")

HERE = "Europe/Stockholm"
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(second=0, microsecond=0))
once = settings(max_examples=60, deadline=None)


def minute_by_minute(start, minutes, zone):
    """The week's hours by walking through every minute."""
    hours = np.zeros((7, 24))
    if not minutes:
        minutes, weight = 1, 1.0
    else:
        weight = 1 / minutes
    for minute in range(minutes):
        now = (start.replace(tzinfo=UTC) + timedelta(minutes=minute)).astimezone(ZoneInfo(zone) if zone else UTC)
        hours[now.weekday(), now.hour] += weight
    return hours


@once
@given(st.lists(st.tuples(moments, st.integers(0, 3000)), min_size=1, max_size=8), st.sampled_from([None, HERE]))
def test_a_heap_of_unsure_times_is_what_walking_through_their_minutes_gives(events, zone):
    starts = [start for start, _ in events]
    ends = [start + timedelta(minutes=minutes) for start, minutes in events]
    found = clock.aoristic_week_hours(starts, ends, zone)
    walked = sum(minute_by_minute(start, minutes, zone) for start, minutes in events)
    assert found.weights == pytest.approx(walked, abs=1e-9)
    assert (found.whole_week, found.without_end, found.refused) == (0, 0, ())


@pytest.mark.parametrize("night", ["2026-10-24T20:00", "2026-03-28T20:00", "2025-10-25T22:10", "2025-03-29T23:45"])
def test_the_nights_when_the_clock_is_turned_follow_time_that_passed_and_the_hour_it_showed(night):
    start = datetime.fromisoformat(night)
    for minutes in (60, 185, 600, 4000):
        found = clock.aoristic_week_hours([start], [start + timedelta(minutes=minutes)], HERE)
        assert found.weights == pytest.approx(minute_by_minute(start, minutes, HERE), abs=1e-9)


def test_odd_times_are_said_aloud():
    starts = ["2026-03-02T12:00", "2026-03-02T12:00", "2026-03-02T12:30", "2026-03-02T12:00"]
    ends = ["2026-03-09T12:00", "2026-03-01T12:00", "NaT", "2026-03-09T11:00"]
    found = clock.aoristic_week_hours(starts, ends)
    assert (found.whole_week, found.without_end, found.refused) == (1, 1, (1,))
    assert found.weights.sum() == pytest.approx(3)
    assert found.weights[0, 12] == pytest.approx(1 + 1 / 168 + 1 / 167)
    assert found.weights[0, 11] == pytest.approx(1 / 168)


def test_a_million_unsure_times_add_up_to_a_million():
    random = np.random.default_rng(4)
    starts = random.integers(1_600_000_000, 1_790_000_000, 1_000_000).astype("datetime64[s]")
    found = clock.aoristic_week_hours(starts, starts + random.integers(0, 500_000, 1_000_000), HERE)
    assert found.weights.sum() == pytest.approx(1_000_000, abs=1e-3)
    assert (found.weights > 5000).all()


@pytest.mark.parametrize(
    "starts, ends, zone, key",
    [
        ([], [], None, "empty"),
        (["NaT"], None, None, "empty"),
        (["2026-03-02"], [], None, "lengths"),
        (["yesterday"], None, None, "not_a_time"),
        (["1066-10-14"], None, None, "outside_calendar"),
        (["2026-03-02"], None, "Vellinge/Torget", "unknown_zone"),
    ],
)
def test_times_that_cannot_be_are_refused(starts, ends, zone, key):
    with pytest.raises(BadNumbers) as refused:
        clock.aoristic_week_hours(starts, ends, zone)
    assert refused.value.key == f"analysis.errors.{key}"


@once
@given(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(1, 400))
def test_each_weekday_is_divided_by_how_often_it_came(start, length):
    end = start + timedelta(days=length)
    came = np.bincount([(start + timedelta(days=day)).weekday() for day in range(length)], minlength=7)
    counted = np.where(came[:, None], 6.0, 0.0) * np.ones((7, 24))
    found = clock.per_weekday(counted, start, end)
    assert found.days.tolist() == came.tolist()
    assert found.per_day[:, 3] == pytest.approx([6 / days if days else 0 for days in came])


def test_events_on_a_day_outside_the_period_are_refused():
    with pytest.raises(BadNumbers):
        clock.per_weekday(np.ones((7, 24)), date(2026, 1, 5), date(2026, 1, 7))


def test_fifty_events_fill_168_hours_and_fewer_are_shown_in_parts_of_the_day():
    hours = np.zeros((7, 24))
    hours[5, 23], hours[6, 0] = 25, 24
    period = date(2026, 1, 1), date(2027, 1, 1)
    assert not clock.per_weekday(hours, *period).enough
    hours[6, 5] += 1
    assert clock.per_weekday(hours, *period).enough
    assert clock.day_parts(hours)[5:].tolist() == [[0, 0, 0, 25], [25, 0, 0, 0]]


def test_a_summer_that_is_twice_as_busy_has_twice_the_index_whichever_month_the_series_begins():
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    year = [days[month] * (2 if month in (5, 6, 7) else 1) for month in range(12)]
    january = clock.seasonal_index(year * 2, date(2021, 1, 1))
    october = clock.seasonal_index((year * 3)[9:33], date(2020, 10, 1))
    assert january[6] / january[0] == pytest.approx(2)
    assert october == pytest.approx(january)


@pytest.mark.parametrize("months", [[3] * 23, [0] * 24, [], [-1] * 24])
def test_a_season_needs_two_years_with_events(months):
    with pytest.raises(BadNumbers):
        clock.seasonal_index(months, date(2021, 1, 1))
