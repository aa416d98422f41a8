"""The coordinator takes in a file at the page, step by step, and takes it back."""

import csv
import html
import io
import json
import os
import re
import stat
import time

import geopandas
import openpyxl
import pytest
from shapely.geometry import Point
from sqlalchemy import func, select

from samverkan_map import access
from samverkan_map.db.tables import AuditLine, Delivery, Report
from samverkan_map.exchange.readers import UPLOAD
from samverkan_map.web import create_app
from samverkan_map.web.uploads import KEEP_SECONDS

HEADER = "kallans_id,typ,tid_fran,lon,lat,plats"
GOOD = ["A1,fortkorning,2026-01-10T08:15,12.9558,55.4098,", "A2,klotter,2026-01-11,13.0197,55.4712,"]
FAR = "A3,klotter,2026-01-12,18.0686,59.3293,"
UNKNOWN = "A4,Rattfylleri,2026-01-13,13.0197,55.4712,"


def csv_bytes(*rows, header=HEADER):
    return "\n".join([header, *rows]).encode() + b"\n"


@pytest.fixture
def coordinator(world):
    return world.client("samordnare")


def upload(world, client, content, name="mars.csv", source="medborgarrapport"):
    """Choose a file at the first step."""
    data = {"csrf_token": world.form_token(client), "source": source, "file": (io.BytesIO(content), name)}
    return client.post("/admin/leveranser/ny", data=data)


def chosen(page):
    """What the columns page has chosen, as the browser would send it."""
    form = {}
    for name, inside in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        form[name] = "".join(re.findall(r'<option value="([^"]*)" selected', inside)[:1])
    return form


def columns_of(page):
    """The header of the file as the page offers it: name -> value."""
    inside = re.search(r'name="column-type"[^>]*>(.*?)</select>', page, re.DOTALL)[1]
    return {
        html.unescape(name): value for value, name in re.findall(r'<option value="(\d+)"[^>]*>(.*?)</option>', inside)
    }


def check(world, client, address, **changes):
    """Send the columns as proposed, with some changes."""
    form = chosen(client.get(address).text)
    return world.post(client, address, **(form | changes))


def to_preview(world, client, content, name="mars.csv", source="medborgarrapport", **changes):
    """From the file to the third step; gives its address."""
    first = upload(world, client, content, name, source)
    assert first.status_code == 303, first.text
    second = check(world, client, first.location, **changes)
    assert second.status_code == 303, said(second)
    assert second.location.endswith("/granska")
    return second.location


def take_in(world, client, preview, **form):
    with world.post(client, preview.replace("granska", "las-in"), **form) as answer:
        return answer


def version_of(client, receipt):
    """What the page that asks once more holds."""
    return re.search(r'name="version" value="(\d+)"', client.get(receipt.partition("?")[0] + "/angra").text)[1]


def undo(world, client, receipt):
    """Answer yes on that page."""
    version = version_of(client, receipt)
    return world.post(client, receipt.partition("?")[0] + "/angra", version=version)


def said(answer):
    """The words of a page without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def tally(page):
    return [int(n) for n in re.findall(r"<dd>(\d+)</dd></div>", page.text)]


def count(world, table=Report):
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def kept_files(world):
    root = world.settings.instance / "uploads"
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.exists() else []


# ---- The walk ------------------------------------------------------------------------------------------------------


def as_csv(_folder):
    return csv_bytes(*GOOD), "mars.csv"


def as_workbook(_folder):
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in [HEADER.split(","), *(row.split(",") for row in GOOD)]:
        book.active.append(row)
    book.save(made)
    return made.getvalue(), "mars.xlsx"


def points():
    rows = [row.split(",") for row in GOOD]
    return [({"kallans_id": r[0], "typ": r[1], "tid_fran": r[2]}, (float(r[3]), float(r[4]))) for r in rows]


def as_geojson(_folder):
    features = [
        {"type": "Feature", "properties": told, "geometry": {"type": "Point", "coordinates": at}}
        for told, at in points()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode(), "mars.geojson"


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
    assert "Klotter" in page.text and "Höllviken" in page.text and "10 januari 2026" in page.text
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


# ---- Columns, types, systems ---------------------------------------------------------------------------------------


def test_columns_that_nobody_knows_are_chosen_by_hand_and_the_rest_is_named_as_ignored(world, coordinator):
    header = "Löpnr,Brottstyp,Datum,Öst/Väst,Nord/Syd,Diarium"
    first = upload(world, coordinator, csv_bytes(*GOOD, header=header))
    page = coordinator.get(first.location).text
    place = columns_of(page)
    assert [place[name] for name in header.split(",")] == list("012345")
    wrong = check(world, coordinator, first.location)
    assert wrong.status_code == 422 and "Välj vilken kolumn som är typen." in wrong.text
    by_hand = {
        "column-type": place["Brottstyp"], "column-occurred_from": place["Datum"], "column-source_ref": place["Löpnr"],
        "column-x": place["Öst/Väst"], "column-y": place["Nord/Syd"],
    }  # fmt: skip
    preview = check(world, coordinator, first.location, **by_hand).location
    page = coordinator.get(preview)
    assert tally(page) == [2, 2, 0, 0, 0] and "En kolumn används inte: Diarium." in page.text
    assert "WGS 84" in page.text


def test_a_column_that_was_recognised_can_be_left_unused(world, coordinator):
    rows = ["fortkorning,2026-01-10,12.9558,55.4098,Enköping", "fortkorning,2026-01-11,12.9558,55.4098,Enköping"]
    content = csv_bytes(*rows, header="typ,tid_fran,lon,lat,kommun")
    refused = coordinator.get(to_preview(world, coordinator, content))
    assert tally(refused) == [2, 0, 0, 2, 0] and "en annan kommun: Enköping" in refused.text
    accepted = coordinator.get(to_preview(world, coordinator, content, **{"column-municipality": ""}))
    assert tally(accepted) == [2, 2, 0, 0, 0]


def test_two_columns_that_mean_the_same_leave_the_choice_to_the_person(world, coordinator):
    rows = ["fortkorning,2026-01-10,1,12.9558,55.4098"]
    first = upload(world, coordinator, csv_bytes(*rows, header="typ,tid_fran,lon,longitud,lat"))
    page = coordinator.get(first.location).text
    assert chosen(page)["column-x"] == columns_of(page)["lon"]
    preview = check(world, coordinator, first.location, **{"column-x": columns_of(page)["longitud"]}).location
    assert tally(coordinator.get(preview)) == [1, 1, 0, 0, 0]


def test_words_for_types_are_translated_left_out_or_refused(world, coordinator):
    rows = [UNKNOWN, "A5,Brand,2026-01-14,13.0197,55.4712,", "A6,Stöld,2026-01-14,13.0197,55.4712,", *GOOD]
    first = upload(world, coordinator, csv_bytes(*rows))
    page = coordinator.get(first.location).text
    words = re.findall(r'<label for="(word-\d)">(\w+)</label>', page)
    name = {word: field for field, word in words}
    assert sorted(name) == ["Brand", "Rattfylleri", "Stöld"]
    assert '<optgroup label="Trygga unga">' in page
    told = {name["Rattfylleri"]: "trafikbrott", name["Brand"]: "-"}
    preview = check(world, coordinator, first.location, **told).location
    page = coordinator.get(preview)
    assert tally(page) == [5, 3, 0, 1, 1]
    assert "Typen ”Stöld” är okänd. Gå tillbaka till kolumnerna" in said(page)
    again = chosen(coordinator.get(first.location).text)
    assert {field: again[field] for field in told} == told


def test_another_column_of_types_brings_its_words_before_anything_is_tried(world, coordinator):
    rows = ["klotter,Rattfylleri,2026-01-10,12.9558,55.4098"]
    first = upload(world, coordinator, csv_bytes(*rows, header="typ,Rubricering,tid_fran,lon,lat"))
    page = coordinator.get(first.location).text
    assert "Rattfylleri" not in page
    back = check(world, coordinator, first.location, **{"column-type": columns_of(page)["Rubricering"]})
    assert back.location.endswith("/kolumner?nya=ord#ord")
    page = coordinator.get(back.location).text
    assert "Kolumnen för typ är ändrad." in page
    assert "Rattfylleri" in page and chosen(page)["column-type"] == "1"
    preview = check(world, coordinator, first.location, **{"word-0": "trafikbrott"}).location
    assert tally(coordinator.get(preview)) == [1, 1, 0, 0, 0]


def test_swapped_axes_are_named_and_put_right_on_the_page(world, coordinator):
    first = upload(world, coordinator, csv_bytes(*GOOD, header=HEADER.replace("lon,lat", "lat,lon")))
    page = coordinator.get(first.location).text
    assert "ser ut att ha bytt plats" in page
    wrong = check(world, coordinator, first.location)
    assert wrong.status_code == 422 and "Koordinaterna är i WGS 84, men öst och nord" in wrong.text
    assert "<title>Fel: Vilken kolumn är vilken?" in wrong.text and 'href="#column-x"' in wrong.text
    form = chosen(page)
    right = check(world, coordinator, first.location, **{"column-x": form["column-y"], "column-y": form["column-x"]})
    assert tally(coordinator.get(right.location)) == [2, 2, 0, 0, 0]


def test_swapped_points_in_a_geojson_are_named_and_sent_back(world, coordinator):
    swapped = [{**f, "geometry": {**f["geometry"], "coordinates": f["geometry"]["coordinates"][::-1]}}
               for f in json.loads(as_geojson(None)[0])["features"]]  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": swapped}).encode()
    first = upload(world, coordinator, content, "mars.geojson")
    assert "column-x" not in coordinator.get(first.location).text
    wrong = check(world, coordinator, first.location)
    assert wrong.status_code == 422 and "har bytt plats i filen. Exportera den igen" in wrong.text


def test_the_coordinate_system_is_recognised_and_can_be_overruled(world, coordinator):
    rows = ["klotter,2026-01-10,374500,6142000", "klotter,2026-01-11,374600,6142100"]
    content = csv_bytes(*rows, header="typ,tid_fran,e,n")
    first = upload(world, coordinator, content)
    assert "Igenkänt: SWEREF 99 TM" in coordinator.get(first.location).text
    assert tally(coordinator.get(check(world, coordinator, first.location).location)) == [2, 2, 0, 0, 0]
    overruled = coordinator.get(check(world, coordinator, first.location, crs="4326").location)
    assert tally(overruled) == [2, 0, 0, 2, 0]


def test_a_source_must_be_chosen_or_stand_in_the_file(world, coordinator):
    first = upload(world, coordinator, csv_bytes(*GOOD), source="")
    wrong = check(world, coordinator, first.location)
    assert wrong.status_code == 422 and "Välj källa, eller vilken kolumn som är källan." in wrong.text
    assert check(world, coordinator, first.location, source="hittepå").status_code == 422
    right = check(world, coordinator, first.location, source="est")
    receipt = take_in(world, coordinator, right.location)
    assert "EST" in coordinator.get(receipt.location).text


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
    assert "ett telefonnummer" in page.text and "070" not in page.text


# ---- Files that cannot be read -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "tom.csv", "Filen tom.csv är tom."),
        (b"%PDF-1.7 hej", "rapport.csv", "Filen rapport.csv är en pdf."),
        (b"\x7fELF\x02\x01" + bytes(50), "program.csv", "Filen program.csv innehåller inte text."),
        (b"<!DOCTYPE html><html>", "sida.csv", "Filen sida.csv är en webbsida"),
        (b"typ,tid_fran\n", "rubrik.csv", "Filen rubrik.csv har en rubrikrad men inga rader."),
        (b"hej", "bild.exe", "Filen bild.exe har en ändelse som inte går att läsa."),
        (b"hej", "utan", "Filen utan har en ändelse som inte går att läsa."),
        (b"typ,personnummer\nklotter,x\n", "p.csv", "har kolumner som ser ut som personuppgifter: personnummer."),
        (b"typ,tid_fran\nklotter,2026-01-01\n", "070-123 45 67.csv", "Byt namn på filen. Texten ser ut att"),
        (b'{"type":"FeatureCollection","features":[' + b"[" * 2000, "djup.geojson", "fler än 20 nivåer"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_one_sentence_at_the_same_step_with_the_source_kept(
    world, coordinator, content, name, sentence
):
    answer = upload(world, coordinator, content, name, source="est")
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert "<title>Fel: Välj filen med rapporter" in answer.text
    assert 'id="fel" tabindex="-1" autofocus' in answer.text and 'href="#file"' in answer.text
    assert '<option value="est" selected>' in answer.text
    assert kept_files(world) == []


def test_no_file_at_all_is_said(world, coordinator):
    answer = world.post(coordinator, "/admin/leveranser/ny", source="est")
    assert answer.status_code == 422 and "Välj en fil att läsa in." in answer.text


def test_a_file_over_the_limit_is_refused_with_the_sentence_about_size(world, coordinator):
    answer = upload(world, coordinator, b"typ\n" + b"x" * 21_000_000)
    assert answer.status_code == 413 and "högst 20 MB" in answer.text
    just_over = upload(world, coordinator, b"typ\n" + b"klotter\n" * (UPLOAD.max_bytes // 8))
    assert just_over.status_code == 422 and "Filen mars.csv är för stor. Högst 20 MB" in just_over.text
    assert kept_files(world) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_more_rows_than_a_page_can_take_are_refused(world, coordinator, ending):
    most = UPLOAD.max_features
    if ending == "csv":
        content = b"typ\n" + b"klotter\n" * (most + 1)
    else:
        book, made = openpyxl.Workbook(write_only=True), io.BytesIO()
        sheet = book.create_sheet()
        for word in ["typ", *["klotter"] * (most + 1)]:
            sheet.append([word])
        book.save(made)
        content = made.getvalue()
    answer = upload(world, coordinator, content, f"stor.{ending}")
    assert answer.status_code == 422 and f"Filen stor.{ending} har fler än 20000 rader." in answer.text
    assert upload(world, coordinator, b"typ\n" + b"klotter\n" * most).status_code == 303


# ---- Hostile names and cells ---------------------------------------------------------------------------------------


def test_no_name_of_a_file_becomes_a_path_or_a_tag(world, coordinator):
    for name in (
        "../../../etc/passwd.csv",
        "C:\\filer\\<script>alert(1)</script>.csv",
        "." * 40 + "/x.csv",
        "a\x00b.csv",
    ):
        first = upload(world, coordinator, csv_bytes(*GOOD), name)
        assert first.status_code == 303, name
        page = coordinator.get(first.location).text
        assert "<script>alert" not in page and "passwd" not in str(kept_files(world))
    assert {path.name for path in kept_files(world)} == {"about.json", "file.csv"}
    root = world.settings.instance / "uploads"
    assert all(root in path.resolve().parents for path in kept_files(world))


def test_names_of_columns_words_and_cells_are_never_tags(world, coordinator):
    tag = "<script>alert(1)</script>"
    rows = [f"{tag},{tag},2026-01-10,12.9558,55.4098,{tag}", f"{tag}2,klotter,2026-01-10,12.9558,55.4098,x"]
    first = upload(world, coordinator, csv_bytes(*rows, header=f"kallans_id,typ,tid_fran,lon,lat,{tag}"), f"{tag}.csv")
    preview = check(world, coordinator, first.location).location
    receipt = take_in(world, coordinator, preview, delar="ja")
    for address in (
        first.location,
        preview,
        receipt.location,
        "/admin/leveranser",
        receipt.location.split("?")[0] + "/angra",
    ):
        assert "<script>alert" not in coordinator.get(address).text, address
    assert "&lt;script&gt;" in coordinator.get(receipt.location).text


def test_what_is_no_choice_of_the_page_counts_as_not_chosen(world, coordinator):
    first = upload(world, coordinator, csv_bytes(UNKNOWN, *GOOD))
    odd = {"column-severity": "99", "column-kind": "-1", "crs": "99999", "word-0": "finns_inte", "word-7": "klotter"}
    preview = check(world, coordinator, first.location, **odd).location
    assert tally(coordinator.get(preview)) == [3, 2, 0, 1, 0]


# ---- Twice, at once, too late --------------------------------------------------------------------------------------


def test_two_clicks_on_take_in_give_one_delivery_and_the_same_receipt(world, coordinator):
    before = count(world), count(world, Delivery)
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    first, second = take_in(world, coordinator, preview), take_in(world, coordinator, preview)
    assert first.location == second.location
    assert (count(world), count(world, Delivery)) == (before[0] + 2, before[1] + 1)
    assert coordinator.get(preview).location == first.location


def test_a_file_that_two_people_try_goes_in_once_and_the_second_is_shown_the_receipt(world, coordinator):
    other = world.client("samordnare")
    mine, theirs = (to_preview(world, client, csv_bytes(*GOOD)) for client in (coordinator, other))
    assert mine != theirs
    first, second = take_in(world, coordinator, mine), take_in(world, other, theirs)
    assert second.location.split("?")[0] == first.location.split("?")[0]
    assert "Filen var redan inläst." in other.get(second.location).text


def test_a_file_whose_rows_are_all_there_has_nothing_to_take_in(world, coordinator):
    take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD)))
    preview = to_preview(world, coordinator, csv_bytes(*GOOD[::-1]))
    page = coordinator.get(preview)
    assert tally(page) == [2, 0, 2, 0, 0] and "Alla rader finns redan på kartan." in page.text
    assert "Läs in (" not in page.text
    assert take_in(world, coordinator, preview).location == preview


def test_an_undone_delivery_can_be_taken_in_again(world, coordinator):
    receipt = take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD))).location.split("?")[0]
    undo(world, coordinator, receipt)
    again = take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD))).location.split("?")[0]
    assert again != receipt and tally(coordinator.get(again)) == [2, 2, 0, 0, 0]


def test_undoing_twice_is_one_undoing_and_an_old_page_gets_a_conflict(world, coordinator):
    receipt = take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD))).location.split("?")[0]
    version = version_of(coordinator, receipt)
    assert world.post(coordinator, receipt + "/angra", version="77").status_code == 409
    assert world.post(coordinator, receipt + "/angra").status_code == 400
    answers = [world.post(coordinator, receipt + "/angra", version=version) for _ in range(2)]
    assert [answer.location for answer in answers] == [receipt + "?klart=angrad"] * 2
    assert coordinator.get(receipt + "/angra").location == receipt
    assert world.post(coordinator, "/admin/leveranser/999/angra", version="1").status_code == 404


def test_after_taking_in_nothing_of_the_file_is_left_on_the_server(world, coordinator):
    receipt = take_in(world, coordinator, to_preview(world, coordinator, csv_bytes(*GOOD, FAR)), delar="ja")
    assert receipt.status_code == 303
    (about,) = kept_files(world)
    assert about.name == "about.json"
    assert not re.search(r"mars|klotter|typ\"|A1", about.read_text().replace('"types"', ""))


def test_a_waiting_file_is_for_its_sender_only_and_for_nobody_else_on_the_machine(world, coordinator):
    first = upload(world, coordinator, csv_bytes(*GOOD))
    world.persons["annan"] = world.persons["planerare"]
    with world.database.writing() as session:
        from samverkan_map.db.tables import Person

        session.get_one(Person, world.persons["annan"]).role = "samordnare"
        session.commit()
    other = world.client("annan")
    assert other.get("/admin/leveranser").status_code == 200
    assert other.get(first.location).status_code == 410
    assert world.post(other, first.location).status_code == 410
    assert world.post(other, first.location.replace("kolumner", "avbryt")).status_code == 303
    assert coordinator.get(first.location).status_code == 200
    root = world.settings.instance / "uploads"
    folders = [root, *(path for path in root.iterdir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    check(world, coordinator, first.location)
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept_files(world)} == {0o600}


def test_a_file_that_waited_too_long_is_gone_and_the_page_says_so(world, coordinator):
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    folder = kept_files(world)[0].parent
    old = folder.stat().st_mtime - KEEP_SECONDS - 1
    os.utime(folder, (old, old))
    answers = [coordinator.get(preview), take_in(world, coordinator, preview)]
    assert [answer.status_code for answer in answers] == [410, 410]
    assert all("Filen finns inte kvar." in answer.text and "<title>Fel:" in answer.text for answer in answers)
    assert coordinator.get(preview.replace("granska", "nekade.csv")).status_code == 404
    upload(world, coordinator, csv_bytes(*GOOD))
    assert not folder.exists()


def test_a_file_that_disappears_in_between_is_said(world, coordinator):
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    next(path for path in kept_files(world) if path.name == "file.csv").unlink()
    assert take_in(world, coordinator, preview).status_code == 410


def test_the_third_step_without_the_second_leads_back(world, coordinator):
    first = upload(world, coordinator, csv_bytes(*GOOD))
    assert coordinator.get(first.location.replace("kolumner", "granska")).location == first.location


# ---- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["publik", "foretag", "trafikgrupp", "planerare", "polis"])
def test_nobody_but_the_coordinator_takes_in_files(world, coordinator, role):
    first = upload(world, coordinator, csv_bytes(*GOOD))
    client = world.client(role)
    before = count(world), kept_files(world)
    assert upload(world, client, csv_bytes(*GOOD)).status_code in (302, 401, 403)
    for address in ("/admin/leveranser", "/admin/leveranser/1", first.location):
        assert client.get(address).status_code == (302 if role == "publik" else 403)
    for step in ("kolumner", "las-in", "avbryt"):
        assert world.post(client, first.location.replace("kolumner", step)).status_code in (401, 403)
    assert world.post(client, "/admin/leveranser/1/angra", version="1").status_code in (401, 403)
    assert (count(world), kept_files(world)) == before


def test_without_its_token_no_step_does_anything(world, coordinator):
    preview = to_preview(world, coordinator, csv_bytes(*GOOD))
    before = count(world), kept_files(world)
    data = {"file": (io.BytesIO(csv_bytes(*GOOD)), "mars.csv"), "source": "est"}
    assert coordinator.post("/admin/leveranser/ny", data=data).status_code == 403
    for step in ("kolumner", "las-in", "avbryt"):
        assert coordinator.post(preview.replace("granska", step)).status_code == 403
    assert (count(world), kept_files(world)) == before


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
