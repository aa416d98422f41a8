"""Two periods, the series, and the other methods: what was planted is told, chance is not, and nothing too small."""

from datetime import date, timedelta

import pytest
from builders import COORDINATOR, viewer
from shapely.geometry import LineString, Point
from test_hotspots import E, N, noise, planted, reported, speaker

from samverkan_map import question, traffic
from samverkan_map.errors import BadQuestion
from samverkan_map.hotspots import (
    comparing,
    comparing_words,
    ground,
    searching,
    series,
    smoothing,
    things_words,
)  # fmt: skip
from samverkan_map.hotspots.things import Method
from samverkan_map.vocabulary import Period, Role

TODAY = date(2026, 11, 23)
PLANNER, TRAFFIC = viewer(Role.PLANNER), viewer(Role.TRAFFIC_GROUP)


@pytest.fixture
def quick(embedded):
    """A session on the embedded database alone, for what does not depend on which one it is."""
    with embedded.writing() as session:
        yield session


def asked(vellinge, args):
    return question.parse(args, vellinge, TODAY)


def compare(session, vellinge, who=PLANNER, cell_metres=250, comparison="year", before=None, **args):
    return comparing.compare(
        session, who, vellinge, asked(vellinge, args), today=TODAY, cell_metres=cell_metres, comparison=comparison,
        before=before,
    )  # fmt: skip


def search(session, vellinge, method, who=PLANNER, **sizes):
    return searching.search(session, who, vellinge, asked(vellinge, {}), today=TODAY, method=Method(method), **sizes)


def test_what_rose_and_what_fell_are_numbered_and_sure_and_the_rest_is_not(session, vellinge, tmp_path):
    rows = [*noise(vellinge, 300, years=3), *planted(60), *planted(15, year=2025, name="q")]
    rows += [*planted(4, name="x", e=E + 2500), *planted(40, year=2025, name="y", e=E + 2500)]
    rows += [*planted(9, name="u", e=E - 1500), *planted(5, year=2025, name="v", e=E - 1500)]
    reported(session, vellinge, tmp_path, rows)
    found = compare(session, vellinge)
    assert (found.now, found.before) == (
        Period(date(2025, 11, 1), date(2026, 11, 1)), Period(date(2024, 11, 1), date(2025, 11, 1)),
    )  # fmt: skip
    sure = [one for one in found.changes if one.side.sure]
    assert [(one.number, one.side.before, one.side.now, one.side.step) for one in sure] == [
        (1, 15, 60, 2), (2, 40, 4, -2),
    ]  # fmt: skip
    assert sure[0].shape.distance(Point(E, N)) == 0 and sure[0].side.low < 4.0 < sure[0].side.high
    assert all(cell.side.before + cell.side.now >= 10 for cell in found.cells) and found.few
    say = speaker(vellinge)
    assert comparing_words.headline(say, found).startswith(
        "2 platser har säkert ändrats. I hela området: ▼ −1 mot jämförelseperioden"
    )
    assert comparing_words.change(say, found, sure[0].side) == "▲▲ +45 mot jämförelseperioden (15 → 60)."
    assert comparing_words.certainty(say, sure[0].side) == "säkert"
    assert comparing_words.interval(say, sure[0].side).startswith("Takten är 4,0 gånger den förra.")
    rows = list(comparing_words.rows(say, found))
    assert len(rows) == len(found.cells) and sum(row["now"] for row in rows if row["number"] == 1) == 60


def test_many_squares_at_once_are_not_called_changed_by_chance(quick, vellinge, tmp_path):
    rows = [
        row
        for place in range(30)
        for row in planted(12, name=f"a{place}-", e=E + 125 + 500 * (place % 6), n=N + 500 * (place // 6))
        + planted(12, year=2025, name=f"b{place}-", e=E + 125 + 500 * (place % 6), n=N + 500 * (place // 6))
    ]
    more = [*planted(18, name="c", e=E + 125)]
    reported(quick, vellinge, tmp_path, [*noise(vellinge, 60, years=3), *rows, *more])
    found = compare(quick, vellinge)
    unsure = [one for one in found.changes if one.side.finding == "tydlig_okning" and not one.side.sure]
    assert len(found.cells) >= 20 and not any(one.side.sure for one in found.changes) and unsure
    assert "väntas upp till" in comparing_words.chance(speaker(vellinge), found)


def test_periods_of_other_lengths_are_rates_and_impossible_ones_are_refused_in_a_sentence(quick, vellinge, tmp_path):
    reported(
        quick, vellinge, tmp_path, [*noise(vellinge, 200, years=3), *planted(30), *planted(30, year=2025, name="q")]
    )
    half = Period(date(2025, 1, 1), date(2025, 7, 1))
    found = compare(quick, vellinge, before=half, **{"from": "2026-01", "to": "2026-09"})
    say = speaker(vellinge)
    assert not found.same_length and any("olika långa" in fact for fact in comparing_words.facts(say, found))
    assert "per månad)" in comparing_words.change(say, found, found.whole)
    row = next(comparing_words.rows(say, found))
    assert row["change"] == round(row["now"] - row["before"] * 273 / 181) != row["now"] - row["before"]
    running, late = Period(date(2026, 1, 1), date(2026, 3, 1)), Period(date(2026, 10, 1), date(2026, 11, 1))
    for before, key in ((running, "overlap"), (late, "order")):
        with pytest.raises(BadQuestion, match=key):
            compare(quick, vellinge, before=before, **{"from": "2026-02", "to": "2026-09"})
    early = compare(quick, vellinge, before=Period(date(2011, 1, 1), date(2012, 1, 1)))
    assert early.nothing == "no_before" and "går inte så långt tillbaka" in comparing_words.headline(say, early)
    later = compare(quick, vellinge, **{"from": "2027-01", "to": "2027-06"})
    assert later.nothing == "no_now" and "Inget är rapporterat under" in comparing_words.headline(say, later)
    with pytest.raises(BadQuestion, match="too_fine"):
        compare(quick, vellinge, TRAFFIC, before=Period(date(2024, 1, 3), date(2025, 1, 1)))
    with pytest.raises(BadQuestion, match="half"):
        comparing.earlier_period({"before_from": "2024-01"}, vellinge, TODAY)


def test_a_month_that_is_not_over_is_no_decrease_and_an_empty_world_no_fault(quick, vellinge, tmp_path):
    assert compare(quick, vellinge).nothing == "no_reports"
    assert series.over_time(quick, PLANNER, vellinge, asked(vellinge, {}), today=TODAY).nothing == "no_reports"
    assert {search(quick, vellinge, one).nothing for one in ("density", "clusters")} == {"no_reports"}
    rows = [f"m{i},klotter,{TODAY - timedelta(days=4 * i)}T09:00,{E},{N}" for i in range(300)]
    reported(quick, vellinge, tmp_path, rows)
    found = compare(quick, vellinge, **{"from": "2026-01", "to": "2026-12"})
    assert found.now == Period(date(2026, 1, 1), date(2026, 11, 1)) and found.same_length
    assert "räknas bara till och med" in " ".join(comparing_words.facts(speaker(vellinge), found))


def test_the_series_holds_whole_periods_with_one_scale(quick, vellinge, tmp_path):
    rows = [f"m{i},klotter,{date(2026, 11, 20) - timedelta(days=2 * i)}T09:00,{E},{N}" for i in range(400)]
    reported(quick, vellinge, tmp_path, rows)
    found = series.over_time(quick, PLANNER, vellinge, asked(vellinge, {}), today=TODAY)
    assert len(found.panels) == 24 and found.panels[-1].period == Period(date(2026, 10, 1), date(2026, 11, 1))
    assert {panel.events for panel in found.panels} <= {14, 15, 16} and found.limits[0] == 1
    assert all(panel.counts.sum() == panel.events for panel in found.panels)
    quarters = series.over_time(
        quick, PLANNER, vellinge, asked(vellinge, {"period": "12m"}), today=TODAY, step="quarter"
    )
    assert [panel.period.days for panel in quarters.panels] == [92, 89, 92, 92]
    assert quarters.events == sum(panel.events for panel in found.panels[-12:])


def test_density_is_thickest_where_it_was_planted_and_says_nothing_about_single_reports(quick, vellinge, tmp_path):
    far = [f"f{i},klotter,2026-03-0{i + 1}T10:00,{E + 600},{N + 1500}" for i in range(2)]
    reported(quick, vellinge, tmp_path, [*noise(vellinge, 60, years=2), *planted(60), *far])
    found = search(quick, vellinge, "density")
    first = found.things[0]
    assert first.shape.contains(Point(E, N)) and 80 < first.value < 130 and first.events >= 60
    assert not any(shape.intersects(Point(E + 600, N + 1500)) for shape, _ in found.zones)
    assert max(step for _, step in found.zones) == 4 and len(found.limits) == 5
    say = speaker(vellinge)
    assert "händelser per km² och år där det är tätast" in things_words.described(say, found, first)[0]
    assert not any("slumpen" in line and "q-" in line for line in things_words.method_card(say, found))
    wide = search(quick, vellinge, "density", bandwidth=1000)
    assert wide.cell_metres == 250 and wide.things[0].value < first.value
    for sizes in ({"bandwidth": 100, "cell_metres": 100}, {"bandwidth": 60}):
        with pytest.raises(BadQuestion, match="bandwidth"):
            search(quick, vellinge, "density", **sizes)
    with pytest.raises(BadQuestion, match="reach"):
        search(quick, vellinge, "density", bandwidth=9999)


def test_a_pile_at_one_address_is_no_cluster_and_the_coarse_see_coarse_outlines(quick, vellinge, tmp_path):
    pile = [f"h{i},fortkorning,2026-05-11T10:00,{E + 400},{N + 900}" for i in range(50)]
    rows = [*noise(vellinge, 60, kind="fortkorning"), *planted(40, kind="fortkorning"), *pile]
    reported(quick, vellinge, tmp_path, rows)
    found = search(quick, vellinge, "clusters")
    (one,) = found.things
    assert one.events >= 40 and one.places >= 3 and one.shape.contains(Point(E, N)) and one.shape.geom_type == "Polygon"
    assert found.facts["hidden"] == 1
    assert "visas inte" in " ".join(things_words.facts(speaker(vellinge), found))
    coarse = search(quick, vellinge, "clusters", TRAFFIC)
    corners = [value for thing in coarse.things for value in thing.shape.bounds]
    assert coarse.cell_metres == 50 and all(value % 50 == 0 for value in corners)
    with pytest.raises(BadQuestion, match="no_cells"):
        search(quick, vellinge, "clusters", cell_metres=100)


def test_stretches_come_in_the_order_of_the_ranked_list_until_half_of_the_complaints(session, vellinge, tmp_path):
    for place, name in enumerate(("Ettgatan", "Tvågatan", "Tregatan")):
        line = LineString([(E, N + 200 * place), (E + 500, N + 200 * place)])
        traffic.add_stretch(session, COORDINATOR, vellinge, name=name, keeper="kommun", speed_limit=40, line=line)
    rows = [
        f"{place}-{i},fortkorning,2026-04-{i % 28 + 1:02d}T10:00,{E + 20 + 10 * i},{N + 200 * place}"
        for place, many in enumerate((5, 40, 9))
        for i in range(many)
    ]
    reported(session, vellinge, tmp_path, rows)
    found = search(session, vellinge, "streets")
    (one,) = found.things
    assert (one.near, one.events, round(one.metres), found.events) == ("Tvågatan", 40, 500, 54)
    assert things_words.described(speaker(vellinge), found, one)[0].startswith("40 klagomål på 500 meter: 80,")
    with pytest.raises(BadQuestion, match="only_complaints"):
        searching.search(
            session, PLANNER, vellinge, asked(vellinge, {"kind": "problem"}), today=TODAY, method=Method.STREETS
        )


def test_squares_too_small_for_the_municipality_and_limits_of_a_ramp_are_said(vellinge):
    with pytest.raises(BadQuestion, match="too_many_cells"):
        ground.grid_of(vellinge, 5)
    assert smoothing.limits_below(0) == ()
    for highest in (0.03, 1, 9, 77, 5000):
        limits = smoothing.limits_below(highest)
        assert len(limits) == 5 and limits == tuple(sorted(limits)) and limits[-1] <= highest / 1.5
