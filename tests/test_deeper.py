"""What lies under recurring problems: what is planted is told, chance is not, and nobody is told more than they may."""

import random
from datetime import date, timedelta

import numpy as np
import pytest
from builders import a_file, an_organisation, take_in, viewer
from shapely.geometry import Point

from samverkan_map import question
from samverkan_map.analysis.alarms import false_alarms
from samverkan_map.errors import BadQuestion, NotFound
from samverkan_map.hotspots import effort, held, repeats, trends, weekly, wheel
from samverkan_map.vocabulary import Period, Role, add_months

TODAY = date(2026, 11, 23)
PLANNER, TRAFFIC = viewer(Role.PLANNER), viewer(Role.TRAFFIC_GROUP)
E, N = 374350, 6148350
"""In the town; what is planted here lies in one square, whether of 100 or of 250 m."""


def noise(vellinge, number, *, seed=1, kind="klotter", first=date(2023, 11, 1), days=1096):
    """Reports that fall evenly over the land and over the days, none near the middle."""
    draw, (west, south, east, north) = random.Random(seed), vellinge.land.bounds
    found = []
    while len(found) < number:
        e, n = draw.uniform(west, east), draw.uniform(south, north)
        if vellinge.land.contains(Point(e, n)) and Point(e, n).distance(Point(E, N)) > 800:
            day = first + timedelta(days=draw.randrange(days))
            found.append(f"n{kind}{len(found)},{kind},{day}T{draw.randrange(24):02d}:00,{e:.1f},{n:.1f}")
    return found


def planted(days, *, kind="klotter", name="p", e=E, n=N):
    """One report a day given, close together but never at one spot."""
    return [
        f"{name}{i},{kind},{day}T20:00,{e + i % 9 * 5:.1f},{n + i % 7 * 5 + i * 0.02:.2f}" for i, day in enumerate(days)
    ]


def monthly(first, months, each=4):
    """Some days of each of some months."""
    return [add_months(first, month).replace(day=3 + 5 * n) for month in range(months) for n in range(each)]


class Told:
    """Takes in rows, and asks one of the deeper modules."""

    def __init__(self, session, vellinge, folder):
        self.session, self.vellinge, self.folder = session, vellinge, folder

    def take(self, rows, header="kallans_id,typ,tid_fran,e,n"):
        take_in(self.session, self.vellinge, a_file(self.folder, rows, header, name=f"{random.random()}.csv"))

    def __call__(self, module, who=PLANNER, filters=None, **more):
        asked = question.parse(filters or {}, self.vellinge, TODAY)
        return module.find(self.session, who, self.vellinge, asked, today=TODAY, **more)


@pytest.fixture
def told(embedded, vellinge, tmp_path):
    """On the embedded database; the pages are tried on both."""
    with embedded.writing() as session:
        yield Told(session, vellinge, tmp_path)


# ---- How places develop ----------------------------------------------------------------------------------------------


def test_a_place_that_is_hot_every_month_is_lasting_and_one_of_the_last_month_is_new(told, vellinge):
    told.take([*noise(vellinge, 900), *planted(monthly(date(2024, 11, 1), 24))])
    told.take(planted(monthly(date(2026, 10, 1), 1, 5), name="q", e=E - 2000, n=N - 5750))
    found = told(trends)
    assert (found.months, found.periods) == (Period(date(2024, 11, 1), date(2026, 11, 1)), 24)
    lasting = next(one for one in found.patches if one.shape.contains(Point(E, N)))
    assert (lasting.pattern, lasting.five, lasting.hot_months) == ("persistent hot", "persistent", 24)
    assert lasting.events >= 96 and lasting.number == 1 and lasting.p > 0.05
    fresh = next(one for one in found.patches if one.shape.contains(Point(E - 2000, N - 5750)))
    assert (fresh.pattern, fresh.five, fresh.hot) == ("new hot", "emerging", (False,) * 23 + (True,))
    assert sum(found.squares.values()) == sum(found.five.values()) == found.cells
    assert found.shown(False) == tuple(one for one in found.patches if not one.cold)


def test_chance_alone_has_no_pattern_and_nine_months_are_too_few_for_any(told, vellinge):
    told.take(noise(vellinge, 800, seed=5))
    assert [one for one in told(trends).patches if "persistent" in one.pattern or "consecutive" in one.pattern] == []
    short = told(trends, filters={"to": "2024-07", "from": "2024-01"})
    assert (short.nothing, short.patches, short.periods) == ("short", (), 9)


def test_what_is_never_told_below_a_sub_area_lies_in_no_square(told, vellinge):
    told.take([*noise(vellinge, 300), *planted(monthly(date(2024, 11, 1), 24), kind="skadegorelse_skola")])
    found = told(trends)
    assert found.withheld == 96 and not any(one.shape.contains(Point(E, N)) for one in found.patches)
    assert told(weekly).withheld > 40


# ---- The year --------------------------------------------------------------------------------------------------------


def year_rows(vellinge):
    """Even noise, and twelve reports in week 24 of each of three years."""
    weeks = [date.fromisocalendar(year, 24, 1 + n % 5) for year in (2024, 2025, 2026) for n in range(12)]
    return [*noise(vellinge, 500), *planted(weeks)]


def test_a_week_that_comes_back_is_found_with_the_municipality_s_name_for_it(told, vellinge):
    told.take(year_rows(vellinge))
    found = told(wheel)
    assert found.whole == Period(date(2023, 11, 1), date(2026, 11, 1))
    (one,) = found.recurring
    assert (one.first, one.last, one.high_years, one.years) == (24, 24, [2024, 2025, 2026], 3)
    assert found.by_chance < 0.05 and 3 < one.times < 6
    ending = next(run for run in found.windows if run.code == "skolavslutning")
    assert ending.high_years == [2024, 2025, 2026] and ending.occasions == one.occasions
    assert max(found.months, key=lambda month: month.index).number == 6
    assert sum(month.events for month in found.months) == sum(week.events for week in found.weeks) == found.events


def test_a_year_is_too_short_for_a_wheel_and_months_are_all_that_the_traffic_group_is_told(told, vellinge):
    told.take(noise(vellinge, 400, kind="fortkorning"))
    assert told(wheel, filters={"to": "2025-06"}).nothing == "short"
    found = told(wheel, TRAFFIC)
    assert len(found.months) == 12 and (found.weeks, found.recurring, found.windows) == ((), (), ())


# ---- Concentration and hits ------------------------------------------------------------------------------------------


def test_few_squares_hold_most_and_last_year_s_map_is_held_against_this_year_s_reports(told, vellinge):
    this, last = monthly(date(2025, 11, 1), 12, 5), monthly(date(2024, 11, 1), 12, 5)
    told.take([*noise(vellinge, 360), *planted(this), *planted([*last, *last[:30]], name="q")])
    found = told(held)
    quarter, half, most = found.steps
    assert (quarter.even, half.even) == (-(-found.events // 4), -(-found.events // 2))
    assert quarter.squares <= 2 < half.squares < most.squares <= found.active <= found.cells
    assert found.curve[0] == (0, 0, 0) and found.curve[-1] == (1, 1, 1) and 0 < found.gini < 1
    assert all(even <= events for _, events, even in found.curve)
    hot = found.hits[0]
    assert hot.key == "hot" and (hot.before, hot.now) == (90, 60) and hot.rri == 1.5
    assert hot.pai == pytest.approx(hot.events / hot.ground) and 0 < hot.pei <= 1
    assert told(held, filters={"type": "pyroteknik"}).nothing in ("few", "no_period")


# ---- Near repeats ----------------------------------------------------------------------------------------------------


def repeated(number):
    """Damage at spots far apart, each followed by another 40 m away two days later."""
    draw, rows = random.Random(3), []
    for i in range(number):
        e, n = E + draw.uniform(-2500, 2500), N + draw.uniform(-2500, 2500)
        day = date(2024, 1, 1) + timedelta(days=draw.randrange(900))
        rows.append(f"a{i},skadegorelse,{day}T12:00,{e:.2f},{n:.2f}")
        rows.append(f"b{i},klotter,{day + timedelta(days=2)}T12:00,{e + 40:.2f},{n:.2f}")
    return rows


def test_one_report_that_brings_another_is_told_and_the_same_seed_gives_the_same_answer(told, monkeypatch):
    twice = [f"x{hour},klotter,2024-05-01T0{hour}:00,{E},{N}" for hour in (1, 5)]
    told.take([*repeated(60), *twice, f"y,nedskrapning,2023-12-01T12:00,{E},{N}"])
    found = told(repeats, group="skador")
    assert (found.events, found.merged, found.used, found.drawn) == (122, 1, 121, False)
    near = next(row for row in found.rows if row.metres == (1, 100))
    assert near.bands[0].over and near.bands[0].days == (0, 2) and near.bands[0].pairs >= 60
    assert near.bands[0].ratio > 5 and near.bands[0].p == 1 / 200
    assert not near.bands[3].over
    monkeypatch.setattr(repeats, "MOST_PAIRS", 400)
    points = np.random.default_rng(1).uniform(0, 500, (300, 2))
    few = repeats._drawn(points)
    assert 10 < len(few) < 60 and few.tolist() == repeats._drawn(points).tolist()


def test_repeats_and_weeks_do_not_exist_for_those_who_may_only_know_months(told, vellinge):
    told.take(repeated(20))
    for module, more in ((repeats, {"group": "skador"}), (weekly, {})):
        with pytest.raises(NotFound):
            told(module, TRAFFIC, **more)
    with pytest.raises(BadQuestion):
        told(repeats, group="hittepa")


# ---- The week's list -------------------------------------------------------------------------------------------------


def test_a_week_with_unusually_many_rings_and_the_list_says_how_often_it_errs(told, vellinge):
    monday = date(2026, 11, 16)
    told.take([*noise(vellinge, 800, days=1118), *planted([monday + timedelta(days=n % 7) for n in range(14)])])
    found = told(weekly)
    assert found.week == Period(monday, monday + timedelta(days=7))
    (alarm,) = found.alarms
    assert (alarm.area, alarm.type) == ("vellinge", "klotter") and alarm.count >= 14 and alarm.z >= 3
    assert alarm.least == false_alarms(alarm.usual).least and alarm.in_a_year < 0.01
    assert 0 < found.false_weeks < 5 and found.tried == 52 and found.rang <= 3
    (fresh,) = found.clusters
    assert fresh.kind == "problem" and fresh.cases >= 14 and fresh.p == 1 / 200 and fresh.days == 7
    assert fresh.shape.contains(Point(E, N))
    before = told(weekly, week=monday - timedelta(days=7))
    assert before.alarms == [] and told(weekly, week=date(2023, 11, 6)).nothing == "short"
    assert told(weekly, week=monday + timedelta(days=7)).nothing == "short"
    # A period asks for the last whole week in it, and the newest there is when it goes on beyond that.
    assert told(weekly, filters={"from": "2026-09", "to": "2026-10"}).week.start == date(2026, 10, 19)
    assert told(weekly, filters={"from": "2026-09", "to": "2026-12"}).week == found.week


# ---- Who reports -----------------------------------------------------------------------------------------------------


def test_one_organisation_behind_more_than_half_is_known_and_named_only_to_those_who_see_exact_reports(told, vellinge):
    an_organisation(told.session, "bolaget")
    an_organisation(told.session, "skolan")
    header = "kallans_id,typ,tid_fran,e,n,organisation"
    rows = [f"{one},bolaget" for one in planted(monthly(date(2025, 11, 1), 12, 3), kind="fortkorning")]
    rows += [f"{one},skolan" for one in planted(monthly(date(2025, 11, 1), 10, 1), kind="fortkorning", name="s")]
    told.take([*rows, *(f"{one}," for one in noise(vellinge, 20, kind="fortkorning", days=1))], header)
    found = told(effort)
    assert (found.events, found.organisation, found.of_organisation, found.active) == (46, "Bolaget", 36, 2)
    assert found.one_organisation and found.each == 23
    group = told(effort, TRAFFIC)
    assert (group.organisation, group.one_organisation) == ("", True)
