"""Reports: taken in whole or not at all, counted the same by map and file, seen by those who may."""

import random
import threading
from datetime import date

import pytest
from builders import COORDINATOR, NOW, a_file, take_in, viewer
from shapely.geometry import Point
from sqlalchemy import func, select

from samverkan_map import geometry, question, reports
from samverkan_map.db.tables import AuditLine, Delivery, Report
from samverkan_map.errors import BadFile, BadQuestion, NotAllowed, NotFound
from samverkan_map.reports import frame as frames
from samverkan_map.vocabulary import Role

TODAY = date(2026, 11, 23)
GOOD = [
    "1,Fortkörning,2026-03-02T16:30,12.9558,55.4098",
    "2,klotter,2026-03-03,12.9560,55.4099",
    "3,Buskörning med moped,2026-03-06T22:15,13.0197,55.4712",
]


def ask(vellinge, **args):
    return question.parse(args, vellinge, TODAY)


def test_a_file_goes_in_whole_and_is_one_delivery(session, vellinge, tmp_path):
    preview = take_in(session, vellinge, a_file(tmp_path, GOOD))
    assert (preview.read, preview.accepted, preview.known, preview.refused) == (3, 3, 0, [])
    found = session.scalars(select(Report).order_by(Report.source_ref)).all()
    assert [(one.kind, one.type, one.area) for one in found] == [
        ("traffic", "fortkorning", "hollviken"),
        ("problem", "klotter", "hollviken"),
        ("traffic", "buskorning_moped", "vellinge"),
    ]
    assert (found[0].weekday, found[0].hour) == (0, 16)
    assert (found[1].weekday, found[1].hour) == (1, None)
    assert str(found[0].occurred_from) == "2026-03-02 15:30:00"


def test_the_same_file_twice_changes_nothing(session, vellinge, tmp_path):
    path = a_file(tmp_path, GOOD)
    take_in(session, vellinge, path)
    again = take_in(session, vellinge, path)
    assert (again.accepted, again.known, again.stored) == (0, 3, False)
    assert session.scalar(select(func.count(Report.id))) == 3
    assert session.scalar(select(func.count(Delivery.id))) == 1


def test_rows_without_a_reference_are_known_by_what_they_say(session, vellinge, tmp_path):
    rows = ["klotter,2026-03-03,12.956,55.4099"] * 2 + ["klotter,2026-03-04,12.956,55.4099"]
    path = a_file(tmp_path, rows, header="typ,tid_fran,lon,lat")
    assert take_in(session, vellinge, path).accepted == 3
    assert take_in(session, vellinge, path).known == 3


@pytest.mark.parametrize("word", ["traffic", "trafik", "Klagomål", "TRAFIKKLAGOMÅL", "klagomal", "Traffic complaint"])
def test_a_kind_may_be_said_as_people_say_it(session, vellinge, tmp_path, word):
    path = a_file(
        tmp_path, [f"1,Fortkörning,{word},2026-03-02,12.9558,55.4098"], "kallans_id,typ,slag,tid_fran,lon,lat"
    )
    assert take_in(session, vellinge, path).accepted == 1


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("olycka", "Slaget ”olycka” stämmer inte: typen ”Fortkörning” är Trafikklagomål."),
        ("styrka", "Slaget ”styrka” stämmer inte: typen ”Fortkörning” är Trafikklagomål."),
        ("problem", "Slaget ”problem” stämmer inte: typen ”Fortkörning” är Trafikklagomål."),
        ("drake", "Slaget ”drake” finns inte. Välj ett av: problem (Problem), traffic (Trafikklagomål), accident "
         "(Trafikolycka), strength (Trygg plats eller idé)."),
    ],
)  # fmt: skip
def test_a_kind_that_does_not_fit_is_refused_in_the_words_of_the_page(session, vellinge, tmp_path, word, sentence):
    path = a_file(
        tmp_path, [f"1,Fortkörning,{word},2026-03-02,12.9558,55.4098"], "kallans_id,typ,slag,tid_fran,lon,lat"
    )
    [refused] = take_in(session, vellinge, path).refused
    assert reports.tell("sv", vellinge, refused.key, refused.fields) == sentence


def test_a_delivery_tells_its_columns_by_their_labels(session, vellinge, tmp_path):
    preview = take_in(session, vellinge, a_file(tmp_path, GOOD))
    key, fields = preview.notes[0]
    assert reports.tell("sv", vellinge, key, fields) == (
        "Kolumner: kallans_id → Källans id, typ → Typ, tid_fran → Hände, från, lon → Longitud, lat → Latitud."
    )
    assert "typ → Type" in reports.tell("en", vellinge, key, fields)


def test_every_column_of_ours_has_a_label():
    from samverkan_map.exchange.columns import REPORT_COLUMNS
    from samverkan_map.translations import catalogue

    assert [name for name in REPORT_COLUMNS if f"deliveries.columns.{name}" not in catalogue("sv")] == []


def test_one_bad_row_keeps_the_whole_file_out_unless_partial(session, vellinge, tmp_path):
    path = a_file(tmp_path, [*GOOD, "4,klotter,2026-02-30,12.9560,55.4099"])
    refused = take_in(session, vellinge, path)
    assert (refused.accepted, len(refused.refused), refused.stored) == (3, 1, False)
    assert (refused.refused[0].row_number, refused.refused[0].key) == (5, "readers.rows.no_such_day")
    assert session.scalar(select(func.count(Report.id))) == 0
    assert take_in(session, vellinge, path, partial=True).stored
    assert session.scalar(select(func.count(Report.id))) == 3


def test_a_file_that_breaks_off_after_thousands_of_rows_stores_nothing_and_the_next_goes_in(
    session, vellinge, tmp_path
):
    many = [f"m{number},klotter,2026-03-03,12.9560,55.4099" for number in range(12_000)]
    with pytest.raises(BadFile) as no:
        take_in(session, vellinge, a_file(tmp_path, [*many, '"never closed,klotter,2026-03-03,12.9560,55.4099']))
    assert no.value.key == "readers.errors.open_quote"
    assert session.scalar(select(func.count(Report.id))) == 0
    assert take_in(session, vellinge, a_file(tmp_path, many)).accepted == 12_000
    assert session.scalar(select(func.count(Report.id))) == 12_000


def test_a_row_that_stands_twice_in_a_file_is_stored_once_near_or_far_apart(session, vellinge, tmp_path):
    many = [f"m{number},klotter,2026-03-03,12.9560,55.4099" for number in range(6_000)]
    preview = take_in(session, vellinge, a_file(tmp_path, [*many, many[5_999], many[0]]))
    assert (preview.read, preview.accepted, preview.known) == (6_002, 6_000, 2)


def test_a_dry_run_says_the_same_and_stores_nothing(session, vellinge, tmp_path):
    preview = take_in(session, vellinge, a_file(tmp_path, GOOD), dry_run=True)
    assert (preview.accepted, preview.stored) == (3, False)
    assert session.scalar(select(func.count(Report.id))) == 0
    assert session.scalar(select(func.count(AuditLine.id))) == 0


def test_an_import_is_one_line_in_the_audit_log(session, vellinge, tmp_path):
    take_in(session, vellinge, a_file(tmp_path, GOOD))
    (line,) = session.scalars(select(AuditLine)).all()
    assert line.action == "import_reports"
    assert '"accepted":3' in line.details


def test_an_undone_delivery_leaves_no_report_and_can_come_again(session, vellinge, tmp_path):
    path = a_file(tmp_path, GOOD)
    number = take_in(session, vellinge, path).delivery_id
    assert reports.undo(session, COORDINATOR, number, now=NOW) == 3
    with pytest.raises(NotFound):
        reports.undo(session, COORDINATOR, number, now=NOW)
    assert reports.choose(session, COORDINATOR, vellinge, ask(vellinge)).total == 0
    assert take_in(session, vellinge, path).accepted == 3


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_only_the_coordinator_takes_in_reports(session, vellinge, tmp_path, role):
    with pytest.raises((NotAllowed, NotFound)):
        take_in(session, vellinge, a_file(tmp_path, GOOD), viewer(role))
    assert session.scalar(select(func.count(Report.id))) == 0


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("9,klotter,2026-03-03,13.4,55.4", "reports.rows.outside"),
        ("9,klotter,2026-03-03,0,0", "reports.rows.zero_position"),
        ("9,klotter,2026-03-03,18.06,59.33", "reports.rows.far_outside"),
        ("9,klottra,2026-03-03,12.956,55.41", "reports.rows.unknown_type"),
        ("9,,2026-03-03,12.956,55.41", "reports.rows.no_type"),
        ("9,klotter,,12.956,55.41", "reports.rows.no_time"),
        ("9,klotter,2026-03-03,,", "reports.rows.no_place"),
        ("9,klotter,2026-03-29T02:30,12.956,55.41", "readers.rows.skipped_hour"),
        ("9,klotter,2026-03-03,1_000,55.41", "readers.rows.not_a_number"),
        ("9,klotter,２０２６-03-03,12.956,55.41", "readers.rows.not_a_time"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_by_name(session, vellinge, tmp_path, row, key):
    preview = take_in(session, vellinge, a_file(tmp_path, [*GOOD, row]))
    assert [one.key for one in preview.refused] == [key]


def test_swapped_axes_are_named_not_guessed(session, vellinge, tmp_path):
    path = a_file(tmp_path, ["1,klotter,2026-03-03,55.4098,12.9558"])
    with pytest.raises(BadFile) as no:
        take_in(session, vellinge, path)
    assert (no.value.key, no.value.fields["system"]) == ("reports.errors.swapped_axes", "WGS 84")


@pytest.mark.parametrize(
    ("x", "y", "epsg"), [("370655.5", "6142302.1", 3006), ("115523", "6143085", 3008), ("12.9558", "55.4098", 4326)]
)
def test_coordinate_systems_are_recognised_and_named(session, vellinge, tmp_path, x, y, epsg):
    path = a_file(tmp_path, [f"1,klotter,2026-03-03,{x},{y}"], header="id,typ,tid_fran,x,y")
    preview = take_in(session, vellinge, path, columns={"source_ref": "id"})
    assert ("reports.notes.recognised_crs", epsg) in [(key, fields.get("epsg")) for key, fields in preview.notes]
    assert session.scalars(select(Report.area)).one() == "hollviken"


def test_a_place_name_gives_an_area_and_never_a_point(session, vellinge, tmp_path):
    path = a_file(
        tmp_path,
        ["1,klotter,2026-03-03,Höllviken", "2,klotter,2026-03-03,Falsterbo"],
        header="kallans_id,typ,tid_fran,plats",
    )
    take_in(session, vellinge, path)
    found = session.scalars(select(Report).order_by(Report.source_ref)).all()
    assert [(one.area, one.precision, one.geom) for one in found] == [
        ("hollviken", "area", None),
        ("skanor-falsterbo", "area", None),
    ]
    chosen = reports.choose(session, COORDINATOR, vellinge, ask(vellinge))
    assert (chosen.total, chosen.unmapped) == (2, 2)
    assert reports.cells(chosen, (12.5, 55.2, 13.5, 55.7), 11) == []


def test_a_type_that_may_not_be_a_point_loses_its_position(session, vellinge, tmp_path):
    take_in(session, vellinge, a_file(tmp_path, ["1,sprakbruk,2026-03-03,12.9558,55.4098"]))
    (one,) = session.scalars(select(Report)).all()
    assert (one.precision, one.area, one.geom) == ("area", "hollviken", None)


def test_personal_data_is_refused_and_found_nowhere(session, vellinge, tmp_path):
    path = a_file(
        tmp_path,
        ["1,klotter,2026-03-03,12.95,55.41,ring 070-123 45 67"],
        header="kallans_id,typ,tid_fran,lon,lat,beskrivning",
    )
    preview = take_in(session, vellinge, path, partial=True)
    assert [one.key for one in preview.refused] == ["screening.errors.phone"]
    assert session.scalar(select(func.count(Report.id))) == 0


def test_a_pile_is_taken_in_with_a_warning(session, vellinge, tmp_path):
    rows = [f"{i},klotter,2026-03-03,12.9558,55.4098" for i in range(20)]
    rows += [f"{i},klotter,2026-03-03,12.95{i},55.4{i}" for i in range(20, 60)]
    preview = take_in(session, vellinge, a_file(tmp_path, rows))
    piles = [fields for key, fields in preview.notes if key == "reports.notes.pile"]
    assert [pile["count"] for pile in piles] == [20]


def test_context_sources_are_left_out_of_every_count_until_asked_for(session, vellinge, tmp_path):
    take_in(session, vellinge, a_file(tmp_path, GOOD), source="polisen")
    assert reports.choose(session, COORDINATOR, vellinge, ask(vellinge)).total == 0
    assert reports.choose(session, COORDINATOR, vellinge, ask(vellinge, source="polisen")).total == 3


def a_heap(folder, count=400, seed=7):
    """Reports of all kinds, some without position or hour."""
    chance = random.Random(seed)
    types = ["klotter", "fortkorning", "pyroteknik", "skadegorelse_skola", "trafikolycka", "trygg_plats", "sprakbruk"]
    rows = []
    for number in range(count):
        day = f"2026-{chance.randint(1, 10):02d}-{chance.randint(1, 28):02d}"
        time = chance.choice(["", f"T{chance.randint(3, 23):02d}:15"])
        lon, lat = chance.choice([12.9558, 13.0197, 12.85, 13.1]), chance.choice([55.4098, 55.4712, 55.402, 55.48])
        where = f",,{chance.choice(['Höllviken', 'Ljunghusen', 'Vellinge kommun'])}"
        if chance.random() < 0.8:
            where = f"{lon + chance.gauss(0, 0.004):.6f},{lat + chance.gauss(0, 0.002):.6f},"
        rows.append(f"{number},{chance.choice(types)},{day}{time},{where}")
    return a_file(folder, rows, header="kallans_id,typ,tid_fran,lon,lat,plats", name="heap.csv")


def random_args(chance):
    """A random but valid set of filters."""
    choices = {
        "from": ["2026-01", "2026-03-05", "2026-06"],
        "to": ["2026-07", "2026-09-09"],
        "focus": ["offentlig-miljo", "trygga-unga"],
        "kind": ["problem", "traffic", "problem,strength"],
        "type": ["klotter", "fortkorning,pyroteknik"],
        "area": ["hollviken", "vellinge,ostra"],
        "bbox": ["12.7,55.3,13.3,55.6", "12.94,55.40,12.97,55.42", "12.8,55.35,12.99,55.5"],
        "weekday": ["0-4", "5,6", "6-1"],
        "hour": ["16-22", "22-2"],
        "layer": ["problem", "traffic,accident", "offentlig-miljo.problem"],
        "q": ["höllviken", "klotter", "vellinge"],
        "source": ["medborgarrapport"],
    }
    names = chance.sample(sorted(choices), chance.randint(0, 4))
    return {name: chance.choice(choices[name]) for name in names}


def test_map_list_and_file_hold_the_same_number_for_fifty_random_questions(session, vellinge, tmp_path):
    take_in(session, vellinge, a_heap(tmp_path), partial=True)
    chance = random.Random(1)
    box = (12.0, 55.0, 14.0, 56.0)
    seen = set()
    for _ in range(50):
        asked = ask(vellinge, **random_args(chance))
        chosen = reports.choose(session, COORDINATOR, vellinge, asked)
        counted = sum(cell.total for cell in reports.cells(chosen, box, chance.randint(9, 12))) + chosen.unmapped
        rows = list(reports.stream(session, COORDINATOR, vellinge, asked))
        listed = reports.page(session, COORDINATOR, chosen, vellinge, sort="newest", first=0, most=1000)
        assert counted == chosen.total == len(rows), asked
        assert [row["id"] for row in rows] == [row["id"] for row in listed], asked
        seen.add(len(rows))
    assert len(seen) > 10, "the questions must be different enough to prove something"


def test_the_frame_follows_every_delivery_that_comes_and_goes(session, vellinge, tmp_path):
    first = take_in(session, vellinge, a_file(tmp_path, GOOD[:1])).delivery_id
    assert len(frames.current(session)) == 1
    take_in(session, vellinge, a_file(tmp_path, GOOD[1:]))
    assert len(frames.current(session)) == 3
    reports.undo(session, COORDINATOR, first, now=NOW)
    assert frames.current(session).id.tolist() == sorted(frames.current(session).id.tolist(), reverse=True)
    assert len(frames.current(session)) == 2


def test_the_traffic_group_sees_traffic_coarsely_and_nothing_else(session, vellinge, tmp_path):
    take_in(session, vellinge, a_file(tmp_path, GOOD))
    group = viewer(Role.TRAFFIC_GROUP)
    rows = list(reports.stream(session, group, vellinge, ask(vellinge)))
    assert {row["kind"] for row in rows} == {"traffic"}
    assert rows[-1]["month"] == "2026-03"
    assert not {"day", "occurred_from", "place_name", "description", "source_ref"} & set(rows[0])
    assert rows[0]["e"] % 50 == 25
    with pytest.raises(BadQuestion):
        reports.choose(session, group, vellinge, ask(vellinge, **{"from": "2026-03-02"}))
    with pytest.raises(BadQuestion):
        reports.choose(session, group, vellinge, ask(vellinge, hour="16-17"))


def test_a_box_tells_the_traffic_group_no_finer_than_its_squares(session, vellinge, tmp_path):
    """Boxes one metre apart must not let somebody measure where inside its square a report lies."""
    take_in(session, vellinge, a_file(tmp_path, GOOD))
    group = viewer(Role.TRAFFIC_GROUP)
    exact = "12.95579,55.40979,12.95581,55.40981"
    assert reports.choose(session, COORDINATOR, vellinge, ask(vellinge, bbox=exact)).total == 1
    assert reports.choose(session, group, vellinge, ask(vellinge, bbox=exact)).total == 0


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.BUSINESS])
def test_outsiders_never_see_single_reports(session, vellinge, tmp_path, role):
    take_in(session, vellinge, a_file(tmp_path, GOOD))
    assert reports.choose(session, viewer(role), vellinge, ask(vellinge)).total == 0
    assert list(reports.stream(session, viewer(role), vellinge, ask(vellinge))) == []
    number = session.scalars(select(Report.id)).first()
    with pytest.raises(NotFound):
        reports.get(session, viewer(role), number)


def test_monthly_counts_add_up_to_every_chosen_report(session, vellinge, tmp_path):
    take_in(session, vellinge, a_heap(tmp_path), partial=True)
    chosen = reports.choose(session, COORDINATOR, vellinge, ask(vellinge, kind="problem"))
    counts = reports.monthly_counts(chosen)
    assert sum(one["count"] for one in counts) == chosen.total > 100
    assert [one["month"] for one in counts] == sorted((one["month"] for one in counts), reverse=True)
    assert {one["kind"] for one in counts} == {"problem"}


def test_near_finds_by_distance_and_tells_the_traffic_group_nothing(session, vellinge, tmp_path):
    take_in(session, vellinge, a_file(tmp_path, GOOD))
    e, n = geometry.to_metric(12.9558, 55.4098)
    here = Point(float(e), float(n))
    found = reports.near(session, COORDINATOR, vellinge, here, metres=30, most=10)
    assert [one["type"] for one in found] == ["klotter", "fortkorning"]
    assert reports.near(session, viewer(Role.TRAFFIC_GROUP), vellinge, here, metres=30, most=10) == []


@pytest.mark.parametrize(
    ("start", "end", "weekday", "hour"),
    [
        ("2026-03-02T14:00", "2026-03-02T15:00", 0, 14),
        ("2026-03-02T14:10", "2026-03-02T15:10", 0, None),
        ("2026-03-02T22:00", "2026-03-03T00:00", 0, None),
        ("2026-03-02", "2026-03-02", 0, None),
        ("2026-02-27T16:00", "2026-03-02T07:00", None, None),
        ("2026-03-02T14:00", "", 0, 14),
        ("", "2026-03-02T14:00", 0, 14),
    ],
)
def test_hour_and_weekday_are_known_only_when_the_whole_interval_tells_them(
    session, vellinge, tmp_path, start, end, weekday, hour
):
    header = "kallans_id,typ,tid_fran,tid_till,lon,lat"
    take_in(session, vellinge, a_file(tmp_path, [f"1,klotter,{start},{end},12.9558,55.4098"], header=header))
    (one,) = session.scalars(select(Report)).all()
    assert (one.weekday, one.hour) == (weekday, hour)


@pytest.mark.parametrize("words", ["höllviken", "HÖLLVIKEN", "Centrum höllvikens", "hÖllVikens"])
def test_a_search_finds_place_names_however_they_are_written_and_the_file_the_same(session, vellinge, tmp_path, words):
    rows = [
        "1,klotter,2026-03-03,13.0190,55.4710,Höllvikens centrum",
        "2,klotter,2026-03-03,13.0197,55.4712,Stortorget",
    ]
    take_in(session, vellinge, a_file(tmp_path, rows, header="kallans_id,typ,tid_fran,lon,lat,plats"))
    asked = ask(vellinge, q=words)
    found = [row["source_ref"] for row in reports.stream(session, COORDINATOR, vellinge, asked)]
    assert found == ["1"]
    assert reports.choose(session, COORDINATOR, vellinge, asked).total == 1


def test_cells_nest_so_that_zooming_in_divides_and_never_moves_a_count(session, vellinge, tmp_path):
    take_in(session, vellinge, a_heap(tmp_path), partial=True)
    chosen = reports.choose(session, COORDINATOR, vellinge, ask(vellinge))
    box = (12.7, 55.3, 13.3, 55.6)
    counts = [reports.cells(chosen, box, zoom) for zoom in (11, 13, 15, 16, 17)]
    totals = [sum(cell.total for cell in cells) for cells in counts]
    assert len(set(totals)) == 1 and totals[0] > 120
    sizes = [len(cells) for cells in counts]
    assert sizes[0] < sizes[1] < sizes[2] <= sizes[3]
    assert sizes[4] == sizes[3], "near, a cell of 128 pixels is as wide on the ground as one of 64 a zoom level out"


@pytest.mark.parametrize(
    ("reference", "key"),
    [("811228-9874", "personal_number"), ("anna@example.se", "email"), ("070-123 45 67", "phone"), ("ABC123", "plate")],
)
def test_a_sources_own_id_may_not_be_a_person_either(session, vellinge, tmp_path, reference, key):
    preview = take_in(session, vellinge, a_file(tmp_path, [*GOOD, f"{reference},klotter,2026-03-03,12.956,55.4099"]))
    assert [(one.row_number, one.key) for one in preview.refused] == [(5, f"screening.errors.{key}")]


def test_a_row_that_is_stored_already_is_known_and_never_refused(session, vellinge, tmp_path):
    take_in(session, vellinge, a_file(tmp_path, GOOD))
    spoilt = [row.replace("2026-03-0", "2026-02-3") for row in GOOD] + ["4,klotter,2026-03-05,12.956,55.4099"]
    again = take_in(session, vellinge, a_file(tmp_path, spoilt))
    assert (again.read, again.accepted, again.known, again.left_out, again.refused) == (4, 1, 3, 0, [])
    assert again.stored


@pytest.mark.parametrize(
    ("row", "day"),
    [("9,klotter,2026-11-26,,", "2026-11-26"), ("9,klotter,2026-03-03T10:00,2027-01-02T10:00,", "2027-01-02"),
     ("9,klotter,2026-03-03,,2026-12-01", "2026-12-01")],
)  # fmt: skip
def test_what_has_not_happened_yet_is_no_report(session, vellinge, tmp_path, row, day):
    header = "kallans_id,typ,tid_fran,tid_till,rapporterad,lon,lat"
    preview = take_in(session, vellinge, a_file(tmp_path, [f"{row},12.956,55.4099"], header))
    assert [(one.key, one.fields) for one in preview.refused] == [("reports.rows.in_future", {"day": day})]
    tomorrow = a_file(tmp_path, ["8,klotter,2026-11-24,,,12.956,55.4099"], header)
    assert take_in(session, vellinge, tomorrow).accepted == 1


def test_one_file_may_hold_degrees_in_one_row_and_metres_in_the_next(session, vellinge, tmp_path):
    e, n = (float(value) for value in geometry.to_metric(12.9558, 55.4098))
    rows = ["1,klotter,2026-03-03,12.9558,55.4098,,", f"2,klotter,2026-03-03,,,{e:.2f},{n:.2f}"]
    preview = take_in(session, vellinge, a_file(tmp_path, rows, "kallans_id,typ,tid_fran,lon,lat,e,n"))
    assert (preview.accepted, preview.refused) == (2, [])
    places = [
        (round(row["e"]), round(row["n"])) for row in reports.stream(session, COORDINATOR, vellinge, ask(vellinge))
    ]
    assert places == [(round(e), round(n))] * 2


@pytest.mark.parametrize(("there", "missing"), [("lon", "lat"), ("lat", "lon"), ("n", "e"), ("x", "y")])
def test_half_a_pair_of_columns_is_said_and_not_passed_over(session, vellinge, tmp_path, there, missing):
    path = a_file(tmp_path, ["1,klotter,2026-03-03,12.95,Höllviken"], f"kallans_id,typ,tid_fran,{there},plats")
    with pytest.raises(BadFile, match="half_pair") as refused:
        take_in(session, vellinge, path)
    assert (refused.value.fields["column"], refused.value.fields["missing"]) == (there, missing)


def test_a_file_whose_name_points_at_a_person_is_not_taken_in(session, vellinge, tmp_path):
    with pytest.raises(BadFile, match="file_name"):
        take_in(session, vellinge, a_file(tmp_path, GOOD, name="anna@example.se 070-123 45 67.csv"))
    assert session.scalar(select(func.count(Report.id))) == 0


def test_of_two_who_take_a_delivery_back_at_once_one_does_it(database, vellinge, tmp_path):
    with database.writing() as session:
        number = take_in(session, vellinge, a_file(tmp_path, GOOD)).delivery_id
        session.commit()
    start, told = threading.Barrier(4), []

    def take_back():
        start.wait()
        try:
            with database.writing() as session:
                gone = reports.undo(session, COORDINATOR, number, now=NOW)
                session.commit()
                told.append(gone)
        except NotFound as refusal:
            told.append(refusal.key)

    threads = [threading.Thread(target=take_back) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told, key=str) == [3, *["reports.errors.already_undone"] * 3]


def test_a_row_with_the_id_of_another_and_other_words_is_refused_by_name(session, vellinge, tmp_path):
    rows = [
        "a1,klotter,2026-03-01T20:00,12.956,55.41", "a1,klotter,2026-03-01T20:00,12.956,55.41",
        "a1,skadegorelse,2026-03-02T20:00,12.957,55.41", "a2,klotter,2026-03-02T20:00,12.957,55.41",
    ]  # fmt: skip
    told = take_in(session, vellinge, a_file(tmp_path, rows), partial=True)
    assert (told.accepted, told.known, len(told.refused)) == (2, 1, 1)
    assert (told.refused[0].row_number, told.refused[0].key, told.refused[0].fields) == (
        4, "reports.rows.same_id", {"row": 2},
    )  # fmt: skip
    assert told.refused[0].original[0:2] == ["a1", "skadegorelse"]
    # The next delivery of the same file: all that is stored is known, whatever the file says of it now.
    again = take_in(session, vellinge, a_file(tmp_path, rows), partial=True)
    assert (again.accepted, again.known, len(again.refused)) == (0, 4, 0)


def test_so_is_one_that_stands_thousands_of_rows_after_the_first(session, vellinge, tmp_path):
    rows = [f"a{n},klotter,2026-03-01T20:00,12.95{n % 7},55.41" for n in range(5200)]
    rows += [rows[3], "a3,skadegorelse,2026-03-02T20:00,12.957,55.41", "a4,drake,2026-03-02T20:00,12.957,55.41"]
    told = take_in(session, vellinge, a_file(tmp_path, rows), partial=True)
    assert (told.accepted, told.known) == (5200, 1)
    assert [(one.row_number, one.key) for one in told.refused] == [
        (5203, "reports.rows.same_id"), (5204, "reports.rows.same_id"),
    ]  # fmt: skip
