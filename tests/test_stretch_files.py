"""Stretches and speed measurements taken in by file, and taken back."""

import hashlib
import json
from datetime import datetime

import geopandas
import pytest
import shapely
from builders import COORDINATOR, a_file, a_place, take_in, viewer
from sqlalchemy import func, select

from samverkan_map import geometry, question, reports, traffic, translations
from samverkan_map.db.tables import AuditLine, Delivery, Report, SpeedMeasurement, Stretch
from samverkan_map.errors import BadFile, Conflict, NotAllowed, NotFound
from samverkan_map.exchange import readers
from samverkan_map.vocabulary import Role

NOW = datetime(2026, 11, 23, 12, 0)
ROAD = [(12.954, 55.4098), (12.958, 55.4098)]
NEXT = [(12.958, 55.4098), (12.962, 55.4101)]
LANE = [(12.9600, 55.4150), (12.9630, 55.4150)]
GOOD = {"Gatunamn": "Falsterbovägen", "Väghållare": "Kommunal", "Hastighetsgräns": 40, "Funktionsklass": "huvudgata"}


def a_row(line=ROAD, kind="LineString", **words):
    return {
        "type": "Feature", "geometry": {"type": kind, "coordinates": line} if line else None,
        "properties": GOOD | words,
    }  # fmt: skip


def a_map(folder, *rows, name="strackor.geojson"):
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return path


def bring(session, vellinge, path, actor=COORDINATOR, *, columns=None, **how):
    table = readers.open_lines(path, columns=columns)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    how = traffic.Intake(**how)
    return traffic.take_in_stretches(session, actor, vellinge, table, how, file_hash=digest, now=NOW)


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def reasons(preview):
    return [one.key.removeprefix("refusals.traffic.").removeprefix("readers.rows.") for one in preview.refused]


def test_an_extract_with_swedish_names_goes_in_whole_and_the_same_file_again_changes_nothing(
    session, vellinge, tmp_path
):
    path = a_map(tmp_path, a_row(), a_row(LANE, Gatunamn="Lillgatan", Väghållare="Statlig"))
    preview = bring(session, vellinge, path)
    assert (preview.read, preview.accepted, preview.known, preview.refused, preview.stored) == (2, 2, 0, [], True)
    found = traffic.find(session, COORDINATOR, word="falsterbo")[0]
    assert (found.name, found.keeper, found.speed_limit, found.function, found.area) == (
        "Falsterbovägen", "kommun", 40, "huvudgata", "hollviken",
    )  # fmt: skip
    assert found.length_metres == pytest.approx(253, abs=2)
    again = bring(session, vellinge, path)
    assert (again.accepted, again.known, again.stored) == (0, 2, False)
    assert (count(session, Stretch), count(session, Delivery)) == (2, 1)
    assert session.scalars(select(AuditLine.action)).all() == ["upload_geodata"]


def test_metres_and_a_geopackage_are_recognised_and_said(session, vellinge, tmp_path):
    e, n = geometry.to_metric(*zip(*ROAD, strict=True))
    line = shapely.LineString(list(zip(e, n, strict=True)))
    columns = {"namn": ["Falsterbovägen"], "vaghallare": ["kommun"], "maxspeed": ["40 km/h"]}
    stated, wrong = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    geopandas.GeoDataFrame(columns, geometry=[line], crs=3006).to_file(stated)
    geopandas.GeoDataFrame(columns, geometry=[line], crs=4326).to_file(wrong)
    for path in (stated, wrong):
        preview = bring(session, vellinge, path, dry_run=True)
        assert (preview.accepted, preview.refused, preview.stored) == (1, [], False)
    assert ("reports.notes.recognised_crs", {"system": "SWEREF 99 TM", "epsg": 3006}) in preview.notes
    metres = a_map(tmp_path, a_row([[float(x), float(y)] for x, y in line.coords]))
    assert bring(session, vellinge, metres).accepted == 1
    assert traffic.find(session, COORDINATOR)[0].length_metres == pytest.approx(253, abs=2)


def test_swapped_axes_refuse_the_file(session, vellinge, tmp_path):
    with pytest.raises(BadFile) as refused:
        bring(session, vellinge, a_map(tmp_path, a_row([(y, x) for x, y in ROAD])))
    assert refused.value.key == "traffic.errors.swapped_axes"


BOW = [(12.954, 55.4098), (12.958, 55.4118), (12.958, 55.4098), (12.954, 55.4118)]


@pytest.mark.parametrize(
    "row, reason",
    [
        (a_row(Väghållare=""), "no_keeper"), (a_row(Väghållare="Kungen"), "unknown_keeper"),
        (a_row(Gatunamn=" "), "no_name"), (a_row(Gatunamn="a" * 121), "too_long"),
        (a_row(Gatunamn="Ring 070-123 45 67"), "personal"), (a_row(Hastighetsgräns=45), "unknown_limit"),
        (a_row(Hastighetsgräns="SE:urban"), "unknown_limit"), (a_row(Hastighetsgräns=None), "no_limit"),
        (a_row([ROAD[0], ROAD[0]]), "no_length"), (a_row(BOW), "crosses_itself"),
        (a_row([(18.0, 59.3), (18.1, 59.3)]), "far_away"), (a_row(None), "no_line"),
        (a_row(ROAD[0], "Point"), "not_a_line"), (a_row([ROAD, LANE], "MultiLineString"), "several_lines"),
        (a_row([ROAD[0]]), "line_broken"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_a_stretch_is_refused_with_a_sentence_in_both_languages(
    session, vellinge, tmp_path, row, reason
):
    preview = bring(session, vellinge, a_map(tmp_path, a_row(LANE, Gatunamn="Lillgatan"), row))
    assert (reasons(preview), preview.accepted, preview.stored) == ([reason], 1, False)
    assert preview.refused[0].row_number == 3 and count(session, Stretch) == 0
    for language in translations.LANGUAGES:
        assert "{" not in reports.tell(language, vellinge, preview.refused[0].key, preview.refused[0].fields)


def test_what_can_be_stored_is_stored_with_partial(session, vellinge, tmp_path):
    path = a_map(tmp_path, a_row(LANE, Gatunamn="Lillgatan"), a_row(BOW))
    preview = bring(session, vellinge, path, partial=True)
    assert (preview.accepted, len(preview.refused), preview.stored) == (1, 1, True)


def test_pieces_of_one_street_are_refused_by_name_or_put_together_when_they_join(session, vellinge, tmp_path):
    pieces = a_map(tmp_path, a_row(), a_row(NEXT), a_row(LANE, Gatunamn="Lillgatan"))
    assert reasons(bring(session, vellinge, pieces)) == ["name_twice", "name_twice"]
    preview = bring(session, vellinge, pieces, merge=True)
    assert (preview.read, preview.accepted, preview.left_out, preview.refused) == (3, 2, 1, [])
    long, _ = traffic.find(session, COORDINATOR)
    assert long.name == "Falsterbovägen" and 480 < long.length_metres < 530
    apart = a_map(tmp_path, a_row(Gatunamn="Storgatan"), a_row(LANE, Gatunamn="Storgatan"))
    assert reasons(bring(session, vellinge, apart, merge=True)) == ["name_twice", "name_twice"]


def test_a_name_that_stands_on_another_line_or_with_other_facts_is_refused(session, vellinge, tmp_path):
    bring(session, vellinge, a_map(tmp_path, a_row()))
    assert reasons(bring(session, vellinge, a_map(tmp_path, a_row(LANE)))) == ["name_taken"]
    assert reasons(bring(session, vellinge, a_map(tmp_path, a_row(Hastighetsgräns=30)))) == ["name_taken"]


def test_the_sources_words_and_columns_are_translated(session, vellinge, tmp_path):
    row = a_row()
    row["properties"] = {"vad": "Falsterbovägen", "maxspeed": "40", "sköter": "BYALAG"}
    path = a_map(tmp_path, row)
    columns = {"name": "vad", "keeper": "sköter"}
    assert reasons(bring(session, vellinge, path, columns=columns)) == ["unknown_keeper"]
    preview = bring(session, vellinge, path, columns=columns, keepers={"Byalag": "vagforening"})
    assert preview.stored and traffic.find(session, COORDINATOR)[0].keeper == "vagforening"
    with pytest.raises(BadFile, match="unknown_keeper"):
        bring(session, vellinge, path, keepers={"Byalag": "byalag"}, columns=columns)


def test_a_file_without_keepers_needs_to_be_told_whose_they_are(session, vellinge, tmp_path):
    row = a_row()
    row["properties"] = {"name": "Falsterbovägen", "maxspeed": "40", "highway": "residential"}
    with pytest.raises(BadFile) as refused:
        bring(session, vellinge, a_map(tmp_path, row))
    assert refused.value.fields["missing"] == "keeper"
    assert bring(session, vellinge, a_map(tmp_path, row), keeper="kommun").stored


def test_complaints_made_before_the_stretch_was_known_are_on_it_afterwards_and_off_it_when_it_is_undone(
    session, vellinge, tmp_path, today
):
    rows = ["1,fortkorning,2026-03-03,12.9560,55.40985", "2,fortkorning,2026-03-03,12.9560,55.4130",
            "3,klotter,2026-03-03,12.9560,55.40985"]  # fmt: skip
    take_in(session, vellinge, a_file(tmp_path, rows))
    asked = question.parse({"keeper": "kommun"}, vellinge, today)
    assert reports.choose(session, COORDINATOR, vellinge, asked).total == 0
    preview = bring(session, vellinge, a_map(tmp_path, a_row()))
    (stretch,) = traffic.find(session, COORDINATOR)
    on = dict(session.execute(select(Report.source_ref, Report.stretch_id)).all())
    assert on == {"1": stretch.id, "2": None, "3": None}
    assert reports.choose(session, COORDINATOR, vellinge, asked).total == 1
    assert traffic.undo(session, COORDINATOR, preview.delivery_id, now=NOW) == 1
    assert (count(session, Stretch), count(session, Report)) == (0, 3)
    assert reports.choose(session, COORDINATOR, vellinge, asked).total == 0
    with pytest.raises(NotFound):
        traffic.undo(session, COORDINATOR, preview.delivery_id, now=NOW)
    assert bring(session, vellinge, a_map(tmp_path, a_row())).stored


def test_stretches_that_something_builds_on_are_not_taken_back(session, vellinge, tmp_path):
    preview = bring(session, vellinge, a_map(tmp_path, a_row()))
    (stretch,) = traffic.find(session, COORDINATOR)
    place = a_place(session, vellinge)
    place.stretch_id = stretch.id
    session.flush()
    with pytest.raises(Conflict, match="place_on_it"):
        traffic.undo(session, COORDINATOR, preview.delivery_id, now=NOW)
    place.stretch_id = None
    measured = measure(session, tmp_path)
    with pytest.raises(Conflict, match="measured"):
        traffic.undo(session, COORDINATOR, preview.delivery_id, now=NOW)
    assert traffic.undo(session, COORDINATOR, measured.delivery_id, now=NOW) == 1
    assert traffic.undo(session, COORDINATOR, preview.delivery_id, now=NOW) == 1


def test_files_of_stretches_stand_apart_from_those_of_reports(session, vellinge, tmp_path):
    preview = bring(session, vellinge, a_map(tmp_path, a_row()))
    assert [one.id for one in traffic.find_deliveries(session, COORDINATOR)] == [preview.delivery_id]
    assert reports.find_deliveries(session, COORDINATOR) == []
    with pytest.raises(NotFound):
        reports.undo(session, COORDINATOR, preview.delivery_id, now=NOW)


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.TRAFFIC_GROUP, Role.POLICE])
def test_only_planners_and_coordinators_bring_geodata(session, vellinge, tmp_path, role):
    with pytest.raises(NotAllowed):
        bring(session, vellinge, a_map(tmp_path, a_row()), viewer(role))
    bring(session, vellinge, a_map(tmp_path, a_row()), viewer(Role.PLANNER))


# ---- speeds


HEADER = "stracka;fran;till;medel;v85;andel_over;andel_over_30;antal;riktning"
MEASURED = "Falsterbovägen;2026-05-04;2026-05-10;38,2;47;41 %;0,01;4210;"


def measure(session, folder, *rows, header=HEADER, actor=COORDINATOR, **how):
    path = a_file(folder, list(rows or [MEASURED]), header, "matningar.csv")
    table = readers.open_speeds(path)
    return traffic.take_in_speeds(session, actor, table, traffic.Intake(**how), file_hash="x", now=NOW)


@pytest.fixture
def road(session, vellinge, tmp_path):
    bring(session, vellinge, a_map(tmp_path, a_row()))
    (stretch,) = traffic.find(session, COORDINATOR)
    return stretch


def test_measurements_go_in_with_decimal_commas_per_cents_and_directions(session, road, tmp_path):
    both, north = MEASURED, MEASURED.replace("38,2", "36") + "norrut"
    preview = measure(session, tmp_path, both, north)
    assert (preview.accepted, preview.refused, preview.stored) == (2, [], True)
    found = session.scalars(select(SpeedMeasurement).order_by(SpeedMeasurement.id)).all()
    assert [(one.mean_speed, one.share_over_limit, one.direction) for one in found] == [
        (38.2, pytest.approx(0.41), ""), (36, pytest.approx(0.41), "norrut"),
    ]  # fmt: skip
    assert traffic.as_properties(traffic.get(session, COORDINATOR, road.id))["v85"] == 47
    again = measure(session, tmp_path, both, north)
    assert (again.accepted, again.known, again.stored) == (0, 2, False)


def test_a_measurement_of_one_day_needs_no_last_day(session, road, tmp_path):
    header = "stretch;date;mean_speed;v85;share_over_limit;share_over_30;n"
    assert measure(session, tmp_path, "falsterbovägen;2026-05-04;38;47;0.4;0;90", header=header).stored
    (found,) = session.scalars(select(SpeedMeasurement))
    assert found.started_on == found.ended_on


@pytest.mark.parametrize(
    "change, reason",
    [
        (("47", "37"), "speeds"), (("4210", "0"), "no_vehicles"), (("4210", "12,5"), "no_vehicles"),
        (("41 %", "41"), "shares"), (("41 %", "0,005"), "shares"), (("0,01", "-1 %"), "shares"),
        (("38,2", "0"), "speeds"), (("38,2", "fort"), "no_number"), (("4210", ""), "no_number"),
        (("2026-05-10", "2026-05-01"), "ends_before_start"), (("2026-05-10", "2027-05-01"), "not_yet"),
        (("2026-05-04", "i maj"), "no_day"), (("2026-05-04", ""), "no_day"),
        (("Falsterbovägen", "Okända gatan"), "no_such_stretch"), (("4210;", "4210;ring 070-123 45 67"), "personal"),
    ],
)  # fmt: skip
def test_a_measurement_that_cannot_be_right_is_refused_with_a_sentence(
    session, road, vellinge, tmp_path, change, reason
):
    preview = measure(session, tmp_path, MEASURED.replace(*change))
    assert (reasons(preview), preview.stored) == ([reason], False)
    for language in translations.LANGUAGES:
        assert "{" not in reports.tell(language, vellinge, preview.refused[0].key, preview.refused[0].fields)


def test_other_figures_of_the_same_days_are_refused(session, road, tmp_path):
    measure(session, tmp_path)
    assert reasons(measure(session, tmp_path, MEASURED.replace("47", "49"))) == ["measured_differently"]
    twice = MEASURED.replace("05-04", "06-04").replace("05-10", "06-10")
    preview = measure(session, tmp_path, twice, twice)
    assert (preview.accepted, preview.known) == (1, 1)


def test_a_file_of_speeds_without_a_column_names_it(session, road, tmp_path):
    with pytest.raises(BadFile) as refused:
        measure(session, tmp_path, MEASURED, header=HEADER.replace("v85", "x85"))
    assert refused.value.fields["missing"] == "v85"


def test_the_traffic_group_brings_measurements_and_a_business_does_not(session, road, tmp_path):
    with pytest.raises(NotAllowed):
        measure(session, tmp_path, actor=viewer(Role.BUSINESS))
    assert measure(session, tmp_path, actor=viewer(Role.TRAFFIC_GROUP)).stored


def test_a_dry_run_of_speeds_stores_nothing(session, road, tmp_path):
    preview = measure(session, tmp_path, dry_run=True)
    assert (preview.accepted, preview.stored, count(session, SpeedMeasurement)) == (1, False, 0)
