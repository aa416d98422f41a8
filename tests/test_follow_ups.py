"""Follow-ups: planned beforehand, compared apart, overlaps told, what is forgotten counted, and what could be seen."""

from datetime import date

import pytest
from builders import COORDINATOR, a_file, a_measure, a_place, a_plan, changed, refused, take_in
from shapely.geometry import Point

from samverkan_map import access, measures
from samverkan_map.db import engine
from samverkan_map.errors import BadValue, Conflict
from samverkan_map.vocabulary import MeasureStatus, Verdict

START = date(2026, 4, 1)
FAR = (13.0197, 55.4712)


# ---- Planning the follow-up ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "no"),
    [
        ({"indicator": ""}, ("no_indicator", "indicator")),
        ({"indicator": "Ring 070-123 45 67"}, ("phone", "indicator")),
        ({"comparison_reason": "Ring 070-123 45 67"}, ("phone", "comparison_reason")),
        ({"window_months": 0}, ("window", "window_months")),
        ({"window_months": 37}, ("window", "window_months")),
        ({"ring_metres": 1001}, ("ring", "ring_metres")),
        ({"due_on": date(2026, 3, 1)}, ("due_too_early", "due_on")),
        ({"types": ["trolleri"]}, ("unknown_type", "types")),
        ({"types": ["narkotika"]}, ("unknown_type", "types")),
        ({"comparison_area": "atlantis"}, ("unknown_area", "comparison_area")),
        ({"comparison_area": "ljunghusen"}, ("no_comparison_reason", "comparison_reason")),
        ({"comparison_place_ids": [99]}, ("unknown_comparison", "comparison_place_ids")),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_by_field(session, vellinge, words, no):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    with pytest.raises(BadValue) as raised:
        a_plan(session, vellinge, measure, **words)
    assert refused(raised) == no


def test_a_comparison_place_lies_beyond_the_ring_and_has_a_reason(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    near = a_place(session, vellinge, at=(12.9585, 55.4098), name="Torget")  # about 170 m, edge to edge 91 m
    far = a_place(session, vellinge, at=FAR, name="Parken")
    compared = {"comparison_reason": "Samma slags park.", "ring_metres": 200}
    with pytest.raises(BadValue) as raised:
        a_plan(session, vellinge, measure, comparison_place_ids=[near.id], **compared)
    assert refused(raised) == ("comparison_overlaps", "comparison_place_ids")
    assert raised.value.fields["name"] == "Torget" and raised.value.fields["metres"] == 91
    plan = a_plan(session, vellinge, measure, comparison_place_ids=[far.id], **compared)
    assert plan.comparison_places == [far]
    with pytest.raises(BadValue) as raised:
        changed(session, vellinge, measure, place_ids=[measure.places[0].id, far.id])
    assert refused(raised)[0] == "comparison_overlaps"


def test_what_a_plan_was_before_the_start_is_nobodys_business_and_afterwards_it_is_kept(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    plan = a_plan(session, vellinge, measure)
    again = {"indicator": "Rapporter", "window_months": 6, "types": ["skadegorelse"], "comparison": "Torget"}
    due = {"due_on": date(2027, 4, 1), "today": START}
    measures.change_plan(session, COORDINATOR, vellinge, plan.id, **again, **due)
    assert (plan.window_months, plan.changes) == (6, [])
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)
    later = again | {"window_months": 3, "types": ["klotter", "skadegorelse"]}
    measures.change_plan(
        session, COORDINATOR, vellinge, plan.id, **later, due_on=date(2027, 4, 1), today=date(2026, 8, 1)
    )
    measures.change_plan(session, COORDINATOR, vellinge, plan.id, **later, **due)
    session.expire(plan)
    assert plan.changes == [
        {"on": "2026-08-01", "who": COORDINATOR.name, "before": {"window_months": 6, "types": ["skadegorelse"]}}
    ]
    with pytest.raises(Conflict):
        measures.change_plan(session, COORDINATOR, vellinge, plan.id, **again, **due, version=1)


# ---- Overlaps --------------------------------------------------------------------------------------------------------


def test_two_measures_in_one_place_and_time_warn_each_other(session, vellinge):
    place, other = a_place(session, vellinge), a_place(session, vellinge, at=FAR)
    first = a_measure(session, vellinge, place)
    a_plan(session, vellinge, first, window_months=12)
    second = a_measure(session, vellinge, place, planned_start=date(2026, 7, 1))
    a_plan(session, vellinge, second, window_months=6)
    elsewhere = a_measure(session, vellinge, other)
    (found,), (back,) = (measures.overlaps(session, COORDINATOR, one) for one in (first, second))
    assert (found.measure, back.measure) == (second, first)
    # From 1 July 2026, when the later begins, to 1 January 2027, the last day of its six months.
    assert found.days == back.days and found.days.days == 185
    assert (found.places, found.package, back.package) == ([place], True, True)
    assert measures.overlaps(session, COORDINATOR, elsewhere) == []


def test_six_months_apart_is_no_package_and_a_year_after_the_window_no_overlap(session, vellinge):
    place = a_place(session, vellinge)
    first = a_measure(session, vellinge, place)
    a_plan(session, vellinge, first, window_months=12)
    six = a_measure(session, vellinge, place, planned_start=date(2026, 10, 1))
    later = a_measure(session, vellinge, place, planned_start=date(2027, 4, 2))
    found = measures.overlaps(session, COORDINATOR, first)
    assert [(one.measure, one.package) for one in found] == [(six, False)]
    assert [one.measure for one in measures.overlaps(session, COORDINATOR, later)] == [six]


def test_measures_overlap_within_the_larger_ring_and_not_beyond_it(session, vellinge):
    here = a_measure(session, vellinge, a_place(session, vellinge))
    beside = a_measure(session, vellinge, a_place(session, vellinge, at=(12.9585, 55.4098)))
    for measure, ring in ((here, 50), (beside, 100)):
        a_plan(session, vellinge, measure, ring_metres=ring)
    (found,) = measures.overlaps(session, COORDINATOR, here)
    assert (found.measure, found.places, found.package) == (beside, [], False)
    assert found.types == ["skadegorelse"]
    measures.change_plan(
        session, COORDINATOR, vellinge, beside.follow_ups[0].id, indicator="x", window_months=12, types=["klotter"],
        due_on=date(2027, 4, 1), ring_metres=80, today=START,
    )  # fmt: skip
    assert measures.overlaps(session, COORDINATOR, here) == measures.overlaps(session, COORDINATOR, beside) == []


def test_a_measure_that_never_began_is_in_nobodys_way_and_an_unseen_one_is_not_told_of(session, vellinge):
    place = a_place(session, vellinge, published=True)
    one, other = a_measure(session, vellinge, place), a_measure(session, vellinge, place)
    measures.publish(session, COORDINATOR, one.id, today=START)
    assert measures.overlaps(session, access.ANONYMOUS, one) == []
    assert len(measures.overlaps(session, COORDINATOR, one)) == 1
    measures.move(session, COORDINATOR, other.id, MeasureStatus.CANCELLED, on=START)
    assert measures.overlaps(session, COORDINATOR, one) == []


def test_what_works_while_it_goes_on_is_followed_from_its_first_day(session, vellinge):
    place = a_place(session, vellinge)
    patrol, lamps = (
        a_measure(session, vellinge, place, planned_end=date(2026, 9, 30), works_while_ongoing=works)
        for works in (True, False)
    )
    for measure in (patrol, lamps):
        a_plan(session, vellinge, measure, window_months=6)
    assert measures.followed_up_until(patrol) == date(2026, 10, 1)
    assert measures.followed_up_until(lamps) == date(2027, 3, 30)


# ---- How it stands ---------------------------------------------------------------------------------------------------


def test_done_and_never_judged_waived_and_late_are_counted(session, vellinge):
    place = a_place(session, vellinge)
    done, waived, late, well = (a_measure(session, vellinge, place) for _ in range(4))
    for measure in (done, late, well):
        a_plan(session, vellinge, measure, window_months=1, due_on=date(2026, 12, 1))
    measures.waive(session, COORDINATOR, waived.id, "För liten.", today=START)
    for measure, start in ((done, START), (waived, START), (late, date(2026, 5, 2)), (well, date(2026, 5, 1))):
        measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=start)
    measures.move(session, COORDINATOR, done.id, MeasureStatus.DONE, on=START)
    today = date(2026, 5, 3)
    found = measures.standing(measures.find(session, COORDINATOR), today)
    assert (found.overdue, found.never, found.waived, found.late) == ([], [done], [waived], [late])
    # The window of an ongoing one ends a month after its start.
    assert measures.never_followed_up(well, date(2026, 6, 2)) and not measures.never_followed_up(well, date(2026, 6, 1))
    measures.set_verdict(session, COORDINATOR, done.follow_ups[0].id, Verdict.CANNOT_TELL, note="Få.", today=today)
    assert not measures.never_followed_up(done, today)
    assert measures.standing(measures.find(session, COORDINATOR), date(2026, 12, 2)).overdue == [late, well]


def test_one_that_should_have_started_and_has_not_is_late(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    assert not measures.not_started_in_time(measure, date(2026, 5, 1))
    assert measures.not_started_in_time(measure, date(2026, 5, 2))
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.CANCELLED, on=START)
    assert not measures.not_started_in_time(measure, date(2026, 5, 2))


def test_one_that_should_be_finished_and_is_not_is_told_from_the_day_after_its_planned_end(session, vellinge):
    place = a_place(session, vellinge)
    ongoing, waiting, open_end = (
        a_measure(session, vellinge, place, planned_end=end) for end in (date(2026, 4, 20), date(2026, 4, 20), None)
    )
    a_plan(session, vellinge, ongoing)
    measures.move(session, COORDINATOR, ongoing.id, MeasureStatus.ONGOING, on=START)
    everything = measures.find(session, COORDINATOR)
    assert measures.standing(everything, date(2026, 4, 20)).unfinished == []
    assert set(measures.standing(everything, date(2026, 4, 21)).unfinished) == {ongoing, waiting}
    assert not measures.not_finished_in_time(open_end, date(2030, 1, 1))
    measures.move(session, COORDINATOR, ongoing.id, MeasureStatus.DONE, on=date(2026, 4, 25))
    assert not measures.not_finished_in_time(ongoing, date(2026, 5, 1))


# ---- What could be seen ----------------------------------------------------------------------------------------------


def test_the_expected_count_is_that_of_the_types_at_the_place_in_the_same_months_a_year_back(
    session, vellinge, tmp_path
):
    rows = [
        "1,klotter,2025-04-01,12.9558,55.4098",
        "2,klotter,2025-09-30,12.9558,55.4098",
        "3,klotter,2025-10-01,12.9558,55.4098",
        "4,skadegorelse,2025-05-01,12.9558,55.4098",
        "5,klotter,2025-05-01,13.0197,55.4712",
    ]
    take_in(session, vellinge, a_file(tmp_path, rows))
    place = engine.shape(a_place(session, vellinge).geom)
    asked = {"start": date(2026, 4, 15), "window_months": 6, "today": date(2026, 3, 1)}
    for types, count in ((["klotter"], 2), (["klotter", "skadegorelse"], 3), ([], 0)):
        found, period = measures.expected_before(session, COORDINATOR, vellinge, [place], types=types, **asked)
        assert (found, period.start, period.end) == (count, date(2025, 4, 1), date(2025, 10, 1))
    point = Point(place.centroid)
    assert measures.expected_before(session, COORDINATOR, vellinge, [point], types=["klotter"], **asked)[0] == 2
    asked |= {"window_months": 24, "today": date(2026, 4, 30)}
    _, period = measures.expected_before(session, COORDINATOR, vellinge, [place], types=["klotter"], **asked)
    assert (period.start, period.end) == (date(2024, 4, 1), date(2026, 4, 1))


@pytest.mark.parametrize(("before", "percent"), [(5, None), (20, -73), (50, -50), (100, -37)])
def test_the_smallest_change_is_that_of_the_methods(before, percent):
    found = measures.smallest_change(before).percent
    assert (found and round(found)) == percent
    assert measures.smallest_change(0) is None
