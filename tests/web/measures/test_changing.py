"""Measures changed by one and by two, started, promised to, and drawn where they are."""

import html
import json
import re

import pytest
from measure_steps import EDIT, STEPS, count, fields
from pages import hidden_fields, landed
from sqlalchemy import select

from samverkan_map import measures
from samverkan_map.db.tables import Measure, Organisation, Promise


def test_two_who_change_a_measure_see_both_texts(world_on_each):
    world = world_on_each
    with world.database.reading() as session:
        measure = session.get(Measure, 1)
        shown, owner = str(measure.version), str(measure.owner_id)
    form = EDIT | {"owner_id": owner, "version": shown}
    assert world.post(world.client("samordnare"), "/atgarder/1/andra", **form | {"title": "Ljus"}).status_code == 303
    answer = world.post(
        world.client("planerare"), "/atgarder/1/andra", **form | {"title": "Lampor", "places": ["1", "2"]}
    )
    assert answer.status_code == 409
    for words in ("Ljus", "Lampor", "Exempel samordnare sparade", "Plats nummer 1, Plats nummer 2"):
        assert words in answer.text
    again = fields(answer.text) | {"choice.title": "stored", "choice.places": "mine"}
    places = re.findall(r'name="mine.places" value="(\d+)"', answer.text)
    sent = world.post(world.client("planerare"), "/atgarder/1/andra", **again | {"mine.places": places})
    assert sent.status_code == 303
    with world.database.reading() as session:
        measure = session.get(Measure, 1)
        assert measure.title == "Ljus" and [place.id for place in measure.places] == [1, 2]


def test_a_shape_of_its_own_goes_in_comes_back_unmoved_and_stays_through_other_changes(world, stored):
    line = '{"type": "LineString", "coordinates": [[12.955, 55.409], [12.957, 55.41]]}'
    client, address = world.client("planerare"), "/atgarder/1/rita"
    assert "Rita var åtgärden görs" in client.get("/atgarder/1").text
    assert world.post(client, address, geometry=line, version=stored().version).status_code == 303
    first = measures.drawn(stored())
    assert stored().own_geometry and first.geom_type == "LineString"
    written = html.unescape(re.search(r'<textarea id="geometry"[^>]*>([^<]*)<', client.get(address).text)[1])
    world.post(client, address, geometry=written, version=stored().version)
    assert measures.drawn(stored()).equals(first)
    edited = EDIT | {"owner_id": str(stored().owner_id), "version": stored().version}
    assert world.post(client, "/atgarder/1/andra", **edited).status_code == 303
    assert stored().own_geometry and measures.drawn(stored()).equals(first)
    world.post(client, address, geometry=line, go="places", version=stored().version)
    assert not stored().own_geometry and measures.drawn(stored()).geom_type == "Polygon"


LINE = '{"type": "LineString", "coordinates": [[12.955, 55.409], [12.957, 55.41]]}'
CROSSED = [[12.95, 55.41], [12.96, 55.42], [12.96, 55.41], [12.95, 55.42], [12.95, 55.41]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"geometry": json.dumps({"type": "Polygon", "coordinates": [CROSSED]})}, "Ytan korsar sig själv"),
        ({"geometry": '{"type": "Point", "coordinates": [18.06, 59.33]}'}, "utanför"),
        ({"geometry": "{hej"}, "GeoJSON"),
        ({"geometry": "", "spot": "Ingenstans alls"}, "Ingenstans alls"),
    ],
)  # fmt: skip
def test_a_measure_drawn_wrongly_is_refused_with_a_sentence_and_what_was_drawn_is_kept(world, stored, given, said):
    answer = world.post(world.client("planerare"), "/atgarder/1/rita", **given, version=stored().version)
    assert answer.status_code == 422 and said in answer.text
    assert all(value in html.unescape(answer.text) for value in given.values())
    assert not stored().own_geometry


def test_a_start_is_refused_with_a_sentence_until_the_follow_up_says_what_is_counted(world, stored):
    with world.database.writing() as session:
        measure = session.get(Measure, 1)
        measure.follow_ups.clear()
        session.commit()
    client = world.client("planerare")
    step = {"to": "ongoing", "on": "2026-03-02"}
    answer = world.post(client, "/atgarder/1/lage", **step, version=stored().version)
    assert answer.status_code == 422
    assert "kan inte starta utan en planerad uppföljning" in answer.text
    plan = {name: value for name, value in STEPS[4].items() if name != "follow"}
    planned = world.post(client, "/atgarder/1/plan/ny", **plan, version=stored().version)
    assert (planned.status_code, landed(planned)) == (303, "/atgarder/1")
    assert world.post(client, "/atgarder/1/lage", **step, version=stored().version).status_code == 303
    assert (stored().status, str(stored().started_on)) == ("ongoing", "2026-03-02")


def test_a_quick_button_on_an_old_page_shows_what_happened_meanwhile(world, stored):
    shown = stored().version
    step = {"to": "ongoing", "on": "2026-03-02"}
    assert world.post(world.client("samordnare"), "/atgarder/1/lage", **step, version=shown).status_code == 303
    late = world.post(world.client("planerare"), "/atgarder/1/lage", to="cancelled", on="2026-03-02", version=shown)
    assert late.status_code == 409
    assert "Pågår" in late.text and "Avbruten" in late.text
    kept = fields(late.text) | {"choice.to": "stored"}
    assert world.post(world.client("planerare"), "/atgarder/1/lage", **kept).status_code == 303
    assert stored().status == "ongoing"


def test_a_later_change_of_the_plan_is_shown_to_all_with_the_name_kept_inside(world, stored):
    client = world.client("planerare")
    world.post(client, "/atgarder/1/lage", to="ongoing", on="2026-03-02", version=stored().version)
    plan = {name: value for name, value in STEPS[4].items() if name != "follow"} | {"window_months": "6"}
    version = stored().follow_ups[0].version
    assert world.post(client, "/atgarder/1/plan/1", **plan, version=version).status_code == 303
    inside, outside = client.get("/atgarder/1").text, world.client().get("/atgarder/1").text
    for page in (inside, outside):
        assert "Planen ändrades 1 gång efter starten" in page and "tidigare: 12" in page
    assert "Exempel planerare" in inside and "Exempel planerare" not in outside
    old = world.post(client, "/atgarder/1/plan/1", **plan | {"window_months": "3"}, version=version)
    assert old.status_code == 409 and "Mätperiod i månader" in old.text


def test_the_log_of_a_measure_says_which_day_was_which_before(world, stored):
    client = world.client("planerare")
    sent = world.post(client, "/atgarder/1/andra", version=stored().version, **EDIT | {"planned_start": "2026-04-15"})
    assert sent.status_code == 303
    page = client.get("/atgarder/1").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "31 mars 2026 → 15 apr. 2026" in page or "31 mars 2026 → 15 apr 2026" in page
    assert "Ansvarig: Agare1 →" not in page and 'id="logg"' not in world.client().get("/atgarder/1").text


# ---- Parts and promises ----------------------------------------------------------------------------------------------


def test_a_promise_is_written_down_kept_and_told_to_the_public_only_when_a_party_made_it(world, stored):
    client = world.client("planerare")
    with world.database.reading() as session:
        shop = session.scalar(select(Organisation.id).where(Organisation.code == "butiken"))
    form = {"organisation_id": str(shop), "what": "Öppet till klockan 22.", "kronor": "1 500", "due_on": "1/6 2026"}
    made = world.post(client, "/atgarder/1/lofte/ny", **form, version=stored().version)
    assert made.status_code == 303
    number = stored().promises[-1].id
    answer = world.post(client, f"/atgarder/1/lofte/{number}/hallet", kept="no", note=" ", version="1")
    assert (
        answer.status_code == 422 and "Skriv vad som hände" in answer.text and "Öppet till klockan 22." in answer.text
    )
    told = {"kept": "no", "note": "Personalen räckte inte."}
    assert world.post(client, f"/atgarder/1/lofte/{number}/hallet", **told, version="1").status_code == 303
    page = client.get("/atgarder/1").text
    assert "Inte hållet" in page and "Personalen räckte inte." in page
    signed_in, stranger = world.client("foretag").get("/atgarder/1").text, world.client().get("/atgarder/1").text
    assert "Öppet till klockan 22." in signed_in and "Personalen räckte inte." not in signed_in
    assert "Öppet till klockan 22." not in stranger and "En extra lampa." in stranger


def test_a_business_is_told_how_to_offer_something_and_has_no_form_of_its_own(world):
    page = world.client("foretag").get("/atgarder/1").text
    assert "Vill ni bidra med något?" in page and 'href="/hjalp#kontakt"' in page and "/lofte/ny" not in page
    assert "Vill ni bidra" not in world.client().get("/atgarder/1").text


def test_two_who_change_a_promise_or_a_part_see_both(world, stored):
    client = world.client("planerare")
    promise, part = {"organisation_id": "4"}, {"planned_start": "2026-03-01"}
    for address, name, form in (("/atgarder/1/lofte/1", "what", promise), ("/atgarder/1/del/1", "title", part)):
        assert world.post(client, address, **form | {name: "Först"}, version="1").status_code == 303
        answer = world.post(world.client("samordnare"), address, **form | {name: "Sedan"}, version="1")
        assert answer.status_code == 409
        assert all(words in answer.text for words in ("Först", "Sedan", "Exempel planerare sparade"))
        again = fields(answer.text) | {f"choice.{name}": "mine"}
        assert world.post(world.client("samordnare"), address, **again).status_code == 303
    assert (stored().promises[0].what, stored().parts[0].title) == ("Sedan", "Sedan")


def test_something_new_on_an_old_page_is_taken_since_it_takes_nothing_away(world, stored):
    client = world.client("planerare")
    plan = {name: value for name, value in STEPS[4].items() if name != "follow"}
    for address, form in (
        ("/atgarder/1/del/ny", {"title": "Etapp 2", "planned_start": "2026-04-01"}),
        ("/atgarder/1/lofte/ny", {"organisation_id": "1", "what": "Rensar buskar."}),
        ("/atgarder/1/plan/ny", plan | {"indicator": "Rapporter om klotter"}),
    ):
        shown = client.get(address)
        assert world.post(client, "/atgarder/1/rita", geometry=LINE, version=stored().version).status_code == 303
        assert world.post(client, address, **hidden_fields(shown.text) | form).status_code == 303
    assert (count(world, Promise), len(stored().parts), len(stored().follow_ups)) == (3, 2, 2)


def test_a_quick_button_minds_only_the_state_of_the_measure(world, stored):
    """A colleague drew it meanwhile: the start is no conflict, and nothing empty is asked."""
    client = world.client("planerare")
    page = client.get("/atgarder/1").text
    sent = {name: value for name, value in fields(page).items() if name in ("version", "from")}
    world.post(world.client("samordnare"), "/atgarder/1/rita", geometry=LINE, version=stored().version)
    answer = world.post(client, "/atgarder/1/lage", to="ongoing", on="2026-03-02", **sent)
    assert answer.status_code == 303
    assert "Åtgärden är nu: Pågår." in client.get(answer.location).text


def test_two_who_change_different_fields_of_a_measure_are_asked_nothing(world, stored):
    client = world.client("planerare")
    page = hidden_fields(client.get("/atgarder/1/andra").text)
    page.pop("form_key")
    form = EDIT | {"owner_id": str(stored().owner_id), "cost_kronor": "", "title": stored().title}
    world.post(world.client("samordnare"), "/atgarder/1/andra", **page | form | {"title": "Ljus"})
    answer = world.post(client, "/atgarder/1/andra", **page | form | {"expected": "Färre bråk."})
    assert answer.status_code == 303
    assert (stored().title, stored().expected) == ("Ljus", "Färre bråk.")
