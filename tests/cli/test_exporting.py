"""Files come out by command: filtered, harmless in a spreadsheet, recorded."""

import csv
import json

import geopandas
import openpyxl
from command_line import (
    a_csv,
    count,
    rows,
)
from sqlalchemy import select, text

from samverkan_map.db.tables import AuditLine

# ---- Export ------------------------------------------------------------------------------------------------------


def test_an_export_comes_out_in_four_formats_and_its_csv_is_known_already(samverkan, database, tmp_path):
    samverkan.reports(a_csv(tmp_path, rows()))
    for ending in ("csv", "xlsx", "geojson", "gpkg"):
        said = samverkan("export", "reports", tmp_path / f"ut.{ending}")
        assert (said.code, said.out) == (0, f"12 rader skrevs till {tmp_path}/ut.{ending}.\n"), said.err
    with (tmp_path / "ut.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter=";"))) == 12
    assert openpyxl.load_workbook(tmp_path / "ut.xlsx").active.max_row >= 13
    assert json.loads((tmp_path / "ut.geojson").read_text())["numberMatched"] == 12
    frame = geopandas.read_file(tmp_path / "ut.gpkg")
    assert (len(frame), frame.crs.to_epsg()) == (12, 3006)

    again = samverkan("import", "reports", tmp_path / "ut.csv")
    assert again.code == 0, again.out + again.err
    assert "godkända 0, redan kända 12, nekade 0" in again.out
    assert count(database) == 12


def test_an_export_follows_the_filters(quick, tmp_path):
    quick.reports(a_csv(tmp_path, rows()))
    said = quick("export", "reports", tmp_path / "ut.csv", "--from", "2025-03-03", "--to", "2025-03-06")
    assert said.out.startswith("3 rader skrevs")
    assert quick("export", "reports", tmp_path / "ut.csv", "--hour", "21-22", "--area", "hollviken").out.startswith(
        "12 "
    )


def test_an_unknown_filter_value_is_named(quick, tmp_path):
    filters = [
        ["--area", "atlantis"], ["--from", "2025-02-30"], ["--hour", "25-99"], ["--weekday", "9"], ["--bbox", "1,2,3"],
        ["--bbox", "nan,nan,nan,nan"], ["--period", "12x"], ["--type", "drakar"], ["--kind", "x"], ["--sort", "färg"],
        ["--source", "'; DROP TABLE reports"], ["--phase", "x"], ["--from", "２０２５-01-01"],
    ]  # fmt: skip
    commands = {" ".join(words): ["export", "reports", tmp_path / "ut.csv", *words] for words in filters}
    for words, said in quick.each(commands).items():
        assert said.code == 2, (words, said)
        assert len(said.err.strip().splitlines()) == 1, (words, said)
    assert not (tmp_path / "ut.csv").exists()


def test_a_formula_in_a_text_leaves_harmless(quick, tmp_path):
    row = ["=1+1", "Skadegörelse", "2025-03-01", "12.955", "55.415", '=HYPERLINK("http://exempel.se")']
    said = quick.reports(a_csv(tmp_path, [row]))
    assert said.code in (0, 3)
    quick("export", "reports", tmp_path / "ut.csv")
    with (tmp_path / "ut.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file, delimiter=";") for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


# ---- What is taken out is recorded, and nothing is dropped in silence ----------------------------------------------


def told(database):
    with database.reading() as session:
        lines = session.scalars(select(AuditLine).order_by(AuditLine.id))
        return [(line.action, json.loads(line.details)) for line in lines]


def test_an_export_is_recorded_with_its_layer_and_number_of_rows(samverkan, database, tmp_path):
    samverkan.reports(a_csv(tmp_path, rows()))
    assert samverkan("export", "reports", tmp_path / "ut.csv").code == 0
    assert samverkan("export", "places", tmp_path / "platser.csv").code == 0
    # The first two lines are the import and the public figures that began with it.
    assert told(database)[2:] == [
        ("export_internal", {"layer": "reports", "count": 12}), ("see_raw_text", {"layer": "reports", "count": 12}),
        ("export_internal", {"layer": "places", "count": 0}),
    ]  # fmt: skip


def test_what_cannot_be_recorded_is_not_taken_out(quick, embedded, tmp_path):
    quick.reports(a_csv(tmp_path, rows()))
    with embedded.writing() as session:
        session.execute(text("DELETE FROM attempts"))
        assert quick("export", "reports", tmp_path / "ut.csv").code == 1
    assert not (tmp_path / "ut.csv").exists()


def test_stretches_are_chosen_by_what_they_have_and_nothing_is_dropped(quick, tmp_path):
    file = tmp_path / "ut.csv"
    assert quick("export", "stretches", file, "--q", "mellan", "--keeper", "kommun", "--area", "hollviken").code == 0
    for name, value in (("period", "12m"), ("type", "klotter"), ("focus", "trygga-unga"), ("hour", "16-22")):
        refused = quick("export", "stretches", file, f"--{name}", value)
        assert refused.code == 2
        assert refused.err.startswith(f"Sträckor kan inte väljas med --{name}.")


def test_rows_that_are_only_counted_are_left_out_of_the_file_and_it_is_said(quick, tmp_path):
    drugs = [[f"n{n}", "Narkotika", "2025-03-01", "12.955", "55.415", ""] for n in range(6)]
    quick.reports(a_csv(tmp_path, drugs))
    said = quick("export", "reports", tmp_path / "ut.csv", "--type", "narkotika")
    assert said.code == 0 and said.err.startswith("6 rader av typer som bara räknas per område är inte med")
