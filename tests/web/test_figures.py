"""Whatever is asked of the public figures, in any form and any combination, nobody works out what is hidden."""

import csv
import io
import json
import random
import re

import attacker
import builders
import numpy as np
import pytest
from pages import landed
from sqlalchemy import delete, update

from samverkan_map import access, figures
from samverkan_map.analysis.suppression import FEW, HELD, SHOWN
from samverkan_map.db.tables import Figure, FigureYear, Report

POINTS = ("12.9558,55.4098", "13.0197,55.4712", "12.905,55.4", "12.84,55.4", "13.1,55.48")
TYPES = (
    "klotter", "nedskrapning", "skadegorelse", "otrygg_plats", "dalig_belysning", "fortkorning", "buskorning_moped",
    "trafikolycka", "trygg_plats", "ide", "narkotika", "otrygg_skolvag",
)  # fmt: skip
WORDS = {"färre än 5": FEW, "visas inte": HELD, "": SHOWN}


def rows_of(seed, year, number):
    lots = random.Random(seed)
    return [
        f"S{year}{n},{lots.choice(TYPES)},{year}-0{lots.randint(1, 9)}-14,{POINTS[min(int(lots.expovariate(0.7)), 4)]}"
        for n in range(number)
    ]


@pytest.fixture
def counted(world, vellinge, tmp_path):
    """Two published years of random reports behind the application."""
    rows = [*rows_of(1, 2024, 240), *rows_of(2, 2025, 300)]
    with world.database.writing() as session:
        came = builders.take_in(session, vellinge, builders.a_file(tmp_path, rows, name="ar.csv"))
        assert came.stored, came.reasons()
        assert figures.begin(session, access.command_line(), vellinge, today=builders.NOW.date()) == [2025, 2024]
        session.commit()
    return world


def every_answer(client):
    """All the public may ask of the figures, in both languages: status, headers and body by address."""
    found = {}
    page = client.get("/statistik").text
    years, codes = (re.findall(pattern, page) for pattern in (r"<option[^>]*>(\d{4})<", r'<option value="(\w+)"'))
    assert len(years) == 2 and len(codes) > 15
    asked = [f"?ar={year}&visa={code}" for year in years for code in codes]
    for address in ("/statistik", "/statistik.geojson", "/statistik/karta.svg"):
        for question in ["", *asked]:
            found[address + question] = client.get(address + question)
    found["/statistik.csv"] = client.get("/statistik.csv")
    return {
        address: (answer.status_code, sorted(answer.headers.items()), answer.data) for address, answer in found.items()
    }


def test_every_answer_is_byte_for_byte_the_same_whatever_the_hidden_numbers_are(counted):
    client = counted.client()
    before = every_answer(client)
    with counted.database.writing() as session:
        hidden = update(Figure).where(Figure.state != SHOWN).values(count=Figure.count + 1_000_003)
        assert session.execute(hidden).rowcount > 40
        session.execute(update(FigureYear).values(reports=FigureYear.reports + 7))
        session.execute(delete(Report))
        session.commit()
    assert every_answer(client) == before
    assert all(status == 200 for status, _, _ in before.values())


def test_an_attacker_with_the_whole_file_learns_of_a_small_number_only_what_its_word_says(counted, vellinge):
    table = list(csv.DictReader(io.StringIO(counted.client().get("/statistik.csv").text.lstrip("\ufeff"))))
    tried = 0
    for year, kind in sorted({(row["year"], row["kind"]) for row in table}):
        rows = [row for row in table if (row["year"], row["kind"]) == (year, kind)]
        wide = len(vellinge.areas) + 2
        states = np.array([WORDS[row["told"]] for row in rows], object).reshape(-1, wide)
        values = np.array([int(row["count"] or -1) for row in rows]).reshape(-1, wide)
        least = [int(vellinge.types[row["type"]].level == "A") for row in rows[:-wide:wide]]
        solved = attacker.intervals(values, states, fewest=5, least=least)
        assert all(ends == (least[row], 4) for (row, _), ends in solved.items())
        tried += len(solved)
    assert tried > 30


@pytest.mark.parametrize("question", [
    "from=2025-01-01", "to=2025-03", "period=12m", "bbox=12.9,55.4,13,55.5", "area=ljunghusen", "type=klotter",
    "kind=traffic", "focus=trygga-unga", "source=est", "weekday=1", "hour=8-10", "q=skola", "sort=oldest", "page=2",
    "ar=2026", "ar=2025,2024", "ar=0", "visa=narkotika", "visa=otrygg_skolvag", "visa=*", "layer=problem",
])  # fmt: skip
def test_no_question_about_days_places_or_parts_is_answered(counted, question):
    client = counted.client()
    for address in ("/statistik", "/statistik.geojson", "/statistik/karta.svg", "/statistik.csv"):
        if address != "/statistik.csv" or not question.startswith(("ar", "visa")):
            assert client.get(f"{address}?{question}").status_code == 400, (address, question)


def test_nothing_that_the_public_sees_anywhere_changes_when_reports_come_in(counted, vellinge, tmp_path):
    """Hotspots and density never reach the public, nor does any other count of single reports."""
    rules = [rule for rule in counted.app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    # A workbook holds the time it was made, and the form of a sign-in a token; neither tells of reports.
    addresses = [rule.rule for rule in rules if not rule.rule.endswith((".xlsx", "/logga-in"))]
    addresses += ["/platser/1", "/platser/1.geojson", "/atgarder/1", "/atgarder/1/uppfoljning", "/karta?visa=tabell"]
    client = counted.client()
    before = {address: client.get(address).data for address in addresses}
    with counted.database.writing() as session:
        near = [f"N{n},fortkorning,2025-06-01,12.9558,55.4098" for n in range(60)]
        builders.take_in(session, vellinge, builders.a_file(tmp_path, near, name="fler.csv"))
        session.commit()
    after = {address: client.get(address).data for address in addresses}
    assert [address for address in addresses if before[address] != after[address]] == []
    assert counted.client("planerare").get("/karta?visa=tabell").data != client.get("/karta?visa=tabell").data


def test_page_files_and_picture_say_the_same_and_staff_are_told_what_is_not_shown_outward(counted):
    public, staff = counted.client(), counted.client("planerare")
    page, shown = (
        public.get("/statistik?visa=klotter").text,
        json.loads(public.get("/statistik.geojson?visa=klotter").data),
    )
    one_line = re.search(r'<table class="one-line">.*?</table>', page, re.S)[0]
    for feature in shown["features"]:
        told = feature["properties"]
        assert f">{told['count']}<" in one_line if told["told"] == "" else told["told"] in one_line
    assert shown["numberMatched"] == 5 and shown["question"] == {"ar": 2025, "visa": "klotter"}
    assert "visas inte utåt" not in page and "visas inte utåt" in staff.get("/statistik").text
    assert staff.get("/statistik?som=publik").data == public.get("/statistik").data
    assert ["det första året med" in public.get(f"/statistik?ar={year}").text for year in (2024, 2025)] == [True, False]


@pytest.mark.parametrize("role", ["publik", "planerare", "samordnare"])
def test_the_figures_lie_on_the_map_of_those_who_see_no_reports_and_everybody_finds_their_page(counted, role):
    page = counted.client(role).get("/karta").text
    assert ("data-areas" in page) == (role == "publik")
    elsewhere = {"samordnare": "/admin/leveranser", "planerare": "/lagesbild"}.get(role)
    menu = counted.client(role).get(elsewhere).text if elsewhere else page
    assert 'href="/statistik"' in menu
    assert counted.client(role).get("/statistik").status_code == 200


def test_the_coordinator_publishes_a_year_once_and_is_told_why_not_again(world, vellinge, tmp_path):
    client = world.client("samordnare")
    assert "Ingen statistik är publicerad än" in world.client().get("/statistik").text
    assert "Det finns inget avslutat år" in client.get("/statistik/publicera").text
    for twin in ("/statistik.csv", "/statistik.geojson", "/statistik/karta.svg"):
        assert world.client().get(twin).status_code == 200
    with world.database.writing() as session:
        builders.take_in(session, vellinge, builders.a_file(tmp_path, rows_of(3, 2025, 50), name="ar.csv"))
        session.commit()
    assert "Publicera 2025" in client.get("/statistik/publicera").text
    assert world.post(world.client("planerare"), "/statistik/publicera", year=2025).status_code == 403
    done = world.post(client, "/statistik/publicera", year=2025)
    assert landed(done) == "/statistik?ar=2025"
    assert "Statistiken för 2025 är publicerad." in client.get(done.location).text
    again = world.post(client, "/statistik/publicera", year=2025)
    assert (again.status_code, "Rättelser kan visas först nästa kalenderår" in again.text) == (409, True)
    for bad in ("", "2026", "i fjol", "99999"):
        assert world.post(client, "/statistik/publicera", year=bad).status_code == 422, bad
