"""Workbooks go in."""

import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from files_to_read import a_workbook, fault_text, read, refusal

from samverkan_map.errors import BadFile
from samverkan_map.exchange.readers import Limits, open_table
from samverkan_map.translations import text


def test_a_workbook_gives_dates_and_numbers_as_text(tmp_path):
    path = a_workbook(
        tmp_path,
        ["Typ", "Tid från", "E", "N", "Källans id"],
        ["klotter", datetime(2025, 3, 1, 14, 5), 370000, 6140000.5, 12.0],
        [],
        [" klotter ", date(2025, 3, 1), "370 000", None, True],
    )
    table, block = read(path)
    assert table.format == "xlsx"
    assert block.row_numbers == [2, 4]
    assert block.values == {
        "type": ["klotter", "klotter"],
        "occurred_from": ["2025-03-01T14:05:00", "2025-03-01"],
        "e": ["370000", "370 000"],
        "n": ["6140000.5", ""],
        "source_ref": ["12", "true"],
    }


def test_formulas_are_read_by_their_value_and_refused_by_row_when_nobody_computed_them(tmp_path):
    path = a_workbook(tmp_path, ["typ", "plats"], ["klotter", "=1+1"], ["klotter", "torget"])
    _, block = read(path)
    assert {index: fields for index, (_, fields) in block.fault.items()} == {0: {"cell": "B2"}}
    assert fault_text(block.fault[0]).startswith("Cellen B2 är en formel utan uträknat värde.")
    computed = _replaced(
        path, "xl/worksheets/sheet1.xml", b"<v />", b"<v>2</v>", b"<v/>", b"<v>2</v>", b"<v></v>", b"<v>2</v>"
    )
    _, block = read(computed)
    assert block.fault == {}
    assert block.values["place_name"] == ["2", "torget"]


def test_an_error_in_a_cell_and_a_row_that_is_too_long_are_refused_by_row(tmp_path):
    path = a_workbook(tmp_path, ["typ", "plats"], ["klotter", "#N/A"], ["klotter", "a", "b"], ["klotter"])
    _, block = read(path)
    assert {index: key.rpartition(".")[2] for index, (key, _) in block.fault.items()} == {0: "cell_error", 1: "cells"}
    assert len(block) == 3


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    path = _replaced(a_workbook(tmp_path, ["typ"], ["klotter"]), "xl/media/bomb.bin", None)
    started = time.process_time()
    assert "onormalt hårt packad" in refusal(path)
    assert "onormalt hårt packad" in refusal(path, limits=Limits(max_members=3))
    assert time.process_time() - started < 2


def test_a_workbook_with_entities_or_without_sheets_is_refused(tmp_path):
    path = a_workbook(tmp_path, ["typ"], ["klotter"])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet'
    assert "går inte att läsa som Excelbok" in refusal(_replaced(path, "xl/worksheets/sheet1.xml", b"<worksheet", bomb))
    far = _replaced(path, "xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="99999999999"')
    assert "går inte att läsa som Excelbok" in refusal(far)
    assert "är tom" in refusal(a_workbook(tmp_path, name="tom.xlsx"))


def test_a_small_workbook_with_cells_far_out_takes_no_time(tmp_path):
    path = a_workbook(tmp_path, ["typ", "plats"], ["klotter", "Parken"])
    far = b"".join(b'<row r="%d"><c r="XFD%d"><v>%d</v></c></row>' % (row, row, row) for row in range(3, 9000))
    started = time.process_time()
    said = refusal(_replaced(path, "xl/worksheets/sheet1.xml", b"</sheetData>", far + b"</sheetData>"))
    assert "har celler långt utanför tabellen" in said
    assert time.process_time() - started < 2


def test_hidden_sheets_are_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["personnr"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Rapporter").append(["typ"])
    book.save(tmp_path / "rapporter.xlsx")
    table, block = read(tmp_path / "rapporter.xlsx")
    assert (table.sheet, table.header, block) == ("Rapporter", ["typ"], None)


def _replaced(path: Path, member: str, *changes: bytes | None) -> Path:
    """A copy of a workbook with one member changed, or with a member of zeros added."""
    made = path.with_name("ändrad.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == member:
                for before, after in zip(changes[::2], changes[1::2], strict=True):
                    content = content.replace(before, after)
            new.writestr(name, content)
        if changes == (None,):
            new.writestr(member, bytes(30_000_000))
    return made


def a_book(folder: Path, **sheets) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "rapporter.xlsx"
    book.save(path)
    return path


HEAD = ["typ", "tid_fran", "plats"]
ROW = ["klotter", "2025-03-01", "Höllviken"]


def test_two_sheets_with_rows_are_named_and_one_may_be_chosen(tmp_path):
    path = a_book(tmp_path, År2024=[HEAD, ROW], År2025=[HEAD, ROW, ROW])
    assert "har flera blad: År2024, År2025. Välj ett med --sheet." in refusal(path)
    table = open_table(path, sheet="år2025")
    assert (table.sheet, table.other_sheets, len(next(table.blocks()))) == ("År2025", ["År2024"], 2)
    with pytest.raises(BadFile) as no:
        open_table(path, sheet="År2023")
    assert "De som finns är: År2024, År2025." in text("sv", no.value.key, **no.value.fields)


def test_a_cover_page_stops_nothing_and_is_named(tmp_path):
    cover = [["Rapporter ur systemet"], ["Uttag", "2025-04-01"]]
    table = open_table(a_book(tmp_path, Försättsblad=cover, Data=[[], HEAD, ROW]))
    assert (table.sheet, table.header, table.other_sheets) == ("Data", HEAD, ["Försättsblad"])


def test_sheets_with_names_nobody_knows_are_told_apart_by_being_tables(tmp_path):
    table = open_table(a_book(tmp_path, Om=[["Uttag"], ["April"]], Blad=[["Rubricering", "Datum"], ["a", "b"]]))
    assert table.sheet == "Blad"
    assert "flera blad: Ett, Två" in refusal(
        a_book(tmp_path, Ett=[["a", "b"], ["1", "2"]], Två=[["c", "d"], ["1", "2"]])
    )


def test_a_file_without_sheets_has_none_to_choose(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("typ,plats\nklotter,Parken\n", encoding="utf-8")
    with pytest.raises(BadFile) as no:
        open_table(path, sheet="Data")
    assert "har inga blad" in text("sv", no.value.key, **no.value.fields)
