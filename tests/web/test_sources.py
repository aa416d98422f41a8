"""The pages of the sources: what stands on them for whom, what a form refuses, and a file from first step to undo."""

import csv
import io
import json
import re

import pytest

from samverkan_map import access, sources
from samverkan_map.sources import surveys
from samverkan_map.vocabulary import Role

LOCAL = "trygghetsmatning_lokal"
FILE = "år;område;fråga;värde;antal svar\n2025;Höllviken;trygg_ute_kvall;70;200\n2025;Malmö;trygg_ute_kvall;60;200\n"


def told(world, agreement, rows):
    """Answers about being out late, by area: (value, answers)."""
    with world.database.writing() as session:
        for area, (value, answers) in rows.items():
            surveys.keep(
                session, access.command_line(), agreement, source=LOCAL, year=2025, area=area,
                question="trygg_ute_kvall", value=value, answers=answers, today=world.today,
            )  # fmt: skip
        session.commit()


@pytest.fixture
def asked(world, vellinge, today):
    """Five sub-areas and the municipality answered, one of them with too few."""
    world.today = today
    told(world, vellinge, {
        "kommun": (75, 700), "vellinge": (66, 200), "hollviken": (65, 220), "ljunghusen": (81, 110),
        "skanor-falsterbo": (84, 200), "ostra": (41, 12),
    })  # fmt: skip
    return world


def test_page_map_csv_and_geojson_hold_the_same_and_none_holds_what_twelve_answered(asked):
    public = asked.client()
    page = public.get("/kallor?visa=trygg_ute_kvall").text
    picture = public.get("/kallor/karta.svg?visa=trygg_ute_kvall").text
    rows = list(csv.DictReader(io.StringIO(public.get("/kallor.csv").data.decode("utf-8-sig"))))
    shapes = json.loads(public.get("/kallor.geojson?visa=trygg_ute_kvall").data)
    by_area = {row["area"]: row for row in rows if row["question"] == "trygg_ute_kvall"}
    assert (by_area["hollviken"]["value"], by_area["hollviken"]["answers"]) == ("65.0", "220")
    assert (by_area["ostra"]["value"], by_area["ostra"]["answers"], by_area["ostra"]["state"]) == ("", "", "few")
    assert by_area["ljunghusen"]["state"] == "held", "the next smallest goes with it"
    labels = {one["properties"]["area"]: one["properties"]["told"] for one in shapes["features"]}
    assert labels == {
        "vellinge": "66\u00a0%", "hollviken": "65\u00a0%", "ljunghusen": "–", "skanor-falsterbo": "84\u00a0%",
        "ostra": "<20",
    }  # fmt: skip
    for text in (page, picture):
        assert "66\u00a0%" in text and "84\u00a0%" in text
    for text in (page, picture, json.dumps(shapes), str(rows)):
        assert not re.search(r"\b41\b[^.,]|\b81\u00a0%", text)
    assert "Högre är bättre" in page and "59–72\u00a0%" in page


@pytest.mark.parametrize(("language", "words"), [("sv", "Lägre är bättre"), ("en", "Lower is better")])
def test_lower_is_better_stands_by_every_index(world, language, words):
    client = world.client("planerare", language=language)
    page = client.get("/kallor?visa=totalindex").text
    assert page.count(words) >= 3
    assert words in client.get("/kallor/karta.svg?visa=totalindex").text
    assert "low" in client.get("/kallor.csv").text


def test_a_map_in_grey_has_lines_of_its_own_for_every_step(asked):
    picture = asked.client().get("/kallor/karta.svg?visa=trygg_ute_kvall").text
    assert 'id="map' in picture and picture.count("<pattern") >= 1
    assert "Färre än 20 svar: visas inte" in picture


def test_what_is_felt_stands_beside_what_is_reported_for_those_who_see_reports(asked):
    staff, public = asked.client("planerare"), asked.client()
    assert (
        "Bara 0 rapporter finns från året, och det behövs minst 20." in staff.get("/kallor?visa=trygg_ute_kvall").text
    )
    assert "Upplevt bredvid rapporterat" in staff.get("/kallor?visa=trygg_ute_kvall").text
    assert "Upplevt bredvid rapporterat" not in public.get("/kallor?visa=trygg_ute_kvall").text
    assert public.get("/kallor?visa=trygg_ute_kvall").data == staff.get("/kallor?visa=trygg_ute_kvall&som=publik").data


def test_the_page_of_crime_says_that_there_is_no_sum(world):
    page = world.client().get("/kallor/brott").text
    assert "Det finns ingen summa: kategorierna går in i varandra" in page
    assert "2\u00a0000" in page and "källans egen total" in page


def test_the_surveys_lie_on_the_map_for_everybody(asked):
    for role in ("publik", "planerare"):
        page = asked.client(role).get("/karta").text
        address = re.search(r'<option value="(/kallor\.geojson[^"]+)"', page)[1].replace("&amp;", "&")
        answer = json.loads(asked.client(role).get(address).data)
        assert len(answer["features"]) == 5
        assert {colour for colour, _ in answer["legend"]["steps"]} == {
            one["properties"]["colour"] for one in answer["features"]
        }
        assert "bättre" in answer["legend"]["title"], "which way is better is said on the map too"
        assert page.count('id="delomraden"') == 1, "chosen in one place"
        more = page[page.index('id="val"') : page.index('id="teckenforklaring"')]
        assert ('id="delomraden"' in more.partition("Fler val")[2]) == (role == "planerare")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": "6,5", "question": "totalindex"}, "Indexet 6,5 går inte."),
        ({"value": "101"}, "101 procent går inte."),
        ({"value": "bra"}, "”bra” är inte ett tal."),
        ({"answers": ""}, "Antalet svar saknas."),
        ({"area": ""}, "Välj område."),
        ({"area": "malmo"}, "Välj ett av alternativen i listan."),
        ({"year": "2099"}, "Året 2099 går inte. Skriv ett år från"),
        ({"origin": "javascript:alert(1)"}, "ska börja med https://"),
        ({"note": "Ring 070-174 06 77"}, "telefonnummer"),
    ],
)
def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(world, change, said):
    form = {"source": LOCAL, "question": "trygg_ute_kvall", "area": "hollviken", "year": "2025", "value": "70",
            "answers": "200", "note": "Egen anteckning"} | change  # fmt: skip
    answer = world.post(world.client("polis"), "/kallor/ny/matning", **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert form["note"] in answer.text


def test_a_figure_is_added_by_form_shown_and_taken_away(world):
    client = world.client("polis")
    form = {"source": LOCAL, "question": "trygg_ute_kvall", "area": "hollviken", "year": "2025", "value": "70,5",
            "answers": "200"}  # fmt: skip
    assert world.post(client, "/kallor/ny/matning", **form).status_code == 303
    page = client.get("/kallor?visa=trygg_ute_kvall").text
    assert "70,5\u00a0%" in page
    row = re.search(r'href="(/kallor/rad/matning/\d+)"[^>]*>70,5', page)[1]
    version = re.search(r'name="version" value="(\d+)"', client.get(row).text)[1]
    assert world.post(client, f"{row}/stryk", version="9").status_code == 409
    assert world.post(client, f"{row}/stryk", version=version).status_code == 303
    assert client.get(row).status_code == 404
    assert "70,5" not in client.get("/kallor").text


def test_hostile_words_in_a_note_stay_words(world):
    client = world.client("planerare")
    form = {"source": "medborgardialog", "held_on": "2026-02-01", "area": "ostra", "type": "fortkorning",
            "note": "<img src=x onerror=alert(1)>"}  # fmt: skip
    assert world.post(client, "/kallor/ny/dialog", **form).status_code == 303
    page = client.get("/kallor/dialoger").text
    assert "&lt;img src=x" in page and "<img src=x" not in page
    assert "&lt;img" not in world.client("trafikgrupp").get("/kallor").text


def test_a_file_goes_from_its_columns_to_a_receipt_and_back(world):
    client = world.client("samordnare")
    sent = {"kind": "surveys", "file": (io.BytesIO(FILE.encode()), "svar.csv")}
    columns = world.post(client, "/kallor/filer/ny", **sent).headers["Location"]
    chosen = {
        f"column-{name}": str(place) for place, name in enumerate(("year", "area", "question", "value", "answers"))
    }
    assert world.post(client, columns, **chosen | {"column-value": ""}).status_code == 422
    preview = world.post(client, columns, **chosen, source=LOCAL).headers["Location"]
    page = client.get(preview).text
    assert "Området ”Malmö” finns inte i kommunen." in page
    assert "Malmö" in client.get(preview.replace("granska", "nekade.csv")).text
    receipt = world.post(client, preview.replace("granska", "las-in"), delar="ja").headers["Location"]
    assert "svar.csv" in client.get(receipt).text
    assert "70\u00a0%" in client.get("/kallor?visa=trygg_ute_kvall").text
    number = re.search(r"/kallor/filer/(\d+)", receipt)[1]
    assert world.post(client, f"/kallor/filer/{number}/angra").status_code == 303
    assert "visa=trygg_ute_kvall" not in client.get("/kallor.geojson").text
    assert client.get("/kallor?visa=trygg_ute_kvall").status_code == 400


@pytest.mark.parametrize("address", ["/kallor?visa=finns", "/kallor?ar=1800", "/kallor?from=2025", "/kallor/brott?x=1"])
def test_what_the_address_cannot_mean_is_said(world, address):
    assert world.client().get(address).status_code == 400


def test_before_any_survey_the_page_says_so(world):
    with world.database.writing() as session:
        for kind in sources.KINDS:
            sources.strike(session, access.command_line(), kind, 1, version=1)
        session.commit()
    client = world.client("planerare")
    assert "Inga trygghetsmätningar finns än." in client.get("/kallor").text
    assert "Ingen brottsstatistik finns än." in client.get("/kallor/brott").text
    assert "Inga teman ur dialoger finns än." in client.get("/kallor/dialoger").text
    assert client.get("/kallor/karta.svg").status_code == client.get("/kallor.geojson").status_code == 200


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_everybody_finds_the_sources_in_the_menu(world, role):
    start = "/admin/leveranser" if role == "samordnare" else "/platser"
    assert 'href="/kallor"' in world.client(role).get(start).text
