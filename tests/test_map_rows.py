"""The rows of the map: one answer for page, cells and file, whoever asks."""

import random
from datetime import date

import pytest
from builders import COORDINATOR, VELLINGE, a_place, an_organisation, carry, take_in, viewer
from shapely.geometry import Point
from test_reports import a_heap, random_args

from samverkan_map import geometry, map_rows, measures, places, question, sites
from samverkan_map.errors import BadQuestion, NotFound
from samverkan_map.vocabulary import Layer, Mechanism, Phase, Role

DAY = date(2026, 3, 1)
TODAY = date(2026, 11, 23)
WHOLE = (12.0, 55.0, 14.0, 56.0)
STAFF = (Role.PLANNER, Role.POLICE, Role.COORDINATOR)


def ask(vellinge, public=False, **args):
    return question.parse(args, vellinge, TODAY, public=public)


@pytest.fixture
def town(session, vellinge, tmp_path):
    """A heap of reports, three places (one published, one in analys), a site and a measure, both published."""
    take_in(session, vellinge, a_heap(tmp_path), partial=True)
    shown = a_place(session, vellinge, published=True)
    a_place(session, vellinge, name="Skolgården", focus="trygga-unga", type="pyroteknik")
    stepped = a_place(session, vellinge, at=VELLINGE, name="Stationen", type="fortkorning")
    carry(session, vellinge, stepped, Phase.ANALYSIS)
    owner = an_organisation(session, "parken").id
    e, n = geometry.to_metric(*VELLINGE)
    site = sites.create(
        session, COORDINATOR, vellinge, name="Stortorget", focus="offentlig-miljo", summary="Torget.", owner_id=owner,
        shape=Point(float(e), float(n)), today=DAY,
    )  # fmt: skip
    sites.publish(session, COORDINATOR, site.id, today=DAY)
    measure = measures.attach(
        session, COORDINATOR, vellinge, title="Ny belysning", mechanism=Mechanism.INCREASE_RISK, summary="Stolpar.",
        owner_id=owner, planned_start=DAY, today=DAY, place_ids=[shown.id],
    )  # fmt: skip
    measures.publish(session, COORDINATOR, measure.id, today=DAY)
    return session


def answers(session, who, vellinge, asked):
    """(rows of the page heading, sum over cells plus unmapped, rows of the file) of one question."""
    page = map_rows.find(session, who, vellinge, asked)
    cells = map_rows.cells(session, who, vellinge, asked, asked.bbox or WHOLE, 11)
    drawn = sum(feature["n"] for feature in cells.features) + cells.unmapped
    return page.total, drawn, len(list(map_rows.stream(session, who, vellinge, asked)))


@pytest.mark.parametrize("role", STAFF)
def test_page_map_and_file_agree_for_fifty_random_questions(town, vellinge, role):
    chance = random.Random(3)
    totals = set()
    for _ in range(50):
        args = random_args(chance) | chance.choice(
            [{}] * 6 + [{"phase": "analysis"}, {"status": "incomplete"}, {"layer": "places,sites"}]
        )
        found = answers(town, viewer(role), vellinge, ask(vellinge, **args))
        assert len(set(found)) == 1, (args, found)
        totals.add(found[0])
    assert len(totals) > 10


def test_the_traffic_group_gets_the_same_number_everywhere_too(town, vellinge):
    for args in (
        {},
        {"type": "fortkorning"},
        {"area": "hollviken"},
        {"from": "2026-03", "to": "2026-05"},
        {"hour": "16-20"},
    ):
        found = answers(town, viewer(Role.TRAFFIC_GROUP), vellinge, ask(vellinge, **args))
        assert len(set(found)) == 1 and found[0] > 0, (args, found)


def test_the_public_gets_published_work_only_and_every_count_is_over_it(town, vellinge):
    public = viewer(Role.PUBLIC)
    rows = map_rows.find(town, public, vellinge, ask(vellinge, public=True)).rows
    assert [(row.layer, row.title) for row in rows] == [
        ("places", "Kioskparken"), ("sites", "Stortorget"), ("measures", "Ny belysning"),
    ]  # fmt: skip
    assert answers(town, public, vellinge, ask(vellinge, public=True)) == (3, 3, 3)
    assert answers(town, public, vellinge, ask(vellinge, public=True, area="hollviken")) == (2, 2, 2)
    assert (
        set(map_rows.columns(public)) & {"source_ref", "description", "occurred_from", "place_name", "source"} == set()
    )


def test_work_stands_before_reports_and_pages_hold_every_row_once(town, vellinge):
    total = map_rows.find(town, COORDINATOR, vellinge, ask(vellinge)).total
    seen = []
    for number in range(1, -(-total // 50) + 1):
        seen += [
            (row.layer, row.id)
            for row in map_rows.find(town, COORDINATOR, vellinge, ask(vellinge, page=str(number))).rows
        ]
    assert len(seen) == len(set(seen)) == total
    assert [layer for layer, _ in seen[:5]] == ["places"] * 3 + ["sites", "measures"]


def test_layers_are_grouped_by_focus_area_and_a_row_counts_once(town, vellinge):
    young = map_rows.find(town, COORDINATOR, vellinge, ask(vellinge, layer="trygga-unga.places"))
    assert [row.title for row in young.rows] == ["Skolgården"]
    both = map_rows.find(
        town, COORDINATOR, vellinge, ask(vellinge, layer="trygga-unga.problem,offentlig-miljo.problem")
    )
    alone = map_rows.find(town, COORDINATOR, vellinge, ask(vellinge, layer="problem"))
    assert both.total == alone.total


@pytest.mark.parametrize("role", [Role.PLANNER, Role.TRAFFIC_GROUP, Role.PUBLIC])
def test_each_box_says_how_many_rows_it_has_whatever_layers_are_chosen(town, vellinge, role):
    who, public = viewer(role), role is Role.PUBLIC
    everything = map_rows.find(town, who, vellinge, ask(vellinge, public=public)).by_box
    for box, n in everything.items():
        alone = map_rows.find(town, who, vellinge, ask(vellinge, public=public, layer=box))
        assert (alone.total, alone.by_box) == (n, everything), box
    none = map_rows.find(town, who, vellinge, ask(vellinge, public=public, layer="inga"))
    assert (none.total, none.by_box) == (0, everything)


def test_leaving_out_and_choosing_give_the_same_rows_everywhere(town, vellinge):
    for fewer, chosen in (
        ("-problem,-strength", "traffic,accident,places,sites,measures"),
        ("-trygga-unga.places", "offentlig-miljo.places,problem,traffic,accident,strength,sites,measures"),
        ("-problem,-traffic,-accident,-strength,-places,-sites,-measures", "inga"),
    ):
        left, right = (answers(town, COORDINATOR, vellinge, ask(vellinge, layer=one)) for one in (fewer, chosen))
        assert left == right and len(set(left)) == 1, fewer


def test_rows_without_a_position_are_counted_by_area_within_the_question(town, vellinge):
    everywhere = map_rows.find(town, COORDINATOR, vellinge, ask(vellinge))
    box = map_rows.find(town, COORDINATOR, vellinge, ask(vellinge, bbox="12.9,55.38,13.0,55.43"))
    for found in (everywhere, box):
        assert sum(found.unmapped_by_area.values()) == found.unmapped
    assert sum(box.unmapped_by_area.values()) < sum(everywhere.unmapped_by_area.values())


def test_a_measure_is_found_by_the_phase_and_type_of_its_place(town, vellinge):
    found = map_rows.find(
        town, COORDINATOR, vellinge, ask(vellinge, layer="measures", phase="scanning", type="skadegorelse")
    )
    assert found.total == 1
    assert map_rows.find(town, COORDINATOR, vellinge, ask(vellinge, layer="measures", phase="analysis")).total == 0


def test_a_chosen_row_tells_what_is_done_there(town, vellinge):
    place = places.find(town, viewer(Role.PUBLIC))[0]
    row, near = map_rows.one(town, COORDINATOR, vellinge, Layer.PLACES, place.id)
    assert row.title == "Kioskparken"
    assert "Ny belysning" in [other.title for other in near]
    with pytest.raises(NotFound):
        map_rows.one(town, viewer(Role.PUBLIC), vellinge, Layer.PROBLEM, 1)


def test_a_box_with_too_many_cells_and_a_wrong_zoom_are_refused(town, vellinge):
    for box, zoom in (((-10.0, 40.0, 30.0, 60.0), 16), (WHOLE, 23), (WHOLE, -1)):
        with pytest.raises(BadQuestion):
            map_rows.cells(town, COORDINATOR, vellinge, ask(vellinge), box, zoom)


def test_files_for_those_who_take_counts_only_hold_every_report_in_a_count(town, vellinge):
    asked = ask(vellinge, type="klotter,fortkorning")
    rows = list(map_rows.counted_rows(town, viewer(Role.POLICE), vellinge, asked, "sv"))
    assert sum(row["count"] for row in rows) == map_rows.find(town, viewer(Role.POLICE), vellinge, asked).total
    assert all(row["id"] is None and row["lon"] is None for row in rows if row["layer"] in ("problem", "traffic"))
