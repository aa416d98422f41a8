"""Two parties for an account of the police: a coordinator proposes, another police user confirms."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from samverkan_map import access, people
from samverkan_map.db.tables import AccountProposal, AuditLine, Person
from samverkan_map.vocabulary import Role
from samverkan_map.web import sessions

PASSWORD = "grönt cykelställ vid muren"
NEW = {"username": "bo", "name": "Bo Ek", "organisation": "polisen"}


def person(world, username):
    with world.database.reading() as session:
        return session.scalars(select(Person).where(Person.username == username)).one()


def proposals(world):
    with world.database.reading() as session:
        return [(one.id, one.kind, one.role) for one in session.scalars(select(AccountProposal))]


def propose(world, kind, username="polis", client=None):
    found = person(world, username)
    client = client or world.client("samordnare")
    return world.post(client, f"/admin/personer/{found.id}/forslag", kind=kind, version=found.version)


def confirm(world, client, number=None):
    number = number or proposals(world)[0][0]
    return world.post(client, f"/konto/forslag/{number}/bekrafta")


@pytest.fixture
def third(world):
    """Another police user."""
    with world.database.writing() as session:
        found = people.create(
            session, access.command_line(), username="pia", name="Pia Al", role=Role.POLICE, organisation="polisen",
            password=PASSWORD, now=sessions.now(),
        )  # fmt: skip
        session.commit()
        world.persons["pia"] = found.id
    return world.client("pia")


def sign_in(world, username, password):
    return world.post(world.client(), "/konto/logga-in", username=username, password=password).status_code


def test_a_new_police_account_opens_when_another_police_user_has_confirmed_it(world_on_each):
    world = world_on_each
    boss, officer = world.client("samordnare"), world.client("polis")
    assert world.post(boss, "/admin/polisen", **NEW).status_code == 303
    assert person(world, "bo").disabled_at is not None
    assert world.post(boss, f"/admin/personer/{person(world, 'bo').id}/oppna", version=1).status_code == 403
    assert "Bo Ek" in officer.get("/konto/forslag").text
    shown = confirm(world, officer)
    password = re.search(r'class="secret">([^<]+)<', shown.text)[1]
    assert shown.headers["Cache-Control"] == "no-store"
    assert sign_in(world, "bo", password) == 303
    assert proposals(world) == []
    with world.database.reading() as session:
        kept = session.scalars(select(AuditLine).order_by(AuditLine.id)).all()
        asked, said = [line for line in kept if "proposal" in line.details]
        assert (asked.action, said.action) == ("manage_people", "confirm_police")
        assert (asked.person_id, said.person_id) == (world.persons["samordnare"], world.persons["polis"])
        assert password not in "".join(line.details for line in kept)
        assert access.verify(session) is None


def test_neither_who_proposes_nor_whom_it_is_about_confirms(world, third):
    boss, officer = world.client("samordnare"), world.client("polis")
    assert propose(world, "password").status_code == 303
    for client in (boss, officer, *(world.client(role) for role in ("planerare", "trafikgrupp", "foretag"))):
        assert confirm(world, client).status_code == 403
        assert world.post(client, f"/konto/forslag/{proposals(world)[0][0]}/neka").status_code == 403
    assert "Någon annan hos polisen bekräftar det här." in officer.get("/konto/forslag").text
    assert sign_in(world, "polis", PASSWORD) == 303, "nothing has changed"
    # Somebody who becomes a police user afterwards does not confirm what they proposed themselves.
    with world.database.writing() as session:
        session.get_one(Person, world.persons["samordnare"]).role = "polis"
        session.commit()
    assert confirm(world, world.client("samordnare")).status_code == 403
    assert confirm(world, third).status_code == 200
    assert sign_in(world, "polis", PASSWORD) == 401
    assert officer.get("/konto").status_code == 302, "signed out everywhere"


@pytest.mark.parametrize(
    ("username", "kind"), [("planerare", "role:polis"), ("polis", "role:planerare"), ("polis", "password")]
)
def test_a_role_that_is_given_or_taken_away_changes_the_password_too(world, third, username, kind):
    assert propose(world, kind, username).status_code == 303
    assert confirm(world, third).status_code == 200
    assert person(world, username).role == (kind.partition(":")[2] or "polis")
    assert sign_in(world, username, PASSWORD) == 401, "whoever made the account does not get into it"


def test_what_is_refused_withdrawn_replaced_or_old_does_nothing(world, third):
    propose(world, "password")
    first = proposals(world)[0][0]
    propose(world, "role:planerare")
    assert [kind for _, kind, _ in proposals(world)] == ["role"]
    assert world.post(third, f"/konto/forslag/{proposals(world)[0][0]}/neka").status_code == 303
    assert confirm(world, third, first).status_code == 404
    propose(world, "password")
    number = proposals(world)[0][0]
    assert world.post(world.client("samordnare"), f"/admin/polisen/{number}/dra-tillbaka").status_code == 303
    assert confirm(world, third, number).status_code == 404
    propose(world, "password")
    with world.database.writing() as session:
        session.scalars(select(AccountProposal)).one().proposed_at = sessions.now() - timedelta(days=15)
        session.commit()
    assert confirm(world, third).status_code == 404
    assert sign_in(world, "polis", PASSWORD) == 303


def test_an_account_that_has_changed_since_is_not_confirmed(world, third):
    propose(world, "role:polis", "planerare")
    found = person(world, "planerare")
    changed = world.post(
        world.client("samordnare"), f"/admin/personer/{found.id}/roll", role="trafikgrupp", version=found.version
    )
    assert changed.status_code == 303
    assert confirm(world, third).status_code == 409
    assert person(world, "planerare").role == "trafikgrupp"


@pytest.mark.parametrize("kind", ["", "open", "step", "role", "role:polis", "role:publik", "role:kung", "påhitt:polis"])
def test_only_what_makes_sense_is_proposed(world, kind):
    assert propose(world, kind).status_code == 422
    assert propose(world, "role:polis", "samordnare").status_code == 403, "about oneself"
    assert proposals(world) == []


def test_a_faulty_proposal_keeps_what_was_written(world):
    refused = world.post(world.client("samordnare"), "/admin/polisen", **NEW | {"username": "Bo Ek!"})
    assert refused.status_code == 422 and 'value="Bo Ek"' in refused.text
    with world.database.reading() as session:
        assert session.scalars(select(Person).where(Person.name == "Bo Ek")).all() == []
