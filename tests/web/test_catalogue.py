"""The catalogue of measures as anybody meets it: a page to choose from, and the same rows as a file."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from samverkan_map import catalogue
from samverkan_map.settings import ROOT
from samverkan_map.vocabulary import Evidence, Mechanism
from samverkan_map.web import create_app

EXEMPELBY = Path(__file__).resolve().parents[1] / "data" / "exempelby"


def page(client, query=""):
    return client.get(f"/atgarder/katalog{query}").get_data(as_text=True)


def codes(html):
    return re.findall(r'<article class="card entry" id="(\w+)"', html)


def rows(client, query=""):
    answer = client.get(f"/atgarder/katalog.csv{query}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="atgardskatalog.csv"'
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def general():
    return catalogue.load(ROOT / "data" / "vellinge")


def test_a_visitor_reads_every_measure_under_its_mechanism(world, general):
    html = page(world.client())
    assert codes(html) == [one.code for found in general.by_mechanism().values() for one in found]
    assert re.findall(r'<h2 id="(\w+)">', html) == list(Mechanism)
    assert "57 åtgärder" in html


def test_a_measure_says_what_it_is_what_is_known_and_what_it_takes(world):
    [hump] = re.findall(r'<article[^>]*id="gupp">.*?</article>', page(world.client()), re.S)
    for said in (
        "Gupp eller vägkudde", "Starkt stöd", "Elvik med flera (2009)", "efter 1 månad", "50 000–500 000 kr",
        "antal gupp", "Fortkörning", "The handbook of road safety measures", "Situationell, lång sikt",
    ):  # fmt: skip
        assert said in hump


def test_what_works_at_once_says_so(world):
    [patrol] = re.findall(r'<article[^>]*id="est_kvallspatrull">.*?</article>', page(world.client()), re.S)
    assert "<dd>Direkt</dd>" in patrol


def test_an_english_visitor_reads_it_in_english(world):
    client = world.client("planerare", language="en")
    html = page(client)
    assert "Speed hump or cushion" in html and "Strong support" in html and "Gupp eller" not in html
    assert {row["evidence_label"] for row in rows(client)} >= {"Strong support", "Unknown"}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("?mechanism=traffic", {"mechanism": Mechanism.TRAFFIC}),
        ("?evidence=unknown", {"evidence": Evidence.UNKNOWN}),
        ("?mechanism=traffic&evidence=strong", {"mechanism": Mechanism.TRAFFIC, "evidence": Evidence.STRONG}),
        ("?mechanism=&evidence=", {}),
    ],
)
def test_page_and_file_hold_the_measures_of_the_same_choice(world, general, query, wanted):
    expected = {one.code for one in general.find(**wanted).entries}
    client = world.client()
    assert set(codes(page(client, query))) == {row["code"] for row in rows(client, query)} == expected
    assert expected


def test_the_choice_stays_in_the_form_and_goes_along_to_the_file(world):
    html = page(world.client(), "?mechanism=traffic&evidence=strong")
    assert '<option value="traffic" selected>' in html and '<option value="strong" selected>' in html
    assert "/atgarder/katalog.csv?mechanism=traffic&amp;evidence=strong" in html


def test_a_choice_that_fits_nothing_says_so_and_shows_the_way_back(world, general):
    assert not general.find(mechanism=Mechanism.REMOVE_EXCUSES, evidence=Evidence.STRONG).entries
    html = page(world.client(), "?mechanism=remove_excuses&evidence=strong")
    assert "Ingen åtgärd i katalogen stämmer med valet." in html and codes(html) == []


@pytest.mark.parametrize("address", ["/atgarder/katalog", "/atgarder/katalog.csv"])
def test_an_unknown_choice_is_answered_with_those_there_are(world, address):
    refused = world.client().get(f"{address}?evidence=%3Cb%3Ebra" + "a" * 60)
    assert refused.status_code == 400
    said = refused.get_data(as_text=True).rpartition("<main")[2]
    assert "strong, some, mixed, weak, unknown" in said and "a" * 60 not in said
    assert refused.mimetype == "text/plain" or "<b>" not in said


def test_the_file_holds_notes_and_sources_whole(world, general):
    [lot] = [row for row in rows(world.client()) if row["code"] == "gron_tomt"]
    entry = general.get("gron_tomt")
    assert lot["evidence_note"] == entry.evidence_note["sv"] and lot["sources"].split("; ") == list(entry.sources)
    assert (lot["effect_after_months"], lot["cost"], lot["mechanism_label"]) == (
        "6",
        "50 000–500 000 kr",
        "Platsutveckling",
    )


def test_the_action_plan_leads_to_the_catalogue(world):
    assert 'href="/atgarder/katalog"' in world.client().get("/atgarder").get_data(as_text=True)


def test_exempelby_sees_its_own_measure_and_its_own_problem_types(world):
    app = create_app(replace(world.settings, municipality=EXEMPELBY))
    html = page(app.test_client())
    [trail] = re.findall(r'<article[^>]*id="skoterled">.*?</article>', html, re.S)
    assert "Skoterkörning" in trail
    [graffiti] = re.findall(r'<article[^>]*id="klottersanering">.*?</article>', html, re.S)
    assert "<dd>Stök på torget</dd>" in graffiti
    assert "Vägbula som plogen klarar" in html and "Fortkörning" not in html
    app.extensions["database"].close()
