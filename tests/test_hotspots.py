"""Hotspots: what is planted is found, chance is not, and nobody sees more than they may."""

import random
from datetime import date, timedelta

import pytest
from builders import NOW, a_file, a_measure, a_place, take_in, viewer
from shapely.geometry import Point

from samverkan_map import hotspots, places, question, reports
from samverkan_map.errors import BadQuestion
from samverkan_map.formats import Format
from samverkan_map.hotspots import effort, effort_words, words
from samverkan_map.vocabulary import Period, Role

TODAY = date(2026, 11, 23)
PLANNER, TRAFFIC = viewer(Role.PLANNER), viewer(Role.TRAFFIC_GROUP)
E, N = 374250, 6148350
"""The middle of a square in the town."""


def noise(vellinge, number, *, seed=1, kind="klotter", years=2, name="n"):
    """Reports that fall evenly over the land, and evenly over the years before November 2026; none near the middle."""
    draw, (west, south, east, north) = random.Random(seed), vellinge.land.bounds
    found = []
    while len(found) < number:
        e, n = draw.uniform(west, east), draw.uniform(south, north)
        if vellinge.land.contains(Point(e, n)) and Point(e, n).distance(Point(E, N)) > 500:
            day = date(2026, 10, 31) - timedelta(days=draw.randrange(365 * years))
            found.append(f"{name}{len(found)},{kind},{day}T{draw.randrange(24):02d}:00,{e:.1f},{n:.1f}")
    return found


def planted(number, *, kind="klotter", year=2026, name="p", e=E, n=N):
    draw = random.Random(number)
    spots = [(e + draw.uniform(-40, 40), n + draw.uniform(-40, 40)) for _ in range(number)]
    return [f"{name}{i},{kind},{year}-0{1 + i % 9}-1{i % 10}T22:00,{x:.1f},{y:.1f}" for i, (x, y) in enumerate(spots)]


def reported(session, vellinge, folder, rows, **how):
    header = "kallans_id,typ,tid_fran,e,n"
    return take_in(session, vellinge, a_file(folder, rows, header, name=f"{random.random()}.csv"), **how)


def find(session, vellinge, who=PLANNER, cell_metres=100, **args):
    asked = question.parse({name.rstrip("_"): value for name, value in args.items()}, vellinge, TODAY)
    return hotspots.find(session, who, vellinge, asked, today=TODAY, cell_metres=cell_metres)


def who_reported(session, vellinge):
    return effort.find(session, PLANNER, vellinge, question.parse({}, vellinge, TODAY), today=TODAY)


def speaker(vellinge, language="sv"):
    return words.Speaker(language, vellinge, Format(language))


def test_what_is_planted_is_found_with_its_count_its_year_before_and_its_name(session, vellinge, tmp_path):
    rows = [*noise(vellinge, 400), *planted(30), *planted(12, year=2025, name="q"), *planted(1, year=2024, name="r")]
    reported(session, vellinge, tmp_path, rows)
    found = find(session, vellinge)
    (spot,) = found.spots
    assert spot.shape.contains(Point(E, N)) and spot.number == 1
    assert found.period == Period(date(2025, 11, 1), date(2026, 11, 1))
    assert (spot.events, spot.before, spot.finding) == (30, 12, "tydlig_okning")
    assert spot.area == "vellinge" and spot.near and spot.types == (("klotter", 30),)
    assert spot.q < 1e-6 and spot.z > 10 and spot.expected < 3
    mine = [one for one in found.squares if one.number == 1]
    assert (len(found.squares), len(mine)) == (found.hot, spot.cells) and sum(one.events for one in mine) == 30
    assert min(one.q for one in mine) == spot.q and max(one.z for one in mine) == pytest.approx(spot.z, abs=0.01)
    assert {one.history for one in mine} <= {"persistent", "emerging", "former", "intermittent", "none"}
    assert found.events == sum(count for _, count in found.sources)
    say = speaker(vellinge)
    assert words.headline(say, found).startswith("En plats har fler händelser än slumpen förklarar. De rymmer 30 av ")
    assert words.change(say, found, spot) == "▲ +18 mot året innan (12 → 30)."
    assert words.certainty(say, spot) == "säkert"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_chance_alone_gives_no_place(session, vellinge, tmp_path, seed):
    reported(session, vellinge, tmp_path, noise(vellinge, 600, seed=seed))
    found = find(session, vellinge)
    assert (found.spots, found.hot, found.nothing) == ((), 0, "")
    assert "Ingen plats skiljer ut sig" in words.headline(speaker(vellinge), found)


def test_fields_and_water_are_no_squares_but_everything_reported_is(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, planted(12))
    before = find(session, vellinge).cells
    whole = vellinge.land.area / 100**2
    assert 1500 < before < whole / 2
    (lonely,) = noise(vellinge, 1, seed=99, years=20)
    reported(session, vellinge, tmp_path, [lonely])
    assert find(session, vellinge).cells - before in (0, 1)


def test_one_source_with_more_than_half_is_said_aloud(session, vellinge, tmp_path):
    rows = [*noise(vellinge, 40, years=1), *planted(20)]
    reported(session, vellinge, tmp_path, rows[::2])
    reported(session, vellinge, tmp_path, rows[1::2], source="est")
    say = speaker(vellinge)
    assert effort_words.banners(say, who_reported(session, vellinge)) == []
    doubled = [row.replace(",klotter", "b,klotter", 1) for row in rows[1::2]]
    reported(session, vellinge, tmp_path, doubled, source="est")
    (banner,) = effort_words.banners(say, who_reported(session, vellinge))
    assert "mer än hälften av händelserna (67 procent)" in banner


def test_accidents_stand_alone_and_what_people_like_or_say_for_context_never_counts(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, planted(12))
    reported(session, vellinge, tmp_path, planted(15, kind="trafikolycka", name="o"))
    reported(session, vellinge, tmp_path, planted(20, name="s"), source="polisen")
    assert find(session, vellinge).events == 12
    assert find(session, vellinge, kind="accident").events == 15
    for kind, key in (("accident,traffic", "accidents_added"), ("strength", "strength")):
        with pytest.raises(BadQuestion, match=key):
            find(session, vellinge, kind=kind)
    for name, value in (("source", "polisen"), ("q", "torget"), ("phase", "analysis"), ("keeper", "kommun")):
        with pytest.raises(BadQuestion):
            find(session, vellinge, **{name: value})


def test_the_traffic_group_sees_complaints_by_month_and_the_same_numbers(session, vellinge, tmp_path):
    rows = [*noise(vellinge, 60, kind="fortkorning"), *planted(25, kind="fortkorning")]
    reported(session, vellinge, tmp_path, rows)
    reported(session, vellinge, tmp_path, planted(40, name="k"))
    exact, coarse = find(session, vellinge, kind="traffic"), find(session, vellinge, TRAFFIC)
    assert [(one.events, one.before, one.shape.wkt) for one in coarse.spots] == [
        (one.events, one.before, one.shape.wkt) for one in exact.spots
    ]
    assert coarse.kinds == ("traffic",) and coarse.spots[0].pile == 0
    assert find(session, vellinge, TRAFFIC, kind="problem").nothing == "no_reports"
    for finer in ({"weekday": "4"}, {"from_": "2026-01-15"}, {"hour": "21-23"}):
        with pytest.raises(BadQuestion):
            find(session, vellinge, TRAFFIC, **finer)
    asked = question.parse({}, vellinge, TODAY)
    assert hotspots.week(session, TRAFFIC, vellinge, asked, today=TODAY) is None
    assert find(session, vellinge, viewer(Role.PUBLIC)).nothing == "no_reports"


def test_too_few_none_in_the_period_and_none_at_all_are_said_in_a_sentence(session, vellinge, tmp_path):
    say = speaker(vellinge)
    assert find(session, vellinge).nothing == "no_reports"
    reported(session, vellinge, tmp_path, planted(9))
    few = find(session, vellinge)
    assert few.nothing == "few" and "9 händelser" in words.headline(say, few)
    assert find(session, vellinge, from_="2019-01", to="2019-12").nothing == "no_period"
    assert find(session, vellinge, bbox="12.5,55.2,12.6,55.3").nothing == "no_ground"
    for cell in (0, 99, 30, 5000):
        with pytest.raises(BadQuestion, match="cell"):
            find(session, vellinge, cell_metres=cell)


def test_an_import_makes_the_next_answer_fresh_and_undoing_it_too(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [*noise(vellinge, 100), *planted(15)])
    first = find(session, vellinge)
    assert find(session, vellinge) is first
    more = reported(session, vellinge, tmp_path, planted(10, name="x")).delivery_id
    second = find(session, vellinge)
    assert (first.spots[0].events, second.spots[0].events) == (15, 25)
    assert first.data_version != second.data_version
    reports.undo(session, viewer(Role.COORDINATOR), more, now=NOW)
    assert find(session, vellinge).spots[0].events == 15


def test_a_question_about_one_area_is_uneven_over_that_area_only(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [*noise(vellinge, 300), *planted(30)])
    whole, part = find(session, vellinge), find(session, vellinge, area="vellinge")
    assert part.cells < whole.cells and len(part.spots) == 1
    assert find(session, vellinge, area="skanor-falsterbo").spots == ()


def test_without_reports_from_the_year_before_nothing_is_compared(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, planted(30))
    found = find(session, vellinge)
    assert found.before is None and found.spots[0].before is None
    assert "så långt tillbaka" in words.change(speaker(vellinge), found, found.spots[0])


def test_the_history_tells_a_new_place_from_one_that_has_always_been(session, vellinge, tmp_path):
    def every_month(name, e, months):
        return [
            f"{name}{year}{month}{i},klotter,{year}-{month:02d}-0{i + 1}T20:00,{e},{N}"
            for year, month in months
            for i in range(5)
        ]

    all_months = [(year, month) for year in (2024, 2025, 2026) for month in range(1, 13)][10:34]
    rows = [*every_month("a", E, all_months), *every_month("b", E + 3000, all_months[-4:])]
    reported(session, vellinge, tmp_path, rows)
    found = find(session, vellinge)
    assert [(spot.events, spot.history) for spot in found.spots] == [(60, "persistent"), (20, "emerging")]
    assert found.months == 24 and found.spots[1].hot_months == 4


def test_what_is_done_at_a_spot_is_what_the_viewer_may_see(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, planted(30, kind="fortkorning"))
    place = a_place(session, vellinge)
    places.redraw(session, viewer(Role.COORDINATOR), vellinge, place.id, Point(E, N), today=TODAY)
    measure = a_measure(session, vellinge, place)
    for who, seen in ((PLANNER, True), (TRAFFIC, False)):
        found = find(session, vellinge, who, kind="traffic")
        work = hotspots.work_at(session, who, found.spots)[1]
        assert ([one.id for one in work.places], [one.id for one in work.measures]) == (
            ([place.id], [measure.id]) if seen else ([], [])
        )


def test_other_squares_tell_whether_the_answer_depends_on_them(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [*noise(vellinge, 200), *planted(40)])
    found, other = find(session, vellinge), find(session, vellinge, cell_metres=250)
    assert hotspots.same_places(found, other) == 1
    assert "finns kvar" in words.other_squares(speaker(vellinge), found, other, 1)


def test_the_week_has_hours_from_fifty_reports_on_and_parts_of_the_day_before(session, vellinge, tmp_path):
    asked = question.parse({"weekday": "0"}, vellinge, TODAY)
    reported(session, vellinge, tmp_path, planted(49))
    parts = hotspots.week(session, PLANNER, vellinge, asked, today=TODAY)
    assert (parts.part_hours, parts.hours(3), parts.events) == (6, "18-24", 49)
    assert sum(row[3] for row in parts.rows) == 49
    reported(session, vellinge, tmp_path, planted(1, name="y"))
    hours = hotspots.week(session, PLANNER, vellinge, asked, today=TODAY)
    assert hours.part_hours == 1 and sum(row[22] for row in hours.rows) == 50
    assert sum(hours.days) == 334 and sorted(hours.days) == [47, 47, *[48] * 5]
    day, part = hours.standing_out[0]
    assert part == 22 and hours.rates[day][22] == round(hours.rows[day][22] / hours.days[day], 4)
    assert hours.shade(day, 22) == 4 and hours.shade(day, 3) is None
    few = question.parse({"from": "2026-04-10", "to": "2026-04-14"}, vellinge, TODAY)
    short = hotspots.week(session, PLANNER, vellinge, few, today=TODAY)
    assert (short.rates, short.standing_out) == ([], []) and sum(sum(row) for row in short.rows) == short.events


def test_an_answer_written_down_reads_the_same(session, vellinge, tmp_path):
    reported(session, vellinge, tmp_path, [*noise(vellinge, 200), *planted(40)])
    found = find(session, vellinge, kind="problem")
    assert hotspots.from_plain(hotspots.as_plain(found)) == found
    row = next(iter(words.rows(speaker(vellinge, "en"), found, {})))
    assert set(words.COLUMNS) <= set(row)


def test_how_few_squares_hold_half_and_what_the_map_before_was_worth(session, vellinge, tmp_path):
    rows = [
        *noise(vellinge, 10, years=1),
        *planted(30),
        *planted(20, year=2025, name="q"),
        *planted(1, year=2024, name="r"),
    ]
    reported(session, vellinge, tmp_path, rows)
    found = find(session, vellinge)
    assert (found.events, found.uneven.half, found.uneven.even) == (40, 1, 20)
    assert found.uneven.most < 5 and 0.7 < found.uneven.gini < 1
    assert found.hits.events == 0.75 and 0 < found.hits.ground < 0.01 and 0.7 < found.hits.pei <= 1
    assert found.hits.pai == pytest.approx(found.hits.events / found.hits.ground, rel=0.1)
    told = " ".join(words.concentration(speaker(vellinge), found))
    assert "Hälften av händelserna ligger i 1 av" in told and "75 procent av den här periodens händelser" in told
