"""Stretches and measured speeds."""

from datetime import date

import pytest
from builders import COORDINATOR, a_file, take_in
from shapely.geometry import LineString
from sqlalchemy import select

from samverkan_map import geometry, question, reports, traffic
from samverkan_map.db.tables import Report
from samverkan_map.errors import BadValue

GOOD = {
    "started_on": date(2026, 5, 4), "ended_on": date(2026, 5, 10), "mean_speed": 38.0, "v85": 47.0,
    "share_over_limit": 0.41, "share_over_30": 0.01, "vehicles": 4210,
}  # fmt: skip


def a_stretch(session, vellinge, keeper="kommun", limit=40, name="Falsterbovägen"):
    e, n = geometry.to_metric([12.954, 12.958], [55.4098, 55.4098])
    line = LineString(list(zip(e, n, strict=True)))
    return traffic.add_stretch(session, COORDINATOR, vellinge, name=name, keeper=keeper, speed_limit=limit, line=line)


def test_a_stretch_knows_its_length_area_and_latest_measurement(session, vellinge):
    stretch = a_stretch(session, vellinge)
    traffic.measure_speed(session, COORDINATOR, stretch.id, **GOOD)
    found = traffic.as_properties(traffic.get(session, COORDINATOR, stretch.id))
    assert found["length_metres"] == pytest.approx(253, abs=2)
    assert (found["area"], found["v85"], found["measured_on"]) == ("hollviken", 47.0, "2026-05-10")


@pytest.mark.parametrize(
    "words",
    [
        {"v85": 30.0}, {"vehicles": 0}, {"ended_on": date(2026, 5, 1)}, {"share_over_limit": 1.2},
        {"share_over_30": 0.5}, {"mean_speed": 0.0},
    ],
)  # fmt: skip
def test_a_measurement_that_cannot_be_right_is_refused(session, vellinge, words):
    stretch = a_stretch(session, vellinge)
    with pytest.raises(BadValue):
        traffic.measure_speed(session, COORDINATOR, stretch.id, **GOOD | words)


@pytest.mark.parametrize(("keeper", "limit"), [("staten", 40), ("kommun", 45)])
def test_a_stretch_without_a_known_keeper_or_limit_is_refused(session, vellinge, keeper, limit):
    with pytest.raises(BadValue):
        a_stretch(session, vellinge, keeper, limit)


def test_a_complaint_beside_a_stretch_is_on_it_and_the_keeper_filter_finds_it(session, vellinge, tmp_path):
    stretch = a_stretch(session, vellinge)
    rows = [
        "1,fortkorning,2026-03-03,12.9560,55.40985",
        "2,fortkorning,2026-03-03,12.9560,55.4130",
        "3,klotter,2026-03-03,12.9560,55.40985",
    ]
    take_in(session, vellinge, a_file(tmp_path, rows))
    on = dict(session.execute(select(Report.source_ref, Report.stretch_id)).all())
    assert on == {"1": stretch.id, "2": None, "3": None}
    asked = question.parse({"keeper": "kommun"}, vellinge, date(2026, 11, 23))
    assert reports.choose(session, COORDINATOR, vellinge, asked).total == 1
    assert len(list(reports.stream(session, COORDINATOR, vellinge, asked))) == 1


def test_stretches_are_found_by_a_word_of_their_name(session, vellinge):
    for name in ("Mellangatan", "Östergatan"):
        traffic.add_stretch(
            session, COORDINATOR, vellinge, name=name, keeper="kommun", speed_limit=40,
            line=LineString([(370000, 6140000), (370100, 6140000)]),
        )  # fmt: skip
    assert [one.name for one in traffic.find(session, COORDINATOR, word="öster")] == ["Östergatan"]
