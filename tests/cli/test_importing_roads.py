"""Stretches and speeds go in by command, with a dry run first, refused rows to a file, and back out again."""

import json

from command_line import count

from samverkan_map.db.tables import Delivery, SpeedMeasurement, Stretch

ROAD = [[12.954, 55.4098], [12.958, 55.4098]]
BOW = [[12.954, 55.4098], [12.958, 55.4118], [12.958, 55.4098], [12.954, 55.4118]]


def a_map(folder, *lines):
    features = [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line},
         "properties": {"gatunamn": f"Gata {number}", "kategori": "Allmän", "maxspeed": "40"}}
        for number, line in enumerate(lines, 1)
    ]  # fmt: skip
    path = folder / "strackor.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


HOW = ("--map", "keeper=kategori", "--keepers", "Allmän=kommun")


def test_stretches_and_their_measurements_go_in_and_are_taken_back(samverkan, database, tmp_path):
    file = a_map(tmp_path, ROAD)
    dry = samverkan("import", "stretches", file, *HOW, "--dry-run")
    assert (dry.code, count(database, Stretch)) == (0, 0) and "Ingenting sparades." in dry.out
    said = samverkan("import", "stretches", file, *HOW)
    assert said.code == 0 and "Lästa 1, godkända 1, redan kända 0, nekade 0" in said.out
    assert "WGS 84" in said.out and count(database, Stretch) == 1
    assert "redan kända 1" in samverkan("import", "stretches", file, *HOW).out
    speeds = tmp_path / "matningar.csv"
    speeds.write_text(
        "stracka;fran;till;medel;v85;andel_over;andel_over_30;antal\n"
        "Gata 1;2026-05-04;2026-05-10;38;47;41 %;1 %;4210\n",
        encoding="utf-8",
    )
    assert samverkan("import", "speeds", speeds).code == 0
    assert (count(database, SpeedMeasurement), count(database, Delivery)) == (1, 2)
    listed = samverkan("deliveries").out
    assert "strackor.geojson  1 sträcka" in listed and "matningar.csv  1 hastighetsmätning" in listed
    refused = samverkan("undo", 1)
    assert refused.code == 1 and "en hastighetsmätning är gjord på dess sträckor" in refused.err
    assert "En rad togs bort." in samverkan("undo", 2).out and "En rad togs bort." in samverkan("undo", 1).out
    assert count(database, Stretch) == count(database, SpeedMeasurement) == 0
    assert samverkan("undo", 1).code == 4


def test_a_line_that_crosses_itself_keeps_all_out_and_stands_in_the_refused_file(quick, embedded, tmp_path):
    refused = tmp_path / "nekade.csv"
    said = quick("import", "stretches", a_map(tmp_path, ROAD, BOW), *HOW, "--refused", refused)
    assert (said.code, count(embedded, Stretch)) == (3, 0)
    assert "korsar sig själv" in said.err and "korsar sig själv" in refused.read_text(encoding="utf-8-sig")
    assert quick("import", "stretches", a_map(tmp_path, ROAD, BOW), *HOW, "--partial").code == 3
    assert count(embedded, Stretch) == 1


def test_a_file_of_another_kind_is_one_sentence(quick, tmp_path):
    csv = tmp_path / "a.csv"
    csv.write_text("namn\nGata\n", encoding="utf-8")
    for command, file in (("stretches", csv), ("speeds", a_map(tmp_path, ROAD))):
        said = quick("import", command, file)
        assert said.code == 2 and len(said.err.strip().splitlines()) == 1, said
