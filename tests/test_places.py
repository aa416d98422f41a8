"""Places: forward one step at a time, back with a reason, history never lost."""

from datetime import date

import pytest
from builders import COORDINATOR, DEFINITION, a_place, an_organisation, carry, judge, provide, viewer
from shapely.geometry import LineString, Point, Polygon

from samverkan_map import measures, places
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound, StepNotAllowed
from samverkan_map.translations import text
from samverkan_map.vocabulary import MeasureStatus, Phase, Role, StepBackReason

DAY = date(2026, 5, 1)
HERE = Point(370655, 6142302)


def statuses(place):
    return [places.state_of(place, phase).status for phase in Phase]


def test_a_place_begins_in_kartlaggning_with_the_rest_not_begun(session, vellinge):
    place = a_place(session, vellinge)
    assert statuses(place) == ["incomplete", "not_started", "not_started", "not_started"]
    assert (place.lap, place.area, place.published) == (1, "hollviken", False)


def test_a_phase_with_nothing_missing_is_done_also_while_the_place_is_in_it(session, vellinge):
    place = a_place(session, vellinge)
    provide(session, vellinge, place, Phase.SCANNING)
    assert statuses(place) == ["done", "not_started", "not_started", "not_started"]


def test_what_is_done_before_its_turn_shows_as_begun_or_done(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.RESPONSE)
    provide(session, vellinge, place, Phase.RESPONSE)
    assert statuses(place) == ["done", "done", "incomplete", "not_started"]
    judge(session, vellinge, place)
    state = places.state_of(place, Phase.ASSESSMENT)
    assert (place.phase, state.status, state.missing, state.reached) == ("response", "done", (), False)


def test_a_planned_measure_lets_the_place_go_on_and_one_that_has_begun_makes_the_phase_done(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.ASSESSMENT)
    assert place.moves[-1].missing == []
    state = places.state_of(place, Phase.RESPONSE)
    assert (state.status, state.missing) == ("incomplete", ("begun",))
    measures.waive(session, COORDINATOR, place.measures[0].id, "För liten.", today=DAY)
    measures.move(session, COORDINATOR, place.measures[0].id, MeasureStatus.ONGOING, on=DAY)
    assert places.state_of(place, Phase.RESPONSE).status == "done"


def test_a_place_whose_only_measure_is_not_followed_up_lacks_a_verdict(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.ASSESSMENT)
    measures.waive(session, COORDINATOR, place.measures[0].id, "För liten.", today=DAY)
    state = places.state_of(place, Phase.ASSESSMENT)
    assert (state.status, state.missing) == ("incomplete", ("verdict",))
    places.close(session, COORDINATOR, place.id, today=DAY, anyway=True, note="Åtgärden är för liten att mäta.")
    assert place.closed_on == DAY


def test_a_planner_steps_a_place_back_and_the_lap_and_the_reason_stay(session, vellinge):
    place, planner = a_place(session, vellinge), viewer(Role.PLANNER)
    carry(session, vellinge, place, Phase.RESPONSE, today=DAY)
    places.step(
        session, planner, place.id, Phase.ANALYSIS, today=DAY, reason=StepBackReason.NEW_INFORMATION, note="Fel orsak"
    )
    assert (place.phase, place.lap) == ("analysis", 2)
    assert statuses(place) == ["done", "reopened", "incomplete", "not_started"]
    assert [(move.to_phase, move.back, move.reason) for move in places.laps(place)] == [
        ("scanning", False, None), ("analysis", False, None), ("response", False, None),
        ("analysis", True, "new_information"),
    ]  # fmt: skip


def test_a_step_back_needs_a_reason_and_a_step_forward_is_one_step(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.ANALYSIS)
    with pytest.raises(StepNotAllowed):
        places.step(session, COORDINATOR, place.id, Phase.ASSESSMENT, today=DAY)
    with pytest.raises(BadValue) as refused:
        places.step(session, COORDINATOR, place.id, Phase.SCANNING, today=DAY)
    assert refused.value.fields["field"] == "reason"
    with pytest.raises(BadValue) as refused:
        places.step(session, COORDINATOR, place.id, Phase.SCANNING, today=DAY, reason=StepBackReason.OTHER, note=" ")
    assert refused.value.fields["field"] == "note"
    assert (place.phase, place.lap) == ("analysis", 1)


def test_any_earlier_phase_may_be_stepped_back_to_at_any_time(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.ASSESSMENT)
    places.step(session, COORDINATOR, place.id, Phase.SCANNING, today=DAY, reason=StepBackReason.CHANGED_CONDITIONS)
    assert (place.phase, place.lap) == ("scanning", 2)
    assert statuses(place) == ["reopened", "done", "done", "incomplete"]


@pytest.mark.parametrize(
    ("phase", "missing"),
    [
        (Phase.SCANNING, ["what", "where", "when", "how_often", "who_affected", "sources"]),
        (Phase.ANALYSIS, ["cause"]),
        (Phase.RESPONSE, ["measure"]),
    ],
)
def test_a_step_forward_names_all_that_is_missing(session, vellinge, phase, missing):
    place = carry(session, vellinge, a_place(session, vellinge), phase)
    with pytest.raises(StepNotAllowed) as refused:
        places.step(session, COORDINATOR, place.id, list(Phase)[phase.number], today=DAY)
    assert refused.value.fields["missing"] == missing == places.needs(place, phase)
    assert (place.phase, places.state_of(place, phase).status) == (phase, "incomplete")


def test_the_refusal_says_in_words_what_is_missing(session, vellinge):
    place = a_place(session, vellinge)
    places.define(session, COORDINATOR, vellinge, place.id, **(DEFINITION | {"when": "", "sources": []}), today=DAY)
    with pytest.raises(StepNotAllowed) as refused:
        places.step(session, COORDINATOR, place.id, Phase.ANALYSIS, today=DAY)
    assert text("sv", refused.value.key, **refused.value.fields).startswith(
        "Innan platsen går vidare från Kartläggning behövs: när, källor."
    )


def test_going_on_anyway_needs_a_reason_and_keeps_what_was_missing(session, vellinge):
    place = a_place(session, vellinge)
    with pytest.raises(BadValue) as refused:
        places.step(session, COORDINATOR, place.id, Phase.ANALYSIS, today=DAY, anyway=True)
    assert refused.value.fields["field"] == "note"
    places.step(session, COORDINATOR, place.id, Phase.ANALYSIS, today=DAY, anyway=True, note="Bråttom inför sommaren.")
    assert place.phase == "analysis"
    assert places.laps(place)[-1].missing == ["what", "where", "when", "how_often", "who_affected", "sources"]
    assert statuses(place)[0] == "incomplete"
    provide(session, vellinge, place, Phase.SCANNING, today=DAY)
    assert statuses(place)[0] == "done"
    assert len(places.laps(place)[-1].missing) == 6


def test_anyway_with_nothing_missing_is_an_ordinary_step(session, vellinge):
    place = a_place(session, vellinge)
    provide(session, vellinge, place, Phase.SCANNING)
    places.step(session, COORDINATOR, place.id, Phase.ANALYSIS, today=DAY, anyway=True)
    assert (places.laps(place)[-1].missing, statuses(place)[0]) == ([], "done")


def test_only_a_judged_place_in_uppfoljning_is_closed_and_it_may_be_opened_again(session, vellinge):
    place = a_place(session, vellinge)
    with pytest.raises(StepNotAllowed):
        places.close(session, COORDINATOR, place.id, today=DAY)
    carry(session, vellinge, place, Phase.ASSESSMENT)
    with pytest.raises(StepNotAllowed) as refused:
        places.close(session, COORDINATOR, place.id, today=DAY)
    assert refused.value.fields["missing"] == ["verdict"]
    judge(session, vellinge, place)
    places.close(session, COORDINATOR, place.id, today=DAY)
    assert statuses(place) == ["done", "done", "incomplete", "done"]  # nothing but a plan was ever made
    with pytest.raises(StepNotAllowed):
        places.close(session, COORDINATOR, place.id, today=DAY)
    with pytest.raises(BadValue):
        places.step(session, COORDINATOR, place.id, Phase.ASSESSMENT, today=DAY)
    later = date(2026, 9, 1)
    places.step(
        session, COORDINATOR, place.id, Phase.ASSESSMENT, today=later, reason=StepBackReason.OTHER, note="Nytt klotter."
    )
    assert (place.closed_on, place.lap, place.phase) == (None, 2, "assessment")
    assert statuses(place) == ["done", "done", "incomplete", "reopened"]
    assert [places.closes(move) for move in places.laps(place)] == [False, False, False, False, True, False]
    assert places.needs(place, Phase.ASSESSMENT) == ["verdict"], "the verdict of the first lap is of the first lap"


def test_a_waived_follow_up_lets_a_place_be_closed_by_whoever_says_why(session, vellinge):
    place = carry(session, vellinge, a_place(session, vellinge), Phase.ASSESSMENT)
    place.measures[0].waiver = "Planket är rivet, det finns inget kvar att mäta."
    session.flush()
    with pytest.raises(StepNotAllowed):
        places.close(session, COORDINATOR, place.id, today=DAY)
    places.close(session, COORDINATOR, place.id, today=DAY, anyway=True, note="Inget finns kvar att följa upp.")
    assert place.closed_on == DAY


def test_the_second_of_two_who_change_the_same_place_is_told(session, vellinge):
    place = a_place(session, vellinge)
    provide(session, vellinge, place, Phase.SCANNING)
    seen = place.version
    places.step(session, COORDINATOR, place.id, Phase.ANALYSIS, today=DAY, version=seen)
    with pytest.raises(Conflict):
        places.step(session, COORDINATOR, place.id, Phase.RESPONSE, today=DAY, version=seen)


def test_the_public_sees_published_places_only_and_cannot_ask_for_others(session, vellinge):
    hidden, shown = a_place(session, vellinge), a_place(session, vellinge, name="Torget", published=True)
    public = viewer(Role.PUBLIC)
    assert [place.id for place in places.find(session, public)] == [shown.id]
    with pytest.raises(NotFound):
        places.get(session, public, hidden.id)


def test_the_traffic_group_moves_its_own_places_and_no_others(session, vellinge):
    group = viewer(Role.TRAFFIC_GROUP)
    forum = next(code for code, found in vellinge.forums.items() if found.may_map == "traffic")
    own = a_place(session, vellinge, forum=forum, type="fortkorning")
    other = a_place(session, vellinge, published=True)
    carry(session, vellinge, own, Phase.ANALYSIS, actor=group)
    with pytest.raises(NotAllowed):
        places.step(session, group, other.id, Phase.ANALYSIS, today=DAY)


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        ({"name": " "}, None),
        ({"type": "finns_inte"}, None),
        ({"focus": "trygga-unga", "type": "klotter"}, None),
        ({"forum": "sspf"}, None),
        ({"summary": "Ring Kalle på 070-123 45 67"}, None),
        ({}, Point(500000, 6600000)),
        ({}, Polygon()),
        ({}, Point(float("nan"), 6142302)),
        ({}, LineString([HERE.coords[0], (500000, 6600000)])),
        ({"owner_id": 999}, None),
        ({"stretch_id": 999}, None),
    ],
)
def test_a_place_that_cannot_be_right_is_refused(session, vellinge, words, shape):
    given = {
        "name": "Torget", "focus": "offentlig-miljo", "type": "klotter", "forum": next(iter(vellinge.forums)),
        "summary": "Klotter.", "owner_id": an_organisation(session).id, "shape": HERE if shape is None else shape,
    } | words  # fmt: skip
    with pytest.raises(BadValue):
        places.create(session, COORDINATOR, vellinge, today=DAY, **given)
    assert places.find(session, COORDINATOR) == []


@pytest.mark.parametrize("type", ["narkotika", "sprakbruk", "sociala_medier_utmaning"])
def test_no_place_is_made_of_what_may_only_be_counted_per_sub_area(session, vellinge, type):
    focus = vellinge.types[type].focus[0]
    with pytest.raises(BadValue, match="area_type"):
        a_place(session, vellinge, focus=focus, type=type)
    place = a_place(session, vellinge)
    words = {"name": place.name, "summary": "", "forum": place.forum, "owner_id": place.owner_id, "today": DAY}
    with pytest.raises(BadValue, match="area_type"):
        places.edit(session, COORDINATOR, vellinge, place.id, focus=focus, type=type, **words)


def test_a_place_of_a_type_that_is_never_public_is_not_shown_to_the_public(session, vellinge):
    school = a_place(session, vellinge, focus="trygga-unga", type="skadegorelse_skola")
    with pytest.raises(BadValue, match="never_public"):
        places.publish(session, COORDINATOR, vellinge, school.id, today=DAY)
    assert not school.published
    shown = a_place(session, vellinge, published=True)
    words = {"name": shown.name, "summary": "", "forum": shown.forum, "owner_id": shown.owner_id, "today": DAY}
    with pytest.raises(BadValue, match="never_public"):
        places.edit(session, COORDINATOR, vellinge, shown.id, focus="trygga-unga", type="skadegorelse_skola", **words)


def test_the_traffic_forum_has_no_place_that_is_not_about_traffic(session, vellinge):
    place = a_place(session, vellinge, forum="styrgrupp-trafik", type="fortkorning")
    with pytest.raises(BadValue, match="not_traffic"):
        a_place(session, vellinge, forum="styrgrupp-trafik", type="klotter")
    words = {"name": place.name, "focus": place.focus, "summary": place.summary, "owner_id": place.owner_id}
    with pytest.raises(BadValue, match="not_traffic"):
        places.edit(
            session, COORDINATOR, vellinge, place.id, **words, forum="styrgrupp-trafik", type="klotter", today=DAY
        )
    assert "bara trafik på kartan" in text("sv", "refusals.places.not_traffic")
