"""Which reports belong to a place: by its shape, by hand, and never more than the viewer may know."""

import random
from datetime import date

import numpy as np
import pytest
from builders import COORDINATOR, NOW, a_file, a_place, take_in, viewer
from shapely.geometry import LineString, Point, Polygon
from sqlalchemy import select

from samverkan_map import geometry, places, reports
from samverkan_map.db import engine
from samverkan_map.db.tables import PlaceReport, Report
from samverkan_map.errors import BadQuestion, BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.vocabulary import Period, Role

DAY = date(2026, 5, 1)
E, N = 370650, 6142300
METRES = "kallans_id,typ,tid_fran,e,n"


def at(number, east, north, kind="klotter", when="2026-03-06T22:15"):
    return f"{number},{kind},{when},{E + east},{N + north}"


def reported(session, vellinge, folder, rows, header=METRES, **how):
    take_in(session, vellinge, a_file(folder, rows, header, name=f"{random.random()}.csv"), **how)


def a_spot(session, vellinge, shape=None, **words):
    """A place that is the point (E, N), or another shape."""
    place = a_place(session, vellinge, **words)
    return places.redraw(session, COORDINATOR, vellinge, place.id, shape or Point(E, N), today=DAY)


def refs(session, who, vellinge, place, **how):
    found = places.reports_of(session, who, vellinge, place, **how)
    names = dict(session.execute(select(Report.id, Report.source_ref)).all())
    return sorted(names[number] for number in found.ids.tolist())


def test_a_point_reaches_fifty_metres_a_stretch_twenty_five_and_an_area_no_farther_than_itself(
    session, vellinge, tmp_path
):
    rows = [at(f"o{east}", east, 0) for east in (0, 24, 26, 49, 50, 51)]
    reported(session, vellinge, tmp_path, rows)
    spot, street = a_spot(session, vellinge), a_spot(session, vellinge, LineString([(E, N - 90), (E, N + 90)]))
    square = a_spot(session, vellinge, Polygon([(E - 9, N - 9), (E + 30, N - 9), (E + 30, N + 9), (E - 9, N + 9)]))
    assert refs(session, COORDINATOR, vellinge, spot) == ["o0", "o24", "o26", "o49", "o50"]
    assert refs(session, COORDINATOR, vellinge, street) == ["o0", "o24"]
    assert refs(session, COORDINATOR, vellinge, square) == ["o0", "o24", "o26"]


def test_picking_by_hand_overrules_the_shape_both_ways_and_can_be_taken_back(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [at("inne", 5, 5), at("ute", 400, 0), at("kvar", 9, 0)])
    place = a_spot(session, vellinge)
    ids = dict(session.execute(select(Report.source_ref, Report.id)).all())
    places.pick(session, viewer(Role.POLICE), place.id, [ids["ute"]], True, today=DAY)
    places.pick(session, COORDINATOR, place.id, [ids["inne"]], False, today=DAY)
    assert refs(session, COORDINATOR, vellinge, place) == ["kvar", "ute"]
    places.pick(session, COORDINATOR, place.id, [ids["ute"], ids["inne"]], None, today=DAY)
    assert refs(session, COORDINATOR, vellinge, place) == ["inne", "kvar"]
    places.pick(session, COORDINATOR, place.id, [ids["inne"]], False, today=DAY)
    places.pick(session, COORDINATOR, place.id, [ids["inne"]], True, today=DAY)
    assert refs(session, COORDINATOR, vellinge, place) == ["inne", "kvar"]


def test_a_report_without_position_belongs_when_picked_in(session, vellinge, tmp_path):
    header = "kallans_id,typ,tid_fran,plats"
    reported(session, vellinge, tmp_path, ["namn,klotter,2026-03-06,Höllviken"], header)
    place = a_spot(session, vellinge)
    (number,) = session.scalars(select(Report.id))
    assert refs(session, COORDINATOR, vellinge, place) == []
    places.pick(session, COORDINATOR, place.id, [number], True, today=DAY)
    assert refs(session, COORDINATOR, vellinge, place) == ["namn"]


def test_an_undone_delivery_takes_its_picks_along(session, vellinge, tmp_path):
    delivery = take_in(session, vellinge, a_file(tmp_path, [at("ute", 400, 0)], METRES)).delivery_id
    place = a_spot(session, vellinge)
    places.pick(session, COORDINATOR, place.id, list(session.scalars(select(Report.id))), True, today=DAY)
    reports.undo(session, COORDINATOR, delivery, now=NOW)
    session.expire_all()
    assert refs(session, COORDINATOR, vellinge, place) == []
    assert session.scalars(select(PlaceReport)).all() == []


def test_picking_needs_a_report_that_one_may_see_the_right_version_and_the_right(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [at("p", 400, 0), at("t", 400, 0, kind="fortkorning")])
    ids = dict(session.execute(select(Report.source_ref, Report.id)).all())
    place = a_spot(session, vellinge, published=True)
    own = a_spot(session, vellinge, forum="styrgrupp-trafik", type="fortkorning")
    group = viewer(Role.TRAFFIC_GROUP)
    places.pick(session, group, own.id, [ids["t"]], True, today=DAY)
    for number in (ids["p"], 10**6):
        with pytest.raises(NotFound):
            places.pick(session, group, own.id, [number], True, today=DAY)
    with pytest.raises(NotAllowed):
        places.pick(session, group, place.id, [ids["t"]], True, today=DAY)
    with pytest.raises(Conflict):
        places.pick(session, COORDINATOR, place.id, [ids["p"]], True, today=DAY, version=place.version - 1)
    for numbers in ([], [ids["p"]] * 201):
        with pytest.raises(BadValue):
            places.pick(session, COORDINATOR, place.id, numbers, True, today=DAY)


def test_types_periods_and_sources_narrow_it_as_everywhere(session, vellinge, tmp_path):
    rows = [
        at("a", 1, 1), at("b", 2, 2, kind="skadegorelse"), at("c", 3, 3, when="2025-12-31T23:59"),
        at("d", 4, 4, when="2026-04-01T00:00"),
    ]  # fmt: skip
    reported(session, vellinge, tmp_path, rows)
    reported(session, vellinge, tmp_path, [at("polis", 1, 1)], source="polisen")
    place = a_spot(session, vellinge)
    spring = Period(date(2026, 1, 1), date(2026, 4, 1))
    assert refs(session, COORDINATOR, vellinge, place, period=spring) == ["a", "b"]
    assert refs(session, COORDINATOR, vellinge, place, types=["klotter"]) == ["a", "c", "d"]
    found = places.reports_of(session, COORDINATOR, vellinge, place)
    assert len(found) == 4
    assert len(found.of_types({"klotter"})) == 3
    assert found.between(date(2025, 12, 31), date(2026, 3, 7)) == 3
    assert found.per_month(date(2025, 12, 1), 5) == [1, 0, 0, 2, 1]
    assert found.per_type() == [("klotter", 3), ("skadegorelse", 1)]
    assert (found.weekdays.tolist(), found.hours.tolist()) == ([2, 4, 4, 2], [0, 22, 22, 23])


@pytest.mark.parametrize("seed", range(3))
def test_the_arrays_find_what_the_database_finds(session, vellinge, tmp_path, seed):
    """Random shapes across the squares the index is made of, against the database's own measure of distance."""
    chance = random.Random(seed)
    rows = [at(number, chance.randint(-900, 900), chance.randint(-900, 900)) for number in range(600)]
    reported(session, vellinge, tmp_path, rows)
    for _ in range(12):
        corners = [(E + chance.randint(-800, 800), N + chance.randint(-800, 800)) for _ in range(3)]
        shape = chance.choice([Point(corners[0]), LineString(corners), Polygon(corners)])
        metres = places.reach_of(shape)
        near = engine.within_distance(Report.geom, shape, metres)
        wanted = set(session.scalars(select(Report.id).where(*near)))
        assert set(places.reports_of(session, COORDINATOR, vellinge, shape).ids.tolist()) == wanted


def test_the_public_and_a_business_learn_nothing(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [at("a", 1, 1), at("t", 1, 1, kind="fortkorning")])
    place = a_spot(session, vellinge, published=True)
    for role in (Role.PUBLIC, Role.BUSINESS):
        found = places.reports_of(session, viewer(role), vellinge, place)
        assert len(found) == 0
        assert len(reports.times(session, viewer(role), list(session.scalars(select(Report.id))))[0]) == 0


def test_the_traffic_group_learns_months_and_squares_only(session, vellinge, tmp_path):
    """Two worlds that differ in position within a square and in day within a month look the same to it."""
    group = viewer(Role.TRAFFIC_GROUP)
    place = a_spot(session, vellinge, published=True)
    seen = []
    for east, when in ((1, "2026-03-06T22:15"), (24, "2026-03-29T07:15"), (49, "2026-03-01")):
        number = take_in(
            session, vellinge, a_file(tmp_path, [at("t", east, 1, "fortkorning", when), at("p", 1, 1)], METRES)
        ).delivery_id
        found = places.reports_of(session, group, vellinge, place)
        seen.append((len(found), found.days.tolist(), found.weekdays.tolist(), found.hours.tolist(), found.months_only))
        assert len(reports.times(session, group, found.ids)[0]) == 0
        reports.undo(session, COORDINATOR, number, now=NOW)
    first_of_march = np.datetime64("2026-03-01", "D").astype(int)
    assert seen == [(1, [first_of_march], [-1], [-1], True)] * 3
    with pytest.raises(BadQuestion):
        places.reports_of(session, group, vellinge, place, period=Period(date(2026, 3, 6), date(2026, 3, 7)))


def test_times_come_as_they_are_stored_and_only_where_known(session, vellinge, tmp_path):
    rows = [
        f"a,klotter,2026-03-06T22:00,2026-03-07T01:00,{E},{N},", f"b,klotter,2026-07-06T22:00,,{E},{N},",
        f"c,klotter,,,{E},{N},",
    ]  # fmt: skip
    header = "kallans_id,typ,tid_fran,tid_till,e,n,plats,rapporterad"
    reported(session, vellinge, tmp_path, [row + ",2026-08-01" for row in rows], header)
    starts, ends = reports.times(session, viewer(Role.PLANNER), list(session.scalars(select(Report.id))))
    assert starts.astype(str).tolist() == ["2026-03-06T21:00:00", "2026-07-06T20:00:00"]
    assert ends.astype(str).tolist() == ["2026-03-07T00:00:00", "2026-07-06T20:00:00"]


def test_a_place_keeps_its_reports_when_it_is_drawn_anew_elsewhere(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [at("a", 1, 1), at("b", 500, 0)])
    place = a_spot(session, vellinge)
    assert refs(session, COORDINATOR, vellinge, place) == ["a"]
    places.redraw(session, COORDINATOR, vellinge, place.id, Point(E + 500, N), today=DAY)
    assert refs(session, COORDINATOR, vellinge, place) == ["b"]
    assert geometry.to_geojson(places.shape_of(place))["type"] == "Point"
