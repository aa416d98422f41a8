"""Another example is refused, and all of it can be removed."""

from __future__ import annotations

import pytest
from example_rows import (
    COORDINATOR,
    NOW,
    SMALL,
    UNTIL,
    fingerprint,
)
from sqlalchemy import func, select

from samverkan_map import access, demo, people
from samverkan_map.db.tables import (
    AuditLine,
    Base,
    Draft,
    HandledForm,
    Person,
    Place,
    PlaceReport,
    Report,
    SecondStep,
    State,
)  # fmt: skip
from samverkan_map.demo.draw import shared_out
from samverkan_map.errors import DatabaseTrouble, NotAllowed, SetUpTrouble
from samverkan_map.vocabulary import (
    Role,
)


def test_the_same_example_again_changes_nothing(filled, vellinge):
    session, first = filled
    before = fingerprint(session)
    again = demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    assert again.already and not first.already
    assert again.counts == first.counts
    assert again.sign_ins == []
    assert fingerprint(session) == before


def test_another_example_on_top_is_refused(filled, vellinge):
    session, _ = filled
    with pytest.raises(DatabaseTrouble, match="other_material"):
        demo.fill(session, vellinge, reports=SMALL, until=UNTIL, seed=2)


def test_a_database_with_a_colleague_is_a_real_one(session, vellinge):
    assert demo.is_new(session)
    people.create(
        session, COORDINATOR, username="nils", name="Nils", role=Role.PLANNER, organisation=None,
        password="grönt cykelställ vid muren",
    )  # fmt: skip
    assert not demo.is_new(session)
    with pytest.raises(DatabaseTrouble, match=r"errors\.real"):
        demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    assert not demo.is_trial(session)
    assert session.query(Report).count() == 0


COLLEAGUE = access.Viewer(None, "samordnare", Role.COORDINATOR)


def test_nobody_but_the_command_line_makes_an_example(session, vellinge):
    with pytest.raises(NotAllowed):
        demo.fill(session, vellinge, reports=SMALL, until=UNTIL, actor=COLLEAGUE)
    assert session.query(Report).count() == 0


def test_nobody_but_the_command_line_removes_an_example(filled, vellinge):
    session, _ = filled
    with pytest.raises(NotAllowed):
        demo.remove(session, vellinge, now=NOW, actor=COLLEAGUE)
    assert session.query(Report).count() == SMALL


def test_another_municipality_has_no_example(embedded, vellinge):
    from dataclasses import replace

    other = replace(vellinge, name="Annanby", code="9999")
    with embedded.writing() as session, pytest.raises(SetUpTrouble, match="other_municipality"):
        demo.fill(session, other, until=UNTIL)


def test_removal_leaves_nothing_but_closed_accounts_and_the_log(filled, vellinge):
    session, made = filled
    people.start_session(session, demo_role=Role.POLICE, now=NOW)
    lines = session.query(AuditLine).count()
    gone = demo.remove(session, vellinge, now=NOW)
    assert gone == {name: count for name, count in made.counts.items() if name != "people"}
    left = {name: int(hash_.split()[0]) for name, hash_ in fingerprint(session).items()}
    assert {name: count for name, count in left.items() if count} == {"people": 5, "state": 1}
    assert {person.disabled_at for person in session.scalars(select(Person))} == {NOW}
    assert session.query(AuditLine).count() == lines + 1
    assert access.verify(session) is None
    assert session.get(State, "trial").value == "0"


def test_removal_empties_every_table_that_can_hold_trial_material(filled, vellinge):
    """Drafts, handled forms and what belongs to a place or a measure go too; a new table cannot be forgotten."""
    session, made = filled
    place, person = session.query(Place).first(), session.query(Person).first()
    session.add(Draft(person_id=person.id, form="place", object_id="1", fields={"name": ["Kiosken"]}, saved_at=NOW))
    session.add(HandledForm(key="k", address="/platser/1", at=NOW))
    session.add(
        PlaceReport(place_id=place.id, report_id=session.query(Report).first().id, belongs=True, on=UNTIL, who="Anna")
    )
    session.flush()
    assert not demo.is_new(session)
    demo.remove(session, vellinge, now=NOW)
    kept = {"organisations", "people", "second_steps", "recovery_codes", "sessions", "attempts", "audit", "state"}
    for table in Base.metadata.sorted_tables:
        if table.name not in kept:
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.name
    assert set(made.counts) == {table.name for table in Base.metadata.sorted_tables} - kept | {
        "organisations",
        "people",
    }


def test_a_database_made_real_takes_no_example_and_has_none_to_remove(filled, vellinge):
    session, _ = filled
    demo.remove(session, vellinge, now=NOW)
    assert not demo.is_trial(session) and not demo.is_new(session)
    with pytest.raises(DatabaseTrouble, match=r"errors\.real"):
        demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    with pytest.raises(DatabaseTrouble, match="no_trial"):
        demo.remove(session, vellinge, now=NOW)


def test_removal_keeps_a_colleague_with_organisation_and_phone(filled, vellinge):
    session, _ = filled
    colleague = people.create(
        session, COORDINATOR, username="nils", name="Nils", role=Role.PLANNER, organisation="vellinge-kommun",
        password="grönt cykelställ vid muren",
    )  # fmt: skip
    invented = session.scalars(select(Person.id).where(Person.example)).first()
    session.add_all(SecondStep(person_id=one, seed="x", begun_at=NOW) for one in (invented, colleague.id))
    session.flush()
    gone = demo.remove(session, vellinge, now=NOW)
    assert gone["organisations"] == 8
    assert session.scalars(select(SecondStep.person_id)).all() == [colleague.id]
    assert colleague.disabled_at is None
    assert colleague.organisation.code == "vellinge-kommun"


def test_parts_add_up_to_the_whole():
    for total in (0, 1, 7, 6000, 999_999):
        assert sum(shared_out(total, [3, 1, 4, 1, 5, 9, 2, 6])) == total
