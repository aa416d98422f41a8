"""Signing in by way of a real OpenID Connect provider, into an account that is here already."""

import html
import json
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import identity_provider
import pyotp
import pytest
from sqlalchemy import select

from samverkan_map import people, provider
from samverkan_map.db.tables import AuditLine, Person, SignedIn
from samverkan_map.errors import ProviderTrouble
from samverkan_map.translations import text as sentence
from samverkan_map.vocabulary import Role
from samverkan_map.web import sessions

PASSWORD = "grönt cykelställ vid muren"
ROOM = "/konto/inloggningstjanst"
ANNA, BO = "anna.ek@kommunen.example", "bo.dal@kommunen.example"


@pytest.fixture
def here(world, identity):
    """The world with the real provider set; the planner is called anna.ek@kommunen.example there."""
    return _with_provider(world, identity)


@pytest.fixture
def here_on_each(world_on_each, identity):
    """The same on both databases."""
    return _with_provider(world_on_each, identity)


def _with_provider(world, identity, **more):
    with_settings(world, provider=identity.settings(), **more)
    change(world, "planerare", provider_name=ANNA)
    return world


def with_settings(world, **more):
    """Other settings, which each request looks up."""
    world.settings = world.app.extensions["samverkan"] = replace(world.settings, **more)


def change(world, username, **values):
    with world.database.writing() as session:
        person = session.get(Person, world.persons[username])
        for name, value in values.items():
            setattr(person, name, value)
        session.commit()


def leave(client, till="/konto"):
    """Where the button leads to."""
    answer = client.get(ROOM, query_string={"till": till})
    assert answer.status_code == 303, answer.text
    return answer.location


def come_back(client, identity, who="anna.ek", till="/konto", **changed):
    """Press the button, sign in at the provider, and come back; with some values of the answer changed."""
    back = identity.sign_in(leave(client, till), who)
    return client.get(with_values(back, **changed))


def with_values(address, **changed):
    values = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()} | changed
    return f"{urlsplit(address).path}?{urlencode(values)}"


def lines(world):
    with world.database.reading() as session:
        return [(line.action, json.loads(line.details)) for line in session.scalars(select(AuditLine))]


def said(answer, key, **fields):
    """Whether the page for signing in says just this, and nobody is signed in."""
    assert sentence("sv", key, **fields) in answer.text, answer.text
    assert 'name="password"' in answer.text, "a password works all the same"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "code=" not in answer.text and "code%3D" not in answer.text, "no link leads back to what is good once"
    return answer.status_code


# ---- The road --------------------------------------------------------------------------------------------------------


def test_the_planner_signs_in_at_the_provider_and_comes_to_the_page_asked_for(here_on_each, identity):
    client, before = here_on_each.client(), len(lines(here_on_each))
    page = client.get("/konto/logga-in?till=/konto?a%3D1").text
    assert "Logga in med Kommunen" in page and f'href="{ROOM}?till=/konto?a%3D1"' in page
    entered = come_back(client, identity, till="/konto?a=1")
    assert (entered.status_code, entered.location) == (303, "/konto?a=1")
    own = client.get("/konto").text
    assert "Exempel planerare" in own and "Du loggar in med Kommunen sedan" in own
    assert lines(here_on_each)[before:] == [("own_account", {"connected": True}), ("sign_in", {"way": "provider"})]
    assert come_back(here_on_each.client(), identity).status_code == 303
    assert lines(here_on_each)[before + 2 :] == [("sign_in", {"way": "provider"})]


def test_the_browser_is_sent_away_with_state_nonce_and_a_challenge_and_comes_back_to_another_session(here, identity):
    client = here.client()
    address = leave(client)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(identity.address) and identity_provider.SECRET not in address
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) == len(asked["code_challenge"]) == 43 and asked["redirect_uri"] == identity_provider.BACK
    before = client.get_cookie("sid").value
    entered = client.get(with_values(identity.sign_in(address, "anna.ek")))
    after = client.get_cookie("sid").value
    assert after != before and {"HttpOnly", "SameSite=Lax"} <= set(entered.headers["Set-Cookie"].split("; "))
    client.post("/konto/logga-ut", data={"csrf_token": here.form_token(client)})
    assert here.bearing(after).get("/konto").status_code == 302


def test_whoever_came_from_the_provider_is_led_to_sign_out_there_too_and_nobody_else_is(here, identity):
    client = here.client()
    come_back(client, identity)
    assert client.get(f"{ROOM}/ut").location == "/konto"
    left = client.post("/konto/logga-ut", data={"csrf_token": here.form_token(client)})
    assert (left.status_code, left.location) == (303, f"{ROOM}/ut")
    assert client.get("/konto").status_code == 302
    page = client.get(left.location).text
    way = urlsplit(html.unescape(re.search(r'class="button" href="([^"]+)"', page)[1]))
    assert f"{way.scheme}://{way.netloc}" == identity.address
    assert parse_qs(way.query) == {
        "client_id": [identity_provider.CLIENT], "post_logout_redirect_uri": ["http://localhost/"],
    }  # fmt: skip
    other = here.client("samordnare")
    assert other.post("/konto/logga-ut", data={"csrf_token": here.form_token(other)}).location == "/"


def test_signing_out_never_waits_for_a_provider_that_is_gone_or_leads_into_the_open(here, identity, monkeypatch):
    client = here.client()
    come_back(client, identity)
    known = provider._KEPT[identity.address]
    for door in (None, "ftp://example.org/ut", "http://example.org/ut"):
        doors = {**known.doors, "end_session_endpoint": door}
        monkeypatch.setitem(provider._KEPT, identity.address, replace(known, doors=doors))
        page = here.client().get(f"{ROOM}/ut")
        assert page.status_code == 200 and 'class="button" href' not in page.text, door
    monkeypatch.delitem(provider._KEPT, identity.address)
    monkeypatch.setitem(provider._DOWN, identity.address, time.monotonic() + 60)
    page = here.client().get(f"{ROOM}/ut")
    assert page.status_code == 200 and "Du är utloggad här" in page.text and 'class="button" href' not in page.text


def test_whoever_signs_in_anew_ends_the_session_before_and_no_token_is_kept(here, identity):
    client = here.client()
    come_back(client, identity)
    first = client.get_cookie("sid").value
    assert here.bearing(first).get("/konto").status_code == 200
    come_back(client, identity)
    assert here.bearing(first).get("/konto").status_code == 302
    with here.database.reading() as session:
        rows = [*session.execute(select(*Person.__table__.c)), *session.execute(select(*SignedIn.__table__.c))]
    kept = [str(value) for row in rows for value in row]
    assert not any(value.count(".") == 2 and value.startswith("ey") for value in kept)


def test_a_connected_account_has_no_password_here_until_the_coordinator_gives_one(here, identity):
    come_back(here.client(), identity)
    local = here.client()
    refused = here.post(local, "/konto/logga-in", username="planerare", password=PASSWORD)
    assert said(refused, "people.errors.sign_in") == 401
    staff, planner = here.client("samordnare"), here.persons["planerare"]
    version = here.client("samordnare").get(f"/admin/personer/{planner}").text.split('name="version" value="')[1]
    given = "nya ord bakom skjulet"
    new = here.post(staff, f"/admin/personer/{planner}/losenord", password=given, version=version.split('"')[0])
    assert new.status_code == 303
    assert here.post(local, "/konto/logga-in", username="planerare", password=given).status_code == 303
    assert "Samordnaren har också gett dig ett lösenord" in local.get("/konto").text
    assert come_back(here.client(), identity).status_code == 303


# ---- Whoever has no business here ------------------------------------------------------------------------------------


def test_somebody_unknown_is_told_to_ask_the_coordinator_and_nothing_is_made(here, identity):
    before, client = lines(here), here.client()
    assert said(come_back(client, identity, "okand"), "people.errors.not_here") == 401
    assert client.get("/konto").status_code == 302
    assert lines(here) == before


def test_a_closed_account_is_answered_as_an_unknown_one_also_when_it_is_connected(here, identity):
    change(here, "planerare", disabled_at=sessions.now())
    assert said(come_back(here.client(), identity), "people.errors.not_here") == 401
    change(here, "planerare", disabled_at=None)
    assert come_back(here.client(), identity).status_code == 303
    change(here, "planerare", disabled_at=sessions.now())
    assert said(come_back(here.client(), identity), "people.errors.not_here") == 401


def test_a_second_person_with_the_same_address_never_gets_into_the_connected_account(here, identity):
    assert come_back(here.client(), identity, "anna.ek").status_code == 303
    assert said(come_back(here.client(), identity, "anna.ek2"), "people.errors.not_here") == 401


def test_once_connected_only_the_lasting_number_counts_whatever_anybody_is_called(here, identity):
    come_back(here.client(), identity)
    change(here, "planerare", provider_name="nagot.annat@kommunen.example")
    change(here, "polis", provider_name=ANNA)
    client = here.client()
    assert come_back(client, identity).status_code == 303
    assert "Exempel planerare" in client.get("/konto").text


def test_an_address_that_the_provider_has_not_checked_connects_nobody(here, identity):
    change(here, "planerare", provider_name="oprovad@kommunen.example")
    assert said(come_back(here.client(), identity, "oprovad"), "people.errors.not_here") == 401
    with_settings(here, provider=identity.settings(claim="sub"))
    change(here, "planerare", provider_name="oprovad")
    assert come_back(here.client(), identity, "oprovad").status_code == 303, "its lasting number needs no checking"


def test_the_same_number_of_another_provider_is_another_person(here, identity):
    change(here, "planerare", provider_issuer="https://annan.example", provider_subject="anna.ek")
    assert said(come_back(here.client(), identity), "people.errors.not_here") == 401


def test_who_is_turned_away_ten_times_waits_and_others_passwords_do_not(here, identity):
    for _ in range(10):
        come_back(here.client(), identity, "okand")
    waiting = come_back(here.client(), identity)
    assert waiting.status_code == 429 and 0 < int(waiting.headers["Retry-After"]) <= 300
    assert here.post(here.client(), "/konto/logga-in", username="polis", password=PASSWORD).status_code == 303


# ---- Answers that are not what was asked for -------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["", "x", "WyJ4IiwgIi8iXQ.aaaa.bbbb"])
def test_an_altered_state_is_refused_before_the_provider_is_asked(here, identity, state):
    client = here.client()
    back = identity.sign_in(leave(client), "anna.ek")
    assert said(client.get(with_values(back, state=state)), "provider.errors.not_asked") == 401
    entered = client.get(with_values(back))
    assert entered.status_code == 303, entered.text


def test_nobody_can_sign_another_browser_in_as_themselves(here, identity):
    mine, theirs = here.client(), here.client()
    back = identity.sign_in(leave(mine), "anna.ek")
    for victim in (theirs, here.client("polis")):
        leave(victim)
        assert said(victim.get(with_values(back)), "provider.errors.not_asked") == 401
    assert theirs.get("/konto").status_code == 302


def test_a_code_of_an_earlier_answer_is_refused_with_the_new_state(here, identity):
    """The verifier and the nonce belong to the first question: the provider refuses the one, we would the other."""
    client = here.client()
    old = parse_qs(urlsplit(identity.sign_in(leave(client), "anna.ek")).query)["code"][0]
    assert said(come_back(client, identity, code=old), "provider.errors.not_confirmed", name="Kommunen") == 401


def test_a_code_is_good_once(here, identity):
    client = here.client()
    back = with_values(identity.sign_in(leave(client), "anna.ek"))
    waiting = client.get_cookie("sid").value
    assert client.get(back).status_code == 303
    assert said(client.get(back), "provider.errors.not_asked") == 401, "the session is another one by now"
    client.set_cookie("sid", waiting)
    assert said(client.get(back), "provider.errors.not_confirmed", name="Kommunen") == 401


def test_an_answer_that_is_too_old_is_refused(here, identity, monkeypatch):
    client = here.client()
    back = with_values(identity.sign_in(leave(client), "anna.ek"))
    monkeypatch.setattr("samverkan_map.web.provider.MINUTES", -1)
    assert said(client.get(back), "provider.errors.not_asked") == 401


def test_an_answer_from_another_provider_is_refused(here, identity):
    strange = come_back(here.client(), identity, iss="https://annan.example")
    assert said(strange, "provider.errors.not_asked") == 401


def test_an_answer_signed_for_another_program_is_not_believed(here, identity):
    identity.tell("audience", of=identity_provider.STRANGE)
    refused = come_back(here.client(), identity)
    identity.tell("audience", of=identity_provider.CLIENT)
    assert said(refused, "provider.errors.not_believed", name="Kommunen") == 503


def asked(**more):
    return provider.Question(
        **({"state": "s", "nonce": "n" * 43, "verifier": "v" * 43, "back": identity_provider.BACK} | more)
    )


def answered(identity, question, **settings):
    """Who came by an answer to one question, looked at with another or with other settings."""
    back = identity.sign_in(provider.way_there(identity.settings(), question["asked"]), "anna.ek")
    code = parse_qs(urlsplit(back).query)["code"][0]
    return provider.who_came(identity.settings(**settings), question["looked"], code)


def test_an_answer_to_another_question_is_not_believed_although_it_is_signed(identity):
    same = {"asked": asked(), "looked": asked()}
    assert answered(identity, same).subject == "anna.ek"
    with pytest.raises(ProviderTrouble, match="not_believed"):
        answered(identity, same | {"looked": asked(nonce="m" * 43)})


def test_a_provider_that_says_it_is_another_one_is_not_believed(here, identity):
    other = f"{identity.address}/"
    with pytest.raises(ProviderTrouble, match="not_believed"):
        provider.reach(identity.settings(issuer=other))
    with_settings(here, provider=identity.settings(issuer=other))
    assert said(here.client().get(ROOM), "provider.errors.not_believed", name="Kommunen") == 503


def test_a_provider_that_does_not_know_the_maps_secret_is_a_matter_for_whoever_looks_after_the_server(
    here, identity, caplog
):
    with_settings(here, provider=identity.settings(secret="gissat"))
    caplog.set_level("DEBUG")
    refused = come_back(here.client(), identity)
    assert '"key": "provider.errors.client"' in caplog.text
    assert "gissat" not in caplog.text and "eyJ" not in caplog.text and "code=" not in caplog.text
    assert said(refused, "provider.errors.client", name="Kommunen") == 503


@contextmanager
def saying(answer: bytes):
    """The address of a server that says only this, to everybody, and then waits."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak():
            while True:
                try:
                    talking, _ = listening.accept()
                except OSError:
                    return
                open_lines.append(talking)
                with suppress(OSError):
                    talking.sendall(answer)

        open_lines = []
        threading.Thread(target=speak, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        for line in open_lines:
            line.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DOWN = {
    "silent": (b"", "unreachable"),
    "broken": (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "unreachable"),
    "half": (OK + b"Content-Length: 99\r\n\r\n{", "unreachable"),
    "another language": (OK + b"Content-Length: 3\r\n\r\nhej", "not_believed"),
    "a list": (OK + b"Content-Length: 2\r\n\r\n[]", "not_believed"),
    "endless": (OK + b"Content-Length: 900000\r\n\r\n" + b" " * 600_000, "not_believed"),
    "elsewhere": (b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n", "not_believed"),
}


@pytest.mark.parametrize(("answer", "key"), DOWN.values(), ids=DOWN)
def test_a_provider_that_is_down_or_talks_nonsense_costs_a_sentence_within_its_time(identity, monkeypatch, answer, key):
    monkeypatch.setattr(provider, "PATIENCE_SECONDS", 0.2)
    with saying(answer) as address, pytest.raises(ProviderTrouble, match=f"errors.{key}"):
        provider.reach(identity.settings(issuer=address))


def test_nobody_waits_again_for_a_provider_that_was_silent_just_now(identity, monkeypatch):
    monkeypatch.setattr(provider, "PATIENCE_SECONDS", 0.2)
    with saying(b"") as address:
        silent = identity.settings(issuer=address)
        with pytest.raises(ProviderTrouble):
            provider.reach(silent)
        monkeypatch.setattr(provider, "PATIENCE_SECONDS", 600)
        with pytest.raises(ProviderTrouble, match="unreachable"):
            provider.way_there(silent, asked())


def test_a_provider_whose_doors_are_open_to_everybody_is_not_believed(identity):
    with pytest.raises(ValueError, match="open door"):
        provider._check_door(identity.settings(issuer="https://id.kommunen.se"), "http://127.0.0.1/token")


def test_when_nobody_is_there_the_page_says_so_and_a_password_still_works(here, identity):
    with saying(b"") as address:
        pass
    with_settings(here, provider=identity.settings(issuer=address))
    client = here.client()
    refused = client.get(ROOM)
    assert said(refused, "provider.errors.unreachable", name="Kommunen") == 503
    assert "Traceback" not in refused.text and address not in refused.text
    assert here.post(client, "/konto/logga-in", username="planerare", password=PASSWORD).status_code == 303


def test_whoever_stops_at_the_provider_is_told_so(here):
    client = here.client()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    stopped = client.get(f"{ROOM}/svar", query_string={"state": state, "error": "access_denied"})
    assert said(stopped, "provider.errors.stopped", name="Kommunen") == 401


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]
)
def test_the_way_back_never_leads_to_another_site(here, identity, elsewhere):
    entered = come_back(here.client(), identity, till=elsewhere)
    assert (entered.status_code, entered.location) == (303, "/")


def test_without_a_provider_there_is_no_button_and_no_address(world):
    client = world.client()
    assert "inloggningstjanst" not in client.get("/konto/logga-in").text
    assert client.get(ROOM).status_code == client.get(f"{ROOM}/svar").status_code == 404
    staff = world.client("samordnare")
    assert "provider_name" not in staff.get("/admin/personer").text + staff.get("/admin/personer/2").text
    assert world.post(staff, "/admin/personer/2/inloggning", provider_name="x", version="1").status_code == 404


# ---- Two steps -------------------------------------------------------------------------------------------------------


def test_staff_who_must_have_two_steps_need_both_at_the_provider_or_one_of_their_own(here, identity):
    with_settings(here, second_step=True)
    assert said(come_back(here.client(), identity), "people.errors.one_step") == 401
    with here.database.reading() as session:
        assert session.get(Person, here.persons["planerare"]).connected_at is None, "nothing has been connected"
    client = here.client()
    with identity.two_steps():
        assert come_back(client, identity).status_code == 303
    assert client.get("/platser/ny").status_code == 200, "nobody asks for a phone here"
    with_settings(here, provider=identity.settings(always_two_steps=True))
    assert come_back(here.client(), identity).status_code == 303


def test_whoever_has_a_phone_here_is_asked_for_its_code_when_the_provider_asked_for_one_step(here, identity):
    own = here.client("planerare")
    here.post(own, "/konto/tvasteg/borja", password=PASSWORD)
    page = own.get("/konto/tvasteg/ny").text
    secret = page.split('class="secret">')[1].split("<")[0].replace(" ", "")
    here.post(own, "/konto/tvasteg/ny", code=pyotp.TOTP(secret).now())
    client = here.client()
    asked_for = come_back(client, identity)
    assert 'name="code"' in asked_for.text and asked_for.headers["Cache-Control"] == "no-store"
    assert client.get("/konto").status_code == 302
    pending = asked_for.text.split('name="pending" value="')[1].split('"')[0]
    with here.database.writing() as session:
        code = people.second_step.new_codes(session, here.persons["planerare"])[0]
        session.commit()
    entered = here.post(client, "/konto/tvasteg/logga-in", pending=pending, code=code, till="/konto")
    assert entered.status_code == 303 and "Exempel planerare" in client.get("/konto").text


# ---- The coordinator -------------------------------------------------------------------------------------------------


def version_of(world, username):
    with world.database.reading() as session:
        return session.get(Person, world.persons[username]).version


def name(world, username, called, **more):
    number = world.persons[username]
    form = {"provider_name": called, "version": version_of(world, username)} | more
    return world.post(world.client("samordnare"), f"/admin/personer/{number}/inloggning", **form)


def test_the_coordinator_adds_somebody_without_a_password_and_sees_how_each_signs_in(here, identity):
    staff = here.client("samordnare")
    form = {"username": "bo", "name": "Bo Dal", "role": "planerare", "organisation": "kommunen"}
    assert here.post(staff, "/admin/personer", **form, password="").status_code == 422
    assert (
        here.post(staff, "/admin/personer", **form, password="", provider_name=" Bo.Dal@kommunen.example ").status_code
        == 303
    )
    page = staff.get("/admin/personer").text
    assert "Kommunen, inte inloggad än" in page and "Lösenord, väntar på Kommunen" in page
    client = here.client()
    assert come_back(client, identity, "bo.dal").status_code == 303
    assert "Bo Dal" in client.get("/konto").text


def test_a_new_name_ends_the_connection_and_the_sessions_and_is_logged_without_the_name(here, identity):
    client = here.client()
    come_back(client, identity)
    assert name(here, "planerare", BO).status_code == 303
    assert client.get("/konto").status_code == 302
    assert said(come_back(here.client(), identity), "people.errors.not_here") == 401
    assert come_back(here.client(), identity, "bo.dal").status_code == 303
    assert name(here, "planerare", "").status_code == 303
    assert [one for _, one in lines(here) if "provider" in one] == [{"provider": "named"}, {"provider": "removed"}]
    assert said(come_back(here.client(), identity, "bo.dal"), "people.errors.not_here") == 401


@pytest.mark.parametrize(
    ("called", "key"),
    [("Bo Dal", "people.errors.provider_name"), ("bo\u212a@kommunen.se", "people.errors.provider_name"),
     ("x" * 255, "people.errors.provider_name"), (ANNA, "people.errors.provider_name_taken")],
)  # fmt: skip
def test_a_name_that_no_provider_gives_or_that_is_somebody_elses_is_refused(here, called, key):
    refused = name(here, "trafikgrupp", called)
    assert (refused.status_code, sentence("sv", key) in refused.text) == (422, True)


@pytest.mark.parametrize("called", ["19121212-1212@kommunen.se", "070-1740677@kommunen.se"])
def test_a_name_with_the_number_of_a_person_or_a_phone_is_refused(here, called):
    refused = name(here, "trafikgrupp", called)
    assert (refused.status_code, "Texten" in refused.text, called in refused.text) == (422, True, True)


def test_everybody_may_be_sent_to_the_provider_and_only_the_coordinator_says_who_is_who(here):
    outcomes = {}
    for role in Role:
        client = here.client(role)
        leave(client)
        assert client.get(f"{ROOM}/svar").status_code == 401
        address = f"/admin/personer/{here.persons['trafikgrupp']}/inloggning"
        outcomes[role.value] = here.post(here.client(role), address, provider_name="", version="99").status_code
    assert outcomes == {
        "publik": 401, "foretag": 403, "trafikgrupp": 403, "planerare": 403, "polis": 403, "samordnare": 409,
    }  # fmt: skip


def test_the_coordinator_alone_takes_no_account_of_the_police_over_by_a_name(here):
    assert name(here, "polis", BO).status_code == 403
    assert name(here, "samordnare", BO).status_code == 403, "nor the own one"
    assert name(here, "trafikgrupp", BO, version="99").status_code == 409


def test_an_account_that_becomes_the_polices_is_connected_with_nobody(here, identity):
    come_back(here.client(), identity)
    with here.database.writing() as session:
        person = session.get(Person, here.persons["planerare"])
        staff, police = (people.as_viewer(session.get(Person, here.persons[who])) for who in ("samordnare", "polis"))
        asked_for = people.propose_change(
            session, staff, person.id, kind="role", role="polis", version=person.version, now=sessions.now()
        )  # fmt: skip
        people.confirm_proposal(session, police, asked_for.id, now=sessions.now())
        session.commit()
    assert said(come_back(here.client(), identity), "people.errors.not_here") == 401
