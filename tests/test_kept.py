"""What is kept from somebody cannot be read by asking: no filter, no order and no focus tells it."""

import random
from datetime import date

import pytest
from builders import COORDINATOR, HOLLVIKEN, a_file, a_place, an_organisation, take_in, viewer

from samverkan_map import geometry, map_rows, measures, question
from samverkan_map.errors import BadQuestion
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.vocabulary import Mechanism, Role

DAY = date(2026, 3, 1)
TODAY = date(2026, 11, 23)
PUBLIC, GROUP = viewer(Role.PUBLIC), viewer(Role.TRAFFIC_GROUP)
WHOLE = (12.7, 55.3, 13.3, 55.6)


def ask(vellinge, **args):
    return question.parse(args, vellinge, TODAY)


@pytest.fixture
def month(session, vellinge, tmp_path):
    """Thirty traffic reports of one month in no order of days, and one of the month before."""
    days = list(range(1, 31))
    random.Random(5).shuffle(days)
    e, n = HOLLVIKEN
    rows = [f"T{day},fortkorning,2026-04-{day:02d}T21:15,{e},{n}" for day in days]
    rows.append(f"T31,fortkorning,2026-03-31T08:00,{e},{n}")
    take_in(session, vellinge, a_file(tmp_path, rows))
    return session


def test_the_traffic_group_cannot_ask_for_a_weekday(month, vellinge):
    asked = ask(vellinge, weekday="5")
    for answer in (
        lambda: map_rows.find(month, GROUP, vellinge, asked),
        lambda: map_rows.cells(month, GROUP, vellinge, asked, WHOLE, 11),
        lambda: list(map_rows.stream(month, GROUP, vellinge, asked)),
    ):
        with pytest.raises(BadQuestion) as refused:
            answer()
        assert refused.value.key == "question.errors.too_fine_weekday"
    assert all("weekday" in text(one, refused.value.key, **refused.value.fields) for one in LANGUAGES)
    assert map_rows.find(month, viewer(Role.PLANNER), vellinge, asked).total == 4


@pytest.mark.parametrize("sort", ["newest", "oldest", "type", "area"])
def test_the_order_tells_the_traffic_group_the_month_and_not_the_day(month, vellinge, sort):
    asked = ask(vellinge, sort=sort)
    rows = map_rows.find(month, GROUP, vellinge, asked).rows
    told = [(row.fields["month"], row.id) for row in rows]
    assert len(told) == 31
    assert told == sorted(told, reverse=sort != "oldest")
    if sort in ("newest", "oldest"):
        assert [row.id for row in map_rows.stream(month, GROUP, vellinge, asked)] == [number for _, number in told]
    by_day = [row.on for row in map_rows.find(month, viewer(Role.PLANNER), vellinge, ask(vellinge)).rows]
    assert by_day == sorted(by_day, reverse=True)


def test_the_order_of_single_reports_on_the_map_tells_no_days(month, vellinge):
    (spot,) = map_rows.reports.cells(map_rows.reports.choose(month, GROUP, vellinge, ask(vellinge)), WHOLE, 18)
    assert list(spot.ids) == sorted(spot.ids)


@pytest.fixture
def shown_measure(session, vellinge):
    """A published measure at a place that is not: its type, phase, focus and keeper are nobody's business yet."""
    hidden = a_place(session, vellinge, name="Skolgården", focus="trygga-unga", type="pyroteknik")
    measure = measures.attach(
        session, COORDINATOR, vellinge, title="Ny belysning", mechanism=Mechanism.TRAFFIC, summary="Stolpar.",
        owner_id=an_organisation(session, "parken").id, planned_start=DAY, today=DAY, place_ids=[hidden.id],
    )  # fmt: skip
    measures.publish(session, COORDINATOR, measure.id, today=DAY)
    return session


@pytest.mark.parametrize("who", [PUBLIC, GROUP], ids=["the public", "the traffic group"])
def test_no_filter_reads_a_hidden_place_behind_a_measure_that_is_shown(shown_measure, vellinge, who):
    (row,) = map_rows.find(shown_measure, who, vellinge, ask(vellinge)).rows
    assert (row.title, row.focus) == ("Ny belysning", ())
    everything = map_rows.find(shown_measure, COORDINATOR, vellinge, ask(vellinge, layer="measures")).rows[0]
    assert everything.focus == ("trygga-unga",)
    for asked in ({"phase": "scanning"}, {"status": "incomplete"}, {"type": "pyroteknik"}, {"kind": "problem"},
                  {"focus": "trygga-unga"}, {"layer": "trygga-unga.measures"}):  # fmt: skip
        assert map_rows.find(shown_measure, COORDINATOR, vellinge, ask(vellinge, **asked)).total == 2 - (
            "layer" in asked
        )
        assert map_rows.find(shown_measure, who, vellinge, ask(vellinge, **asked)).total == 0, asked


def test_an_outline_in_degrees_stays_where_it_is():
    square = geometry.transform(geometry.from_geojson(SQUARE), geometry.METRIC, geometry.DEGREES)
    assert geometry.degrees_to_geojson(square) == {"type": "Polygon", "coordinates": (tuple(map(tuple, RING)),)}


RING = [[13.0, 55.4], [13.001, 55.4], [13.001, 55.401], [13.0, 55.401], [13.0, 55.4]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
