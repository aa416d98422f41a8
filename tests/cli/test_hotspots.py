"""Recurring problems by command: the same run as the page, in words and as a file."""

import csv
import json
from datetime import date

import geopandas
from builders import COORDINATOR, NOW
from command_line import a_csv
from sqlalchemy import select

from samverkan_map import hotspots, question
from samverkan_map.db.tables import AuditLine


def many(number=40):
    return [
        [f"r{n}", "Skadegörelse", f"2025-{n % 9 + 1:02d}-10 21:15", f"13.019{n % 7}", f"55.471{n % 5}", ""]
        for n in range(number)
    ]


PERIOD = ("--from", "2025-01", "--to", "2025-12")


def test_the_places_come_in_words_and_in_four_formats(samverkan, database, tmp_path):
    samverkan.reports(a_csv(tmp_path, many()))
    for ending in ("csv", "geojson", "gpkg", "xlsx"):
        said = samverkan("hotspots", *PERIOD, "--kind", "problem", "--out", tmp_path / f"ut.{ending}")
        assert said.code == 0, said.err
        assert "En plats har fler händelser än slumpen förklarar. De rymmer 40 av 40 händelser." in said.out
        assert "1. Vellinge" in said.out and "Benjamini–Hochberg" in said.out
    with (tmp_path / "ut.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["number"], row["count"], row["certainty"]) == ("1", "40", "")
    found = json.loads((tmp_path / "ut.geojson").read_text())
    assert found["numberMatched"] == 1 and found["features"][0]["properties"]["count"] == 40
    frame = geopandas.read_file(tmp_path / "ut.gpkg")
    assert frame.crs.to_epsg() == 3006 and frame.geometry.iloc[0].area >= 10_000
    with database.reading() as session:
        assert session.scalars(select(AuditLine.action)).all().count("export_internal") == 4


def test_a_kept_run_comes_out_as_it_was_kept(samverkan, database, vellinge, tmp_path):
    samverkan.reports(a_csv(tmp_path, many()))
    asked = question.parse({"from": "2025-01", "to": "2025-12"}, vellinge, date(2026, 11, 23))
    with database.writing() as session:
        kept = hotspots.keep(session, COORDINATOR, vellinge, asked, today=date(2026, 11, 23), now=NOW).id
        session.commit()
    first = samverkan("hotspots", "--run", kept, "--out", tmp_path / "a.geojson")
    assert "Uppgifterna är desamma i dag." in first.out and "De rymmer 40 av 40" in first.out
    samverkan.reports(a_csv(tmp_path, [["ny", *row[1:]] for row in many(1)]))
    later = samverkan("hotspots", "--run", kept, "--out", tmp_path / "b.geojson")
    assert "Uppgifterna har ändrats sedan dess." in later.out and "De rymmer 40 av 40" in later.out
    assert (tmp_path / "a.geojson").read_bytes() == (tmp_path / "b.geojson").read_bytes()
    assert "De rymmer 41 av 41" in samverkan("hotspots", *PERIOD).out


def test_a_run_of_another_method_is_kept_by_command_and_comes_out_the_same(quick, tmp_path):
    quick.reports(a_csv(tmp_path, many()))
    kept = quick("hotspots", *PERIOD, "--kind", "problem", "--method", "clusters", "--keep")
    assert kept.code == 0 and "Körning 1 är sparad." in kept.out and "Vem som rapporterar" in kept.out, kept.err
    shown = quick("hotspots", "--run", 1, "--out", tmp_path / "run.geojson")
    assert "Räknad på nytt i dag ger frågan exakt samma svar." in shown.out
    fresh = quick("hotspots", *PERIOD, "--kind", "problem", "--method", "clusters", "--out", tmp_path / "fresh.geojson")
    features = [json.loads((tmp_path / name).read_text())["features"] for name in ("run.geojson", "fresh.geojson")]
    assert fresh.code == 0 and features[0] == features[1] and features[0]
    nothing = quick("hotspots", "--from", "2001-01", "--to", "2001-12", "--keep")
    assert nothing.code in (1, 2, 4) and "inget att spara" in nothing.err


def test_what_cannot_be_answered_is_one_sentence(quick, tmp_path):
    quick.reports(a_csv(tmp_path, many(9)))
    few = quick("hotspots", *PERIOD)
    assert few.code == 0 and "9 händelser med läge" in few.out
    for words in (["--cell", "99"], ["--kind", "strength"], ["--q", "torget"], ["--run", "7"], ["--method", "x"]):
        said = quick("hotspots", *words)
        assert said.code in (1, 2, 4) and len(said.err.strip().splitlines()) == 1, (words, said)


def test_the_other_methods_answer_like_their_page_and_refuse_in_one_sentence(quick, tmp_path):
    quick.reports(a_csv(tmp_path, many()))
    for method, words in (("density", "en yta är tätast"), ("clusters", "ett kluster av händelser")):
        file = tmp_path / f"{method}.geojson"
        said = quick("hotspots", *PERIOD, "--kind", "problem", "--method", method, "--out", file)
        assert said.code == 0 and words in said.out.lower() and "Så är det räknat" in said.out, (said.err, said.out)
        found = json.loads(file.read_text())
        assert found["features"][0]["properties"]["method"] == method and found["question"]["method"] == method
        assert found["features"][0]["properties"]["count"] >= 30
    said = quick("hotspots", *PERIOD, "--method", "streets")
    assert said.code == 0 and "Det finns inga sträckor" in said.out
    for words in (
        ["--method", "density", "--bandwidth", "100", "--cell", "100"], ["--bandwidth", "300"],
        ["--method", "clusters", "--cell", "100"], ["--method", "streets", "--bandwidth", "100"],
        ["--method", "streets", "--kind", "problem"],
    ):  # fmt: skip
        said = quick("hotspots", *words)
        assert said.code in (1, 2) and len(said.err.strip().splitlines()) == 1, (words, said)


def test_recurring_problems_are_a_layer_to_export(quick, tmp_path):
    quick.reports(a_csv(tmp_path, many()))
    for ending in ("csv", "xlsx", "geojson", "gpkg"):
        said = quick("export", "hotspots", tmp_path / f"lager.{ending}", *PERIOD, "--kind", "problem")
        assert said.code == 0 and "En rad skrevs" in said.out, said.err
    quick("hotspots", *PERIOD, "--kind", "problem", "--out", tmp_path / "run.csv")
    assert (tmp_path / "lager.csv").read_bytes() == (tmp_path / "run.csv").read_bytes()
    refused = quick("export", "hotspots", tmp_path / "x.csv", "--q", "torget")
    assert refused.code in (1, 2) and not (tmp_path / "x.csv").exists()
