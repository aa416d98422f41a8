"""Disposal only by decision, and contact data found and erased wherever they stand."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from samverkan_map import access, contacts, disposal, people
from samverkan_map.db.tables import AuditLine, Base, Draft, EarlierText, Person
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound
from samverkan_map.vocabulary import Permission, Role

NOW = datetime(2026, 11, 23, 9, 0)
HOST = access.command_line("test")
COORDINATOR = access.Viewer(None, "Sam", Role.COORDINATOR)
PASSWORD = "grönt cykelställ vid muren"


@pytest.fixture
def anna(session):
    """Somebody whose account was closed 90 days ago, with a draft and an open one beside."""
    people.add_organisation(session, HOST, code="kommunen", name="Kommunen", kind="municipality")
    made = [
        people.create(
            session, HOST, username=username, name=name, role=Role.PLANNER, organisation="kommunen", password=PASSWORD,
            now=NOW,
        )
        for username, name in (("anna", "Anna Almgren"), ("bo", "Bo Ek"))
    ]  # fmt: skip
    people.save_draft(session, made[0].id, "place", "1", {"name": ["Torget"]}, now=NOW)
    people.disable(session, HOST, made[0].id, version=1, now=NOW - timedelta(days=90))
    session.add(EarlierText(part="places", on=date(2026, 1, 1), who="Anna Almgren", texts={"name": "Torg"}))
    session.flush()
    return made[0]


def decide(session, rule, days=90, actor=COORDINATOR):
    return disposal.decide(session, actor, rule, reference="KS 2026/123", days=days, now=NOW)


def due(found):
    return {one.code: one.due for one in found}


def test_nothing_is_disposed_of_without_a_decision(session, anna):
    before = due(disposal.standing(session, COORDINATOR, now=NOW + timedelta(days=9999)))
    assert set(before.values()) == {0}
    disposal.run(session, HOST, now=NOW + timedelta(days=9999))
    assert anna.username == "anna" and session.scalars(select(EarlierText)).all()
    actions = session.scalars(select(AuditLine.action)).all()
    assert Permission.DISPOSE not in actions


def test_a_name_is_there_on_day_90_and_gone_on_day_91_and_the_dry_run_says_so(session, anna):
    decide(session, "people")
    assert due(disposal.standing(session, COORDINATOR, now=NOW))["people"] == 0
    later = NOW + timedelta(days=1)
    told = due(disposal.standing(session, COORDINATOR, now=later))
    assert told == {"people": 1, "earlier_texts": 0}
    assert anna.name == "Anna Almgren", "trying changes nothing"
    assert due(disposal.run(session, HOST, now=later)) == told
    assert (anna.username, anna.name) == (f"borttaget-{anna.id}", "–")
    assert session.scalars(select(Draft)).all() == []
    assert people.by_username(session, HOST, "bo").name == "Bo Ek"
    assert due(disposal.run(session, HOST, now=later))["people"] == 0, "once"
    last = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
    assert (last.action, last.details) == ("dispose", '{"count":1,"reference":"KS_2026/123","rule":"people"}')
    assert access.verify(session) is None


def test_earlier_texts_go_by_their_own_rule_and_a_lifted_rule_rests(session, anna):
    decide(session, "earlier_texts", days=30)
    disposal.lift(session, COORDINATOR, "earlier_texts")
    disposal.run(session, HOST, now=NOW)
    assert len(session.scalars(select(EarlierText)).all()) == 1
    with pytest.raises(NotFound):
        disposal.lift(session, COORDINATOR, "earlier_texts")
    decide(session, "earlier_texts", days=30)
    assert due(disposal.run(session, HOST, now=NOW)) == {"people": 0, "earlier_texts": 1}
    assert session.scalars(select(EarlierText)).all() == []


@pytest.mark.parametrize(
    ("reference", "days"),
    [("", 90), ("beslut", 90), ("  ", 90), ("123", 90), ("KS 2026/123\nx=1", 0), ("KS 2026/123", 0), ("KS 1", -5),
     ("<b>KS 1</b>", 90), ("KS 1" * 40, 90), ("KS 19850101-1236", 90), ("KS 1", 10**9)],
)  # fmt: skip
def test_a_decision_has_a_reference_and_a_number_of_days(session, reference, days):
    with pytest.raises(BadValue):
        disposal.decide(session, COORDINATOR, "people", reference=reference, days=days, now=NOW)
    assert all(one.decision is None for one in disposal.standing(session, COORDINATOR, now=NOW))


def test_only_a_coordinator_decides_and_only_the_host_disposes(session, anna):
    for role in set(Role) - {Role.COORDINATOR}:
        viewer = access.Viewer(None, "x", role, 1)
        for do in (lambda v: decide(session, "people", actor=v), lambda v: disposal.standing(session, v, now=NOW),
                   lambda v: contacts.erase(session, v, "people", anna.id)):  # fmt: skip
            with pytest.raises((NotAllowed, NotFound)):
                do(viewer)
    decide(session, "people", days=1)
    with pytest.raises(NotAllowed):
        disposal.run(session, COORDINATOR, now=NOW)
    with pytest.raises(NotAllowed):
        contacts.erase(session, COORDINATOR, "people", anna.id)
    with pytest.raises(NotFound):
        decide(session, "ingenting")


def test_who_asks_is_told_everything_and_the_reading_is_logged_without_the_words(session, anna):
    for words in ("anna", " ANNA ", "anna  almgren"):
        ((store, number, fields),) = contacts.find(session, COORDINATOR, words)
        assert (store, number, fields["name"], fields["drafts"]) == ("people", anna.id, "Anna Almgren", 1)
    assert contacts.find(session, COORDINATOR, "ingen") == []
    lines = session.scalars(select(AuditLine).where(AuditLine.action == "see_contact")).all()
    assert [(line.object_id, line.details) for line in lines] == [(str(anna.id), "{}")] * 3
    for role in (Role.PUBLIC, Role.BUSINESS, Role.TRAFFIC_GROUP, Role.PLANNER, Role.POLICE):
        with pytest.raises((NotAllowed, NotFound)):
            contacts.find(session, access.Viewer(1, "x", role, 1), "anna")


def test_an_erased_name_stands_nowhere_but_in_the_log(session, anna):
    with pytest.raises(Conflict, match="open_account"):
        contacts.erase(session, HOST, "people", people.by_username(session, HOST, "bo").id)
    contacts.erase(session, HOST, "people", anna.id)
    session.expire_all()
    tables = [table for table in Base.metadata.sorted_tables if table.name != "audit"]
    whole = " ".join(str(row) for table in tables for row in session.execute(select(table)).all()).lower()
    assert "anna" not in whole and "almgren" not in whole
    assert session.get(Person, anna.id).disabled_at is not None
    assert session.scalars(select(EarlierText.who)).one() == "–"
    for store, number in (("people", 99), ("ingenting", 1)):
        with pytest.raises(NotFound):
            contacts.erase(session, HOST, store, number)
