"""GeoJSON and GeoPackage go in."""

import sqlite3
from datetime import datetime

import geopandas
import pytest
import shapely
from files_to_read import a_csv, a_feature, a_geojson, a_point, fault_text, read, refusal

from samverkan_map.errors import BadFile
from samverkan_map.exchange.readers import UPLOAD, Limits, open_table
from samverkan_map.translations import text

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
    [
        ("urn:ogc:def:crs:EPSG::3006", 3006),
        ("EPSG:3008", 3008),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("CRS84", 4326),
    ],
)
def test_geojson_says_its_coordinate_system(tmp_path, name, epsg):
    path = a_geojson(tmp_path, a_feature(a_point()), crs={"type": "name", "properties": {"name": name}})
    assert open_table(path).crs == epsg


@pytest.mark.parametrize("crs", ["foo", {"type": "name", "properties": {"name": "foo"}}, {"type": "link"}, 7])
def test_geojson_in_a_system_that_nobody_knows_is_refused(tmp_path, crs):
    assert "som inte går att känna igen" in refusal(a_geojson(tmp_path, a_feature(a_point()), crs=crs))


def test_geojson_without_a_system_of_its_own_states_none(tmp_path):
    assert open_table(a_geojson(tmp_path, a_feature(a_point()), crs=None)).crs is None


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
    assert "flera lager: ett, två. Välj ett med --layer" in refusal(path)
    assert open_table(path, sheet="Två").sheet == "två"
    with pytest.raises(BadFile) as no:
        open_table(path, sheet="tre")
    assert "De som finns är: ett, två." in text("sv", no.value.key, **no.value.fields)


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
