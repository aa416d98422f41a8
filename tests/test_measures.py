"""Measures: attached to places, never started without a planned follow-up, judged by a person."""

from datetime import date

import pytest
from builders import COORDINATOR, a_place, an_organisation, viewer

from samverkan_map import measures
from samverkan_map.errors import BadValue, NotAllowed, NotFound, StepNotAllowed
from samverkan_map.vocabulary import MeasureStatus, Mechanism, Role, Verdict

START = date(2026, 4, 1)


def a_measure(session, vellinge, place, **words):
    owner = words.pop("owner_id", None) or an_organisation(session, f"gata{place.id}").id
    given = {
        "title": "Ny belysning",
        "mechanism": Mechanism.INCREASE_RISK,
        "summary": "Tolv stolpar.",
        "planned_start": START,
    }
    return measures.attach(
        session, COORDINATOR, vellinge, **given | words, owner_id=owner, place_ids=[place.id], today=START
    )


def a_plan(session, measure, due=date(2027, 4, 1)):
    return measures.plan_follow_up(
        session, COORDINATOR, measure.id, indicator="Rapporter", window_months=12, comparison="Torget", due_on=due
    )


def test_a_measure_stands_at_its_place_and_begins_planned(session, vellinge):
    place = a_place(session, vellinge)
    measure = a_measure(session, vellinge, place)
    assert (measure.status, measure.area, measures.focus_of(COORDINATOR, measure)) == (
        "planned",
        "hollviken",
        ("offentlig-miljo",),
    )
    assert place.measures == [measure]


def test_a_measure_cannot_start_without_a_planned_follow_up(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    with pytest.raises(StepNotAllowed) as no:
        measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)
    assert no.value.key == "refusals.measures.no_follow_up"
    a_plan(session, measure)
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)
    measures.move(session, COORDINATOR, measure.id, MeasureStatus.DONE, on=date(2026, 6, 1))
    assert (measure.status, measure.started_on, measure.ended_on) == ("done", START, date(2026, 6, 1))
    with pytest.raises(StepNotAllowed):
        measures.move(session, COORDINATOR, measure.id, MeasureStatus.ONGOING, on=START)


def test_a_follow_up_is_overdue_the_day_after_its_due_day_until_somebody_judges(session, vellinge):
    measure = a_measure(session, vellinge, a_place(session, vellinge))
    plan = a_plan(session, measure, due=date(2026, 10, 1))
    assert not measures.overdue(measure, date(2026, 10, 1))
    assert measures.overdue(measure, date(2026, 10, 2))
    measures.set_verdict(
        session, COORDINATOR, plan.id, Verdict.CANNOT_TELL, note="För få händelser.", today=date(2026, 10, 3)
    )
    assert not measures.overdue(measure, date(2026, 10, 4))


@pytest.mark.parametrize(
    "words",
    [{"title": ""}, {"planned_end": date(2026, 3, 1)}, {"summary": "Ring 070-123 45 67"}],
)
def test_a_measure_that_cannot_be_right_is_refused(session, vellinge, words):
    with pytest.raises(BadValue):
        a_measure(session, vellinge, a_place(session, vellinge), **words)


def test_nobody_attaches_a_measure_to_a_place_they_cannot_see(session, vellinge):
    place = a_place(session, vellinge)
    with pytest.raises(NotFound):
        measures.attach(
            session, viewer(Role.BUSINESS), vellinge, title="Gupp", mechanism=Mechanism.TRAFFIC, summary="", owner_id=1,
            planned_start=START, today=START, place_ids=[place.id],
        )  # fmt: skip


def test_the_police_judge_their_own_measures_only(session, vellinge):
    police, other = an_organisation(session, "polisen", "police").id, an_organisation(session, "kommun").id
    officer = viewer(Role.POLICE, police)
    place = a_place(session, vellinge)
    own, others = (
        a_measure(session, vellinge, place, owner_id=police),
        a_measure(session, vellinge, place, owner_id=other),
    )
    judged = {"note": "Färre rapporter, men få.", "today": START}
    measures.set_verdict(session, officer, a_plan(session, own).id, Verdict.HELPED, **judged)
    with pytest.raises(NotAllowed):
        measures.set_verdict(session, officer, a_plan(session, others).id, Verdict.HELPED, **judged)
