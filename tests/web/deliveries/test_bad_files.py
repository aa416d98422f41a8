"""What cannot be read, and names and cells that mean harm."""

import io

import openpyxl
import pytest
from delivery_steps import GOOD, UNKNOWN, check, csv_bytes, kept_files, said, take_in, tally, upload

from samverkan_map.exchange.readers import UPLOAD

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
