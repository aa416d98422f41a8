"""An account is connected with the sign-in service once, by a name that it vouches for, and then by its number only."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from samverkan_map import access, contacts, people, provider
from samverkan_map.db.tables import AuditLine, Person
from samverkan_map.errors import BadValue, SignInNeeded, TooManyTries
from samverkan_map.vocabulary import Role

NOW = datetime(2026, 11, 23, 9, 0)
HOST = access.command_line("test")
HOW = {"address": "192.0.2.1", "secret": "hemlighet", "now": NOW}
ANNA = provider.Known("https://id.kommunen.se", "0f1e", "anna@kommunen.se", two_steps=False)
"""Anna as the service tells of her."""


@pytest.fixture
def anna(session):
    return a_person(session)


def a_person(session, username="anna", role=Role.PLANNER, called="Anna@kommunen.se", password="", **more):
    return people.create(
        session, HOST, username=username, name="Anna L", role=role, organisation=None, password=password,
        provider_name=called, now=NOW, **more,
    )  # fmt: skip


def let_in(session, known=ANNA, *, required=False, **more):
    return people.let_in(session, known, required=required, **HOW | more)


def test_the_first_sign_in_connects_and_the_next_ones_go_by_the_number(session, anna):
    assert not people.has_password(anna)
    assert let_in(session) == (anna, False)
    assert (anna.provider_subject, anna.connected_at) == ("0f1e", NOW)
    assert let_in(session, replace(ANNA, called=""), now=NOW + timedelta(days=9))[0] is anna
    assert anna.connected_at == NOW
    told = session.scalars(select(AuditLine.details).order_by(AuditLine.id)).all()
    assert told[-3:] == ['{"connected":true}', '{"way":"provider"}', '{"way":"provider"}']
    assert not any("kommunen.se" in details for details in told)


@pytest.mark.parametrize(
    "other",
    [{"subject": "2d3c"}, {"issuer": "https://annan.se"}, {"subject": "0F1E"}, {"issuer": "https://id.kommunen.se/"}],
)
def test_another_number_or_another_service_is_somebody_else(session, anna, other):
    let_in(session)
    with pytest.raises(SignInNeeded, match="not_here"):
        let_in(session, replace(ANNA, **other))


def test_a_name_that_nobody_vouches_for_finds_nobody_also_when_accounts_have_no_name(session, anna):
    a_person(session, "bo", called="", password="grönt cykelställ vid muren")
    with pytest.raises(SignInNeeded, match="not_here"):
        let_in(session, replace(ANNA, called=""))


def test_a_name_belongs_to_one_account_and_the_database_holds_that_too(session, anna):
    with pytest.raises(BadValue, match="provider_name_taken"):
        a_person(session, "bo", called="ANNA@KOMMUNEN.SE")
    other = a_person(session, "bo", called="bo@kommunen.se")
    let_in(session)
    other.provider_issuer, other.provider_subject = ANNA.issuer, ANNA.subject
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_the_number_of_a_service_is_not_made_small(session):
    person = a_person(session, called="aB3", claim="sub")
    assert person.provider_name == "aB3"
    with pytest.raises(SignInNeeded):
        let_in(session, replace(ANNA, subject="ab3", called="ab3"))
    assert let_in(session, replace(ANNA, subject="aB3", called="aB3"))[0] is person


def test_one_step_is_not_enough_where_two_are_needed_and_connects_nothing(session, anna):
    with pytest.raises(SignInNeeded, match="one_step"):
        let_in(session, required=True)
    assert anna.connected_at is None
    assert let_in(session, replace(ANNA, two_steps=True), required=True)[0] is anna
    business = a_person(session, "kiosken", Role.BUSINESS, "kiosken@butik.se")
    known = replace(ANNA, subject="9", called="kiosken@butik.se")
    assert let_in(session, known, required=True)[0] is business, "only staff must have two"


def test_somebody_who_comes_twice_at_once_is_connected_once_and_let_in_twice(database):
    with database.writing() as session:
        a_person(session)
        session.commit()
    start, came = threading.Barrier(2), []

    def come():
        start.wait(10)
        with database.writing() as session:
            came.append(let_in(session)[0].name)
            session.commit()

    both = [threading.Thread(target=come) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert came == ["Anna L", "Anna L"]
    with database.reading() as session:
        told = session.scalars(select(AuditLine.details)).all()
    assert told.count('{"connected":true}') == 1 and told.count('{"way":"provider"}') == 2


def test_a_session_tells_whether_the_service_asked_for_two_steps(session, anna):
    for two_steps in (False, True):
        token = people.start_session(session, person_id=anna.id, two_steps=two_steps, now=NOW)
        assert people.visit_of(session, token, NOW).second_step is two_steps


def test_turned_away_ten_times_an_address_waits_five_minutes_and_no_longer(session):
    for _ in range(10):
        people.check_tries(session, **HOW)
        people.count_failure(session, **HOW)
    with pytest.raises(TooManyTries):
        people.check_tries(session, **HOW)
    people.check_tries(session, **HOW | {"address": "192.0.2.2"})
    people.check_tries(session, **HOW | {"now": NOW + timedelta(minutes=5)})


def test_the_police_are_connected_on_the_host_and_taking_the_name_away_ends_everything(session):
    people.add_organisation(session, HOST, code="polisen", name="Polisen", kind="police")
    person = people.create(
        session, HOST, username="polis", name="Pia", role=Role.POLICE, organisation="polisen",
        password="grönt cykelställ vid muren", now=NOW,
    )  # fmt: skip
    people.name_at_provider(
        session, HOST, person.id, provider_name="pia@polisen.se", claim="email", version=person.version
    )
    let_in(session, replace(ANNA, called="pia@polisen.se"))
    token = people.start_session(session, person_id=person.id, now=NOW)
    people.name_at_provider(session, HOST, person.id, provider_name=" ", claim="email", version=person.version)
    assert (person.provider_name, person.provider_subject, person.connected_at) == (None, None, None)
    assert people.viewer_of(session, token, NOW) is None


def test_who_asks_is_told_what_the_service_calls_them_and_erasing_takes_it_away(session, anna):
    let_in(session)
    ((_, number, told),) = contacts.find(session, HOST, "anna")
    assert (told["provider_name"], told["provider_subject"]) == ("anna@kommunen.se", "0f1e")
    people.disable(session, HOST, anna.id, version=anna.version, now=NOW)
    contacts.erase(session, HOST, "people", number)
    row = session.get_one(Person, number)
    assert (row.provider_name, row.provider_issuer, row.provider_subject, row.connected_at) == (None,) * 4
