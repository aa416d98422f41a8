"""Signing in and out, the one cookie, the language, the demo mode, and the pages of those who look after people."""

import ast
from datetime import timedelta

import pytest
from pages import landed
from sqlalchemy import select, text

from samverkan_map.db.tables import AuditLine, Person, SignedIn, State
from samverkan_map.errors import SetUpTrouble
from samverkan_map.settings import ROOT
from samverkan_map.translations import catalogue
from samverkan_map.translations import text as sentence
from samverkan_map.vocabulary import Role
from samverkan_map.web import create_app, sessions

PASSWORD = "grönt cykelställ vid muren"


def sign_in(world, client, **more):
    return world.post(client, "/konto/logga-in", **({"username": "planerare", "password": PASSWORD} | more))


def attributes(response) -> set[str]:
    return {part.strip() for part in response.headers["Set-Cookie"].split(";")[1:]}


# ---- Signing in and out --------------------------------------------------------------------------------------------


def test_the_planner_signs_in_and_comes_to_the_page_asked_for(world_on_each):
    client = world_on_each.client()
    asked = client.get("/konto?a=1")
    assert asked.headers["Location"] == "/konto/logga-in?till=/konto?a%3D1"
    entered = sign_in(world_on_each, client, till="/konto?a=1")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/konto?a=1")
    assert "Exempel planerare" in client.get("/konto").text


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "https:evil.example", "/\t/evil.example",
                  "javascript:alert(1)", "\\\\evil.example", "/%0d%0aSet-Cookie:x=y", "evil", ""],
)  # fmt: skip
def test_no_redirect_leads_away_from_the_site(world, elsewhere):
    for response in (
        sign_in(world, world.client(), till=elsewhere),
        world.client().get("/sprak/en", query_string={"till": elsewhere}),
    ):
        location = response.headers["Location"]
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))
        assert "evil" not in location
        assert "\n" not in location


def test_the_cookie_is_only_for_this_site_and_unreadable_for_scripts(world):
    response = sign_in(world, world.client())
    assert response.headers["Set-Cookie"].startswith("sid=sv.")
    assert attributes(response) == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_over_https_the_cookie_is_bound_to_the_host(world):
    client = world.app.test_client()
    token = world.form_token(client)
    response = client.post(
        "/konto/logga-in", data={"csrf_token": token, "username": "planerare", "password": PASSWORD},
        base_url="https://localhost",
    )  # fmt: skip
    assert response.headers["Set-Cookie"].startswith("__Host-sid=")
    assert attributes(response) == {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}


def test_every_sign_in_makes_a_new_session_and_ends_the_old(world):
    client = world.client()
    sign_in(world, client)
    first = client.get_cookie("sid").value
    sign_in(world, client)
    assert client.get_cookie("sid").value != first
    assert world.bearing(first).get("/konto").status_code == 302


def test_signing_out_ends_the_session_on_the_server_and_clears_the_browser(world):
    client = world.client()
    sign_in(world, client)
    kept = client.get_cookie("sid").value
    response = world.post(client, "/konto/logga-ut")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get_cookie("sid") is None
    assert world.bearing(kept).get("/konto").status_code == 302


def test_a_wrong_sign_in_says_one_sentence_keeps_the_name_and_is_counted(world):
    client = world.client()
    for number in range(10):
        refused = sign_in(world, client, password="fel lösenord", username=f"gissning{number}")
        assert refused.status_code == 401
    assert sentence("sv", "people.errors.sign_in") in refused.text
    assert 'value="gissning9"' in refused.text
    assert "fel lösenord" not in refused.text
    assert "Set-Cookie" not in refused.headers
    waiting = sign_in(world, client)
    assert waiting.status_code == 429
    assert 0 < int(waiting.headers["Retry-After"]) <= 300
    assert "5 minuter" in waiting.text


def test_a_form_that_failed_shows_its_name_in_the_title(world):
    assert "<title>Fel: Logga in" in sign_in(world, world.client(), password="fel lösenord").text


def test_a_session_in_use_does_not_go_idle(world):
    client = world.client("planerare")
    with world.database.writing() as session:
        before = sessions.now() - timedelta(minutes=20)
        for row in session.scalars(select(SignedIn)):
            row.seen_at = before
        session.commit()
    client.get("/konto")
    with world.database.reading() as session:
        assert sessions.now() - session.scalars(select(SignedIn.seen_at)).one() < timedelta(minutes=1)


# ---- One's own account ---------------------------------------------------------------------------------------------


def test_the_account_page_lists_ones_sessions_and_ends_the_chosen_one(world):
    here, there = world.client("planerare"), world.client("planerare")
    page = here.get("/konto").text
    assert page.count('name="session"') == 2
    with world.database.reading() as session:
        handles = [row[:16] for row in session.scalars(select(SignedIn.token_hash).order_by(SignedIn.created_at))]
    assert world.post(here, "/konto/avsluta", session=handles[1]).status_code == 303
    assert there.get("/konto").status_code == 302
    assert here.get("/konto").status_code == 200


def test_a_new_password_signs_out_everywhere(world):
    here, there = world.client("planerare"), world.client("planerare")
    wrong = world.post(here, "/konto/losenord", old="fel", new="nya ord bakom skjulet")
    assert wrong.status_code == 422
    assert sentence("sv", "people.errors.old_password") in wrong.text
    easy = world.post(here, "/konto/losenord", old=PASSWORD, new="vellinge2026")
    assert sentence("sv", "people.errors.password_common") in easy.text
    assert world.post(here, "/konto/losenord", old=PASSWORD, new="nya ord bakom skjulet").status_code == 303
    assert there.get("/konto").status_code == 302
    assert sign_in(world, world.client(), password="nya ord bakom skjulet").status_code == 303


# ---- Language ------------------------------------------------------------------------------------------------------


def test_the_language_is_remembered_without_a_session(world):
    client = world.client()
    assert '<html lang="sv">' in client.get("/hjalp").text
    response = world.post(client, "/sprak/en", till="/hjalp")
    assert (response.headers["Location"], response.headers["Set-Cookie"].split(";")[0]) == ("/hjalp", "sid=en")
    assert '<html lang="en">' in client.get("/hjalp").text
    with world.database.reading() as session:
        assert session.scalars(select(SignedIn)).all() == []


def test_changing_language_keeps_one_signed_in_and_signing_in_keeps_the_language(world):
    client = world.client()
    client.get("/sprak/en")
    sign_in(world, client)
    assert '<html lang="en">' in client.get("/konto").text
    client.get("/sprak/sv")
    assert '<html lang="sv">' in client.get("/konto").text


def test_an_unknown_language_is_no_page(world):
    assert world.client().get("/sprak/de").status_code == 404


@pytest.mark.parametrize("cookie", ["", "de", "sv.", "en.x", "x" * 5000, "sv.\x00", "å"])
def test_a_strange_cookie_is_just_a_visitor(world, cookie):
    assert world.bearing(cookie).get("/karta").status_code == 200


# ---- Demo mode -----------------------------------------------------------------------------------------------------


def test_the_first_visit_to_the_demo_is_the_example_planner_without_a_cookie(demo_world):
    response = demo_world.client().get("/konto")
    assert response.status_code == 200
    assert "Exempel planerare" in response.text
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("role", Role)
def test_one_click_shows_the_demo_as_each_role(demo_world, role):
    client = demo_world.client()
    response = demo_world.post(client, "/demo/roll", role=role.value, till="/karta")
    assert (response.status_code, response.headers["Location"]) == (303, "/karta")
    assert client.get("/admin/personer").status_code == {Role.COORDINATOR: 200, Role.PUBLIC: 302}.get(role, 403)
    assert f'value="{role}" aria-pressed="true"' in client.get("/karta").text


def test_every_role_change_is_a_new_session(demo_world):
    client = demo_world.client()
    demo_world.post(client, "/demo/roll", role="polis")
    first = client.get_cookie("sid").value
    demo_world.post(client, "/demo/roll", role="samordnare")
    assert client.get_cookie("sid").value != first
    with demo_world.database.reading() as session:
        assert session.scalars(select(SignedIn.demo_role)).all() == ["samordnare"]


def test_an_unknown_demo_role_is_refused(demo_world):
    assert demo_world.post(demo_world.client(), "/demo/roll", role="kung").status_code == 400


def test_the_demo_answers_nobody_but_this_computer(demo_world):
    client = demo_world.client()
    assert client.get("/karta", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403
    assert client.get("/karta", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/karta", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200


def test_the_demo_starts_on_a_trial_database_only(world):
    with pytest.raises(SetUpTrouble, match="demo_needs_trial"):
        create_app(world.settings, demo=True)


def test_the_demo_ends_when_the_trial_material_is_removed(demo_world):
    with demo_world.database.writing() as session:
        session.execute(text("DELETE FROM state WHERE key = 'trial'"))
        session.commit()
    assert demo_world.client().get("/konto").status_code == 302
    assert demo_world.post(demo_world.client(), "/demo/roll", role="samordnare").status_code == 404


def test_a_demo_choice_is_worth_nothing_outside_the_demo(demo_world):
    client = demo_world.client()
    demo_world.post(client, "/demo/roll", role="samordnare")
    demo_world.app = create_app(demo_world.settings)
    assert demo_world.bearing(client.get_cookie("sid").value).get("/admin/personer").status_code == 302


def test_as_the_public_shows_no_role_switcher(demo_world):
    client = demo_world.client()
    assert "/demo/roll" in client.get("/karta").text
    assert "/demo/roll" not in client.get("/karta?som=publik").text


def test_my_account_in_demo_mode_says_that_nobody_is_signed_in(demo_world):
    page = demo_world.client().get("/konto").text
    assert "Du ser exemplet i demoläget, utan att vara inloggad. Rollen Planerare" in page
    assert "Här är du inloggad" not in page and "Byt lösenord" not in page
    signed_in = demo_world.client("planerare").get("/konto").text
    assert "Här är du inloggad" in signed_in and "demoläget" not in signed_in


def test_the_watermark_is_on_every_page_of_a_trial_database(demo_world):
    real_app = create_app(demo_world.settings)
    for app in (demo_world.app, real_app):
        for address in ("/karta", "/platser", "/hjalp", "/konto/logga-in"):
            assert sentence("sv", "common.watermark") in app.test_client().get(address).text, address
        assert sentence("sv", "common.watermark") in app.test_client().post("/rapportera").text


# ---- People, organisations, log ------------------------------------------------------------------------------------


def test_the_coordinator_adds_a_colleague_who_then_signs_in(world_on_each):
    boss = world_on_each.client("samordnare")
    given = {
        "username": "bo",
        "name": "Bo Ek",
        "role": "samordnare",
        "organisation": "kommunen",
        "password": "nya ord bakom skjulet",
    }
    response = world_on_each.post(boss, "/admin/personer", **given)
    assert landed(response) == "/admin/personer"
    page = boss.get(response.location).text
    assert "Bo Ek" in page and page.count("Kontot är tillagt.") == 1
    bo = world_on_each.client()
    assert sign_in(world_on_each, bo, username="bo", password="nya ord bakom skjulet").status_code == 303
    assert bo.get("/admin/logg").status_code == 200


def test_a_mistake_in_the_form_is_shown_at_its_field_and_nothing_typed_is_lost(world):
    boss = world.client("samordnare")
    response = world.post(boss, "/admin/personer", username="bo", name="Bo Ek", role="planerare", password="kort")
    assert response.status_code == 422
    assert sentence("sv", "people.errors.password_short", n=12) in response.text
    assert 'value="Bo Ek"' in response.text
    assert "kort" not in response.text.replace("för kort", "")


def test_closing_an_account_asks_once_more_and_bites_on_the_next_request(world):
    boss, planner = world.client("samordnare"), world.client("planerare")
    number = world.persons["planerare"]
    asked = boss.get(f"/admin/personer/{number}/stang").text
    assert "Stänga kontot planerare?" in asked and "Ja, stäng kontot" in asked
    assert planner.get("/konto").status_code == 200
    assert world.post(boss, f"/admin/personer/{number}/stang", version=1).status_code == 303
    assert planner.get("/konto").status_code == 302
    assert sign_in(world, world.client()).status_code == 401


def test_a_closed_account_gets_no_password_but_is_opened_again_with_its_old_one(world_on_each):
    world, number = world_on_each, world_on_each.persons["planerare"]
    boss = world.client("samordnare")
    world.post(boss, f"/admin/personer/{number}/stang", version=1)
    refused = world.post(boss, f"/admin/personer/{number}/losenord", password="nya ord bakom skjulet", version=2)
    assert refused.status_code == 409
    assert sentence("sv", "people.errors.closed", name="planerare") in refused.text
    assert "Öppna kontot igen" in boss.get(f"/admin/personer/{number}").text
    assert world.post(boss, f"/admin/personer/{number}/oppna", version=1).status_code == 409
    assert world.post(boss, f"/admin/personer/{number}/oppna", version=2).status_code == 303
    assert sign_in(world, world.client()).status_code == 303
    with world.database.reading() as session:
        lines = session.scalars(select(AuditLine.details).where(AuditLine.object_id == str(number))).all()
    assert [one for one in lines if "disabled" in one] == ['{"disabled":true}', '{"disabled":false}']


def test_a_new_role_and_a_new_password_bite_at_once(world):
    boss, number = world.client("samordnare"), world.persons["planerare"]
    assert world.post(boss, f"/admin/personer/{number}/roll", role="trafikgrupp", version=1).status_code == 303
    new_password = {"password": "nya ord bakom skjulet"}
    late = world.post(boss, f"/admin/personer/{number}/losenord", version=1, **new_password)
    assert late.status_code == 409
    assert world.post(boss, f"/admin/personer/{number}/losenord", version=2, **new_password).status_code == 303
    client = world.client()
    assert sign_in(world, client, password="nya ord bakom skjulet").status_code == 303
    assert sentence("sv", "vocabulary.role.trafikgrupp") in client.get("/konto").text
    assert world.post(boss, f"/admin/personer/{number}/roll", role="foretag", version=1).status_code == 409


def test_a_coordinator_alone_neither_makes_nor_takes_over_a_police_account(world):
    boss, officer, planner = world.client("samordnare"), world.persons["polis"], world.persons["planerare"]
    new = {"username": "bo", "name": "Bo Ek", "organisation": "polisen", "password": "nya ord bakom skjulet"}
    for address, form in (
        ("/admin/personer", new | {"role": "polis"}),
        (f"/admin/personer/{planner}/roll", {"role": "polis", "version": 1}),
        (f"/admin/personer/{officer}/roll", {"role": "planerare", "version": 1}),
        (f"/admin/personer/{officer}/losenord", {"password": "nya ord bakom skjulet", "version": 1}),
    ):
        refused = world.post(boss, address, **form)
        assert refused.status_code == 403, address
        assert sentence("sv", "people.errors.police_account") in refused.text
    assert '<option value="polis"' not in boss.get("/admin/personer").text
    page = boss.get(f"/admin/personer/{officer}").text
    assert f"/admin/personer/{officer}/losenord" not in page
    assert sentence("sv", "people.errors.police_account") in page
    assert sign_in(world, world.client(), username="polis").status_code == 303
    assert world.post(boss, f"/admin/personer/{officer}/stang", version=1).status_code == 303
    assert world.post(boss, f"/admin/personer/{officer}/oppna", version=2).status_code == 403


def test_a_coordinator_changes_the_own_password_where_the_old_one_is_asked_for(world):
    boss, number = world.client("samordnare"), world.persons["samordnare"]
    refused = world.post(boss, f"/admin/personer/{number}/losenord", password="nya ord bakom skjulet", version=1)
    assert refused.status_code == 403
    assert sentence("sv", "people.errors.own_password") in refused.text


def test_the_coordinator_cannot_change_the_own_role(world):
    boss, number = world.client("samordnare"), world.persons["samordnare"]
    refused = world.post(boss, f"/admin/personer/{number}/roll", role="planerare", version=1)
    assert refused.status_code == 403
    assert sentence("sv", "people.errors.own_account") in refused.text
    with world.database.reading() as session:
        assert session.get_one(Person, number).role == "samordnare"


def test_an_organisation_is_added_and_can_be_chosen(world):
    boss = world.client("samordnare")
    assert world.post(boss, "/admin/organisationer", code="bryggan", name="Bryggan", kind="business").status_code == 303
    assert "Bryggan" in boss.get("/admin/personer").text
    twice = world.post(boss, "/admin/organisationer", code="bryggan", name="Bryggan", kind="business")
    assert sentence("sv", "people.errors.code_taken", code="bryggan") in twice.text
    odd = world.post(boss, "/admin/organisationer", code="kiosk", name="Kiosk", kind="kiosk")
    assert odd.status_code == 422


def test_the_log_shows_what_was_done_newest_first_and_by_action(world):
    boss = world.client("samordnare")
    world.post(boss, "/admin/organisationer", code="bryggan", name="Bryggan", kind="business")
    page = boss.get("/admin/logg?action=manage_people").text
    assert page.index("bryggan") < page.index("butiken")
    assert "see_exact_reports" not in page.partition("<table")[2]
    for wrong in ("action=allt", "page=0", "page=x", "page=-1", "page=1_0"):
        assert boss.get(f"/admin/logg?{wrong}").status_code == 400, wrong


def test_the_log_tells_its_details_in_words(world):
    boss, planner = world.client("samordnare"), world.client("planerare")
    world.post(boss, f"/admin/personer/{world.persons['foretag']}/roll", role="trafikgrupp", version=1)
    planner.get("/karta/objekt/traffic/1")
    page = boss.get("/admin/logg").text
    for words in ("Roll: Trafikgrupp", "Förut: Företag", "Sida: /karta/objekt/traffic/1", "Nya: 2 · Fanns redan: 0",
                  "Användarnamn: planerare", "Kommandoraden"):  # fmt: skip
        assert words in page, words
    for code in ("page:", "karta.one", "accepted", "role:", "kommandorad<"):
        assert code not in page.partition("<table")[2], code
    assert "Role: Traffic group" in world.client("samordnare", language="en").get("/admin/logg").text


GATES = ("gate", "to_change", "note_words", "note_reports")
"""The functions whose keywords become details of a line."""


def test_every_detail_that_the_program_keeps_in_the_log_has_a_name():
    calls = (
        node for path in (ROOT / "samverkan_map").rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in GATES
    )  # fmt: skip
    kept = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg} | {"page", "layer", "id"}
    assert {"to", "verdict", "role", "waived"} <= kept
    assert {name for name in kept if f"admin.detail.{name}" not in catalogue("sv")} == set()


def test_the_state_of_the_log_is_kept_beside_it(world):
    with world.database.reading() as session:
        head = session.scalars(select(State.value).where(State.key == "audit_head")).one()
    assert int(head.split(" ")[0]) > 5


# ---- Drafts ----------------------------------------------------------------------------------------------------------


def test_ones_own_drafts_are_listed_with_what_where_and_a_way_on(world):
    client = world.client("planerare")
    drafts = {
        "new_place/-": "/platser/ny", "place/1": "/platser/1/andra", "redraw/1": "/platser/1/lage",
        "problem/1": "/platser/1/problem", "hours/1": "/platser/1/tider", "cause/1-ny": "/platser/1/orsaker/ny",
        "cause/1-1": "/platser/1/orsaker/1", "phase_note/1-analys": "/platser/1/steg/analys",
        "measure_new/plats-1": "/atgarder/ny?plats=1", "measure_new/-": "/atgarder/ny",
        "measure/1": "/atgarder/1/andra",
        "measure_redraw/1": "/atgarder/1/rita",
        "measure_plan/1": "/atgarder/1/plan/ny",
        "measure_plan/1-1": "/atgarder/1/plan/1",
        "measure_part/1-1": "/atgarder/1/del/1",
        "measure_promise/1": "/atgarder/1/lofte/ny", "measure_waiver/1": "/atgarder/1/utan-uppfoljning",
        "verdict/1": "/atgarder/1/uppfoljning?plan=1",
    }  # fmt: skip
    for draft in drafts:
        assert world.post(client, f"/utkast/{draft}", note="Halv text").status_code == 200
    page = client.get("/konto").text
    for address in drafts.values():
        assert f'href="{address}"' in page, address
        assert client.get(address).status_code == 200
    assert "Beskriv problemet" in page and "Plats nummer 1" in page
    assert "Beskriv problemet" not in world.client("samordnare").get("/konto").text
    world.post(client, "/utkast/problem/1/kasta", till="/konto")
    assert "Beskriv problemet" not in client.get("/konto").text


def test_a_draft_of_what_is_gone_can_only_be_thrown_away(world):
    client = world.client("planerare")
    for strange in ("place/99", "place/x", "place/1-2-3", "cause/1-x", "verdict/77", "phase_note/1"):
        assert world.post(client, f"/utkast/{strange}", note="Halv text").status_code == 200
    page = client.get("/konto").text
    assert page.count('/kasta"') == 6 and "/platser/99" not in page
