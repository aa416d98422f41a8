"""What a municipality's folder promises, and that nothing in the program is Vellinge's own."""

import csv
import importlib.util
import json
import re
import shutil
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from samverkan_map import agreement, geometry
from samverkan_map.agreement import names
from samverkan_map.errors import SetUpTrouble
from samverkan_map.settings import ROOT
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.vocabulary import Precision, ReportKind

VELLINGE = ROOT / "data" / "vellinge"
DATA = Path(__file__).parent / "data"

OFFENTLIG, UNGA = "offentlig-miljo", "trygga-unga"
TYPES = {
    "skadegorelse": ("problem", {OFFENTLIG}, "B"),
    "klotter": ("problem", {OFFENTLIG}, "A"),
    "nedskrapning": ("problem", {OFFENTLIG}, "A"),
    "ordningsstorning": ("problem", {OFFENTLIG, UNGA}, "B"),
    "pyroteknik": ("problem", {OFFENTLIG, UNGA}, "B"),
    "ungdomsstok": ("problem", {OFFENTLIG, UNGA}, "B"),
    "otrygg_plats": ("problem", {OFFENTLIG}, "B"),
    "dalig_belysning": ("problem", {OFFENTLIG}, "A"),
    "fortkorning": ("traffic", {OFFENTLIG}, "B"),
    "buskorning_moped": ("traffic", {OFFENTLIG}, "B"),
    "buskorning_mc": ("traffic", {OFFENTLIG}, "B"),
    "buskorning_bil": ("traffic", {OFFENTLIG}, "B"),
    "trafikregler_ej_respekteras": ("traffic", {OFFENTLIG}, "B"),
    "trafikbrott": ("traffic", {OFFENTLIG}, "B"),
    "otrygg_skolvag": ("traffic", {OFFENTLIG}, "C"),
    "trafikolycka": ("accident", {OFFENTLIG}, "B"),
    "trygg_plats": ("strength", {OFFENTLIG}, "A"),
    "ide": ("strength", {OFFENTLIG}, "A"),
    "skadegorelse_skola": ("problem", {UNGA}, "C"),
    "sprakbruk": ("problem", {UNGA}, "C"),
    "sociala_medier_utmaning": ("problem", {UNGA}, "C"),
    "narkotika": ("problem", {UNGA}, "C"),
}
SOURCES = [
    "est",
    "brottsstatistik",
    "trygghetsmatning_lokal",
    "trygghetsmatning_nationell",
    "medborgardialog",
    "medarbetardialog",
    "trafikklagomal",
    "trygghetsvandring",
    "medborgarrapport",
    "naringsliv",
    "polisen",
]


@pytest.fixture(scope="module")
def vellinge():
    return agreement.load(VELLINGE)


def builder():
    spec = importlib.util.spec_from_file_location("build_geography", ROOT / "scripts" / "build_geography.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- The words of the agreement --------------------------------------------------------------------------------------


def test_the_agreement_runs_2023_to_2026_between_the_municipality_and_the_police(vellinge):
    assert (vellinge.name, vellinge.code, vellinge.start_year, vellinge.end_year) == ("Vellinge", "1233", 2023, 2026)
    assert [party.label["sv"] for party in vellinge.parties.values()] == [
        "Vellinge kommun",
        "Lokalpolisområde Trelleborg",
    ]


def test_every_problem_type_of_the_interface_is_there_with_its_kind_focus_and_level(vellinge):
    found = {code: (str(one.kind), set(one.focus), one.level) for code, one in vellinge.types.items()}

    assert found == TYPES


def test_only_drugs_are_never_rows_and_only_three_types_are_never_points(vellinge):
    assert [one.code for one in vellinge.types.values() if not one.rows] == ["narkotika"]
    assert {one.code for one in vellinge.types.values() if one.finest is Precision.AREA} == {
        "sprakbruk",
        "sociala_medier_utmaning",
        "narkotika",
    }


def test_sources_are_those_of_the_interface_and_only_the_police_notices_are_context(vellinge):
    assert list(vellinge.sources) == SOURCES
    assert [one.code for one in vellinge.sources.values() if one.context] == ["polisen"]


def test_only_the_safety_forum_and_the_traffic_group_may_map_anything(vellinge):
    may = {one.code: one.may_map for one in vellinge.forums.values()}

    assert may == {
        "trygghetsforum": "all",
        "styrgrupp-trafik": "traffic",
        "sspf": "none",
        "sig": "none",
        "vinr": "none",
    }
    assert all(one.parties == ("municipality", "police") for one in vellinge.forums.values())


def test_three_recipients_and_five_quality_words_with_traffic_safety(vellinge):
    assert list(vellinge.recipients) == ["bra", "kommunstyrelsen", "lokalpolisomradeschefen"]
    assert [one.label["en"] for one in vellinge.quality_words.values()] == [
        "Attractive",
        "Lively",
        "Clean",
        "Safe",
        "Sustainable",
        "Safe in traffic",
    ]


def test_no_two_types_share_a_word_so_that_a_file_is_never_understood_two_ways(vellinge):
    words = Counter(
        names.joined(word) for one in vellinge.types.values() for word in {names.joined(w) for w in names.words_of(one)}
    )

    assert [word for word, times in words.items() if times > 1] == []


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("fortkorning", "fortkorning"),
        (" FORT KÖRNING ", "fortkorning"),
        ("Speeding", "fortkorning"),
        ("smällare", "pyroteknik"),
        ("Buskörning MC", "buskorning_mc"),
        ("A-traktor", "buskorning_bil"),
    ],
)
def test_a_file_may_say_the_code_either_label_or_another_word(vellinge, word, code):
    assert vellinge.type_of(word).code == code


def test_a_misspelt_type_is_unknown_and_the_nearest_is_named(vellinge):
    assert vellinge.type_of("skadegörelsse") is None
    assert vellinge.nearest_type("skadegörelsse") == "skadegorelse"


@pytest.mark.parametrize(
    "word", ["", "x", "Misshandel", "Explosion", "Stöld", "Inbrott", "Rån", "Brand", "Rattfylleri", "Drakar", "Mord"]
)
def test_a_word_that_is_no_misspelling_of_a_type_is_near_none(vellinge, word):
    assert vellinge.type_of(word) is None
    assert vellinge.nearest_type(word) == ""


@pytest.mark.parametrize(
    ("word", "code"),
    [("Kloter", "klotter"), ("Nedskräpningg", "nedskrapning"), ("fortkörnig", "fortkorning"), ("klottra", "klotter")],
)
def test_a_misspelling_is_near_its_type(vellinge, word, code):
    assert vellinge.nearest_type(word) == code


def test_types_of_a_kind_come_in_the_order_of_the_file(vellinge):
    assert [one.code for one in vellinge.types_of_kind(ReportKind.STRENGTH)] == ["trygg_plats", "ide"]


# ---- Geography -------------------------------------------------------------------------------------------------------


def test_the_five_areas_tile_the_land_without_gap_or_overlap(vellinge):
    shapes = [area.shape for area in vellinge.areas.values()]
    degrees = [shapely.geometry.shape(one["geometry"]) for one in agreement.features(VELLINGE, "areas")]

    assert list(vellinge.areas) == ["vellinge", "hollviken", "ljunghusen", "skanor-falsterbo", "ostra"]
    assert shapely.coverage_is_valid(degrees)
    assert sum(shape.area for shape in shapes) == pytest.approx(vellinge.land.area, abs=1)
    assert shapely.symmetric_difference(shapely.union_all(shapes), vellinge.land).area < 50


def test_the_land_is_the_one_of_the_source(vellinge):
    features = json.loads((VELLINGE / "sources" / "kommun_land.geojson").read_text(encoding="utf-8"))["features"]
    source = next(geometry.from_geojson(f["geometry"]) for f in features if f["properties"]["kommunkod"] == "1233")

    assert vellinge.land.area / 1e6 == pytest.approx(143.88, abs=0.01)
    assert shapely.symmetric_difference(source, vellinge.land).area < 2_000


def test_building_the_geography_again_gives_the_files_that_are_there():
    for name, built in builder().build(VELLINGE).items():
        stored = agreement.features(VELLINGE, name)
        assert [f["properties"] for f in built["features"]] == [f["properties"] for f in stored], name
        for one, other in zip(built["features"], stored, strict=True):
            apart = shapely.hausdorff_distance(*(shapely.geometry.shape(f["geometry"]) for f in (one, other)))
            assert apart < 1e-5, (name, one["properties"])


@pytest.mark.parametrize(
    ("place", "lon", "lat", "area"),
    [
        ("Vellinge (SCB)", 13.017474, 55.46686, "vellinge"),
        ("Hököpinge (SCB)", 13.001925, 55.49341, "vellinge"),
        ("Höllviken (SCB)", 12.959724, 55.410254, "hollviken"),
        ("Nyckelhålsparken (stop)", 12.950939, 55.419085, "hollviken"),
        ("Ljunghusen (GeoNames)", 12.92486, 55.39793, "ljunghusen"),
        ("Ljunghusen Storvägen (stop)", 12.920899, 55.405538, "ljunghusen"),
        ("Skanör med Falsterbo (SCB)", 12.842966, 55.402008, "skanor-falsterbo"),
        ("Skanör Haga (stop)", 12.865432, 55.407469, "skanor-falsterbo"),
        ("Västra Ingelstad (SCB)", 13.112071, 55.496216, "ostra"),
        ("Östra Grevie (SCB)", 13.133622, 55.473285, "ostra"),
        ("Trelleborg (SCB)", 13.21226, 55.368161, None),
        ("Malmö C (stop)", 13.000216, 55.608777, None),
    ],
)
def test_known_points_fall_in_the_area_that_people_say(vellinge, place, lon, lat, area):
    assert vellinge.area_of(*geometry.to_metric(lon, lat)).tolist() == [area], place


def test_a_swimmer_near_the_beach_belongs_to_the_beach_and_one_far_out_to_nobody(vellinge):
    shore = shapely.Point(*map(float, geometry.to_metric(12.9600, 55.4018)))
    south = shapely.shortest_line(shore, vellinge.land.boundary).coords[1]
    e, n = np.array([south[0], south[0]]), np.array([south[1] - 200, south[1] - 700])

    assert vellinge.area_of(e, n).tolist() == ["hollviken", None]
    assert vellinge.distance_outside(e, n)[1] > 400


def test_distance_outside_is_nought_inside_and_infinite_for_no_position(vellinge):
    e, n = geometry.to_metric([13.0175, 13.0002], [55.4669, 55.6088])
    metres = vellinge.distance_outside([*e, np.nan], [*n, 0.0])

    assert metres[0] == 0
    assert metres[1] == pytest.approx(10_280, abs=30)
    assert np.isinf(metres[2])


def test_every_street_and_green_says_that_it_is_schematic():
    drawn = [*agreement.features(VELLINGE, "roads"), *agreement.features(VELLINGE, "greens")]

    assert all(one["properties"]["schematic"] is True for one in drawn)
    assert {one["properties"]["class"] for one in agreement.features(VELLINGE, "roads")} == {
        "motorway",
        "main",
        "street",
    }


def test_the_map_layers_stay_small_and_their_numbers_short():
    files = list(VELLINGE.glob("*.geojson"))
    positions = [shapely.get_coordinates(shapely.from_geojson(path.read_text(encoding="utf-8"))) for path in files]

    assert sum(path.stat().st_size for path in files) < 250_000
    assert all((numbers == np.round(numbers, 6)).all() for numbers in positions)


def test_every_layer_names_its_source():
    for path in VELLINGE.glob("*.geojson"):
        assert json.loads(path.read_text(encoding="utf-8"))["source"], path.name
        assert f"`{path.name}`" in (ROOT / "data" / "README.md").read_text(encoding="utf-8"), path.name


# ---- Names of places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "area", "street", "precision"),
    [
        ("Höllviken", "hollviken", None, "area"),
        ("SKANÖR-FALSTERBO", "skanor-falsterbo", None, "area"),
        ("Hökpinge", "vellinge", None, "area"),
        ("vid torget i Vellinge centrum", "vellinge", None, "area"),
        ("Falsterbo|Måkläppen", "skanor-falsterbo", None, "area"),
        ("Höllviken|Håslöv", None, None, "municipality"),
        ("Vellinge", None, None, "municipality"),
        ("Velllinge", None, None, "municipality"),
        ("Vellinge, Ljunghusen", "ljunghusen", None, "area"),
        ("Mellangatan", "skanor-falsterbo", "Mellangatan", "street"),
        ("Falsterbovägen", None, "Falsterbovägen", "street"),
        ("Falsterbovägen, Höllviken", "hollviken", "Falsterbovägen", "street"),
        ("Mellangatan, Höllviken", "hollviken", None, "area"),
        ("Stenbocks väg, Kämpinge", "hollviken", "Stenbocks väg", "street"),
        ("Höllviken Nyckelhålsparken", "hollviken", "Höllviken Nyckelhålsparken", "street"),
        ("Gästisparken", "vellinge", None, "area"),
    ],
)
def test_a_written_place_is_matched_no_finer_than_it_says(vellinge, name, area, street, precision):
    assert vellinge.match_place(name) == agreement.PlaceMatch(area, street, Precision(precision))


@pytest.mark.parametrize("name", ["", "   ", "|", "Malmö", "Höllvikenvägen", "E6"])
def test_a_place_that_is_not_ours_is_not_matched(vellinge, name):
    assert vellinge.match_place(name) is None


def test_every_locality_of_the_police_file_is_understood(vellinge):
    with (DATA / "polisen" / "polisen_handelser_vellinge_2023_2025.csv").open(encoding="utf-8-sig", newline="") as file:
        tags = Counter(row["locality_tags"] for row in csv.DictReader(file))

    assert tags.pop("") == 25
    assert len(tags) == 15
    assert all(vellinge.match_place(tag) for tag in tags)


def test_the_search_box_knows_at_least_25_streets_spread_over_all_areas(vellinge):
    entries = vellinge.gazetteer()
    streets = Counter(one.area for one in entries if one.kind == "street")

    assert len({one.name for one in entries if one.kind == "street"}) >= 25
    assert set(streets) == set(vellinge.areas)
    assert {one.kind for one in entries} == {"area", "street", "stop", "locality"}
    assert sum(one.kind == "stop" for one in entries) == 6
    e, n = geometry.to_metric([one.lon for one in entries], [one.lat for one in entries])
    assert vellinge.area_of(e, n).tolist() == [one.area for one in entries]


# ---- The police's own words ------------------------------------------------------------------------------------------


def test_the_police_file_by_the_kept_mapping_gives_fifty_rows_of_context(vellinge):
    mapping = tomllib.loads((VELLINGE / "examples" / "polisen.toml").read_text(encoding="utf-8"))
    fate = Counter()
    with (DATA / "polisen" / "polisen_handelser_vellinge_2023_2025.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            word = mapping["types"].get(row["type"], row["type"])
            if word == "-":
                fate["left out"] += 1
            elif not vellinge.type_of(word):
                fate["type"] += 1
            else:
                fate["stored" if vellinge.match_place(row["locality_tags"]) else "place"] += 1

    assert fate == {"stored": 50, "left out": 25, "type": 27, "place": 17}
    assert vellinge.sources[mapping["source"]].context


def test_the_example_command_says_the_same_as_the_kept_mapping():
    mapping = tomllib.loads((VELLINGE / "examples" / "polisen.toml").read_text(encoding="utf-8"))
    command = (VELLINGE / "examples" / "README.md").read_text(encoding="utf-8")
    pairs = [f"{theirs}={ours}" for theirs, ours in mapping["types"].items()]

    assert ",".join(f"{ours}={theirs}" for ours, theirs in mapping["columns"].items()) in command
    assert ",".join(f'"{pair}"' if "," in pair else pair for pair in pairs) in command


# ---- Another municipality --------------------------------------------------------------------------------------------


def test_another_municipality_starts_by_adding_a_folder():
    exempelby = agreement.load(DATA / "exempelby")
    e, n = geometry.to_metric([15.1, 15.1, 13.0], [59.07, 59.02, 55.47])

    assert list(exempelby.areas) == ["norr", "soder"]
    assert exempelby.area_of(e, n).tolist() == ["norr", "soder", None]
    assert exempelby.type_of("Snöskoter").code == "snoskotrar"
    assert exempelby.type_of("fortkorning") is None
    assert exempelby.match_place("Torggatan, Exempelby") == agreement.PlaceMatch("norr", "Torggatan", Precision.STREET)
    assert exempelby.match_place("Höllviken") is None
    assert exempelby.traffic.severity is None and exempelby.traffic.felt_per_month == 1
    assert [one.name for one in exempelby.gazetteer() if one.kind == "street"].count("Genomfartsvägen") == 2


def test_vellinge_weighs_accidents_with_a_source_and_counts_speed_by_its_own_types(vellinge):
    rules = vellinge.traffic
    assert rules.severity.weights == {"dodsfall": 542, "svar": 29, "lindrig": 11, "egendom": 1}
    assert rules.severity.year == 2010 and "Highway Safety Manual" in rules.severity.source["sv"]
    # The weights are what the costs that the source names say.
    costs = [int(one.replace(",", "")) for one in re.findall(r"\d{1,3}(?:,\d{3})+", rules.severity.source["en"])]
    assert [round(one / costs[-1]) for one in costs] == list(rules.severity.weights.values())
    assert "fortkorning" in rules.speed_types and "trafikregler_ej_respekteras" not in rules.speed_types


def test_a_municipality_far_away_works_with_its_own_robberies():
    memphis = agreement.load(DATA / "memphis")
    with (DATA / "memphis" / "memphis_robberies_2019.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    e, n = geometry.to_metric([float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows])

    assert {memphis.type_of(row["offense_type"]).code for row in rows} == {"robbery"}
    assert (len(memphis.areas), len(rows)) == (9, 2245)
    assert int((memphis.distance_outside(e, n) > 0).sum()) == 1
    assert None not in memphis.area_of(e, n).tolist()


# ---- Faults ----------------------------------------------------------------------------------------------------------

BOX = '{"type":"Polygon","coordinates":[[[15,59.2],[15.1,59.2],[15.1,59.3],[15,59.2]]]}'
CHOICE = "[[report_choices]]\ncode = 'x'\nlabel = { sv = 'X', en = 'X' }\n"
POLYGONLESS = '\n[[areas]]\ncode = "vast"\nlabel = { sv = "Väst", en = "West" }\n'


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "says"),
    [
        ("agreement.toml", 'kind = "traffic"', 'kind = "skoter"', "unknown_value", "skoter"),
        ("agreement.toml", 'focus = ["levande-centrum"]', 'focus = ["annat"]', "unknown_value", "annat"),
        ("agreement.toml", 'focus = ["levande-centrum"]', 'focus = "annat"', "wrong_form", "focus"),
        ("agreement.toml", 'level = "B"', 'level = "D"', "unknown_value", "D"),
        ("agreement.toml", 'symbol = "trafik"', 'symbol = "enhörning"', "unknown_value", "enhörning"),
        ("agreement.toml", 'finest = "area"', 'finest = "street"', "unknown_value", "street"),
        ("agreement.toml", 'may_map = "all"', 'may_map = "some"', "unknown_value", "some"),
        ("agreement.toml", '"polisen-mitt"]', '"tullen"]', "unknown_value", "tullen"),
        ("agreement.toml", 'sv = "Boende", ', "", "missing_value", "boende"),
        ("agreement.toml", 'label = { sv = "Boende", en = "Residents" }', 'label = "Boende"', "wrong_form", "boende"),
        ("agreement.toml", "start_year = 2025", 'start_year = "i fjol"', "wrong_form", "start_year"),
        ("agreement.toml", "start_year = 2025", "start_year = 2025\nfewest_told = 4", "fewest_told", "[agreement]"),
        ("agreement.toml", "start_year = 2025", 'start_year = 2025\nfewest_told = "5"', "wrong_form", "fewest_told"),
        ("agreement.toml", "[map]", f"{CHOICE}type = 'halt'\n[map]", "unknown_value", "halt"),
        ("agreement.toml", "[map]", f"{CHOICE}type = 'snoskotrar'\n[map]", "missing_value", "report_source"),
        ("agreement.toml", "[map]", '[traffic]\nspeed_types = ["fart"]\n[map]', "unknown_value", "fart"),
        (
            "agreement.toml",
            "[map]",
            '[traffic]\nspeed_types = ["snoskotrar"]\nfelt_per_month = 0\n[map]',
            "wrong_form",
            "felt",
        ),
        ("agreement.toml", "centre = [15.1, 59.05]", "centre = [15.1]", "wrong_form", "centre"),
        ("agreement.toml", 'code = "halt"', 'code = "stok_torget"', "twice", "stok_torget"),
        ("agreement.toml", 'code = "0099"', "", "missing_value", "code"),
        ("agreement.toml", "[municipality]", "[municipality", "unreadable", "agreement.toml"),
        ("agreement.toml", "[[areas]]", POLYGONLESS + "\n[[areas]]", "area_without_polygon", "vast"),
        ("areas.geojson", '"code":"soder"', '"code":"öster"', "area_without_polygon", "soder"),
        (
            "areas.geojson",
            "[\n",
            '[\n{"properties":{"code":"ny"},"geometry":' + BOX + "},",
            "polygon_without_area",
            "ny",
        ),
        ("areas.geojson", "Polygon", "Blob", "bad_shape", "areas.geojson"),
        ("land.geojson", "{", "", "unreadable", "land.geojson"),
        ("land.geojson", '"coordinates":[[[', '"coordinates":[[["öst",', "bad_shape", "land.geojson"),
    ],
)
def test_a_fault_in_the_folder_is_one_sentence_that_names_it(tmp_path, file, old, new, key, says):
    folder = shutil.copytree(DATA / "exempelby", tmp_path / "fel")
    before = (folder / file).read_text(encoding="utf-8")
    assert old in before
    (folder / file).write_text(before.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(SetUpTrouble) as trouble:
        agreement.load(folder)

    assert trouble.value.key == f"agreement.errors.{key}"
    for language in LANGUAGES:
        assert says in text(language, trouble.value.key, **trouble.value.fields)


@pytest.mark.parametrize("file", ["agreement.toml", "areas.geojson", "land.geojson"])
def test_a_missing_file_is_named(tmp_path, file):
    folder = shutil.copytree(DATA / "exempelby", tmp_path / "fel")
    (folder / file).unlink()

    with pytest.raises(SetUpTrouble) as trouble:
        agreement.load(folder)

    assert (trouble.value.key, trouble.value.fields["file"]) == ("agreement.errors.missing_file", file)


def test_land_without_surface_is_refused(tmp_path):
    folder = shutil.copytree(DATA / "exempelby", tmp_path / "fel")
    (folder / "land.geojson").write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")

    with pytest.raises(SetUpTrouble) as trouble:
        agreement.load(folder)

    assert trouble.value.key == "agreement.errors.no_land"


def test_a_folder_without_streets_or_stops_still_works(tmp_path):
    folder = shutil.copytree(DATA / "exempelby", tmp_path / "liten")
    (folder / "roads.geojson").unlink()
    (folder / "labels.geojson").unlink()

    assert {one.kind for one in agreement.load(folder).gazetteer()} == {"area"}
