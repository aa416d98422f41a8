"""Decisions and agendas: what a forum may have before it, what it decides, and what becomes of that."""

import dataclasses
from datetime import date, timedelta

import builders
import pytest
from shapely.geometry import LineString

from samverkan_map import access, geometry, measures, meetings, places, traffic
from samverkan_map.access import TRAFFIC_FORUM
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.meetings import Ask, to_decide, to_decide_there
from samverkan_map.traffic import Held, Why
from samverkan_map.vocabulary import DecisionStatus, Mechanism, Role

TODAY = date(2026, 11, 23)
EST = "trygghetsforum"


def a_stretch(session, agreement, name="Mellangatan"):
    ends = [tuple(map(float, geometry.to_metric(*at))) for at in ((12.955, 55.409), (12.958, 55.411))]
    return traffic.add_stretch(
        session, builders.COORDINATOR, agreement, name=name, keeper="kommun", speed_limit=40, line=LineString(ends)
    )


def a_traffic_place(session, agreement, **words):
    given = {"name": "Mellangatan vid skolan", "type": "fortkorning", "forum": TRAFFIC_FORUM}
    return builders.a_place(session, agreement, **given | words)


def a_decision(session, agreement, forum=TRAFFIC_FORUM, actor=builders.COORDINATOR, **words):
    owner = words.pop("owner_id", None) or builders.an_organisation(session, f"vag{session.info.get('d', 0)}").id
    session.info["d"] = session.info.get("d", 0) + 1
    given = {"held_on": TODAY, "text": "Mät farten i båda riktningarna.", "due_on": date(2027, 1, 31), "today": TODAY}
    return meetings.write(session, actor, agreement, forum, **given | words, owner_id=owner)


def test_a_decision_is_in_the_log_of_its_place_and_on_the_next_agenda(session, vellinge):
    place, stretch = a_traffic_place(session, vellinge), a_stretch(session, vellinge)
    made = a_decision(session, vellinge, place_id=place.id, stretch_id=stretch.id)
    group = builders.viewer(Role.TRAFFIC_GROUP)
    assert [line.action for line in access.changes_of(session, group, place)][0] == "write_decision"
    assert meetings.of_place(session, group, place) == meetings.of_stretch(session, group, stretch.id) == [made]
    next_time = TODAY + timedelta(days=60)
    found = meetings.agenda(session, group, vellinge, TRAFFIC_FORUM, since=None, today=next_time)
    assert (found.since, found.last, found.decisions) == (TODAY, TODAY, [made])
    assert not meetings.late(made, date(2027, 1, 31)) and meetings.late(made, date(2027, 2, 1))


def test_a_decision_about_a_stretch_comes_along_when_a_place_is_made_of_it(session, vellinge):
    stretch = a_stretch(session, vellinge)
    made = a_decision(session, vellinge, stretch_id=stretch.id)
    place = a_traffic_place(session, vellinge)
    assert meetings.of_place(session, builders.COORDINATOR, place) == []
    place.stretch_id = stretch.id
    assert meetings.of_place(session, builders.COORDINATOR, place) == [made]


@pytest.mark.parametrize("role", [Role.TRAFFIC_GROUP, Role.COORDINATOR])
def test_the_agenda_for_the_traffic_group_contains_no_school_damage(session, vellinge, role):
    school = builders.a_place(
        session, vellinge, name="Skadegörelse på Tångvallaskolan", type="skadegorelse_skola", focus="trygga-unga",
        forum=EST, today=TODAY,
    )  # fmt: skip
    road = a_traffic_place(session, vellinge, today=TODAY)
    both = builders.a_measure(
        session, vellinge, road, title="Kameror vid skolan", mechanism=Mechanism.TRAFFIC, today=TODAY,
        planned_start=date(2026, 1, 1), planned_end=date(2026, 2, 1), place_ids=[road.id, school.id],
    )  # fmt: skip
    hump = builders.a_measure(
        session, vellinge, road, title="Gupp", mechanism=Mechanism.TRAFFIC, today=TODAY,
        planned_start=date(2026, 1, 1), planned_end=date(2026, 2, 1),
    )  # fmt: skip
    a_decision(session, vellinge, EST, place_id=school.id, text="Laga rutorna på skolan.")
    viewer = builders.viewer(role)
    found = meetings.agenda(session, viewer, vellinge, TRAFFIC_FORUM, since=TODAY, today=TODAY)
    assert (found.new, found.decisions, found.stands.unfinished) == ([road], [], [hump])
    assert both not in [one for those in dataclasses.astuple(found.stands) for one in those]
    with pytest.raises(BadValue, match="not_own"):
        a_decision(session, vellinge, place_id=school.id)
    with pytest.raises(BadValue, match="not_own"):
        a_decision(session, vellinge, EST, place_id=road.id)
    if role is Role.COORDINATOR:
        other = meetings.agenda(session, viewer, vellinge, EST, since=TODAY, today=TODAY)
        assert (other.new, other.stands.unfinished) == ([school], [both])


def test_new_is_what_was_opened_since_and_changed_what_was_there_before(session, vellinge):
    old = a_traffic_place(session, vellinge, today=date(2026, 1, 1))
    still = a_traffic_place(session, vellinge, today=date(2026, 1, 2))
    new = a_traffic_place(session, vellinge, today=date(2026, 11, 1))
    places.define(session, builders.COORDINATOR, vellinge, old.id, **builders.DEFINITION, today=date(2026, 11, 2))
    found = meetings.agenda(
        session, builders.COORDINATOR, vellinge, TRAFFIC_FORUM, since=date(2026, 11, 1), today=TODAY
    )
    assert (found.new, found.changed) == ([new], [old]) and still not in found.changed
    late = builders.a_measure(session, vellinge, new, mechanism=Mechanism.TRAFFIC, title="Skylt")
    measures.plan_follow_up(
        session, builders.COORDINATOR, vellinge, late.id, indicator="Klagomål", types=["fortkorning"],
        window_months=6, comparison="Nästa gata", due_on=date(2026, 11, 1), today=date(2026, 5, 1),
    )  # fmt: skip
    session.expire_all()
    found = meetings.agenda(session, builders.COORDINATOR, vellinge, TRAFFIC_FORUM, since=None, today=TODAY)
    assert found.stands.overdue == [late] and found.since == TODAY - timedelta(days=90)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 601}, "text"),
        ({"text": "Ring Anna på 070-123 45 67."}, "text"),
        ({"held_on": date(2026, 11, 24)}, "held_on"),
        ({"due_on": date(2026, 11, 22)}, "due_on"),
        ({"owner_id": 99}, "owner_id"),
        ({"stretch_id": None}, "about"),
    ],
)
def test_what_is_no_decision_is_refused_by_field(embedded, vellinge, words, field):
    with embedded.writing() as session:
        given = {"stretch_id": a_stretch(session, vellinge).id} | words
        with pytest.raises(BadValue) as refused:
            a_decision(session, vellinge, **given)
        assert refused.value.fields["field"] == field


def test_each_role_writes_where_the_matrix_says(embedded, vellinge):
    with embedded.writing() as session:
        stretch = a_stretch(session, vellinge)
        for role in (Role.TRAFFIC_GROUP, Role.PLANNER, Role.POLICE, Role.COORDINATOR):
            a_decision(session, vellinge, actor=builders.viewer(role), stretch_id=stretch.id)
        a_decision(session, vellinge, EST, stretch_id=stretch.id)
        group = builders.viewer(Role.TRAFFIC_GROUP)
        assert len(meetings.of_stretch(session, group, stretch.id)) == 4
        assert len(meetings.of_stretch(session, builders.COORDINATOR, stretch.id)) == 5
        assert meetings.of_stretch(session, access.ANONYMOUS, stretch.id) == []
        for role, forum in ((Role.TRAFFIC_GROUP, EST), (Role.BUSINESS, TRAFFIC_FORUM), (Role.PUBLIC, TRAFFIC_FORUM)):
            with pytest.raises(NotAllowed):
                a_decision(session, vellinge, forum, actor=builders.viewer(role), stretch_id=stretch.id)
        with pytest.raises(NotFound):
            a_decision(session, vellinge, "sspf", stretch_id=stretch.id)


def test_a_decision_is_said_to_be_carried_out_by_one_at_a_time(embedded, vellinge):
    with embedded.writing() as session:
        made = a_decision(session, vellinge, stretch_id=a_stretch(session, vellinge).id)
        words = {"held_on": made.held_on, "text": made.text, "owner_id": made.owner_id, "due_on": None, "today": TODAY}
        change = lambda status, version: meetings.change(  # noqa: E731
            session, builders.COORDINATOR, vellinge, made.id, **words, status=status, version=version
        )
        change(DecisionStatus.DONE, 1)
        assert (made.status, made.settled_on, made.version) == ("done", TODAY, 2)
        with pytest.raises(Conflict):
            change(DecisionStatus.OPEN, 1)
        change(DecisionStatus.OPEN, 2)
        assert made.settled_on is None and not meetings.late(made, date(2030, 1, 1))


def test_the_clock_counts_two_years_from_the_last_review_or_from_the_agreement(session, vellinge):
    never = meetings.clock(session, vellinge)
    assert (never.revised_on, never.due_on, never.ends_on) == (None, date(2025, 1, 1), date(2026, 12, 31))
    assert never.late(TODAY) and not never.late(date(2025, 1, 1))
    leap = meetings.clock(session, dataclasses.replace(vellinge, revised_on=date(2024, 2, 29)))
    assert leap.due_on == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("held", "why", "at_work", "ask"),
    [
        (Held.NEVER, Why.SEVERE_NEVER, False, Ask.MEASURE_FIRST),
        (Held.NEVER, None, False, Ask.NOTHING),
        (Held.NEVER, Why.AFTER_MEASURE, True, Ask.MEASURE_AFTER),
        (Held.BOTH, None, False, Ask.WHAT_TO_DO),
        (Held.BOTH, Why.FELT_OLD, True, Ask.MEASURE_AGAIN),
        (Held.FELT, None, False, Ask.SOMETHING_ELSE),
        (Held.MEASURED, None, False, Ask.LOWER_ANYWAY),
        (Held.CALM, None, True, Ask.NOTHING),
    ],
)
def test_what_to_decide_follows_from_the_ledger(held, why, at_work, ask):
    assert to_decide(held, why, at_work=at_work) is ask


def test_what_to_decide_about_a_recurring_place_follows_from_what_is_done_there():
    assert to_decide_there(has_place=False, at_work=False) is Ask.MAKE_PLACE
    assert to_decide_there(has_place=True, at_work=False) is Ask.WHAT_HERE
    assert to_decide_there(has_place=True, at_work=True) is Ask.IS_IT_ENOUGH
