"""Forms lose nothing: faults keep what was typed, two savers see both texts, drafts stay, and twice is once."""

import json
import re

import pytest
from pages import hidden_fields, landed
from sqlalchemy import func, select

from samverkan_map import access, places
from samverkan_map.db.tables import AuditLine, Draft, Place
from samverkan_map.web import saying

ADDRESS = "/platser/1/andra"
FORM = {
    "name": "Kioskparken", "summary": "Rutor krossas.", "focus": "offentlig-miljo", "type": "skadegorelse",
    "forum": "trygghetsforum", "owner_id": "1",
}  # fmt: skip


def stored(world, number=1):
    with world.database.reading() as session:
        return session.get(Place, number)


def changed(world, client, **words):
    return world.post(client, ADDRESS, **(FORM | {"version": str(stored(world).version)} | words))


def test_a_planner_changes_a_place_and_the_log_says_so(world_on_each):
    world = world_on_each
    answer = changed(world, world.client("planerare"), name="Kiosktorget")
    assert (answer.status_code, landed(answer)) == (303, "/platser/1")
    assert stored(world).name == "Kiosktorget"
    with world.database.reading() as session:
        assert access.last_change(session, stored(world))[0] == "Exempel planerare"


def test_the_second_saver_sees_both_texts_and_chooses_field_by_field(world_on_each):
    world = world_on_each
    shown = stored(world).version
    changed(world, world.client("samordnare"), name="Samordnarens namn", summary="Samordnarens text.")
    answer = changed(
        world, world.client("planerare"), version=str(shown), name="Planerarens namn", summary="Planerarens text."
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    for words in ("Samordnarens namn", "Planerarens namn", "Samordnarens text.", "Planerarens text."):
        assert words in page
    assert "Exempel samordnare sparade" in page
    assert stored(world).name == "Samordnarens namn"
    # The page is sent as a browser would: my name, their text.
    again = hidden_fields(page) | {"choice.name": "mine", "choice.summary": "stored"}
    assert world.post(world.client("planerare"), ADDRESS, **again).status_code == 303
    assert (stored(world).name, stored(world).summary) == ("Planerarens namn", "Samordnarens text.")


def test_a_form_without_a_version_changes_nothing(world):
    answer = world.post(world.client("planerare"), ADDRESS, **(FORM | {"name": "Utan version"}))
    assert answer.status_code == 409
    assert stored(world).name != "Utan version"


def test_a_faulty_form_keeps_all_that_was_typed_and_names_the_field(world):
    answer = changed(world, world.client("planerare"), name="  ", summary="Ring 070-123 45 67 på kvällen")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Fel:" in page
    assert 'href="#name"' in page
    assert "Ring 070-123 45 67 på kvällen" in page
    answer = changed(world, world.client("planerare"), summary="Ring 070-123 45 67 på kvällen")
    assert 'href="#summary"' in answer.get_data(as_text=True)


def test_the_same_form_sent_twice_is_carried_out_once(world_on_each):
    world = world_on_each
    client, version = world.client("planerare"), stored(world_on_each).version
    first = changed(world, client, version=str(version), name="En gång", form_key="nyckel-1")
    second = changed(world, client, version=str(version), name="En gång", form_key="nyckel-1")
    assert [first.status_code, second.status_code] == [303, 303]
    assert first.location == second.location
    assert stored(world).version == version + 1


def test_a_key_of_somebody_else_is_another_form(world):
    version = stored(world).version
    changed(world, world.client("planerare"), version=str(version), name="Min", form_key="samma")
    answer = changed(world, world.client("samordnare"), version=str(version), name="Din", form_key="samma")
    assert answer.status_code == 409


def test_a_refused_form_can_be_mended_and_sent_again_with_the_same_key(world):
    client = world.client("planerare")
    assert changed(world, client, name="", form_key="k").status_code == 422
    assert changed(world, client, name="Rättad", form_key="k").status_code == 303
    assert stored(world).name == "Rättad"


def test_a_draft_outlives_the_session_and_belongs_to_its_writer(world_on_each):
    world = world_on_each
    answer = world.post(world.client("planerare"), "/utkast/place/1", name="Halvskriv", summary="Halv text")
    assert answer.get_json()["saved"].startswith("Utkast sparat")
    page = world.client("planerare").get(ADDRESS).get_data(as_text=True)
    assert "Halvskriv" in page and "Du fortsätter på ett utkast" in page
    assert "Halvskriv" not in world.client("samordnare").get(ADDRESS).get_data(as_text=True)
    assert stored(world).name == "Plats nummer 1"
    changed(world, world.client("planerare"), name="Färdig")
    assert "utkast" not in world.client("planerare").get(ADDRESS).get_data(as_text=True).split("<form class")[0]


def test_the_button_keeps_a_draft_without_javascript_and_another_throws_it_away(world):
    client = world.client("planerare")
    answer = changed(world, client, name="Ännu inte", save_draft="yes")
    assert (answer.status_code, answer.location) == (303, ADDRESS)
    assert "Ännu inte" in client.get(ADDRESS).get_data(as_text=True)
    world.post(client, "/utkast/place/1/kasta", till=ADDRESS)
    assert "Ännu inte" not in client.get(ADDRESS).get_data(as_text=True)


def test_what_may_not_be_written_is_not_kept_as_a_draft_either(world):
    answer = world.post(world.client("planerare"), "/utkast/place/1", summary="Pojken 20110412-1234 kör moped")
    assert answer.status_code == 422
    assert "error" in answer.get_json()
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


@pytest.mark.parametrize("address", ["/utkast/Place/1", "/utkast/place/.hidden", "/utkast/" + "x" * 60 + "/1"])
def test_a_strange_name_for_a_draft_does_not_exist(world, address):
    assert world.post(world.client("planerare"), address, name="x").status_code == 404


def test_a_refusal_after_writing_leaves_neither_change_nor_log_line(world):
    """The traffic group may not make a place of its own forum into one of others; the first write is taken back."""
    with world.database.writing() as session:
        place = session.get(Place, 1)
        place.forum = "styrgrupp-trafik"
        session.commit()
        lines = session.scalar(select(func.count()).select_from(AuditLine))
    answer = changed(world, world.client("trafikgrupp"), name="Bytt", forum="trygghetsforum")
    assert answer.status_code in (403, 404)
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditLine)) == lines
    assert stored(world).name != "Bytt"


# ---- Two at once -----------------------------------------------------------------------------------------------------


def opened(world, role="planerare", address=ADDRESS):
    """The hidden fields of a form as somebody opens it."""
    page = world.client(role).get(address).get_data(as_text=True)
    return {name: values[0] for name, values in hidden_fields(page).items() if name in ("version", "opened")}


PROBLEM = "/platser/1/problem"
EMPTY = dict.fromkeys(("what", "where", "when", "how_often", "who_affected"), "")


def test_what_only_one_of_two_changed_is_merged_without_a_question_and_the_page_says_so(world_on_each):
    """Two tabs on an empty problem: the second leaves alone what the first wrote, and nothing of it is taken away."""
    world = world_on_each
    first, second = opened(world, "polis", PROBLEM), opened(world, "planerare", PROBLEM)
    world.post(
        world.client("polis"), PROBLEM, **(EMPTY | first | {"what": "Rutor krossas.", "sources": ["est", "naringsliv"]})
    )
    client = world.client("planerare")
    answer = world.post(client, PROBLEM, **(EMPTY | second | {"where": "Vid kiosken."}))
    assert answer.status_code == 303
    with world.database.reading() as session:
        found = places.definition_of(session.get(Place, 1))
    assert (found.what, found.where, found.sources) == ("Rutor krossas.", "Vid kiosken.", ["est", "naringsliv"])
    page = client.get(answer.location).get_data(as_text=True)
    assert 'role="status"' in page and "Sparat. Exempel polis sparade medan du skrev, och det finns kvar: " in page
    assert "Vad händer" in page and "(tomt)" not in page


def test_only_what_both_changed_is_asked_and_neither_text_is_chosen_beforehand(world):
    shown = opened(world)
    changed(world, world.client("samordnare"), **shown, name="Samordnarens namn", summary="Samordnarens text.")
    before = {"name": "Plats nummer 1"}
    answer = changed(world, world.client("planerare"), **(before | shown), summary="Planerarens text.")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert page.count("<fieldset") == 1 and "checked" not in page
    assert "det tas med som det är: Platsens namn" in page
    again = hidden_fields(page)
    # Sent without an answer the page comes again; nothing is decided by not looking.
    unanswered = world.post(world.client("planerare"), ADDRESS, **again)
    assert unanswered.status_code == 409
    assert "Välj vilken text som ska gälla" in unanswered.get_data(as_text=True)
    assert "Planerarens text." in unanswered.get_data(as_text=True)
    again = hidden_fields(unanswered.get_data(as_text=True)) | {"choice.summary": "mine"}
    assert world.post(world.client("planerare"), ADDRESS, **again).status_code == 303
    assert (stored(world).name, stored(world).summary) == ("Samordnarens namn", "Planerarens text.")


def test_a_choice_that_would_delete_a_text_is_never_made_beforehand(world):
    world.post(world.client("polis"), PROBLEM, **(EMPTY | opened(world, "polis", PROBLEM) | {"what": "Rutor."}))
    mine, theirs = opened(world, "planerare", PROBLEM), opened(world, "polis", PROBLEM)
    world.post(world.client("polis"), PROBLEM, **(EMPTY | theirs | {"what": "Rutor krossas."}))
    answer = world.post(world.client("planerare"), PROBLEM, **(EMPTY | mine))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert re.search(r'value="stored" checked', page) and not re.search(r'value="mine" checked', page)


def test_a_form_with_a_fault_is_still_merged_when_it_is_sent_again(world):
    """The page with the fault was drawn after the other one saved; it must not pass for an answer to that."""
    shown = opened(world)
    same = {"name": "Plats nummer 1", "summary": stored(world).summary}
    changed(world, world.client("samordnare"), **(same | shown | {"summary": "Samordnarens text."}))
    faulty = changed(world, world.client("planerare"), **(same | shown | {"owner_id": ""}))
    assert faulty.status_code == 422
    again = {name: values[0] for name, values in hidden_fields(faulty.get_data(as_text=True)).items()}
    kept = {name: again[name] for name in ("version", "opened")}
    assert changed(world, world.client("planerare"), **(same | kept | {"name": "Rättad"})).status_code == 303
    assert (stored(world).name, stored(world).summary) == ("Rättad", "Samordnarens text.")


def test_a_draft_that_lay_while_others_saved_takes_nothing_back(world):
    client, shown = world.client("planerare"), opened(world)
    old = FORM | {"name": "Plats nummer 1", "summary": stored(world).summary}
    world.post(client, "/utkast/place/1", **(old | shown | {"name": "Halvskriv"}))
    changed(world, world.client("samordnare"), **(old | shown | {"summary": "Samordnarens text."}))
    page = client.get(ADDRESS).get_data(as_text=True)
    assert "Halvskriv" in page and "Samordnarens text." in page
    kept = {name: values[0] for name, values in hidden_fields(page).items() if name in ("version", "opened")}
    assert changed(world, client, **(old | kept | {"name": "Halvskriv"})).status_code == 303
    assert (stored(world).name, stored(world).summary) == ("Halvskriv", "Samordnarens text.")


@pytest.mark.parametrize("signs", ["", "{", "[1]", json.dumps({"name": 1}), "[" * 5000])
def test_signs_that_cannot_be_read_ask_instead_of_merging(world, signs):
    version = stored(world).version
    changed(world, world.client("samordnare"), name="Samordnarens namn")
    answer = changed(world, world.client("planerare"), version=str(version), name="Mitt", opened=signs)
    assert answer.status_code == 409 and "Samordnarens namn" in answer.get_data(as_text=True)


# ---- What was done is said -------------------------------------------------------------------------------------------


def test_the_page_after_a_form_says_what_was_done_to_nobody_else_and_not_for_long(world, monkeypatch):
    client = world.client("planerare")
    answer = changed(world, client, name="Kiosktorget")
    assert (
        '<p class="notice done said" role="status" data-module="said">Sparat.</p>' in client.get(answer.location).text
    )
    for other in (world.client("samordnare"), world.client()):
        assert "said" not in other.get(answer.location).text.split("<main")[1][:300]
    assert "Saved." in world.client("planerare", language="en").get(answer.location).text
    for made_up in ("/platser/1?klart=Ditt+konto", answer.location + "x"):
        assert 'class="notice done said"' not in client.get(made_up).text
    monkeypatch.setattr(saying, "SECONDS", -1)
    assert 'class="notice done said"' not in client.get(answer.location).text
