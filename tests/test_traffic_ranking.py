"""The ranked list, the ledger and the measuring queue, in a world of three streets."""

from datetime import date, timedelta

import numpy as np
import pytest
from builders import COORDINATOR, NOW, a_file, take_in, viewer
from shapely.geometry import LineString
from sqlalchemy import select

from samverkan_map import geometry, question, traffic
from samverkan_map.agreement import TrafficRules
from samverkan_map.db.tables import Report
from samverkan_map.errors import BadQuestion
from samverkan_map.traffic import Held, Sure, Why
from samverkan_map.traffic.roads import Measured, Road
from samverkan_map.vocabulary import Period, ReportKind, Role

TODAY = date(2026, 11, 23)
MIDDLE = (368_000.0, 6_142_000.0)
STREETS = {"Långa gatan": (0, 1000), "Mellangatan": (300, 500), "Lilla gränd": (600, 80)}
"""Name: metres north of the middle, and metres long."""

MEASURED = {"mean_speed": 40.0, "share_over_limit": 0.5, "share_over_30": 0.01, "vehicles": 4000}


@pytest.fixture
def streets(session, vellinge, tmp_path):
    """Långa gatan: 24 complaints the last twelve months, 9 the year before, and four accidents. Mellangatan: 3 and 2.
    Lilla gränd, 80 metres: 6. Two complaints and one accident lie on no street."""
    made = {}
    for name, (north, long) in STREETS.items():
        line = LineString([(MIDDLE[0], MIDDLE[1] + north), (MIDDLE[0] + long, MIDDLE[1] + north)])
        keeper = "vagforening" if name == "Mellangatan" else "kommun"
        made[name] = traffic.add_stretch(
            session, COORDINATOR, vellinge, name=name, keeper=keeper, speed_limit=40, line=line
        ).id
    rows = [
        *_rows("Långa gatan", "2026-03-03T17:00", 14, "fortkorning"),
        *_rows("Långa gatan", "2026-05-05", 10, "trafikregler_ej_respekteras"),
        *_rows("Långa gatan", "2025-03-03T17:00", 9, "fortkorning"),
        *_rows("Mellangatan", "2026-03-03T17:00", 3, "fortkorning"),
        *_rows("Mellangatan", "2025-03-03T17:00", 2, "fortkorning"),
        *_rows("Lilla gränd", "2026-03-03T17:00", 6, "fortkorning"),
        *_rows(None, "2026-03-03T17:00", 2, "fortkorning"),
        *_rows("Långa gatan", "2026-02-02T08:00", 1, "trafikolycka", "svar"),
        *_rows("Långa gatan", "2026-02-03T08:00", 2, "trafikolycka", "lindrig"),
        *_rows("Långa gatan", "2026-02-04T08:00", 1, "trafikolycka"),
        *_rows(None, "2026-02-04T08:00", 1, "trafikolycka", "dodsfall"),
    ]
    numbered = [f"{number},{row}" for number, row in enumerate(rows)]
    take_in(session, vellinge, a_file(tmp_path, numbered, "kallans_id,typ,tid_fran,lon,lat,svarhet"))
    return made


def _rows(name, when, n, kind, severity=""):
    north = STREETS[name][0] if name else 150
    lon, lat = geometry.to_degrees(np.array([MIDDLE[0] + 40]), np.array([MIDDLE[1] + north]))
    return [f"{kind},{when},{lon[0]:.6f},{lat[0]:.6f},{severity}"] * n


def the_list(session, vellinge, who=COORDINATOR, compare="year", **args):
    asked = question.parse(args, vellinge, TODAY, sorts=traffic.SORTS)
    found = traffic.rank(session, who, vellinge, asked, comparison=compare, today=TODAY)
    return found, {row.road.name: row for row in traffic.narrowed(found, asked)}


def test_each_stretch_has_its_counts_rate_and_place(session, vellinge, streets):
    found, rows = the_list(session, vellinge)
    years = 365 / 365.25
    assert (found.total, found.on_stretch, found.accidents, found.accidents_on) == (35, 33, 5, 4)
    first, second = rows["Långa gatan"], rows["Mellangatan"]
    assert (first.complaints, first.before, first.change, first.unknown_hour) == (24, 9, 15, 10)
    assert first.per_km_year == pytest.approx(24 / years) and second.per_km_year == pytest.approx(6 / years)
    # Marshall's estimate of the two long streets by hand: 27 complaints on 1.5 km.
    mean, size = 27 / 1.5 / years, 1.5 * years
    between = (1.0 * years * (24 / years - mean) ** 2 + 0.5 * years * (6 / years - mean) ** 2) / size - mean / (
        size / 2
    )
    weight = between / (between + mean / years)
    assert first.smoothed == pytest.approx(mean + weight * (24 / years - mean))
    assert (first.place, first.low, second.place, second.high) == (1, 1, 2, 2)
    assert first.sure is Sure.SURE and second.sure is Sure.FEW


def test_a_short_stretch_is_counted_but_never_per_kilometre_and_stands_without_a_place(session, vellinge, streets):
    found, rows = the_list(session, vellinge)
    short = rows["Lilla gränd"]
    assert (short.complaints, short.per_km_year, short.smoothed, short.place, short.low) == (6, None, None, None, None)
    assert found.rows[-1] is short


def test_accidents_stand_apart_with_the_severe_beside_the_score_and_are_never_added_to_complaints(
    session, vellinge, streets
):
    row = the_list(session, vellinge)[1]["Långa gatan"]
    assert (row.accidents, row.graded, row.severe, row.score) == (4, 3, 1, 29 + 2 * 11)
    assert row.complaints == 24
    only = the_list(session, vellinge, kind="accident")[1]["Långa gatan"]
    assert (only.complaints, only.accidents) == (0, 4)


def test_equal_stretches_share_the_place(session, vellinge):
    for name, north in (("Ena gatan", 0), ("Andra gatan", 300)):
        line = LineString([(MIDDLE[0], MIDDLE[1] + north), (MIDDLE[0] + 400, MIDDLE[1] + north)])
        traffic.add_stretch(session, COORDINATOR, vellinge, name=name, keeper="kommun", speed_limit=40, line=line)
    rows = the_list(session, vellinge)[1].values()
    assert {(row.place, row.tied, row.low, row.high) for row in rows} == {(1, True, 1, 2)}


def test_what_happens_in_a_junction_belongs_to_it_and_to_none_of_its_arms(session, vellinge, streets, tmp_path):
    """Tvärgatan ends in the middle of Långa gatan: a junction of three arms with 4 complaints 14 metres from it and 5
    a little farther along."""
    e, n = MIDDLE
    traffic.add_stretch(
        session, COORDINATOR, vellinge, name="Tvärgatan", keeper="kommun", speed_limit=40,
        line=LineString([(e + 700, n), (e + 700, n - 300)]),
    )  # fmt: skip
    rows = []
    for number, (along, many) in enumerate(((686, 4), (680, 5))):
        lon, lat = geometry.to_degrees(np.array([e + along]), np.array([n]))
        rows += [f"K{number}{k},fortkorning,2026-03-03T17:00,{lon[0]:.7f},{lat[0]:.7f}" for k in range(many)]
    take_in(session, vellinge, a_file(tmp_path, rows, "kallans_id,typ,tid_fran,lon,lat", name="korsning.csv"))
    found, by_name = the_list(session, vellinge)
    (junction,) = found.junctions
    assert sorted(road.name for road in junction.arms) == ["Långa gatan", "Tvärgatan"]
    assert (junction.complaints, junction.before, junction.accidents) == (4, 0, 0)
    assert (by_name["Långa gatan"].complaints, by_name["Tvärgatan"].complaints) == (24 + 5, 0)
    assert by_name["Långa gatan"].per_km_year == pytest.approx(29 / (365 / 365.25))
    assert (found.total, found.on_stretch, found.at_junctions) == (44, 38, 4)
    # Put on the street by hand, one of them counts there.
    number = session.scalar(select(Report.id).where(Report.source_ref == "K00"))
    snap = traffic.decide(session, COORDINATOR, number, to=streets["Långa gatan"], version=0, now=NOW)
    found, by_name = the_list(session, vellinge)
    assert (found.junctions[0].complaints, by_name["Långa gatan"].complaints) == (3, 30)
    traffic.take_back(session, COORDINATOR, snap.id, version=snap.version)
    found, by_name = the_list(session, vellinge)
    assert (found.junctions[0].complaints, by_name["Långa gatan"].complaints) == (4, 29)


def test_a_place_is_the_same_whatever_part_of_the_list_is_looked_at(session, vellinge, streets):
    rows = the_list(session, vellinge, keeper="vagforening")[1]
    assert [(name, row.place) for name, row in rows.items()] == [("Mellangatan", 2)]
    assert list(the_list(session, vellinge, q="gränd")[1]) == ["Lilla gränd"]
    assert list(the_list(session, vellinge, sort="name")[1]) == ["Lilla gränd", "Långa gatan", "Mellangatan"]
    west, north = geometry.to_degrees(np.array([MIDDLE[0] + 700]), np.array([MIDDLE[1] - 50]))
    east, south = geometry.to_degrees(np.array([MIDDLE[0] + 900]), np.array([MIDDLE[1] + 50]))
    box = f"{west[0]:.6f},{north[0]:.6f},{east[0]:.6f},{south[0]:.6f}"
    assert list(the_list(session, vellinge, bbox=box)[1]) == ["Långa gatan"]


def test_filters_of_the_reports_change_the_counts(session, vellinge, streets):
    assert the_list(session, vellinge, hour="16-20")[1]["Långa gatan"].complaints == 14
    assert the_list(session, vellinge, type="trafikregler_ej_respekteras")[1]["Långa gatan"].complaints == 10
    found, rows = the_list(session, vellinge, period="24m", compare="before")
    assert rows["Långa gatan"].complaints == 33 and rows["Långa gatan"].before == 0
    assert found.begins_inside


def test_the_traffic_group_counts_the_same_by_months_and_is_refused_finer_questions(session, vellinge, streets):
    group = viewer(Role.TRAFFIC_GROUP)
    assert the_list(session, vellinge, group)[1]["Långa gatan"].complaints == 24
    for fine in ({"weekday": "1"}, {"from": "2026-01-05", "to": "2026-02-01"}, {"hour": "17-18"}):
        with pytest.raises(BadQuestion):
            the_list(session, vellinge, group, **fine)


def test_a_source_behind_more_than_half_is_told(session, vellinge, streets):
    effort = the_list(session, vellinge)[0].effort
    assert (effort.source, effort.count, effort.total) == ("medborgarrapport", 35, 35)


def test_an_import_a_measurement_and_a_new_stretch_make_the_list_fresh(session, vellinge, streets, tmp_path):
    before, _ = the_list(session, vellinge)
    assert the_list(session, vellinge)[0] is before
    take_in(session, vellinge, a_file(tmp_path, [f"ny1,{_rows('Mellangatan', '2026-04-01', 1, 'fortkorning')[0]}"],
            "kallans_id,typ,tid_fran,lon,lat,svarhet", "ny.csv"))  # fmt: skip
    after, rows = the_list(session, vellinge)
    assert rows["Mellangatan"].complaints == 4 and after.version != before.version
    day = date(2026, 6, 1)
    traffic.measure_speed(
        session, COORDINATOR, streets["Mellangatan"], started_on=day, ended_on=day, v85=46.0, **MEASURED
    )
    assert the_list(session, vellinge)[1]["Mellangatan"].road.latest.v85 == 46.0


def test_after_a_measurement_the_verdict_changes(session, vellinge, streets):
    assert the_list(session, vellinge)[1]["Långa gatan"].held is Held.NEVER
    for day, v85, verdict in ((date(2026, 5, 1), 45.0, Held.BOTH), (date(2026, 6, 1), 44.0, Held.FELT)):
        traffic.measure_speed(
            session, COORDINATOR, streets["Långa gatan"], started_on=day, ended_on=day, v85=v85, **MEASURED
        )
        assert the_list(session, vellinge)[1]["Långa gatan"].held is verdict


def a_road(number, measured=None, limit=40):
    latest = measured and Measured(measured, measured, 50.0, 40.0, 0.5, 1000)
    return Road(number, f"Gata {number}", "kommun", limit, None, 500.0, None, latest)


def test_a_report_tells_the_verdict_of_its_road_as_the_list_does_before_and_after_a_measurement(
    session, vellinge, streets
):
    numbers = dict(session.execute(select(Report.stretch_id, Report.id)).all())
    for measured in (False, True):
        if measured:
            traffic.measure_speed(
                session, COORDINATOR, streets["Långa gatan"], started_on=TODAY, ended_on=TODAY, v85=52.0, **MEASURED
            )
        _, rows = the_list(session, vellinge)
        for name, number in streets.items():
            told = traffic.standing_of(session, COORDINATOR, vellinge, numbers[number], today=TODAY)
            assert (told.road.name, told.held) == (name, rows[name].held)
    assert rows["Långa gatan"].held is Held.BOTH
    assert traffic.standing_of(session, COORDINATOR, vellinge, numbers[None], today=TODAY) is None


def test_how_sure_the_list_is_agrees_with_the_doubtful_reports_of_each_stretch(session, vellinge, streets):
    asked = question.Question(kinds=(ReportKind.TRAFFIC, ReportKind.ACCIDENT))
    assert traffic.doubts(session, COORDINATOR, vellinge, asked) == traffic.Doubts(48, {})
    # A lane five metres beside Mellangatan: the five complaints there lie as near to the one as to the other.
    north = MIDDLE[1] + STREETS["Mellangatan"][0] + 5
    lane = LineString([(MIDDLE[0], north), (MIDDLE[0] + 500, north)])
    traffic.add_stretch(session, COORDINATOR, vellinge, name="Gränden", keeper="kommun", speed_limit=30, line=lane)
    found = traffic.doubts(session, COORDINATOR, vellinge, asked)
    listed = {number: traffic.doubtful(session, COORDINATOR, vellinge, asked, number)[1] for number in streets.values()}
    assert found.per_road == {number: n for number, n in listed.items() if n} == {streets["Mellangatan"]: 5}
    assert traffic.doubts(session, viewer(Role.TRAFFIC_GROUP), vellinge, asked) == found


def test_nothing_is_doubtful_where_there_is_nothing(session, vellinge):
    assert traffic.doubts(session, COORDINATOR, vellinge, question.Question()) == traffic.Doubts(0, {})


def test_the_queue_begins_with_what_is_felt_and_never_measured_and_says_why():
    old, new = TODAY - timedelta(days=4 * 365), TODAY - timedelta(days=100)
    found = [
        (a_road(1, new), 30, 0), (a_road(2), 0, 1), (a_road(3), 12, 0), (a_road(4), 1, 0), (a_road(5, old), 15, 0),
        (a_road(6, new), 2, 0), (a_road(7), 0, 0), (a_road(8), 20, 0),
    ]  # fmt: skip
    wanted = traffic.queue(TrafficRules(), found, 12, measures={6: TODAY - timedelta(days=50)}, today=TODAY)
    assert [(one.road.id, one.why) for one in wanted] == [
        (8, Why.FELT_NEVER), (3, Why.FELT_NEVER), (6, Why.AFTER_MEASURE), (5, Why.FELT_OLD), (2, Why.SEVERE_NEVER),
        (4, Why.SOME_NEVER),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "asked, comparison, now, before",
    [
        ("", "year", "2025-11-01 2026-11-01", "2024-11-01 2025-11-01"),
        ("", "before", "2025-11-01 2026-11-01", "2024-11-01 2025-11-01"),
        ("2026-07-01 2026-10-01", "year", "2026-07-01 2026-10-01", "2025-07-01 2025-10-01"),
        ("2026-07-01 2026-10-01", "before", "2026-07-01 2026-10-01", "2026-04-01 2026-07-01"),
        ("2026-01-01 2027-01-01", "year", "2026-01-01 2026-11-01", "2025-01-01 2025-11-01"),
        ("2023-11-01 2026-11-01", "year", "2023-11-01 2026-11-01", "2020-11-01 2023-11-01"),
        ("2026-03-04 2026-03-09", "year", "2026-03-04 2026-03-09", "2025-03-05 2025-03-10"),
        ("- 2026-03-01", "year", "2024-02-01 2026-03-01", None),
    ],
)
def test_the_period_and_what_it_is_compared_with(asked, comparison, now, before):
    ends = [None if day == "-" else date.fromisoformat(day) for day in asked.split()]
    found = traffic.spans(Period(*ends), comparison, TODAY, date(2024, 2, 20))
    assert f"{found.now.start} {found.now.end}" == now
    assert (found.before and f"{found.before.start} {found.before.end}") == before
