"""People: accounts, passwords, sign-in with its delays, sessions that end on the server."""

import json
import sys
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from samverkan_map import access, people
from samverkan_map.db.tables import Attempt, AuditLine, Person, SignedIn
from samverkan_map.errors import BadValue, Conflict, NotAllowed, NotFound, SignInNeeded, TooManyTries
from samverkan_map.people.sign_in import delay_after
from samverkan_map.vocabulary import Role

NOW = datetime(2026, 11, 23, 9, 0)
HOST = access.command_line("test")
PASSWORD = "grönt cykelställ vid muren"
SECRET = "hemlighet"


@pytest.fixture
def kommunen(session):
    return people.add_organisation(session, HOST, code="kommunen", name="Vellinge kommun", kind="municipality")


@pytest.fixture
def anna(session, kommunen):
    return a_person(session)


def a_person(session, *, username="anna", role=Role.PLANNER, password=PASSWORD, **more):
    return people.create(
        session, HOST, username=username, name="Anna L", role=role, organisation="kommunen", password=password, now=NOW,
        **more,
    )  # fmt: skip


def enter(session, *, username="anna", password=PASSWORD, address="192.0.2.1", now=NOW):
    return people.sign_in(session, username, password, address=address, secret=SECRET, now=now)


# ---- Accounts ------------------------------------------------------------------------------------------------------


def test_a_new_account_is_recorded_and_its_password_kept_as_argon2id_only(slow_to_guess, session, anna):
    assert anna.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in anna.password_hash
    lines = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).all()
    assert lines[0].details == '{"role":"planerare","username":"anna"}'


@pytest.mark.parametrize("username", ["", "a", "Anna L", "anna@vellinge.se", "-anna", "å" * 5, "x" * 33, "anna\n"])
def test_user_names_are_plain_and_short(session, kommunen, username):
    if username.strip() == "anna":
        assert a_person(session, username=username).username == "anna"
        return
    with pytest.raises(BadValue, match="username"):
        a_person(session, username=username)


def test_a_user_name_is_the_same_in_capitals(session, anna):
    with pytest.raises(BadValue, match="username_taken"):
        a_person(session, username="ANNA")
    assert people.by_username(session, HOST, " Anna ").id == anna.id


def test_nobody_is_given_the_public_as_role_or_an_unknown_organisation(session, kommunen):
    with pytest.raises(BadValue, match="role"):
        a_person(session, role="publik")
    with pytest.raises(BadValue, match="role"):
        a_person(session, role="kung")
    with pytest.raises(BadValue, match="unknown_organisation"):
        people.create(
            session, HOST, username="bo", name="Bo", role=Role.PLANNER, organisation="ingen", password=PASSWORD
        )


def test_only_a_coordinator_adds_closes_and_lists_people(session, anna):
    planner = people.as_viewer(anna)
    with pytest.raises(NotAllowed):
        people.create(
            session, planner, username="bo", name="Bo", role=Role.PLANNER, organisation=None, password=PASSWORD
        )
    with pytest.raises(NotAllowed):
        people.find(session, planner)
    with pytest.raises(NotAllowed):
        people.disable(session, planner, anna.id + 1, version=1, now=NOW)
    assert people.get(session, planner, anna.id) is anna


def test_nobody_changes_their_own_role_or_closes_their_own_account(session, kommunen):
    sam = a_person(session, username="sam", role=Role.COORDINATOR)
    actor = people.as_viewer(sam)
    with pytest.raises(NotAllowed, match="own_account"):
        people.give_role(session, actor, sam.id, role=Role.POLICE, version=sam.version)
    with pytest.raises(NotAllowed, match="own_account"):
        people.disable(session, actor, sam.id, version=sam.version, now=NOW)


def test_two_coordinators_changing_one_account_do_not_overwrite_each_other(session, anna):
    seen = anna.version
    people.give_role(session, HOST, anna.id, role=Role.POLICE, version=seen)
    with pytest.raises(Conflict):
        people.disable(session, HOST, anna.id, version=seen, now=NOW)


def test_a_police_account_belongs_to_an_organisation(session, kommunen):
    with pytest.raises(BadValue, match="police_organisation"):
        people.create(session, HOST, username="bo", name="Bo", role=Role.POLICE, organisation=None, password=PASSWORD)
    loose = people.create(
        session, HOST, username="bo", name="Bo", role=Role.PLANNER, organisation=None, password=PASSWORD
    )
    with pytest.raises(BadValue, match="police_organisation"):
        people.give_role(session, HOST, loose.id, role=Role.POLICE, version=loose.version)


def test_an_unknown_account_is_not_found(session):
    with pytest.raises(NotFound):
        people.get(session, HOST, 99)
    with pytest.raises(NotFound):
        people.by_username(session, HOST, "ingen")


# ---- Passwords -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    ["kort", "elva tecken", "password1234", "vellinge2026!", "Vellinge kommun!", "annaannaanna", "samverkan2023",
     "qwerty123456", "aaaaaaaaaaaaaaaa", "123456789012", "Sommar2026!!", "lösenord-lösenord", "x" * 201],
)  # fmt: skip
def test_easy_passwords_are_refused(session, kommunen, password):
    with pytest.raises(BadValue, match="password_"):
        a_person(session, password=password)


@pytest.mark.parametrize(
    "password", [PASSWORD, "korrekt häst batteri", "Tr0ub4dor&3-xkcd-936", "ÅÄÖ räksmörgås på bordet"]
)
def test_a_few_own_words_are_welcome(session, kommunen, password):
    assert a_person(session, password=password).id


def test_random_passwords_differ_and_pass_the_rules():
    made = {people.random_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        people.check_password(password)


def test_changing_ones_own_password_needs_the_old_one_and_ends_the_sessions(session, anna):
    token = people.start_session(session, person_id=anna.id, now=NOW)
    viewer = people.as_viewer(anna)
    with pytest.raises(BadValue, match="old_password"):
        people.change_password(session, viewer, old="fel", new="nya ord bakom skjulet")
    people.change_password(session, viewer, old=PASSWORD, new="nya ord bakom skjulet")
    assert people.viewer_of(session, token, NOW) is None
    assert enter(session, password="nya ord bakom skjulet").id == anna.id


# ---- Signing in ----------------------------------------------------------------------------------------------------


def test_the_right_password_lets_in_and_is_recorded(session, anna):
    assert enter(session, username=" ANNA ").id == anna.id
    last = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
    assert (last.action, last.person_id) == ("sign_in", anna.id)


def test_wrong_password_unknown_name_and_closed_account_get_the_same_answer(session, anna):
    a_person(session, username="bo")
    people.disable(session, HOST, people.by_username(session, HOST, "bo").id, version=1, now=NOW)
    answers = []
    for username, password in (("anna", "fel lösenord här"), ("ingen", PASSWORD), ("bo", PASSWORD)):
        with pytest.raises(SignInNeeded) as refused:
            enter(session, username=username, password=password)
        answers.append((refused.value.key, refused.value.fields))
    assert answers == [("people.errors.sign_in", {})] * 3


def test_an_unknown_name_costs_as_much_work_as_a_known_one(slow_to_guess, session, anna, monkeypatch):
    verified = []
    real = people.passwords._HASHER.verify
    monkeypatch.setattr(
        type(people.passwords._HASHER), "verify", lambda self, kept, given: verified.append(kept) or real(kept, given)
    )
    for username in ("anna", "ingen"):
        with pytest.raises(SignInNeeded):
            enter(session, username=username, password="fel lösenord här")
    assert [kept.rsplit("$", 2)[0] for kept in verified] == ["$argon2id$v=19$m=19456,t=2,p=1"] * 2


def test_the_delay_grows_and_never_passes_a_quarter_of_an_hour(session, anna):
    now = NOW
    for number in range(30):
        now += delay_after(number)
        with pytest.raises(SignInNeeded):
            enter(session, password="fel lösenord här", address=f"198.51.100.{number}", now=now)
    with pytest.raises(TooManyTries) as refused:
        enter(session, address="203.0.113.1", now=now + timedelta(minutes=14, seconds=59))
    assert refused.value.fields["seconds"] == 1
    assert enter(session, address="203.0.113.1", now=now + timedelta(minutes=15)).id == anna.id


def test_a_colleague_gets_in_from_the_usual_place_while_strangers_guess(session, anna):
    enter(session, address="192.0.2.7")
    for number in range(8):
        with pytest.raises(SignInNeeded):
            enter(
                session, password="fel lösenord här", address=f"198.51.100.{number}", now=NOW + timedelta(hours=number)
            )
    with pytest.raises(TooManyTries):
        enter(session, address="203.0.113.1", now=NOW + timedelta(hours=7, seconds=1))
    assert enter(session, address="192.0.2.7", now=NOW + timedelta(hours=7, seconds=1)).id == anna.id


def test_one_address_gets_ten_tries_in_five_minutes(session, anna):
    for number in range(10):
        with pytest.raises(SignInNeeded):
            enter(session, username=f"gissning{number}", password="fel lösenord här")
    with pytest.raises(TooManyTries) as refused:
        enter(session)
    assert refused.value.fields["seconds"] == 300
    assert enter(session, now=NOW + timedelta(minutes=5)).id == anna.id


def test_signing_in_rightly_uses_up_no_tries(session, anna):
    for _ in range(25):
        assert enter(session).id == anna.id


def test_neighbours_in_one_ipv6_network_count_as_one_address(session, anna):
    for number in range(10):
        with pytest.raises(SignInNeeded):
            enter(session, username=f"g{number}x", password="fel lösenord här", address=f"2001:db8:1:2::{number + 1:x}")
    with pytest.raises(TooManyTries):
        enter(session, address="2001:db8:1:2:ffff::1")
    assert enter(session, address="2001:db8:1:3::1").id == anna.id


def test_one_busy_address_shuts_nobody_else_out(session, anna, monkeypatch):
    monkeypatch.setattr(sys.modules["samverkan_map.people.sign_in"], "IN_ALL", 20)
    for number in range(30):
        with pytest.raises((SignInNeeded, TooManyTries)):
            enter(session, username=f"gissning{number}", password="fel lösenord här")
    assert enter(session, address="198.51.100.1").id == anna.id
    total = session.scalars(select(Attempt).where(Attempt.key.startswith("all:"))).one()
    assert total.tries == 11, "only what passes the address's own limit counts"


def test_a_thousand_tries_in_all_sound_the_alarm_once_and_refuse_nobody(session, anna, caplog):
    enter(session, address="192.0.2.7")
    total = session.scalars(select(Attempt).where(Attempt.key.startswith("all:"))).one()
    total.tries = 998
    session.flush()
    for number in range(4):
        assert enter(session, address=f"198.51.100.{number}").id == anna.id
    alarms = [json.loads(record.message) for record in caplog.records if record.name == "samverkan"]
    assert alarms == [{"result": "alarm", "key": "sign_in", "tries": 1000, "minutes": 5}]


def test_a_refused_try_leaves_no_row_behind(session, anna):
    for number in range(10):
        with pytest.raises(SignInNeeded):
            enter(session, username=f"gissning{number}", password="fel lösenord här")
    for number in range(5):
        with pytest.raises(SignInNeeded):
            enter(session, password="fel lösenord här", address=f"198.51.100.{number}")
    before = set(session.scalars(select(Attempt.key)))
    for number in range(10, 20):
        with pytest.raises(TooManyTries):
            enter(session, username=f"gissning{number}", password="fel lösenord här")
        with pytest.raises(TooManyTries):
            enter(session, password="fel lösenord här", address=f"203.0.113.{number}")
    assert set(session.scalars(select(Attempt.key))) == before


def test_old_counters_go_also_when_nobody_gets_in(session):
    for days in range(4):
        with pytest.raises(SignInNeeded):
            enter(session, username=f"gissning{days}", password="fel lösenord här", now=NOW + timedelta(days=2 * days))
    assert len(session.scalars(select(Attempt.key)).all()) == 3


def test_counters_hold_neither_names_nor_addresses(session, anna):
    enter(session, address="192.0.2.7")
    kept = " ".join(session.scalars(select(Attempt.key)))
    assert "anna" not in kept
    assert "192.0.2.7" not in kept


def test_a_new_password_from_the_coordinator_lets_in_at_once_while_under_attack(session, anna):
    for number in range(12):
        later = NOW + timedelta(hours=number)
        with pytest.raises(SignInNeeded):
            enter(session, password="fel lösenord här", address=f"198.51.100.{number}", now=later)
    people.set_password(session, HOST, anna.id, password="nya ord bakom skjulet", version=anna.version)
    assert enter(session, password="nya ord bakom skjulet", address="203.0.113.1", now=later).id == anna.id


# ---- Sessions ------------------------------------------------------------------------------------------------------


def test_a_session_shows_the_person_and_keeps_only_a_hash_of_its_token(session, anna):
    token = people.start_session(session, person_id=anna.id, now=NOW)
    assert people.viewer_of(session, token, NOW) == people.as_viewer(anna)
    assert len(token) >= 43
    assert token not in session.scalars(select(SignedIn.token_hash)).all()


def test_a_session_goes_idle_after_half_an_hour_and_ends_after_eight(session, anna):
    token = people.start_session(session, person_id=anna.id, now=NOW)
    assert people.viewer_of(session, token, NOW + timedelta(minutes=30))
    assert people.viewer_of(session, token, NOW + timedelta(minutes=30, seconds=1)) is None
    for minutes in range(0, 481, 20):
        people.touch(session, token, NOW + timedelta(minutes=minutes))
    assert people.viewer_of(session, token, NOW + timedelta(hours=8))
    assert people.viewer_of(session, token, NOW + timedelta(hours=8, seconds=1)) is None


def test_a_closed_account_is_gone_at_the_next_request(session, anna):
    token = people.start_session(session, person_id=anna.id, now=NOW)
    anna.disabled_at = NOW
    session.flush()
    assert people.viewer_of(session, token, NOW) is None


def test_a_new_role_bites_at_once(session, anna):
    token = people.start_session(session, person_id=anna.id, now=NOW)
    people.give_role(session, HOST, anna.id, role=Role.POLICE, version=anna.version)
    assert people.viewer_of(session, token, NOW) is None


def test_signing_out_ends_the_session_on_the_server(session, anna):
    token = people.start_session(session, person_id=anna.id, now=NOW)
    people.end_session(session, token)
    assert people.viewer_of(session, token, NOW) is None


def test_one_ends_ones_own_sessions_and_nobody_elses(session, anna):
    bo = a_person(session, username="bo")
    token = people.start_session(session, person_id=anna.id, now=NOW)
    (mine,) = people.own_sessions(session, people.as_viewer(anna), token)
    assert mine.current
    with pytest.raises(NotFound):
        people.end_own(session, people.as_viewer(bo), mine.handle)
    people.end_own(session, people.as_viewer(anna), mine.handle)
    assert people.own_sessions(session, people.as_viewer(anna), token) == []


def test_a_made_up_cookie_is_nobody(session):
    assert people.visit_of(session, "x" * 43, NOW) is None


def test_sessions_long_over_are_cleared_away(session, anna):
    people.start_session(session, person_id=anna.id, now=NOW)
    people.start_session(session, person_id=anna.id, now=NOW + timedelta(hours=9))
    assert len(session.scalars(select(SignedIn)).all()) == 1


def test_the_demo_finds_its_example_people_and_makes_one_up_where_there_is_none(session, anna):
    example = a_person(session, username="exempel", example=True)
    assert people.example_viewer(session, Role.PLANNER).person_id == example.id
    assert people.example_viewer(session, Role.POLICE).role is Role.POLICE
    assert people.example_viewer(session, Role.PUBLIC) is access.ANONYMOUS
    assert session.scalars(select(Person).where(Person.role == "polis")).all() == []
