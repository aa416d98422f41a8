"""The coordinator takes in a file at the page, step by step, and takes it back."""

import csv
import io
import os
import re
import time

import geopandas
import openpyxl
import pytest
from delivery_steps import (
    FAR,
    GOOD,
    HEADER,
    UNKNOWN,
    as_geojson,
    check,
    count,
    csv_bytes,
    kept_files,
    points,
    said,
    take_in,
    tally,
    to_preview,
    undo,
    upload,
)
from shapely.geometry import Point
from sqlalchemy import select

from samverkan_map import access
from samverkan_map.db.tables import AuditLine, Delivery
from samverkan_map.web import create_app

# ---- The walk ------------------------------------------------------------------------------------------------------


def as_csv(_folder):
    return csv_bytes(*GOOD), "mars.csv"


def as_workbook(_folder):
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in [HEADER.split(","), *(row.split(",") for row in GOOD)]:
        book.active.append(row)
    book.save(made)
    return made.getvalue(), "mars.xlsx"


def as_geopackage(folder):
    frame = geopandas.GeoDataFrame([t for t, _ in points()], geometry=[Point(at) for _, at in points()], crs=4326)
    frame.to_crs(3006).to_file(folder / "in.gpkg", layer="rapporter", driver="GPKG")
    return (folder / "in.gpkg").read_bytes(), "mars.gpkg"


@pytest.mark.parametrize("made", [as_csv, as_workbook, as_geojson, as_geopackage])
def test_a_file_of_each_kind_goes_in_is_found_on_the_map_and_taken_back(world, coordinator, tmp_path, made):
    content, name = made(tmp_path)
    before = count(world)
    preview = to_preview(world, coordinator, content, name)
    page = coordinator.get(preview)
    assert tally(page) == [2, 2, 0, 0, 0]
    assert (
        "Klotter" in page.text
        and "Höllviken" in page.text
        and "10\N{NO-BREAK SPACE}jan\N{NO-BREAK SPACE}2026" in page.text
    )
    assert count(world) == before

    receipt = take_in(world, coordinator, preview)
    assert receipt.status_code == 303 and count(world) == before + 2
    shown = coordinator.get(receipt.location)
    assert tally(shown) == [2, 2, 0, 0, 0] and name in shown.text and "Rapport från boende" in shown.text
    on_map = coordinator.get("/karta.csv?source=medborgarrapport")
    assert on_map.text.count("A1") == 1 and on_map.text.count("A2") == 1

    undone = undo(world, coordinator, receipt.location)
    assert undone.status_code == 303 and count(world) == before
    assert "Leveransen är ångrad" in coordinator.get(undone.location).text
    assert "Ångrad" in coordinator.get("/admin/leveranser").text


def test_what_is_taken_in_at_the_page_is_recorded_under_the_persons_name(world, coordinator):
    take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD)))
    with world.database.reading() as session:
        delivery = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
        assert (delivery.who, delivery.person_id) == ("Exempel samordnare", world.persons["samordnare"])
        assert (delivery.file_name, delivery.read, delivery.accepted) == ("mars.csv", 2, 2)
        lines = session.scalars(select(AuditLine.action).where(AuditLine.person_id == delivery.person_id)).all()
        assert lines.count("import_reports") == 1
        assert access.verify(session) is None


def test_trying_a_file_leaves_no_trace_in_database_or_log(world, coordinator):
    before = count(world), count(world, Delivery), count(world, AuditLine)
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    coordinator.get(preview)
    world.post(coordinator, preview.replace("granska", "avbryt"))
    assert (count(world), count(world, Delivery), count(world, AuditLine)) == before
    assert kept_files(world) == []
    assert coordinator.get(preview).status_code == 410


# ---- Refused rows --------------------------------------------------------------------------------------------------


def test_refused_rows_stop_the_file_unless_those_that_can_go_in_are_chosen(world, coordinator):
    before = count(world)
    preview = to_preview(world, coordinator, csv_bytes(*GOOD, FAR))
    page = coordinator.get(preview)
    assert tally(page) == [3, 2, 0, 1, 0]
    assert "Läs in det som går (2 rader)" in page.text
    assert re.search(r'<th scope="row" class="number">4</th><td>Positionen ligger', page.text)
    whole = take_in(world, coordinator, preview)
    assert whole.location == preview and count(world) == before
    assert tally(coordinator.get(preview)) == [3, 2, 0, 1, 0]
    partly = take_in(world, coordinator, preview, delar="ja")
    assert count(world) == before + 2
    assert tally(coordinator.get(partly.location)) == [3, 2, 0, 1, 0]


def test_refused_rows_are_downloaded_with_number_and_reason_and_safe_in_a_spreadsheet(world, coordinator):
    evil = "=HYPERLINK(1),klotter,2026-02-30,13.0197,55.4712,<script>alert(1)</script>"
    preview = to_preview(world, coordinator, csv_bytes(*GOOD, FAR, evil))
    file = coordinator.get(preview.replace("granska", "nekade.csv"))
    assert file.headers["Content-Disposition"] == 'attachment; filename="nekade-rader.csv"'
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert rows[0] == [*HEADER.split(","), "row_number", "reason"]
    assert [row[-2] for row in rows[1:]] == ["4", "5"]
    assert "utanför kommunen" in rows[1][-1] or "närheten av kommunen" in rows[1][-1]
    assert rows[2][0] == "'=HYPERLINK(1)" and "30" in rows[2][-1]


def test_the_first_fifty_refused_rows_are_shown_and_all_are_in_the_file(world, coordinator):
    rows = [f"B{n},klotter,2026-01-12,18.0686,59.3293," for n in range(60)]
    preview = to_preview(world, coordinator, csv_bytes(*rows))
    page = coordinator.get(preview)
    assert len(re.findall(r'<th scope="row" class="number">', page.text)) == 50
    assert "De första 50 av 60." in page.text and "Ingen rad går att läsa in." in page.text
    assert "Läs in det som går" not in page.text
    assert coordinator.get(preview.replace("granska", "nekade.csv")).text.count("\r\n") == 61


def test_personal_data_in_a_text_is_refused_by_kind_and_never_shown(world, coordinator):
    rows = ["klotter,2026-01-12,13.0197,55.4712,Ring 070-123 45 67 om det"]
    page = coordinator.get(to_preview(world, coordinator, csv_bytes(*rows, header="typ,tid_fran,lon,lat,beskrivning")))
    assert tally(page) == [1, 0, 0, 1, 0]
    assert "ett telefonnummer" in page.text and "070-" not in page.text


# ---- Words ---------------------------------------------------------------------------------------------------------


def test_every_step_speaks_english_too(world):
    client = world.client("samordnare", language="en")
    first = upload(world, client, csv_bytes(*GOOD, FAR, UNKNOWN))
    preview = check(world, client, first.location).location
    receipt = take_in(world, client, preview, delar="ja").location
    addresses = ("/admin/leveranser", "/admin/leveranser/ny", preview, receipt, receipt.split("?")[0] + "/angra")
    pages = {address: said(client.get(address)) for address in addresses}
    assert "Take in a file" in pages["/admin/leveranser"] and "Choose the file" in pages["/admin/leveranser/ny"]
    assert "The file has been taken in." in pages[receipt] and "Yes, undo the delivery" in pages[addresses[-1]]
    refused = upload(world, client, b"")
    assert "The file mars.csv is empty." in said(refused)


@pytest.mark.parametrize("when", ["the server starts", "somebody opens the list"])
def test_a_file_that_nobody_finished_goes_without_a_new_one_coming(world, when):
    root = world.settings.instance / "uploads"
    for name, hours in (("ny", 1), ("gammal", 3)):
        (root / name).mkdir(parents=True)
        then = time.time() - hours * 3600
        os.utime(root / name, (then, then))
    if when == "the server starts":
        create_app(world.settings).extensions["database"].close()
    else:
        assert world.client("samordnare").get("/admin/leveranser").status_code == 200
    assert [path.name for path in root.iterdir()] == ["ny"]


def test_a_workbook_with_two_sheets_of_rows_is_named_and_the_sheet_can_be_chosen(world, coordinator):
    book = openpyxl.Workbook()
    book.active.title = "Januari"
    for sheet, day in ((book.active, "2026-01-10"), (book.create_sheet("Februari"), "2026-02-10")):
        sheet.append(["typ", "tid_fran", "lon", "lat"])
        sheet.append(["klotter", day, 12.956, 55.41])
    content = io.BytesIO()
    book.save(content)
    asked = upload(world, coordinator, content.getvalue(), "rapporter.xlsx")
    assert asked.status_code == 422 and "flera blad eller lager med rader. Välj ett av dem." in asked.text
    assert re.findall(r'<option value="([^"]*)">(?:Januari|Februari)<', asked.text) == ["Januari", "Februari"]
    form = {"kept": re.search(r'name="kept" value="([^"]+)"', asked.text)[1], "source": "medborgarrapport"}
    assert "Välj ett av dem." in world.post(coordinator, "/admin/leveranser/ny", sheet="Mars", **form).text
    chosen = world.post(coordinator, "/admin/leveranser/ny", sheet="Februari", **form)
    assert chosen.status_code == 303
    preview = check(world, coordinator, chosen.location).location
    assert re.search(r"10.feb", said(coordinator.get(preview)))
    take_in(world, coordinator, preview)
    gone = world.post(coordinator, "/admin/leveranser/ny", sheet="Januari", **form)
    assert (gone.status_code, "finns inte kvar" in gone.text) == (410, True)
