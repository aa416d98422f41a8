"""Measures: attached to places, never started without a planned follow-up, judged by a person."""

from datetime import date

import pytest
from builders import COORDINATOR, a_cause, a_measure, a_place, a_plan, an_organisation, changed, refused, viewer
from shapely.geometry import LineString, Polygon
from sqlalchemy import select

from samverkan_map import access, geometry, measures
from samverkan_map.db import engine
from samverkan_map.db.tables import AuditLine
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound, StepNotAllowed
from samverkan_map.vocabulary import MeasureStatus, Mechanism, Role, Term, Verdict

START = date(2026, 4, 1)
FAR = (13.0197, 55.4712)


# ---- Attaching -------------------------------------------------------------------------------------------------------


def test_a_measure_stands_at_its_place_and_begins_planned(session, vellinge):
    place = a_place(session, vellinge)
    measure = a_measure(session, vellinge, place)
    assert (measure.status, measure.area, measures.focus_of(COORDINATOR, measure)) == (
        "planned",
        "hollviken",
        ("offentlig-miljo",),
    )
    assert place.measures == [measure]
    assert not measure.own_geometry and measures.drawn(measure).equals(engine.shape(place.geom))


def test_a_measure_says_what_it_costs_how_much_is_done_and_which_cause_it_is_meant_to_change(session, vellinge):
    place = a_place(session, vellinge)
    cause = a_cause(session, place)
    measure = a_measure(
        session, vellinge, place, cause_ids=[cause.id], catalogue_code="belysning_fast", term=Term.LONG,
        cost_kronor=120_000, dose_planned="12 stolpar", expected="Färre krossade rutor.", works_while_ongoing=False,
    )  # fmt: skip
    session.expire(measure)
    assert [one.what for one in measure.causes] == ["Ingen har uppsikt efter stängning."]
    assert (measure.catalogue_code, measure.term, measure.cost_kronor) == ("belysning_fast", "long", 120_000)
    assert (measure.dose_planned, measure.expected) == ("12 stolpar", "Färre krossade rutor.")


@pytest.mark.parametrize(
    ("words", "no"),
    [
        ({"title": "  "}, ("no_title", "title")),
        ({"planned_end": date(2026, 3, 1)}, ("ends_before_start", "planned_end")),
        ({"summary": "Ring 070-123 45 67"}, ("phone", "summary")),
        ({"expected": "Ring 070-123 45 67"}, ("phone", "expected")),
        ({"dose_planned": "20110412-1234"}, ("personal_number", "dose_planned")),
        ({"owner_id": 9999}, ("unknown_owner", "owner_id")),
        ({"cost_kronor": -1}, ("cost", "cost_kronor")),
        ({"catalogue_code": "trolleri"}, ("unknown_entry", "catalogue_code")),
        ({"mechanism": "trolleri"}, ("unknown_word", "mechanism")),
        ({"cause_ids": [77]}, ("cause_elsewhere", "causes")),
        ({"place_ids": []}, ("nowhere", "places")),
    ],
)
def test_a_measure_that_cannot_be_right_is_refused_by_field(session, vellinge, words, no):
    with pytest.raises(BadValue) as raised:
        a_measure(session, vellinge, a_place(session, vellinge), **words)
    assert refused(raised) == no


def test_a_cause_of_another_place_is_not_a_cause_of_this_measure(session, vellinge):
    here, elsewhere = a_place(session, vellinge), a_place(session, vellinge, at=FAR)
    cause = a_cause(session, elsewhere)
    with pytest.raises(BadValue) as raised:
        a_measure(session, vellinge, here, cause_ids=[cause.id])
    assert refused(raised) == ("cause_elsewhere", "causes")
    measure = a_measure(session, vellinge, here, place_ids=[here.id, elsewhere.id], cause_ids=[cause.id])
    assert measure.causes == [cause]


@pytest.mark.parametrize(
    ("corners", "no"),
    [
        ([(0, 0), (50, 50), (50, 0), (0, 50)], "crosses_itself"),
        ([(0, 0), (400_000, 0), (400_000, 50), (0, 50)], "outside"),
        ([], "empty"),
    ],
)
def test_a_shape_of_its_own_must_be_sound_and_in_the_municipality(session, vellinge, corners, no):
    e, n = map(float, geometry.to_metric(12.9558, 55.4098))
    shape = Polygon([(e + x, n + y) for x, y in corners])
    with pytest.raises(BadValue) as raised:
        a_measure(session, vellinge, a_place(session, vellinge), shape=shape)
    assert refused(raised) == (no, "geometry")


def test_a_shape_of_its_own_is_kept_when_the_words_change_and_dropped_when_taken_away(session, vellinge):
    place = a_place(session, vellinge)
    e, n = map(float, geometry.to_metric(12.9558, 55.4098))
    line = LineString([(e, n), (e + 90, n + 10)])
    measure = a_measure(session, vellinge, place, shape=line)
    assert measure.own_geometry and measures.drawn(measure).equals(line)
    changed(session, vellinge, measure, title="Lampor")
    assert measure.own_geometry and measures.drawn(measure).equals(line)
    measures.redraw(session, COORDINATOR, vellinge, measure.id, None, today=START)
    assert not measure.own_geometry and measures.drawn(measure).equals(engine.shape(place.geom))


def test_nobody_attaches_a_measure_to_a_place_they_cannot_see(session, vellinge):
    place = a_place(session, vellinge)
    with pytest.raises(NotFound):
        measures.attach(
            session, viewer(Role.BUSINESS), vellinge, title="Gupp", mechanism=Mechanism.TRAFFIC, summary="",
            owner_id=place.owner_id, planned_start=START, today=START, place_ids=[place.id],
        )  # fmt: skip


# ---- Changing --------------------------------------------------------------------------------------------------------


def test_the_second_saver_is_told_and_the_first_ones_words_stand(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    shown = measure.version
    changed(session, vellinge, measure, title="Annas ord")
    with pytest.raises(Conflict):
        changed(session, vellinge, measure, title="Bos ord", version=shown)
    assert measure.title == "Annas ord"


def test_the_police_change_their_own_measures_and_cannot_hand_them_over(session, vellinge):
    police, other = an_organisation(session, "polisen", "police").id, an_organisation(session, "kommun").id
    officer = viewer(Role.POLICE, police)
    place = a_place(session, vellinge)
    own, others = (a_measure(session, vellinge, place, owner_id=number) for number in (police, other))
    assert changed(session, vellinge, own, title="Kontroller", actor=officer).title == "Kontroller"
    for measure, owner in ((others, other), (own, other)):
        with pytest.raises(NotAllowed):
            changed(session, vellinge, measure, owner_id=owner, actor=officer)


def test_the_actual_days_are_mended_where_there_are_any(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    with pytest.raises(BadValue) as raised:
        changed(session, vellinge, measure, started_on=date(2026, 3, 30))
    assert refused(raised) == ("no_day_yet", "started_on")
    a_plan(session, vellinge, measure)
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)
    changed(session, vellinge, measure, started_on=date(2026, 3, 30))
    assert measure.started_on == date(2026, 3, 30)
    with pytest.raises(BadValue) as raised:
        changed(session, vellinge, measure, started_on=date(2026, 4, 2))
    assert refused(raised) == ("day_ahead", "started_on")


# ---- Starting, finishing ---------------------------------------------------------------------------------------------


def test_what_is_measured_otherwise_than_by_reports_lets_a_measure_start(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    with pytest.raises(BadValue) as raised:
        a_plan(session, vellinge, measure, types=[], indicator=" ")
    assert refused(raised)[0] == "no_indicator"
    a_plan(session, vellinge, measure, types=[], indicator="Svar i enkäten till boende")
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)
    assert measure.status == "ongoing"


def test_praise_is_nothing_to_have_less_of(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    with pytest.raises(BadValue) as raised:
        a_plan(session, vellinge, measure, types=["trygg_plats"])
    assert refused(raised) == ("no_event", "types")


def test_accidents_are_followed_up_alone(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    for others in (["fortkorning"], ["skadegorelse"]):
        with pytest.raises(BadValue) as no:
            a_plan(session, vellinge, measure, types=["trafikolycka", *others])
        assert (no.value.key, no.value.fields["field"]) == ("refusals.measures.accidents_added", "types")
    assert a_plan(session, vellinge, measure, types=["trafikolycka"]).types == ["trafikolycka"]
    assert a_plan(session, vellinge, measure, types=["fortkorning", "skadegorelse"])


def test_a_measure_cannot_start_without_a_planned_follow_up(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    with pytest.raises(StepNotAllowed) as raised:
        measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)
    assert refused(raised)[0] == "no_follow_up"
    a_plan(session, vellinge, measure)
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.DONE, on=date(2026, 6, 1))
    assert (measure.status, measure.started_on, measure.ended_on) == ("done", START, date(2026, 6, 1))
    with pytest.raises(StepNotAllowed):
        measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)


def test_a_stated_waiver_lets_a_measure_start_and_a_later_plan_takes_its_place(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    for reason, no in (("  ", "no_waiver"), ("Ring 070-123 45 67", "phone")):
        with pytest.raises(BadValue) as raised:
            measures.waive(session, COORDINATOR, measure.id, reason, today=START)
        assert refused(raised) == (no, "waiver")
    measures.waive(session, COORDINATOR, measure.id, "För liten för att synas i rapporterna.", today=START)
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)
    assert measure.status == "ongoing"
    a_plan(session, vellinge, measure)
    assert measure.waiver == ""
    with pytest.raises(BadValue) as raised:
        measures.waive(session, COORDINATOR, measure.id, "Vi hinner inte.", today=START)
    assert refused(raised)[0] == "planned_already"


def test_a_day_that_has_not_come_and_an_end_before_the_start_are_refused(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    a_plan(session, vellinge, measure)
    with pytest.raises(BadValue) as raised:
        measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=date(2026, 4, 2), today=START)
    assert refused(raised) == ("day_ahead", "on")
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START, today=START)
    with pytest.raises(BadValue) as raised:
        measures.move(session, COORDINATOR, measure.id, MeasureStatus.DONE, on=date(2026, 3, 1), today=START)
    assert refused(raised) == ("ends_before_start", "on")


def test_a_follow_up_is_overdue_the_day_after_its_due_day_until_somebody_judges(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    plan = a_plan(session, vellinge, measure, due_on=date(2026, 10, 1))
    assert not measures.overdue(measure, date(2026, 10, 1))
    assert measures.overdue(measure, date(2026, 10, 2))
    measures.set_verdict(
        session, COORDINATOR, plan.id, Verdict.CANNOT_TELL, note="För få händelser.", today=date(2026, 10, 3)
    )
    assert not measures.overdue(measure, date(2026, 10, 4))


def test_the_police_judge_their_own_measures_only(session, vellinge):
    police, other = an_organisation(session, "polisen", "police").id, an_organisation(session, "kommun").id
    officer = viewer(Role.POLICE, police)
    place = a_place(session, vellinge)
    own, others = (
        a_measure(session, vellinge, place, owner_id=police),
        a_measure(session, vellinge, place, owner_id=other),
    )
    judged = {"note": "Färre rapporter, men få.", "today": START}
    measures.set_verdict(session, officer, a_plan(session, vellinge, own).id, Verdict.HELPED, **judged)
    with pytest.raises(NotAllowed):
        measures.set_verdict(session, officer, a_plan(session, vellinge, others).id, Verdict.HELPED, **judged)


# ---- Parts and promises ----------------------------------------------------------------------------------------------


def test_the_parts_of_a_measure_have_days_of_their_own(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    before = measure.version
    part = measures.add_part(
        session,
        COORDINATOR,
        measure.id,
        title="Etapp 1",
        planned_start=START,
        planned_end=date(2026, 5, 1),
        today=START,
    )
    assert measure.version > before and measure.parts == [part]
    for words, no in (
        ({"title": ""}, ("no_part_title", "title")),
        ({"planned_end": date(2026, 3, 1)}, ("ends_before_start", "planned_end")),
        ({"ended_on": date(2026, 3, 31)}, ("ended_not_started", "started_on")),
        ({"started_on": date(2026, 4, 9)}, ("day_ahead", "started_on")),
    ):
        with pytest.raises(BadValue) as raised:
            measures.change_part(
                session, COORDINATOR, part.id, **{"title": "Etapp 1", "planned_start": START, "today": START} | words
            )
        assert refused(raised) == no
    measures.change_part(
        session, COORDINATOR, part.id, title="Etapp ett", planned_start=START, started_on=START, today=START
    )
    assert (part.title, part.planned_end, part.started_on) == ("Etapp ett", None, START)
    with pytest.raises(Conflict):
        measures.change_part(
            session, COORDINATOR, part.id, title="Bo", planned_start=START, today=START, version=part.version - 1
        )


def test_a_promise_is_kept_or_not_kept_and_the_latter_says_what_happened(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    shop = an_organisation(session, "butiken", "business")
    made = measures.promise(
        session, COORDINATOR, measure.id, organisation_id=shop.id, what="Tänd skylt till 22.", due_on=START, today=START
    )
    assert (made.kept, measure.promises) == (None, [made])
    with pytest.raises(BadValue) as raised:
        measures.keep(session, COORDINATOR, made.id, False, today=START)
    assert refused(raised) == ("no_promise_note", "note")
    measures.keep(session, COORDINATOR, made.id, False, note="Skylten är trasig.", today=START)
    measures.keep(session, COORDINATOR, made.id, True, today=START)
    assert (made.kept, made.note) == (True, "")
    for words, no in (
        ({"organisation_id": 999}, "unknown_organisation"),
        ({"what": " "}, "no_promise"),
        ({"kronor": -5}, "cost"),
        ({"what": "Ring 070-123 45 67"}, "phone"),
    ):
        with pytest.raises(BadValue) as raised:
            measures.change_promise(
                session, COORDINATOR, made.id, **{"organisation_id": shop.id, "what": "Ljus", "today": START} | words
            )
        assert refused(raised)[0] == no


def test_the_traffic_group_promises_nothing_and_a_business_not_yet(session, vellinge):
    place = a_place(session, vellinge, published=True, type="fortkorning", forum="styrgrupp-trafik")
    measure = a_measure(session, vellinge, place, mechanism=Mechanism.TRAFFIC)
    measures.publish(session, COORDINATOR, measure.id, today=START)
    for role in (Role.TRAFFIC_GROUP, Role.BUSINESS):
        with pytest.raises(NotAllowed):
            measures.promise(
                session, viewer(role), measure.id, organisation_id=place.owner_id, what="En skylt.", today=START
            )


def test_every_change_of_a_measure_is_in_the_log(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    a_plan(session, vellinge, measure)
    part = measures.add_part(session, COORDINATOR, measure.id, title="Etapp", planned_start=START, today=START)
    measures.change_part(session, COORDINATOR, part.id, title="Etapp 1", planned_start=START, today=START)
    made = measures.promise(
        session, COORDINATOR, measure.id, organisation_id=measure.owner_id, what="En skylt.", today=START
    )
    measures.keep(session, COORDINATOR, made.id, True, today=START)
    changed(session, vellinge, measure)
    lines = session.scalars(select(AuditLine.action).where(AuditLine.object_kind == "measures")).all()
    assert lines.count("edit_measure") == 6 and lines.count("offer_contribution") == 1
    assert access.verify(session) is None
