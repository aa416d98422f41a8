"""The action plan: numbers that cannot be hidden, filters, files, and the calendar of what is due."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
from measure_steps import HOST, STEPS, through
from pages import landed

from samverkan_map import measures
from samverkan_map.db.tables import Measure
from samverkan_map.exchange import calendar_file
from samverkan_map.vocabulary import MeasureStatus, Verdict


def test_the_numbers_at_the_top_stay_whatever_is_filtered(world, stored):
    with world.database.writing() as session:
        today = session.get(Measure, 1).updated_on
        measures.move(session, HOST, 1, MeasureStatus.ONGOING, on=today)
        one, two = session.get(Measure, 1), session.get(Measure, 2)
        one.follow_ups[0].due_on, one.follow_ups[0].window_months = today - timedelta(days=400), 1
        two.follow_ups.clear()
        session.flush()
        measures.waive(session, HOST, 2, "För liten för att synas.", today=today)
        session.commit()
    client = world.client("planerare")
    for address in ("/atgarder", "/atgarder?q=finnsinte", "/atgarder?state=cancelled", "/atgarder?area=ostra"):
        page = client.get(address).text
        numbers = re.findall(r'class="stands-number">(\d+)<', page)
        assert numbers[:3] == ["1", "1", "1"], address
        assert "För liten för att synas." in page
    assert re.findall(r'class="stands-number">(\d+)<', world.client().get("/atgarder").text)[2] == "0"


def test_filters_by_state_and_mechanism_hold_for_page_and_files(world):
    client = world.client("planerare")
    with world.database.writing() as session:
        measures.move(session, HOST, 1, MeasureStatus.CANCELLED, on=session.get(Measure, 1).updated_on)
        session.commit()
    for query, shown in (
        ("state=cancelled", 1),
        ("state=planned", 1),
        ("mechanism=increase_risk", 2),
        ("mechanism=traffic", 0),
    ):
        assert client.get(f"/atgarder?{query}").text.count('<th scope="row">') == shown
        assert len(client.get(f"/atgarder.csv?{query}").text.strip().splitlines()) == shown + 1
        sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/atgarder.xlsx?{query}").data)).active
        assert sheet.max_row == shown + 1
    for query in ("state=klar", "mechanism=magi"):
        assert client.get(f"/atgarder?{query}").status_code == 400


def test_the_excel_file_has_words_where_the_csv_has_codes_and_no_column_stands_twice(world):
    with world.database.writing() as session:
        plan = session.get(Measure, 1).follow_ups[0]
        measures.set_verdict(session, HOST, plan.id, Verdict.HELPED, note="Färre.", today=plan.due_on)
        session.commit()
    client = world.client("planerare")
    header, *rows = csv.reader(io.StringIO(client.get("/atgarder.csv").text.lstrip("\ufeff")))
    assert len(header) == len(set(header))
    first = next(dict(zip(header, row, strict=True)) for row in rows if row[header.index("id")] == "1")
    assert [first[name] for name in ("status", "mechanism", "focus", "follow_up", "verdict")] == [
        "planned", "increase_risk", "offentlig-miljo", "done", "helped",
    ]  # fmt: skip
    for language, words in (
        ("sv", ["Planerad", "Trygghet i offentlig miljö", "gjord", "Verkar ha hjälpt"]), ("en", ["Planned", "done"]),
    ):  # fmt: skip
        client = world.client("planerare", language=language)
        sheet = openpyxl.load_workbook(io.BytesIO(client.get("/atgarder.xlsx").data)).active
        cells = {str(cell.value) for row in sheet.iter_rows(min_row=2) for cell in row}
        assert set(words) <= cells and not cells & {"increase_risk", "offentlig-miljo", "helped"}


def test_the_map_of_the_action_plan_shows_what_the_plan_shows(world):
    page = world.client("planerare").get("/atgarder?area=hollviken&q=belysning").text
    address = re.search(r'href="([^"]*layer=measures[^"]*)"', page)[1]
    assert "area=hollviken" in address and "q=belysning" in address


def test_no_cell_of_the_files_is_a_formula(world):
    with world.database.writing() as session:
        session.get(Measure, 1).title = '=HYPERLINK("http://evil.example")'
        session.commit()
    client = world.client("planerare")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/atgarder.xlsx").data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
    assert "\"'=HYPERLINK" in client.get("/atgarder.csv").text


def test_the_files_of_the_public_hold_no_causes_promises_or_expectations(world):
    inside, outside = world.client("planerare").get("/atgarder.csv").text, world.client().get("/atgarder.csv").text
    for name in ("causes", "expected", "promises_broken"):
        assert f'"{name}"' in inside and f'"{name}"' not in outside
    assert '"cost_kronor"' in outside and "Belysning nummer 2" not in outside


def unfolded(body):
    return body.decode().replace("\r\n ", "").split("\r\n")


def test_the_calendar_holds_the_days_that_are_due_and_nothing_private(world, stored):
    with world.database.writing() as session:
        measure = session.get(Measure, 1)
        measure.title = "Lampor, stolpar; och mycket mer på en gång som är väldigt lång i namnet åäö åäö åäö åäö"
        measure.planned_end = measure.planned_start + timedelta(days=20)
        measure.promises[0].due_on = measure.planned_start
        session.commit()
    body = world.client("planerare").get("/atgarder.ics").data
    assert all(len(line) <= 75 for line in body.split(b"\r\n")) and b"\n" not in body.replace(b"\r\n", b"")
    lines = unfolded(body)
    uids = [line for line in lines if line.startswith("UID:")]
    assert uids[:4] == [f"UID:{kind}-1@atgarder.vellinge" for kind in ("start", "end", "follow_up", "promise")]
    assert len(set(uids)) == len(uids) == 6
    assert "DTSTART;VALUE=DATE:20260331" in lines and "DTEND;VALUE=DATE:20260401" in lines
    assert any(line.startswith("SUMMARY:Följ upp: Lampor\\, stolpar\\; och") for line in lines)
    assert "En extra lampa" not in body.decode() and "Nya lampor" not in body.decode()
    outside = unfolded(world.client().get("/atgarder.ics").data)
    assert not any("promise" in line or "-2@" in line for line in outside)
    assert world.client("planerare").get("/atgarder.ics").data == body


def test_a_calendar_line_is_never_cut_inside_a_letter():
    pieces = list(calendar_file.folded("SUMMARY:" + "ö" * 200))
    assert max(map(len, pieces)) <= 75 and all(piece.decode() for piece in pieces)
    assert b"".join([pieces[0], *(piece[1:] for piece in pieces[1:])]).decode() == "SUMMARY:" + "ö" * 200


def test_two_measures_at_one_place_warn_each_other_on_both_pages(world):
    client = world.client("planerare")
    through(world, client, planned_start="2026-04-10")
    for number, other in ((1, "Bättre fast belysning"), (3, "Belysning nummer 1")):
        page = client.get(f"/atgarder/{number}").text
        warning = page.split('class="notice warning overlaps"')[1].split("</div>")[0]
        assert other in warning and "samma plats (Plats nummer 1)" in warning and "Båda räknar skadegörelse" in warning
    assert "overlaps" not in world.client().get("/atgarder/1").text


def test_the_panel_of_the_map_says_what_came_of_a_measure(world):
    with world.database.writing() as session:
        plan = session.get(Measure, 1).follow_ups[0]
        measures.set_verdict(session, HOST, plan.id, Verdict.HELPED, note="Färre.", today=plan.due_on)
        session.commit()
    facts = dict(world.client().get("/karta/objekt/measures/1").get_json()["facts"])
    assert facts["Vår bedömning"] == "Verkar ha hjälpt"


def test_from_a_place_its_third_phase_and_a_site_a_planner_goes_on_to_a_new_measure(world):
    client = world.client("planerare")
    pages = {
        "/platser/1": "plats=1",
        "/platser/1/steg/atgarder": "plats=1",
        "/platsutveckling/1": "platsutveckling=1",
    }
    for address, args in pages.items():
        assert f'href="/atgarder/ny?{args}"' in client.get(address).text, address
        assert "/atgarder/ny" not in world.client().get(address).text, address
    assert "Torg nummer 1" in client.get("/atgarder/ny?platsutveckling=1").text


def test_what_is_measured_otherwise_shows_no_figures_and_the_result_stands_in_the_verdict(world):
    client = world.client("planerare")
    through(world, client, last=3)
    step = STEPS[4] | {"otherwise": "yes", "indicator": "Svar i enkäten", "types": ["skadegorelse"]}
    world.post(client, "/atgarder/ny?plats=1&steg=4", go="count", places="1", **step)
    assert "Den minsta förändring som går att se" not in client.get("/atgarder/ny?plats=1&steg=4").text
    form = {name: value for number in (1, 2, 3) for name, value in STEPS[number].items()} | step
    assert landed(world.post(client, "/atgarder/ny?plats=1&steg=5", go="next", **form)) == "/atgarder/3"
    with world.database.reading() as session:
        (plan,) = session.get(Measure, 3).follow_ups
        assert plan.types == []
    assert "mäts på annat sätt än rapporter" in client.get("/atgarder/3").text
    version = re.search(r'name="version" value="(\d+)"', client.get("/atgarder/3").text)[1]
    for to, on in (("ongoing", "2026-02-05"), ("done", "2026-02-06")):
        version = re.search(r'name="version" value="(\d+)"', client.get("/atgarder/3").text)[1]
        assert world.post(client, "/atgarder/3/lage", to=to, on=on, version=version).status_code == 303
    page = client.get("/atgarder/3/uppfoljning").text
    assert "Räknas inte bland rapporterna. Skriv resultatet i bedömningen." in page
    assert "Siffrorna</h2>" not in page and 'name="verdict"' in page
    assert re.search(r'name="otherwise" value="yes" checked', client.get(f"/atgarder/3/plan/{plan.id}").text)


def test_nothing_to_count_and_not_measured_otherwise_is_asked_for(world, stored):
    client = world.client("planerare")
    form = {name: value for name, value in STEPS[4].items() if name not in ("follow", "types")}
    answer = world.post(client, "/atgarder/1/plan/1", **form, version=stored().follow_ups[0].version)
    assert answer.status_code == 422 and "eller att det mäts på annat sätt" in answer.text
