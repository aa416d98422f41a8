"""Text files go in, in every dialect; any bytes give a table or one sentence, in both languages."""

import csv
import io
import re
import tomllib
import tracemalloc
from pathlib import Path

import geopandas
import pytest
import shapely
from files_to_read import EXCHANGE, a_csv, a_workbook, fault_text, read
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from samverkan_map.errors import BadFile
from samverkan_map.exchange.readers import Table, content_of, open_table
from samverkan_map.translations import LANGUAGES, text

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


def test_two_hundred_thousand_rows_come_in_and_memory_is_flat(tmp_path):
    path = tmp_path / "stor.csv"
    row = "r{},fortkorning,2025-03-01T12:00,12.9,55.4,Bilar kör fort,trafikklagomal\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("source_ref,type,occurred_from,lon,lat,description,source\n")
        file.writelines(row.format(number) for number in range(200_000))
    assert sum(len(block) for block in open_table(path).blocks()) == 200_000
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
