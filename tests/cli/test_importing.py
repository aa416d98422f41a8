"""Files go in by command: every dialect and format, whole or not at all, and back out again."""

import csv

import pytest
from command_line import (
    a_csv,
    a_geojson,
    a_geopackage,
    a_workbook,
    count,
    rows,
)
from sqlalchemy import select

from samverkan_map.db.tables import AuditLine, Delivery, Report


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"delimiter": ";", "comma": True},
        {"delimiter": "\t", "encoding": "utf-8-sig"},
        {"delimiter": ";", "encoding": "cp1252"},
        {"delimiter": ";", "comma": True, "encoding": "utf-8-sig"},
    ],
)
def test_every_dialect_of_csv_goes_in(quick, embedded, tmp_path, how):
    said = quick.reports(a_csv(tmp_path, rows(), **how))
    assert said.code == 0, said.err
    assert "Lästa 12, godkända 12, redan kända 0, nekade 0, utelämnade 0." in said.out
    with embedded.reading() as session:
        first = session.scalars(select(Report).where(Report.source_ref == "r1")).one()
        assert first.description == "Rutor krossade, igen; två stycken."
        assert (first.type, first.area, first.hour) == ("skadegorelse", "hollviken", 21)


@pytest.mark.parametrize("make", [a_csv, a_workbook, a_geojson, a_geopackage])
def test_every_format_goes_in_and_the_same_file_twice_changes_nothing(samverkan, database, tmp_path, make):
    file = make(tmp_path, rows())
    assert samverkan.reports(file).code == 0
    before = count(database), count(database, Delivery), count(database, AuditLine)
    again = samverkan.reports(file)
    assert again.code == 0
    assert "Lästa 12, godkända 0, redan kända 12, nekade 0" in again.out
    assert (count(database), count(database, Delivery), count(database, AuditLine)) == before == (12, 1, 2)


def test_a_dry_run_stores_nothing(samverkan, database, tmp_path):
    said = samverkan.reports(a_csv(tmp_path, rows()), "--dry-run")
    assert said.code == 0
    assert "godkända 12" in said.out
    assert "Ingenting sparades." in said.out
    assert count(database) == count(database, Delivery) == count(database, AuditLine) == 0


def test_bad_rows_keep_all_out_go_to_a_file_and_the_rest_goes_in_with_partial(samverkan, database, tmp_path):
    bad = [
        ["x1", "Skadegörelse", "2025-02-30", "12.955", "55.415", "Krossad ruta."],
        ["x2", "Drakar", "2025-02-03", "12.955", "55.415", ""],
    ]
    file, refused = a_csv(tmp_path, rows() + bad, delimiter=";"), tmp_path / "nekade.csv"
    said = samverkan.reports(file, "--refused", refused)
    assert said.code == 3
    assert count(database) == 0
    assert "Ingenting sparades eftersom rader nekades." in said.err
    with refused.open(encoding="utf-8-sig", newline="") as opened:
        found = list(csv.DictReader(opened, delimiter=";"))
    assert [(row["kallans_id"], row["row_number"]) for row in found] == [("x1", "14"), ("x2", "15")]
    assert found[0]["beskrivning"] == "Krossad ruta."
    assert "är en dag som inte finns" in found[0]["reason"]
    assert "är okänd. Översätt den med --types" in found[1]["reason"]
    assert samverkan.reports(file, "--partial").code == 3
    assert count(database) == 12


def test_refused_rows_are_never_written_over_the_file_itself_nor_promised_where_they_cannot_be(
    quick, embedded, tmp_path
):
    file = a_csv(tmp_path, [*rows(), ["x1", "Drakar", "2025-02-03", "12.955", "55.415", ""]])
    before = file.read_bytes()
    (tmp_path / "nekade.csv").symlink_to(file)
    for name in ("rapporter.csv", "nekade.csv"):
        said = quick.reports(file, "--dry-run", "--refused", tmp_path / name)
        assert (said.code, said.out, "är samma fil som ska läsas in" in said.err) == (2, "", True)
    said = quick.reports(file, "--partial", "--refused", tmp_path / "finns inte" / "nekade.csv")
    assert (said.code, "gick inte att skriva" in said.err) == (2, True)
    assert file.read_bytes() == before
    assert count(embedded) == 0


def test_a_refused_file_put_right_goes_in(quick, embedded, tmp_path):
    bad = [["x1", "Skadegörelse", "2025-02-30", "12.955", "55.415", ""]]
    refused = tmp_path / "nekade.csv"
    quick.reports(a_csv(tmp_path, rows() + bad), "--partial", "--refused", refused)
    refused.write_text(refused.read_text(encoding="utf-8-sig").replace("2025-02-30", "2025-02-28"), encoding="utf-8")
    assert quick.reports(refused).code == 0
    assert count(embedded) == 13


def test_a_delivery_is_listed_undone_and_can_come_again(samverkan, database, tmp_path):
    file = a_csv(tmp_path, rows())
    assert samverkan("deliveries").out == "Inget har lästs in än.\n"
    samverkan.reports(file)
    assert "rapporter.csv  källa: Rapport från boende  12 rapporter" in samverkan("deliveries").out
    assert samverkan("undo", "1").code == 0
    assert count(database) == 0
    assert "ångrad" in samverkan("deliveries").out
    assert samverkan("undo", "1").code == 4
    assert samverkan.reports(file).code == 0
    assert count(database) == 12
    assert samverkan("audit", "verify").out.startswith("Loggen är hel: 4 rader.\nLoggens slut är rad ")


def test_own_column_names_and_words_are_translated(quick, embedded, tmp_path):
    found = [[number, word, "2025-03-01", "12.955", "55.415", ""] for number, word in (("1", "Ruta"), ("2", "Katt"))]
    file = a_csv(tmp_path, found, header=["nr", "vad", "dag", "lon", "lat", "x"])
    columns = "source_ref=nr,type=vad,occurred_from=dag"
    said = quick.reports(file, "--columns", columns, "--types", "Ruta=skadegorelse,Katt=-")
    assert said.code == 0, said.err
    assert "Lästa 2, godkända 1, redan kända 0, nekade 0, utelämnade 1." in said.out


def test_a_mapping_that_cannot_be_followed_is_one_sentence(quick, embedded, tmp_path):
    mistakes = {
        "--columns kan inte läsas vid ”type”": ["--columns", "type"],
        "--types kan inte läsas": ["--types", "=klotter"],
        "leder till en typ som inte finns": ["--types", "Ruta=drake"],
        "Kolumnen colour finns inte i kartan": ["--columns", "colour=typ"],
        "har ingen kolumn som heter Brottstyp": ["--columns", "type=Brottstyp"],
        "Koordinatsystemet 999999 är okänt": ["--crs", "999999"],
    }
    begin = ["import", "reports", a_csv(tmp_path, rows()), "--source", "medborgarrapport"]
    for words, said in quick.each({words: begin + more for words, more in mistakes.items()}).items():
        assert said.code in (1, 2)
        assert words in said.err
        assert len(said.err.strip().splitlines()) == 1
    assert count(embedded) == 0


def test_an_unknown_source_is_one_sentence(quick, tmp_path):
    said = quick.reports(a_csv(tmp_path, rows()), source="skvallret")
    assert said.code == 2
    assert said.err.startswith("Källan ”skvallret” finns inte.")


def test_a_file_says_what_kind_it_is_and_which_system_it_declares(quick, embedded, tmp_path):
    said = quick.reports(a_geopackage(tmp_path, rows()), "--dry-run").out
    assert "GeoPackage, lagret rapporter." in said
    assert "Filen säger själv att koordinaterna är i SWEREF 99 TM (EPSG:3006)." in said
    said = quick.reports(a_geojson(tmp_path, rows()), "--dry-run").out
    assert "GeoJSON-fil." in said and "Textfil" not in said
    assert "Filen säger själv att koordinaterna är i WGS 84 (EPSG:4326)." in said
    assert "Excelbok, bladet Sheet." in quick.reports(a_workbook(tmp_path, rows()), "--dry-run").out


def test_the_advice_on_swapped_axes_works_for_the_kind_of_file(quick, embedded, tmp_path):
    swapped = [[*row[:3], row[4], row[3], row[5]] for row in rows()]
    said = quick.reports(a_geojson(tmp_path, swapped))
    assert said.code == 2 and "Exportera filen igen med longitud (öst) först." in said.err
    header = ["kallans_id", "typ", "tid_fran", "Longitud", "Latitud", "beskrivning"]
    file = a_csv(tmp_path, swapped, header=header)
    said = quick.reports(file)
    assert said.code == 2 and "--columns lon=Latitud,lat=Longitud " in said.err
    assert quick.reports(file, "--columns", "lon=Latitud,lat=Longitud").code == 0
