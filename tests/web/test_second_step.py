"""The code after the password: who needs it, how it is got, and what somebody who steals half of it can do."""

import re
from dataclasses import replace
from datetime import UTC, timedelta

import pyotp
import pytest
from sqlalchemy import select

from samverkan_map import access, people
from samverkan_map.db.tables import AuditLine, Person, RecoveryCode, SecondStep
from samverkan_map.translations import text as sentence
from samverkan_map.web import create_app, sessions

PASSWORD = "grönt cykelställ vid muren"
WRONG = sentence("sv", "people.errors.code_wrong")


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until the test moves it: codes change every half a minute."""
    moment = [sessions.now().replace(second=10)]
    monkeypatch.setattr(sessions, "now", lambda: moment[0])

    def move(**by):
        moment[0] += timedelta(**by)

    return move


def code(secret, **by):
    moment = sessions.now().replace(tzinfo=UTC) + timedelta(**by)
    return pyotp.TOTP(secret.replace(" ", "")).at(moment)


def enrol(world, client):
    """Connect a phone: the secret and the recovery codes as they stand on the pages."""
    assert world.post(client, "/konto/tvasteg/borja", password=PASSWORD).headers["Location"] == "/konto/tvasteg/ny"
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', client.get("/konto/tvasteg/ny").text)[1]
    done = world.post(client, "/konto/tvasteg/ny", code=code(secret))
    assert done.status_code == 200
    return secret, re.findall(r"<code>([A-Z2-7-]{19})</code>", done.text)


def give_password(world, client, username="planerare"):
    """What the page after a right password carries on."""
    asked = world.post(client, "/konto/logga-in", username=username, password=PASSWORD, till="/platser?a=1")
    assert asked.status_code == 200 and "Set-Cookie" not in asked.headers
    return re.search(r'name="pending" value="([^"]+)"', asked.text)[1]


def give_code(world, client, pending, given, **options):
    token = world.form_token(client)
    form = {"csrf_token": token, "pending": pending, "code": given, "till": "/platser?a=1"}
    return client.post("/konto/tvasteg/logga-in", data=form, **options)


def test_a_planner_connects_a_phone_and_signs_in_with_it(world_on_each, clock):
    world = world_on_each
    secret, codes = enrol(world, world.client("planerare"))
    assert len(set(codes)) == 10
    clock(minutes=1)
    client = world.client()
    pending = give_password(world, client)
    assert client.get("/konto").status_code == 302, "nobody is signed in before the code"
    entered = give_code(world, client, pending, code(secret))
    assert (entered.status_code, entered.headers["Location"]) == (303, "/platser?a=1")
    assert "Exempel planerare" in client.get("/konto").text
    with world.database.reading() as session:
        last = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
        assert (last.action, last.details) == ("sign_in", '{"second_step":"phone"}')
        assert access.verify(session) is None


def test_connecting_a_phone_ends_the_other_sessions_and_goes_on_in_a_new_one(world, clock):
    here, stolen = world.client("planerare"), world.client("planerare")
    before = here.get_cookie("sid").value
    enrol(world, here)
    assert here.get("/konto").status_code == 200
    assert here.get_cookie("sid").value != before
    assert stolen.get("/konto").status_code == 302
    assert world.bearing(before).get("/konto").status_code == 302


def test_the_key_is_shown_until_it_counts_and_never_again_and_stands_nowhere(world, clock):
    client = world.client("planerare")
    for address in ("/konto/tvasteg/ny", "/konto/tvasteg/ny.svg"):
        assert client.get(address).status_code == 404
    assert world.post(client, "/konto/tvasteg/borja", password="fel lösenord").status_code == 422
    assert client.get("/konto/tvasteg/ny").status_code == 404, "an open computer is not enough"
    world.post(client, "/konto/tvasteg/borja", password=PASSWORD)
    picture = client.get("/konto/tvasteg/ny.svg")
    assert picture.mimetype == "image/svg+xml" and b"<path" in picture.data and b"style" not in picture.data
    assert picture.headers["Cache-Control"] == "no-store"
    refused = world.post(client, "/konto/tvasteg/ny", code="000000")
    assert refused.status_code == 422 and WRONG in refused.text
    secret, codes = enrol(world, client)
    for address in ("/konto/tvasteg/ny", "/konto/tvasteg/ny.svg"):
        assert client.get(address).status_code == 404
    assert world.post(client, "/konto/tvasteg/borja", password=PASSWORD).status_code == 409
    with world.database.reading() as session:
        rows = [*session.scalars(select(SecondStep.seed)), *session.scalars(select(RecoveryCode.code_hash))]
        kept = "".join([*rows, *session.scalars(select(AuditLine.details))])
    assert not any(one in kept for one in (secret, secret.replace(" ", ""), *codes, codes[0].replace("-", "")))


def test_a_code_is_good_once(world, clock):
    client = world.client("planerare")
    secret, _ = enrol(world, client)
    pending = give_password(world, world.client())
    used = give_code(world, world.client(), pending, code(secret))
    assert used.status_code == 401 and WRONG in used.text, "the code that connected the phone"
    clock(minutes=1)
    now = code(secret)
    assert give_code(world, world.client(), pending, now).status_code == 303
    assert give_code(world, world.client(), pending, now).status_code == 401, "the same code replayed"
    assert give_code(world, world.client(), pending, code(secret, seconds=-30)).status_code == 401, "an older one"


def test_a_clock_half_a_minute_off_is_fine_and_more_is_not(world, clock):
    secret, _ = enrol(world, world.client("planerare"))
    clock(minutes=3)
    pending = give_password(world, world.client())
    for seconds, status in ((-60, 401), (60, 401), (-30, 303), (30, 303)):
        given = code(secret, seconds=seconds)
        assert give_code(world, world.client(), pending, given).status_code == status, seconds


def test_a_recovery_code_lets_in_once_in_any_writing(world, clock):
    _, codes = enrol(world, world.client("planerare"))
    pending = give_password(world, world.client())
    written = codes[0].lower().replace("-", " ")
    assert give_code(world, world.client(), pending, written).status_code == 303
    assert give_code(world, world.client(), pending, codes[0]).status_code == 401
    client = world.client("planerare")
    assert "9 reservkoder kvar" in client.get("/konto/tvasteg").text
    renewed = world.post(client, "/konto/tvasteg/koder", code=codes[1])
    assert len(re.findall(r"<code>", renewed.text)) == 10
    assert give_code(world, world.client(), pending, codes[2]).status_code == 401, "the old ones have stopped working"


def test_another_persons_recovery_code_opens_nothing(world, clock):
    _, theirs = enrol(world, world.client("samordnare"))
    enrol(world, world.client("planerare"))
    pending = give_password(world, world.client())
    assert give_code(world, world.client(), pending, theirs[0]).status_code == 401
    assert (
        give_code(world, world.client(), give_password(world, world.client(), "samordnare"), theirs[0]).status_code
        == 303
    )


@pytest.mark.parametrize("change", ["forged", "cut", "old", "password", "closed", "nobody"])
def test_what_stands_for_a_right_password_cannot_be_made_kept_or_outlive_it(world, clock, change):
    _, codes = enrol(world, world.client("planerare"))
    pending = give_password(world, world.client())
    with world.database.writing() as session:
        person = session.get_one(Person, world.persons["planerare"])
        if change == "password":
            people.set_password(
                session, access.command_line(), person.id, password="nya ord bakom skjulet", version=person.version
            )
        if change == "closed":
            person.disabled_at = sessions.now()
        session.commit()
    given = {"forged": f"x{pending}", "cut": pending.rpartition(".")[0], "nobody": ""}.get(change, pending)
    if change == "old":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("samverkan_map.web.second_step.MINUTES", -1)
            answer = give_code(world, world.client(), given, codes[0])
    else:
        answer = give_code(world, world.client(), given, codes[0])
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/konto/logga-in?till=")
    assert "Set-Cookie" not in answer.headers
    with world.database.reading() as session:
        assert len(session.scalars(select(RecoveryCode.code_hash)).all()) == 10


def test_guessing_codes_is_slow_and_shuts_no_colleague_out(world, clock):
    secret, codes = enrol(world, world.client("planerare"))
    clock(minutes=1)
    home, abroad = ({"environ_base": {"REMOTE_ADDR": address}} for address in ("192.0.2.7", "203.0.113.9"))
    assert (
        give_code(world, world.client(), give_password(world, world.client()), code(secret), **home).status_code == 303
    )
    clock(minutes=1)
    pending = give_password(world, world.client())
    for number in range(5):
        strange = {"environ_base": {"REMOTE_ADDR": f"198.51.100.{number}"}}
        assert give_code(world, world.client(), pending, "000000", **strange).status_code == 401
    waiting = give_code(world, world.client(), pending, code(secret), **abroad)
    assert waiting.status_code == 429 and 0 < int(waiting.headers["Retry-After"]) <= 300
    assert give_code(world, world.client(), pending, code(secret), **home).status_code == 303, "the usual place"
    assert give_code(world, world.client(), pending, codes[0], **abroad).status_code == 303, "a recovery code"
    tries = 5
    for _ in range(100):
        clock(minutes=5)
        pending = give_password(world, world.client())
        refused = give_code(world, world.client(), pending, "000000", environ_base={"REMOTE_ADDR": "198.51.100.1"})
        tries += refused.status_code == 401
    assert tries <= 50, "no more than fifty a day"


def test_guessing_recovery_codes_is_slow_too(world, clock):
    enrol(world, world.client("planerare"))
    pending = give_password(world, world.client())
    answers = [give_code(world, world.client(), pending, "ABCD-EFGH-IJKL-MNOP").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_a_stolen_session_removes_no_second_step_without_a_code_and_ends_with_the_sign_out(world, clock):
    client = world.client("planerare")
    secret, codes = enrol(world, client)
    thief = world.app.test_client()
    thief.set_cookie("sid", client.get_cookie("sid").value)
    for address in ("/konto/tvasteg/av", "/konto/tvasteg/koder"):
        refused = world.post(thief, address, code="000000")
        assert refused.status_code == 422 and WRONG in refused.text
    assert [world.post(thief, "/konto/tvasteg/av", code="000000").status_code for _ in range(4)][-1] == 429
    world.post(client, "/konto/logga-ut")
    assert thief.get("/konto").status_code == 302
    back = world.client("planerare")
    assert world.post(back, "/konto/tvasteg/av", code=codes[0]).status_code == 303
    assert "Set-Cookie" in world.post(
        world.client(), "/konto/logga-in", username="planerare", password=PASSWORD
    ).headers  # fmt: skip
    assert secret


def test_staff_without_a_phone_come_no_further_than_their_account_when_the_settings_say_so(world, clock):
    world.app = create_app(replace(world.settings, second_step=True))
    for role in ("planerare", "polis", "samordnare"):
        client = world.client(role)
        assert client.get("/platser").headers["Location"] == "/konto/tvasteg", role
        assert client.get("/karta.csv").status_code == 403
        assert world.post(client, "/platser/1/vidare").status_code == 403
        assert client.get("/hjalp").status_code == client.get("/konto/tvasteg").status_code == 200
    for role in ("publik", "foretag", "trafikgrupp"):
        assert world.client(role).get("/platser").status_code == 200, role
    client = world.client("planerare")
    enrol(world, client)
    assert client.get("/platser").status_code == 200


def test_the_coordinator_takes_away_the_step_of_somebody_whose_phone_is_gone_but_never_a_police_users(world, clock):
    sam = world.client("samordnare")
    for role in ("planerare", "polis", "samordnare"):
        enrol(world, client := world.client(role))
        with world.database.reading() as session:
            version = session.get_one(Person, world.persons[role]).version
        asker = sam if role != "samordnare" else client
        answer = world.post(asker, f"/admin/personer/{world.persons[role]}/tvasteg", version=version)
        assert answer.status_code == (303 if role == "planerare" else 403), role
        assert client.get("/konto").status_code == (302 if role == "planerare" else 200)
        sam = world.client("samordnare")
