"""Files go out: no text becomes a formula, no half file stands, and what was written can be read again."""

import csv
import gc
import io
import json
import resource
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas
import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map.errors import BadFile
from samverkan_map.exchange import writers
from samverkan_map.exchange.readers import open_table
from samverkan_map.translations import text

COLUMNS = ["typ", "antal", "tid"]
FORMULA_STARTS = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]


def csv_text(columns, rows, **kwargs) -> str:
    return b"".join(writers.csv_rows(columns, rows, **kwargs)).decode("utf-8-sig")


def test_csv_quotes_all_texts_and_leaves_numbers_bare():
    rows = [
        {"typ": 'sa "hej", ö', "antal": 3, "tid": datetime(2025, 3, 1, 12, tzinfo=UTC)},
        {"typ": None, "antal": np.float64(2.5), "tid": date(2025, 3, 1)},
        {"typ": True, "antal": float("nan"), "tid": ["a", "b"]},
    ]
    assert csv_text(COLUMNS, rows).split("\r\n") == [
        '"typ","antal","tid"',
        '"sa ""hej"", ö",3,"2025-03-01T12:00:00+00:00"',
        '"",2.5,"2025-03-01"',
        '"true","","a, b"',
        "",
    ]


def test_csv_begins_with_the_mark_that_makes_excel_read_utf_8_and_comes_in_pieces():
    pieces = list(writers.csv_rows(["n"], ({"n": number} for number in range(2500))))
    assert pieces[0] == b'\xef\xbb\xbf"n"\r\n'
    assert len(pieces) == 4


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_starts_a_formula(start):
    assert writers.safe_text(f"{start}1+1").startswith("'")
    assert writers.safe_text(f" {start.strip() or '='}1+1").lstrip().startswith("'")
    assert writers.safe_text("\x00=1") == "''=1"


@given(st.lists(st.text(st.sampled_from("=+-@;\t\r\n\"' ,aö1＝＠－＋\x00"), max_size=10), min_size=3, max_size=3))
def test_neither_comma_nor_semicolon_readers_find_a_formula(cells):
    written = csv_text(["a", "b", "c"], [dict(zip("abc", cells, strict=True))])
    comma = [cell for row in csv.reader(io.StringIO(written, newline="")) for cell in row]
    # Excel in Swedish splits at semicolons and line breaks whatever the quotes around a cell say.
    semicolon = [cell.strip(' "') for line in written.splitlines() for cell in line.split(";")]
    for cell in [*comma, *semicolon]:
        assert not cell.strip().startswith(tuple("=+-@＝＋－＠"))


def test_harmless_texts_stay_as_they_are():
    for value in ("Storgatan 5", "kl. 12-14", "a@b", "Höllviken; torget", "1+1", "två\nrader"):
        assert writers.safe_text(value) == value


def test_the_watermark_follows_every_row():
    assert csv_text(["typ"], [{"typ": "a"}, {"typ": "b"}], watermark="Exempeldata").split("\r\n")[:3] == [
        '"typ","exempeldata"',
        '"a","Exempeldata"',
        '"b","Exempeldata"',
    ]


def test_what_was_exported_can_be_imported(tmp_path):
    path = tmp_path / "ut.csv"
    rows = [{"type": "klotter", "lon": 12.95, "lat": 55.4, "description": "två\nrader; ö"}]
    writers.save(path, writers.csv_rows(["type", "lon", "lat", "description"], rows))
    (block,) = open_table(path).blocks()
    assert block.originals == [["klotter", "12.95", "55.4", "två\nrader; ö"]]


def test_geojson_is_rfc_7946_with_its_counts_and_question():
    clockwise = shapely.Polygon([(13, 55), (13, 56), (14, 56), (13, 55)])
    made = json.loads(
        writers.geojson(
            [
                {
                    "id": 7,
                    "geometry": shapely.Point(13.123456789, 55.5, 3),
                    "properties": {"typ": "klotter", "n": np.int64(2)},
                },
                {"geometry": clockwise, "properties": {"när": date(2025, 3, 1)}},
                {"geometry": {"type": "Point", "coordinates": [13, 55]}, "properties": {"nan": float("nan")}},
                {"geometry": None},
            ],
            number_matched=40,
            unmapped=1,
            question={"from": "2025-01-01", "type": ["klotter"]},
            watermark="Exempeldata",
        )
    )
    first, second, third, fourth = made.pop("features")
    assert made == {
        "type": "FeatureCollection",
        "numberMatched": 40,
        "numberReturned": 4,
        "unmapped": 1,
        "question": {"from": "2025-01-01", "type": ["klotter"]},
        "watermark": "Exempeldata",
    }
    assert first == {
        "type": "Feature",
        "id": 7,
        "geometry": {"type": "Point", "coordinates": [13.1234568, 55.5]},
        "properties": {"typ": "klotter", "n": 2},
    }
    assert shapely.LinearRing(second["geometry"]["coordinates"][0]).is_ccw
    assert second["properties"] == {"när": "2025-03-01"}
    assert third["properties"] == {"nan": None}
    assert fourth == {"type": "Feature", "geometry": None, "properties": {}}


def test_geojson_is_read_back_by_the_reader(tmp_path):
    features = [{"geometry": shapely.Point(13, 55), "properties": {"typ": "klotter"}}]
    writers.save(tmp_path / "ut.geojson", [writers.geojson(features, number_matched=1, unmapped=0, question={})])
    (block,) = open_table(tmp_path / "ut.geojson").blocks()
    assert block.originals == [["klotter", "13", "55"]]


def test_a_workbook_holds_texts_numbers_and_days_but_no_formula():
    rows = [
        {"typ": "=1+1", "antal": 3, "tid": date(2025, 3, 1)},
        {"typ": "#N/A\x07", "antal": None, "tid": datetime(2025, 3, 1, 12, tzinfo=UTC)},
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(writers.workbook(COLUMNS, rows, watermark="Exempeldata"))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["typ", "antal", "tid", "exempeldata"],
        ["=1+1", 3, datetime(2025, 3, 1), "Exempeldata"],
        ["#N/A", None, "2025-03-01T12:00:00+00:00", "Exempeldata"],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s", "n", "d"}


def test_a_workbook_says_when_there_are_more_rows_than_excel_holds(monkeypatch):
    monkeypatch.setattr(writers, "_LAST_EXCEL_ROW", 3)
    with pytest.raises(BadFile) as caught:
        writers.workbook(["n"], ({"n": number} for number in range(3)))
    assert text("sv", caught.value.key, **caught.value.fields).startswith("En Excelbok rymmer högst 2 rader.")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rows_before", [0, 2])
def test_a_workbook_that_is_not_finished_leaves_no_file_among_the_temporary_ones(tmp_path, monkeypatch, rows_before):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rows():
        for number in range(rows_before):
            yield {"n": number}
            assert list(tmp_path.iterdir())
        raise BadFile("writers.errors.too_many_rows", most=0)

    with pytest.raises(BadFile):
        writers.workbook(["n"], rows())
    gc.collect()
    assert not list(tmp_path.iterdir())
    writers.workbook(["n"], [{"n": 1}])
    assert not list(tmp_path.iterdir())


def test_a_geopackage_keeps_types_rows_without_place_and_the_watermark(tmp_path):
    path = tmp_path / "ut.gpkg"
    rows = [
        {
            "typ": "klotter",
            "antal": 3,
            "andel": 0.5,
            "när": datetime(2025, 3, 1, tzinfo=UTC),
            "geometry": shapely.Point(1, 2),
        },
        {"typ": None, "antal": None, "andel": 1, "när": None, "geometry": None},
        {"typ": "=a", "antal": 4, "andel": None, "när": None, "geometry": shapely.LineString([(0, 0), (1, 1)])},
    ]
    writers.geopackage(path, "rapporter", ["typ", "antal", "andel", "när"], rows, watermark="Exempeldata")
    frame = geopandas.read_file(path)
    assert frame.crs.to_epsg() == 3006
    assert frame.geometry.isna().tolist() == [False, True, False]
    assert frame["antal"].tolist()[::2] == [3, 4]
    assert frame["andel"].tolist()[:2] == [0.5, 1.0]
    assert frame["när"][0] == datetime(2025, 3, 1, tzinfo=UTC)
    assert frame["exempeldata"].tolist() == ["Exempeldata"] * 3
    assert [name.name for name in tmp_path.iterdir()] == ["ut.gpkg"]


def test_a_geopackage_without_rows_is_still_a_layer(tmp_path):
    writers.geopackage(tmp_path / "tom.gpkg", "rapporter", ["typ"], [])
    assert len(geopandas.read_file(tmp_path / "tom.gpkg")) == 0


def test_refused_rows_come_back_as_a_file_to_correct_and_send_again(tmp_path):
    path = tmp_path / "avvisade.csv"
    writers.refused_file(
        path, ["typ", "plats"], [(3, ["=klottr", "Höllviken"], "Okänd typ; menade du klotter?")], delimiter=";"
    )
    assert path.read_text(encoding="utf-8-sig").splitlines() == [
        '"typ";"plats";"row_number";"reason"',
        '"\'=klottr";"Höllviken";3;"Okänd typ; menade du klotter?"',
    ]
    table = open_table(path)
    assert (table.delimiter, table.ignored) == (";", ["row_number", "reason"])
    (block,) = table.blocks()
    writers.refused_file(path, table.header, [(2, block.originals[0], "Igen")])
    assert path.read_text(encoding="utf-8-sig").splitlines()[0] == '"typ","plats","row_number","reason"'


def test_a_file_that_stops_halfway_leaves_the_old_one_untouched(tmp_path):
    path = tmp_path / "ut.csv"
    path.write_bytes(b"gammal")

    def pieces():
        yield b"ny"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        writers.save(path, pieces())
    assert path.read_bytes() == b"gammal"
    assert [left.name for left in tmp_path.iterdir()] == ["ut.csv"]


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    for write in (
        lambda path: writers.save(path, [b"x"]),
        lambda path: writers.geopackage(path, "lager", ["a"], [{"a": 1, "geometry": shapely.Point(1, 2)}]),
    ):
        with pytest.raises(BadFile) as caught:
            write(tmp_path / "finns inte" / "ut.gpkg")
        assert text("sv", caught.value.key, **caught.value.fields) == (
            "Filen ut.gpkg gick inte att skriva. Kontrollera att mappen finns och att du får skriva i den."
        )


def test_a_full_disk_is_a_sentence_and_the_old_file_stays(tmp_path):
    """A child that may write no more than 100 kB meets the same refusal from the system as on a full disk."""
    path = tmp_path / "ut.csv"
    path.write_bytes(b"gammal")
    script = (
        "from pathlib import Path\n"
        "from samverkan_map.errors import BadFile\n"
        "from samverkan_map.exchange import writers\n"
        "try: writers.save(Path('ut.csv'), (b'x' * 10_000 for _ in range(100)))\n"
        "except BadFile as error: print(error.key)\n"
    )

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    environment = {"PYTHONPATH": str(Path(writers.__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, preexec_fn=small_disk, capture_output=True
    )
    assert done.stdout.decode().strip() == "writers.errors.disk_full", done.stderr.decode()
    assert path.read_bytes() == b"gammal"
    assert [left.name for left in tmp_path.iterdir()] == ["ut.csv"]


def test_a_refused_row_with_too_many_cells_keeps_them_and_is_refused_again(tmp_path):
    given = tmp_path / "in.csv"
    given.write_text("typ,plats\nklotter,Parken,extra,mer\n", encoding="utf-8")
    (block,) = open_table(given).blocks()
    assert block.original(0) == ["klotter", "Parken", "extra", "mer"]
    path = tmp_path / "nekade.csv"
    writers.refused_file(path, ["typ", "plats"], [(2, block.original(0), "Fel antal.")])
    with path.open(encoding="utf-8-sig", newline="") as opened:
        assert list(csv.reader(opened))[1] == ["klotter", "Parken", "2", "Fel antal.", "extra", "mer"]
    (again,) = open_table(path).blocks()
    assert again.fault[0][0] == "readers.rows.cells"
