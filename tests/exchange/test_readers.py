"""Real files of every kind go in; what is wrong is said in one sentence, in both languages."""

import csv
import io
import json
import os
import re
import sqlite3
import time
import tomllib
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path

import geopandas
import openpyxl
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from samverkan_map.errors import BadFile
from samverkan_map.exchange import columns
from samverkan_map.exchange.readers import COMMAND_LINE, UPLOAD, Limits, Table, content_of, open_table
from samverkan_map.translations import LANGUAGES, text

EXCHANGE = Path(columns.__file__).parent


def read(path: Path, **kwargs):
    """The table of a file and its first block (None for a file without rows)."""
    table = open_table(path, **kwargs)
    return table, next(iter(table.blocks()), None)


def refusal(path: Path, **kwargs) -> str:
    """The Swedish sentence a file is refused with; the English one must exist with the same fields."""
    with pytest.raises(BadFile) as caught:
        list(open_table(path, **kwargs).blocks())
    sentences = [text(language, caught.value.key, **caught.value.fields) for language in LANGUAGES]
    assert all(sentence and "{" not in sentence and "\n" not in sentence for sentence in sentences)
    return sentences[0]


def fault_text(fault) -> str:
    key, fields = fault
    assert text("en", key, **fields)
    return text("sv", key, **fields)


def a_csv(folder: Path, content: str | bytes, name: str = "rapporter.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def a_geojson(folder: Path, *features: dict, **members) -> Path:
    path = folder / "rapporter.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), encoding="utf-8")
    return path


def a_feature(geometry: dict | None, **properties) -> dict:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def a_point(x: float = 13.02, y: float = 55.47) -> dict:
    return {"type": "Point", "coordinates": [x, y]}


def a_workbook(folder: Path, *rows: list, name: str = "rapporter.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


# --- CSV ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
def test_every_dialect_gives_the_same_rows(tmp_path, delimiter, encoding):
    lines = [["Typ", "Tid från", "Källans ID", "Beskrivning"], ["klotter", "2025-03-01", "7", "Höllviken, torget; öst"]]
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows(lines)
    table, block = read(a_csv(tmp_path, made.getvalue(), encoding=encoding))
    assert (table.encoding, table.delimiter) == (encoding, delimiter)
    assert table.mapped == {
        "type": "Typ",
        "occurred_from": "Tid från",
        "source_ref": "Källans ID",
        "description": "Beskrivning",
    }
    assert block.values["description"] == ["Höllviken, torget; öst"]
    assert block.row_numbers == [2]
    assert block.originals == [lines[1]]


def test_columns_are_known_in_swedish_and_english_in_any_order_and_spelling(tmp_path):
    header = "  LÄGE ;KÄLLA;longitud;Latitude;kommun;PLATS;svårhet;tid_till;reported_at;slag;precision;organisation"
    table, _ = read(a_csv(tmp_path, header + "\n" + ";" * 11))
    assert table.mapped == {
        "source": "KÄLLA",
        "lon": "longitud",
        "lat": "Latitude",
        "municipality": "kommun",
        "place_name": "PLATS",
        "severity": "svårhet",
        "occurred_to": "tid_till",
        "reported_at": "reported_at",
        "kind": "slag",
        "precision": "precision",
        "organisation": "organisation",
    }
    assert table.ignored == ["LÄGE"]


def test_easting_and_northing_have_swedish_names_too(tmp_path):
    table, _ = read(a_csv(tmp_path, "Öst,Nord,typ\n1,2,klotter\n"))
    assert (table.mapped["e"], table.mapped["n"]) == ("Öst", "Nord")


def test_a_column_is_mapped_by_hand_and_the_name_it_would_have_had_is_left_alone(tmp_path):
    table, block = read(
        a_csv(tmp_path, "brottstyp,typ,datum\nklotter,A,2025-01-01\n"),
        columns={"type": "Brottstyp", "occurred_from": "datum"},
    )
    assert table.mapped == {"type": "brottstyp", "occurred_from": "datum"}
    assert table.ignored == ["typ"]
    assert block.values["type"] == ["klotter"]


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path):
    content = 'typ,beskrivning\nklotter,"två\nrader"\n\nskadegorelse,en\n,\nfortkorning,sist\n'
    _, block = read(a_csv(tmp_path, content))
    assert block.row_numbers == [2, 4, 6]
    assert block.values["description"] == ["två\nrader", "en", "sist"]


def test_rows_with_too_few_or_too_many_cells_are_refused_alone(tmp_path):
    _, block = read(a_csv(tmp_path, "typ,kalla,plats\na,b,c\na,b\na,b,c,d\na,b,c,,\n"))
    assert block.values["type"] == ["a"] * 4
    assert {index: fields for index, (_, fields) in block.fault.items()} == {
        1: {"cells": 2, "columns": 3},
        2: {"cells": 4, "columns": 3},
    }
    assert fault_text(block.fault[1]).startswith("Raden har 2 celler men rubriken har 3.")


def test_excels_line_about_the_delimiter_is_understood(tmp_path):
    table, block = read(a_csv(tmp_path, "sep=;\ntyp;plats\nklotter;a,b,c,d\n"))
    assert table.delimiter == ";"
    assert block.row_numbers == [2]
    assert block.values["place_name"] == ["a,b,c,d"]


def test_a_file_with_only_a_header_is_a_table_without_rows(tmp_path):
    table = open_table(a_csv(tmp_path, "typ,plats\n"))
    assert table.mapped == {"type": "typ", "place_name": "plats"}
    assert list(table.blocks()) == []


def test_blocks_hold_at_most_what_was_asked_for_and_count_up_to_the_hint(tmp_path):
    table = open_table(a_csv(tmp_path, "typ\n" + "klotter\n" * 12))
    blocks = list(table.blocks(size=5))
    assert [len(block) for block in blocks] == [5, 5, 2]
    assert [block.row_numbers[0] for block in blocks] == [2, 7, 12]
    assert blocks[-1].progress == table.size_hint
    assert sum(len(block) for block in table.blocks(size=5)) == 12


def test_two_hundred_thousand_rows_come_in_at_150_000_rows_a_second_and_memory_is_flat(tmp_path):
    path = tmp_path / "stor.csv"
    row = "r{},fortkorning,2025-03-01T12:00,12.9,55.4,Bilar kör fort,trafikklagomal\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("source_ref,type,occurred_from,lon,lat,description,source\n")
        file.writelines(row.format(number) for number in range(200_000))
    started = time.process_time()
    rows = sum(len(block) for block in open_table(path).blocks())
    seconds = time.process_time() - started
    assert rows == 200_000
    assert rows / seconds > 150_000
    tracemalloc.start()
    for block in open_table(path).blocks():
        assert block.values["type"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(st.text(st.characters(codec="cp1252", exclude_categories=["C"]), max_size=12), min_size=3, max_size=3),
        max_size=8,
    ),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    final_line_end=st.booleans(),
)
def test_whatever_dialect_a_file_is_written_in_it_says_the_same(
    tmp_path, rows, delimiter, encoding, line_end, quoting, final_line_end
):
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(
        [["typ", "plats", "beskrivning"], *rows]
    )
    content = made.getvalue() if final_line_end else made.getvalue().removesuffix(line_end)
    try:
        _, block = read(a_csv(tmp_path, content, encoding=encoding))
    except BadFile as error:  # Windows-1252 text may look like UTF-8 letters among others: then the file says so.
        assert encoding == "cp1252"
        assert error.key == "readers.errors.two_encodings"
        return
    kept = [row for row in rows if any(row)]
    assert (block.originals if block else []) == kept
    assert (block.values["description"] if block else []) == [row[2].strip() for row in kept]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.text("typ,;\t\"\r\n\\'=x{}[]:1", max_size=200).map(str.encode),
        st.binary(max_size=200).map(lambda rest: b"typ;plats\n" + rest),
        st.binary(max_size=200).map(lambda rest: b'{"type":"FeatureCollection","features":[' + rest),
        st.text('{}[]",:1e-NaIfty\\u', max_size=80).map(
            lambda rest: b'{"type":"FeatureCollection","features":[%s]}' % rest.encode()
        ),
        st.binary(max_size=300).map(lambda rest: b"SQLite format 3\x00" + rest),
        st.binary(max_size=300).map(lambda rest: b"PK\x03\x04" + rest),
    ),
    ending=st.sampled_from([".csv", ".txt", ".tsv", ".xlsx", ".geojson", ".json", ".gpkg"]),
)
@example(content=b'"', ending=".csv")
@example(content=b"\xff\xfe", ending=".csv")
@example(content=b"\xff\xfea", ending=".csv")
@example(content=b"\xef\xbb\xbf{}", ending=".json")
def test_any_bytes_give_a_table_or_one_sentence(tmp_path, content, ending):
    path = a_csv(tmp_path, content, name=f"fil{ending}")
    try:
        table = open_table(path)
        assert isinstance(table, Table)
        assert all(len(block.originals) == len(block.row_numbers) for block in table.blocks(size=3))
    except BadFile as error:
        assert all(text(language, error.key, **error.fields) for language in LANGUAGES)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=12),
    kind=st.integers(0, 1),
)
def test_a_damaged_workbook_or_geopackage_gives_a_table_or_one_sentence(tmp_path, places, kind):
    whole = (_workbook_bytes, _geopackage_bytes)[kind](tmp_path)
    damaged = bytearray(whole)
    for share, value in places:
        damaged[int(share * len(damaged))] = value
    path = a_csv(tmp_path, bytes(damaged), name="skadad" + (".xlsx", ".gpkg")[kind])
    try:
        for block in open_table(path).blocks():
            assert len(block.originals) == len(block.row_numbers)
    except BadFile as error:
        assert all(text(language, error.key, **error.fields) for language in LANGUAGES)


def _workbook_bytes(folder: Path) -> bytes:
    path = folder / "hel.xlsx"
    return (
        path if path.exists() else a_workbook(folder, ["typ", "antal"], ["klotter", 3], name="hel.xlsx")
    ).read_bytes()


def _geopackage_bytes(folder: Path) -> bytes:
    path = folder / "hel.gpkg"
    if not path.exists():
        frame = geopandas.GeoDataFrame({"typ": ["klotter"]}, geometry=[shapely.Point(1, 2)], crs=3006)
        frame.to_file(path, layer="rapporter", driver="GPKG")
    return path.read_bytes()


# --- files that cannot be read at all ----------------------------------------------------------------------------


def test_a_missing_file_a_folder_and_an_empty_file_are_named(tmp_path):
    (tmp_path / "mapp.csv").mkdir()
    assert refusal(tmp_path / "finns_inte.csv") == ("Filen finns_inte.csv finns inte. Kontrollera namnet och mappen.")
    assert refusal(tmp_path / "mapp.csv") == "mapp.csv är en mapp. Ange en fil i mappen."
    for content in (b"", b" \r\n\r\n", b"\xef\xbb\xbf"):
        assert refusal(a_csv(tmp_path, content)).startswith("Filen rapporter.csv är tom.")


def test_a_file_that_may_not_be_read_is_named(tmp_path):
    path = a_csv(tmp_path, "typ\n")
    path.chmod(0)
    assert _as_nobody(lambda: refusal(path)).startswith("Filen rapporter.csv får inte läsas av dig.")


def _as_nobody(ask):
    """The answer of `ask` without the rights of root, who may read everything."""
    if os.geteuid() != 0:
        return ask()
    groups = os.getgroups()
    os.setgroups([])
    os.seteuid(65534)
    try:
        return ask()
    finally:
        os.seteuid(0)
        os.setgroups(groups)


def test_an_unknown_ending_lists_those_that_can_be_read(tmp_path):
    assert refusal(a_csv(tmp_path, "typ\n", name="rapporter.doc")) == (
        "Filen rapporter.doc har en ändelse som inte går att läsa. "
        "De som går är: .csv .txt .tsv .xlsx .geojson .json .gpkg."
    )


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\x00\x01\x02\x03 data", "rapporter.csv", "innehåller inte text"),
        (b"\x7fELF\x02\x01" + bytes(50), "rapporter.xlsx", "innehåller inte text"),
        (b"typ,plats\nklotter,\x00\n" + b"a,b\n" * 50_000, "rapporter.csv", "innehåller inte text"),
        (b"typ,plats\n" + b"a,b\n" * 50_000 + b"\x00", "rapporter.csv", "innehåller inte text"),
        (b"  <!DOCTYPE html><html><body>Logga in", "rapporter.csv", "är en webbsida, inte en tabell"),
        (b"<html>", "rapporter.geojson", "är en webbsida, inte en tabell"),
        (b"<?xml version='1.0'?><gpx>", "rapporter.csv", "innehåller XML"),
        (b"%PDF-1.7", "rapporter.csv", "är en pdf"),
        (b"\x89PNG\r\n\x1a\n", "rapporter.csv", "är en bild"),
        (b"\x1f\x8b\x08\x00", "rapporter.csv", "är packad"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "rapporter.xlsx", "Excels gamla format eller skyddad med lösenord"),
        (b"\xff\xfe\x00\x00t\x00\x00\x00", "rapporter.csv", "är sparad i UTF-32"),
        (b'{"type": "FeatureCollection"}', "rapporter.csv", "innehåller JSON. Byt ändelse till .geojson"),
        (b"typ,plats\n", "rapporter.geojson", "innehåller vanlig text. Byt ändelse till .csv"),
        (b"typ,plats\n", "rapporter.xlsx", "innehåller vanlig text"),
        (b"SQLite format 3\x00", "rapporter.csv", "är en databas. Byt ändelse till .gpkg"),
        (b"SQLite format 3\x00" + bytes(200), "rapporter.gpkg", "går inte att läsa som GeoPackage"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_says_what_it_is(tmp_path, content, name, said):
    assert said in refusal(a_csv(tmp_path, content, name=name))


def test_a_zip_archive_called_csv_or_xlsx_is_named(tmp_path):
    for name in ("rapporter.csv", "rapporter.xlsx"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("rapporter.csv", "typ,plats\n")
        assert "är ett zip-arkiv som inte är en Excelbok" in refusal(tmp_path / name)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "rapporter.csv")
    assert refusal(tmp_path / "rapporter.csv").startswith("Filen rapporter.csv gick inte att läsa.")


def test_wrong_encodings_are_named(tmp_path):
    mixed = "typ,plats\nklotter,Höllviken\n".encode() + "klotter,Skanör\n".encode("cp1252")
    assert "blandar två teckenkodningar" in refusal(a_csv(tmp_path, mixed))
    assert "teckenkodning som inte går att läsa" in refusal(a_csv(tmp_path, b"typ,plats\nklotter,\x81\x8d\n"))
    assert "teckenkodning som inte går att läsa" in refusal(a_csv(tmp_path, b"\xff\xfet\x00y"))
    assert "inte sparad i UTF-8, som GeoJSON ska vara" in refusal(
        a_csv(tmp_path, '{"type":"FeatureCollection","features":[],"a":"ö"}'.encode("cp1252"), name="a.geojson")
    )


def test_a_line_of_fifty_megabytes_is_refused_without_being_kept(tmp_path):
    path = tmp_path / "rapporter.csv"
    with path.open("wb") as file:
        file.write(b"typ,plats\n")
        for _ in range(50):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    said = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said.startswith("Filen rapporter.csv har en rad som är längre än 1 MB.")
    assert peak < 8_000_000


def test_a_hundred_thousand_columns_are_refused_quickly(tmp_path):
    path = a_csv(tmp_path, ",".join(f"k{number}" for number in range(100_000)) + "\n")
    started = time.perf_counter()
    assert refusal(path).startswith("Filen rapporter.csv har 100000 kolumner. Högst 200 går att läsa")
    assert time.perf_counter() - started < 2


def test_a_quote_that_is_never_closed_is_found_where_it_opens(tmp_path):
    content = 'typ,plats\nklotter,ett\nklotter,"två\n' + "klotter,tre\n" * 20
    assert "ett citattecken som öppnas på rad 3 men aldrig stängs" in refusal(a_csv(tmp_path, content))
    long = 'typ,plats\nklotter,"två\n' + "klotter,tre\n" * 20_000
    assert "en cell som aldrig tar slut på rad 2" in refusal(a_csv(tmp_path, long))


def test_an_upload_is_smaller_than_what_the_command_line_takes(tmp_path):
    path = a_csv(tmp_path, b"typ\n" + b"klotter\n" * 2_600_000)
    assert refusal(path, limits=UPLOAD).startswith("Filen rapporter.csv är för stor. Högst 20 MB")
    assert open_table(path, limits=COMMAND_LINE).size_hint == path.stat().st_size


# --- columns -----------------------------------------------------------------------------------------------------

PERSONAL = (
    "namn,Namn ,NAME,förnamn,Efternamn,for_namn,first name,LastName,surname,fullständigt namn,personnr,person-nr,"
    "Personnummer,personal number,SSN,samordningsnummer,födelsedatum,födelseår,birth date,adress,Adress 1,gatuadress,"
    "home address,e-postadress,telefon,Telefon nr,tel,tel.,mobil,mobilnummer,phone,phone_number,e-post,epost,E-mail,"
    "email,mail,mejl,regnr,reg.nr,reg nr,registreringsnummer,license plate,number plate,anmälare,Anmälarens namn,"
    "målsägande,målsägandens namn,vittne,misstänkt,kontaktperson,contact name,ägarens namn,reporter,personId,"
    "ip-adress,person"
)
HARMLESS = (
    "kommunnamn,platsnamn,place_name,kommun,gatunamn,street_name,ortnamn,områdesnamn,filnamn,file_name,typ,type,id,"
    "objektid,tid_fran,beskrivning,description,longitud,webbadress,url,antal,ägare,region,kategori,regelbrott,mailbox_typ,"
    "hastighet,personbil_antal,antal personer,mobilitet,telegrafgatan,namnlös väg,published,occurred_local,title,"
    "summary,api_area,text_withheld,locality_tags,road_tags,street_tags,municipality_code,offense_type,uid,organisation,källa"
)


@pytest.mark.parametrize("name", PERSONAL.split(","))
def test_a_column_that_looks_like_personal_data_refuses_the_file_before_any_row(tmp_path, name):
    said = refusal(a_csv(tmp_path, f"typ;{name}\nklotter;hemligt\n"))
    assert said == (
        f"Filen rapporter.csv har kolumner som ser ut som personuppgifter: {name.strip()}. "
        "Ingen rad har lästs. Ta bort kolumnerna och försök igen."
    )
    assert "hemligt" not in said


@pytest.mark.parametrize("name", HARMLESS.split(","))
def test_a_harmless_column_is_not_taken_for_personal_data(name):
    assert not columns.looks_personal(name)


def test_a_mapped_column_is_not_exempt_from_the_rule_about_personal_data(tmp_path):
    assert "personuppgifter: namn" in refusal(a_csv(tmp_path, "namn\nklotter\n"), columns={"type": "namn"})


def test_personal_data_is_found_in_geojson_geopackage_and_excel_too(tmp_path):
    deep = a_feature(a_point(), typ="klotter", extra={"vem": [{"Personnr": "x"}]})
    assert "personuppgifter: Personnr" in refusal(a_geojson(tmp_path, a_feature(None, typ="a"), deep))
    assert "personuppgifter: e-post" in refusal(a_workbook(tmp_path, ["typ", "e-post"], ["klotter", "x"]))
    path = tmp_path / "rapporter.gpkg"
    geopandas.GeoDataFrame({"typ": ["a"], "regnr": ["x"]}, geometry=[shapely.Point(1, 2)], crs=3006).to_file(path)
    assert "personuppgifter: regnr" in refusal(path)


def test_columns_that_stand_twice_or_mean_the_same_are_refused(tmp_path):
    assert "två kolumner som heter TYP" in refusal(a_csv(tmp_path, "typ,TYP\na,b\n"))
    assert "två kolumner som betyder type: typ och type" in refusal(a_csv(tmp_path, "typ,type\na,b\n"))
    table, _ = read(a_csv(tmp_path, "typ,type\na,b\n"), columns={"type": "type"})
    assert (table.mapped["type"], table.ignored) == ("type", ["typ"])


def test_a_mapping_that_names_something_unknown_says_what_there_is(tmp_path):
    path = a_csv(tmp_path, "brottstyp,datum\na,b\n")
    assert refusal(path, columns={"type": "brotstyp"}) == (
        "Filen rapporter.csv har ingen kolumn som heter brotstyp. De som finns är: brottstyp, datum."
    )
    said = refusal(path, columns={"sort": "brottstyp"})
    assert said.startswith("Kolumnen sort finns inte i kartan. De som finns är: source_ref, kind, type,")


def test_a_first_row_without_any_name_is_no_header(tmp_path):
    assert "ingen rubrikrad" in refusal(a_csv(tmp_path, "?,!,--\n1,2,3\n"))


# --- GeoJSON -----------------------------------------------------------------------------------------------------


def test_geojson_points_become_rows_and_other_shapes_are_refused_by_row(tmp_path):
    bow_tie = [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]
    square = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
    table, block = read(
        a_geojson(
            tmp_path,
            a_feature(a_point(13.02, 55.47), typ="klotter", antal=3, lon=99),
            a_feature(None, typ="fortkorning", plats="Höllviken"),
            a_feature({"type": "MultiPoint", "coordinates": [[13, 55]]}),
            a_feature({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
            a_feature({"type": "Polygon", "coordinates": bow_tie}),
            a_feature({"type": "Polygon", "coordinates": square}),
            a_feature({"type": "MultiPoint", "coordinates": [[13, 55], [14, 55]]}),
            a_feature({"type": "Point", "coordinates": ["tretton", 55]}),
            a_feature({"type": "Blob"}),
        )
    )
    assert (table.crs, table.size_hint) == (None, 9)
    assert table.header == ["typ", "antal", "plats", "x", "y"]
    assert table.mapped == {"type": "typ", "place_name": "plats", "x": "x", "y": "y"}
    assert sorted(table.ignored) == ["antal", "lon"]
    assert block.originals[0] == ["klotter", "3", "", "13.02", "55.47"]
    assert block.values["x"] == ["13.02", "", "13", "", "", "", "", "", ""]
    assert block.row_numbers == list(range(2, 11))
    assert [block.fault.get(index, ("",))[0].rpartition(".")[2] for index in range(9)] == (
        ["", "", "", "is_line", "crosses_itself", "is_area", "not_one_point", "geometry_broken", "geometry_broken"]
    )
    assert fault_text(block.fault[4]) == "Posten är en yta vars gräns korsar sig själv. En rapport ska vara en punkt."


@pytest.mark.parametrize(
    ("name", "epsg"),
    [("urn:ogc:def:crs:EPSG::3006", 3006), ("EPSG:3008", 3008), ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326), ("hej", None)],
)
def test_geojson_says_its_coordinate_system(tmp_path, name, epsg):
    path = a_geojson(tmp_path, a_feature(a_point()), crs={"type": "name", "properties": {"name": name}})
    assert open_table(path).crs == epsg


def test_a_number_too_large_for_any_map_is_refused(tmp_path):
    content = a_geojson(tmp_path, a_feature(a_point(1.5))).read_text().replace("1.5", "1e400")
    path = a_csv(tmp_path, content, name="a.geojson")
    try:
        (block,) = open_table(path).blocks()
        assert block.fault[0][0] == "readers.rows.geometry_broken"
    except BadFile as error:
        assert error.key == "readers.errors.json"


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_in_json_are_refused(tmp_path, word):
    content = a_geojson(tmp_path, a_feature(a_point(1.5))).read_text().replace("1.5", word)
    assert "innehåller NaN eller Infinity" in refusal(a_csv(tmp_path, content, name="a.geojson"))


def test_two_thousand_brackets_are_refused(tmp_path):
    deep = '{"type":"FeatureCollection","features":[],"a":' + "[" * 2000 + "]" * 2000 + "}"
    assert refusal(a_csv(tmp_path, deep, name="a.json")) == (
        "Filen a.json har parenteser i fler än 20 nivåer. Exportera den igen som enkel GeoJSON."
    )
    assert "fler än 20 nivåer" in refusal(a_csv(tmp_path, "[" * 2000, name="a.json"))


def test_brackets_and_quotes_inside_texts_do_not_count(tmp_path):
    words = '}]"\\' * 30 + "[" * 100
    _, block = read(a_geojson(tmp_path, a_feature(a_point(), beskrivning=words)))
    assert block.values["description"] == [words]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1,"a":2},"geometry":null}]}',
         "samma nyckel två gånger"),
        ('{"type":"FeatureCollection","features":[],"features":[]}', "samma nyckel två gånger"),
        ('{"type":"Feature","properties":{},"geometry":null}', "inte en GeoJSON FeatureCollection"),
        ('[{"type":"Feature"}]', "inte en GeoJSON FeatureCollection"),
        ('{"type":"FeatureCollection","features":[1,2]}', "inte giltig JSON"),
        ('{"type":"FeatureCollection","features":[{"type":"Feature"},,{"type":"Feature"}]}', "inte giltig JSON"),
        ('{"type":"FeatureCollection","features":[{"type":"Blad"}]}', "inte en GeoJSON FeatureCollection"),
        ('{"type":"FeatureCollection","features":[{"type":"Feature"', "inte giltig JSON"),
        ('{"type":"FeatureCollection","features":"inga"}', "inte en GeoJSON FeatureCollection"),
        ('{"type":"FeatureCollection","features":[{"a":"\\ud800 oavslutad]}', "inte giltig JSON"),
    ],
)  # fmt: skip
def test_json_that_is_not_geojson_is_refused(tmp_path, content, said):
    assert said in refusal(a_csv(tmp_path, content, name="a.geojson"))


def test_an_upload_holds_at_most_its_number_of_features(tmp_path):
    path = a_geojson(tmp_path, *[a_feature(None, typ="a")] * 4)
    assert "har 4 poster. Högst 3 på en gång" in refusal(path, limits=Limits(max_features=3))
    assert UPLOAD.max_features == 20_000


# --- GeoPackage --------------------------------------------------------------------------------------------------


def test_geopackage_rows_come_in_pieces_with_their_coordinate_system(tmp_path):
    path = tmp_path / "rapporter.gpkg"
    shapes = [shapely.Point(370_000 + number, 6_140_000.5) for number in range(9)]
    frame = geopandas.GeoDataFrame(
        {"typ": ["klotter"] * 11, "rapporterad": [datetime(2025, 3, 1, 12)] * 11, "antal": [1.0] * 10 + [None]},
        geometry=[*shapes, None, shapely.LineString([(0, 0), (1, 1)])],
        crs=3006,
    )
    frame.to_file(path, layer="rapporter", driver="GPKG")
    table = open_table(path)
    blocks = list(table.blocks(size=4))
    assert (table.crs, table.size_hint, table.sheet) == (3006, 11, "rapporter")
    assert [block.row_numbers for block in blocks] == [[2, 3, 4, 5], [6, 7, 8, 9], [10, 11, 12]]
    assert blocks[0].originals[0] == ["klotter", "2025-03-01T12:00:00", "1", "370000", "6140000.5"]
    assert blocks[2].values["x"] == ["370008", "", ""]
    assert list(blocks[2].fault) == [2]


def test_a_geopackage_with_several_layers_names_them_and_styles_are_no_layer(tmp_path):
    path = tmp_path / "rapporter.gpkg"
    frame = geopandas.GeoDataFrame({"typ": ["klotter"]}, geometry=[shapely.Point(1, 2)], crs=3006)
    frame.to_file(path, layer="ett", driver="GPKG")
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)")
    assert len(read(path)[1]) == 1
    frame.to_file(path, layer="två", driver="GPKG")
    assert "flera lager: ett, två" in refusal(path)


def test_a_geopackage_whose_rows_go_in_a_circle_or_come_from_a_view_is_refused(tmp_path):
    path = tmp_path / "rapporter.gpkg"
    shapes = [shapely.Point(number, 2) for number in range(3)]
    geopandas.GeoDataFrame({"typ": ["klotter"] * 3}, geometry=shapes, crs=3006).to_file(path, layer="rapporter")
    with sqlite3.connect(path) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'rapporter'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    whole = path.read_bytes()
    start = (page - 1) * size
    cells = [int.from_bytes(whole[start + 8 + 2 * cell : start + 10 + 2 * cell], "big") for cell in range(3)]
    damaged = bytearray(whole)
    damaged[start + cells[0] + 1] = 9  # The first of three rows is now called 9.
    path.write_bytes(damaged)
    assert "går inte att läsa som GeoPackage" in refusal(path)
    path.write_bytes(whole)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA legacy_alter_table = ON")
        database.execute("ALTER TABLE rapporter RENAME TO gömd")
        database.execute("CREATE VIEW rapporter AS SELECT * FROM gömd")
    assert "går inte att läsa som GeoPackage" in refusal(path)


# --- Excel -------------------------------------------------------------------------------------------------------


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
    started = time.perf_counter()
    assert "onormalt hårt packad" in refusal(path)
    assert "onormalt hårt packad" in refusal(path, limits=Limits(max_members=3))
    assert time.perf_counter() - started < 2


def test_a_workbook_with_entities_or_without_sheets_is_refused(tmp_path):
    path = a_workbook(tmp_path, ["typ"], ["klotter"])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet'
    assert "går inte att läsa som Excelbok" in refusal(_replaced(path, "xl/worksheets/sheet1.xml", b"<worksheet", bomb))
    far = _replaced(path, "xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="99999999999"')
    assert "går inte att läsa som Excelbok" in refusal(far)
    assert "är tom" in refusal(a_workbook(tmp_path, name="tom.xlsx"))


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


# --- the sentences -----------------------------------------------------------------------------------------------


def test_every_sentence_that_a_reader_or_writer_can_say_exists_and_no_other():
    source = "".join(path.read_text(encoding="utf-8") for path in EXCHANGE.glob("*.py"))
    said = set(re.findall(r'"(?:readers|writers)\.(?:errors|rows)\.([a-z_0-9]+)"', source))
    said |= set(re.findall(r'(?:_Malformed|_NotATime|ValueError)\("([a-z_]+)"\)', source))
    said |= {f"is_{content_of(start)}" for start in _EACH_KIND} | {"disk_full", "not_written", "too_deep"}
    for language in LANGUAGES:
        there = set()
        for noun in ("readers", "writers"):
            path = EXCHANGE.parent / "translations" / language / f"{noun}.toml"
            for table in tomllib.loads(path.read_text(encoding="utf-8")).values():
                there |= set(table)
        assert there == said, language


_EACH_KIND = (
    b"typ", b"{}", b"PK\x03\x04", b"SQLite format 3\x00", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF", b"GIF8",
    b"\x1f\x8b", b"\xff\xfe\x00\x00", b"<html>", b"<?xml", b"\x00",
)  # fmt: skip
