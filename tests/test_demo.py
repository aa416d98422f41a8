"""The example material: invented, the same everywhere, made as people would have made it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import func, inspect, select

from samverkan_map import access, demo, measures, people, places, screening, sites, traffic
from samverkan_map.db import engine
from samverkan_map.db.tables import (
    AuditLine,
    Base,
    Delivery,
    Draft,
    FollowUp,
    HandledForm,
    Person,
    Place,
    PlaceReport,
    Report,
    Review,
    State,
)  # fmt: skip
from samverkan_map.demo.draw import shared_out
from samverkan_map.demo.material import read
from samverkan_map.errors import DatabaseTrouble, NotAllowed, SetUpTrouble
from samverkan_map.vocabulary import (
    CauseKind,
    Keeper,
    MeasureStatus,
    Phase,
    ReportKind,
    Role,
    StepBackReason,
    Verdict,
    Voice,
    WatchKind,
)

COORDINATOR = access.command_line()
UNTIL = date(2026, 11, 23)
START = date(2023, 11, 23)
NOW = datetime(2026, 11, 23, 12)
LOCAL = ZoneInfo("Europe/Stockholm")
SMALL = 400


@pytest.fixture(scope="module")
def example(embedded_template, vellinge, tmp_path_factory):
    """A session on the example as `samverkan demo` makes it; for reading only."""
    path = tmp_path_factory.mktemp("example") / "example.sqlite"
    path.write_bytes(embedded_template.read_bytes())
    database = engine.Database(f"sqlite:///{path}")
    with database.writing() as session:
        demo.fill(session, vellinge, until=UNTIL)
        session.commit()
    with database.reading() as session:
        yield session
    database.close()


@pytest.fixture(scope="module")
def rows(example):
    """All reports of the example."""
    return example.scalars(select(Report).order_by(Report.id)).all()


@pytest.fixture(scope="module")
def shown(example):
    """All places of the example by name."""
    return {place.name: place for place in places.find(example, COORDINATOR)}


def fingerprint(session) -> dict[str, str]:
    """A hash per table of every value but passwords, the audit log's own clock, and the counters of changes.

    A measure at two places counts as a change of the one or the other: the ORM does not say which.
    """
    return {table.name: _table_hash(session, table) for table in Base.metadata.sorted_tables if table.name != "audit"}


def _table_hash(session, table) -> str:
    columns = [column for column in table.columns if column.name not in ("password_hash", "version")]
    order = list(inspect(table).primary_key)
    found = session.execute(select(*columns).order_by(*order))
    if table.name == "state":
        found = [row for row in found if row.key != "audit_head"]
    content = [[_value(value) for value in row] for row in found]
    return f"{len(content)} {sha256(repr(content).encode()).hexdigest()}"


def _value(value):
    return engine.shape(value).wkt if hasattr(value, "desc") else value


def local_day(report: Report) -> date:
    return date(1970, 1, 1) + timedelta(days=report.day)


def of_type(rows, *types: str) -> list[Report]:
    return [row for row in rows if row.type in types]


def near(rows, place: Place, metres: float, *types: str) -> list[Report]:
    middle = engine.shape(place.geom).centroid
    return [row for row in of_type(rows, *types) if row.geom and engine.shape(row.geom).distance(middle) < metres]


def per_year(found, start: date, end: date) -> float:
    return sum(start <= local_day(row) < end for row in found) / (end - start).days * 365


# ---- What was promised -------------------------------------------------------------------------------------------


def test_the_example_holds_what_was_promised(database, vellinge):
    with database.writing() as session:
        made = demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
        promised = {
            "reports": SMALL,
            "deliveries": session.query(Delivery).count(),
            "places": 15,
            "sites": 6,
            "reviews": 26,
            "measures": 20,
            "follow_ups": 20,
            "stretches": 18,
            "speed_measurements": 14,
            "organisations": 9,
            "people": 5,
        }
        assert {name: made.counts[name] for name in promised} == promised
        assert demo.is_trial(session)
        assert access.verify(session) is None


def test_six_thousand_reports_over_three_years(example, rows):
    assert len(rows) == 6000
    days = [local_day(row) for row in rows]
    assert START - timedelta(days=6) <= min(days) <= START + timedelta(days=3)
    assert UNTIL - timedelta(days=3) <= max(days) < UNTIL
    years = Counter((UNTIL - day).days // 365 for day in days)
    assert all(1700 <= years[year] <= 2300 for year in range(3))


def test_the_rows_are_the_same_each_time_and_on_both_databases(database, example, vellinge):
    with database.writing() as session:
        demo.fill(session, vellinge, until=UNTIL)
        assert fingerprint(session) == fingerprint(example)


def test_another_seed_gives_other_rows_and_the_same_places(embedded, vellinge, example):
    with embedded.writing() as session:
        demo.fill(session, vellinge, until=UNTIL, seed=2)
        found, usual = fingerprint(session), fingerprint(example)
    assert found["reports"] != usual["reports"]
    assert found["places"] == usual["places"]


@pytest.mark.parametrize("years", [1, 2, 5])
def test_other_lengths_of_time_work(embedded, vellinge, years):
    with embedded.writing() as session:
        made = demo.fill(session, vellinge, reports=SMALL, years=years, until=date(2028, 2, 29))
        days = [local_day(row) for row in session.scalars(select(Report))]
        assert made.counts["places"] == 15
        assert min(days) >= date(2028 - years, 2, 21)
        assert max(days) < date(2028, 2, 29)


def test_one_report_is_enough_for_an_example(embedded, vellinge):
    with embedded.writing() as session:
        assert demo.fill(session, vellinge, reports=1, until=UNTIL).counts["reports"] == 1


def test_twenty_thousand_reports_have_the_same_shape(embedded, vellinge, rows):
    told = []
    with embedded.writing() as session:
        demo.fill(session, vellinge, reports=20_000, until=UNTIL, progress=told.append)
        many = session.execute(select(Report.type, Report.area, Report.hour, Report.precision)).all()
    assert len(many) == told[-1] == 20_000
    assert told == sorted(told)
    for column in ("type", "area", "precision"):
        few_share, many_share = (_shares(getattr(row, column) for row in found) for found in (rows, many))
        assert few_share.keys() == many_share.keys()
        assert max(abs(few_share[word] - many_share[word]) for word in few_share) < 0.02


def _shares(words) -> dict[str, float]:
    counted = Counter(words)
    return {word: count / counted.total() for word, count in counted.items()}


# ---- A row that a person could have entered ------------------------------------------------------------------------


def test_every_report_lies_on_land_or_has_no_position(rows, vellinge):
    placed = [row for row in rows if row.geom is not None]
    points = [engine.shape(row.geom) for row in placed]
    e, n = np.array([point.x for point in points]), np.array([point.y for point in points])
    assert vellinge.distance_outside(e, n).max() == 0
    assert [row.area for row in placed] == vellinge.area_of(e, n).tolist()
    assert 0.85 < len(placed) / len(rows) < 0.95
    assert np.allclose(e * 10, np.round(e * 10), atol=1e-6)


def test_reports_stand_near_a_street_a_square_or_a_beach_and_not_in_piles(rows):
    spots = Counter((point.x, point.y) for row in rows if row.geom and (point := engine.shape(row.geom)))
    assert max(spots.values()) <= 3


def test_some_reports_say_only_the_name_of_a_place(rows):
    named = [row for row in rows if row.geom is None]
    assert all(row.place_name for row in named)
    precisions = Counter(row.precision for row in named)
    assert precisions["area"] > 100
    assert precisions["street"] > 100
    areas = {row.area for row in named}
    assert {"vellinge", "hollviken", "ljunghusen", "skanor-falsterbo", "ostra"} <= areas


def test_all_kinds_all_sub_areas_and_all_types_but_drugs_are_there(rows, vellinge):
    assert {row.kind for row in rows} == set(ReportKind)
    assert {row.area for row in rows if row.area} == set(vellinge.areas)
    assert {row.type for row in rows} == set(vellinge.types) - {"narkotika"}
    accidents = of_type(rows, "trafikolycka")
    assert {row.severity for row in accidents} >= {"lindrig", "egendom"}
    assert all(row.severity is None for row in rows if row.kind != ReportKind.ACCIDENT)


def test_what_people_wrote_varies_and_passes_the_text_firewall(rows):
    texts = [row.description for row in rows if row.description]
    assert 0.7 < len(texts) / len(rows) < 0.85
    assert len(set(texts)) > 2500
    assert screening.screen_many(texts) == {}
    assert max(map(len, texts)) < 200


def test_no_stored_row_says_which_measure_worked(example):
    judged = example.scalars(select(FollowUp).where(FollowUp.verdict.is_not(None))).all()
    assert {found.verdict for found in judged} == set(Verdict)
    assert all(found.note and found.done_on for found in judged)
    written = [one for measure in read("measures")["measures"] for one in measure["follow_ups"] if "verdict" in one]
    assert Counter(found.note for found in judged) == Counter(one["note"] for one in written)


def test_deliveries_come_from_the_sources_in_order_of_time(example):
    found = example.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert {one.source for one in found} == {
        "est", "medborgardialog", "medarbetardialog", "trafikklagomal", "trygghetsvandring", "medborgarrapport",
        "naringsliv",
    }  # fmt: skip
    assert all(one.refused == 0 and one.known == 0 and one.accepted == one.read for one in found)
    assert max(one.at for one in found) <= datetime(2026, 11, 23, 6)


def test_business_reports_come_from_businesses(rows):
    assert all((row.organisation_id is not None) == (row.source == "naringsliv") for row in rows)
    assert len({row.organisation_id for row in rows if row.source == "naringsliv"}) == 3


# ---- Season, weekday and hour --------------------------------------------------------------------------------------


def test_mopeds_disturb_on_evenings_and_most_on_fridays_and_saturdays(rows):
    hours = [row.hour for row in of_type(rows, "buskorning_moped") if row.hour is not None]
    assert 0.65 < sum(17 <= hour < 24 for hour in hours) / len(hours) < 0.9
    days = [row.weekday for row in of_type(rows, "buskorning_moped") if row.weekday is not None]
    assert 0.37 < sum(day in (4, 5) for day in days) / len(days) < 0.5


def test_speeding_is_reported_in_the_rush_hours_of_working_days(rows):
    found = [row for row in of_type(rows, "fortkorning") if row.hour is not None]
    rush = sum(row.hour in (6, 7, 8, 15, 16, 17) for row in found) / len(found)
    assert 0.6 < rush < 0.85
    assert 0.84 < sum(row.weekday < 5 for row in found) / len(found) < 0.95


def test_damage_is_found_on_mondays_and_happened_since_friday(rows):
    damage = of_type(rows, "skadegorelse", "skadegorelse_skola")
    spans = [row for row in damage if row.occurred_from and (row.occurred_to - row.occurred_from).days >= 2]
    assert 0.35 < len(spans) / len(damage) < 0.55
    for row in spans:
        first, last = (_local(moment) for moment in (row.occurred_from, row.occurred_to))
        assert (first.weekday(), first.hour, last.weekday(), last.hour) == (4, 16, 0, 7)
        assert row.weekday is None and row.hour is None


def _local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(LOCAL)


def test_times_are_known_as_well_as_people_know_them(rows):
    no_time = sum(row.occurred_from is None for row in rows)
    day_only = sum(row.weekday is not None and row.hour is None for row in rows)
    hour = sum(row.hour is not None for row in rows)
    assert 300 < no_time < 600
    assert 1500 < day_only < 2800
    assert 2400 < hour < 3600


def test_nothing_is_reported_before_it_happened_nor_in_the_future(rows):
    for row in rows:
        if row.reported_at and row.occurred_from:
            assert row.reported_at >= row.occurred_from
        if row.reported_at:
            assert row.reported_at < datetime(2026, 11, 23)


def test_summer_fills_the_beaches_and_new_years_eve_the_squares(rows):
    beach = [row for row in rows if row.place_name in ("Skanörs hamn", "Kämpinge strand") and row.kind != "strength"]
    assert sum(local_day(row).month in (6, 7, 8) for row in beach) / len(beach) > 0.65
    bangs = of_type(rows, "pyroteknik")
    turn_of_year = [row for row in bangs if (local_day(row).month, local_day(row).day) >= (12, 28)]
    assert 0.35 < len(turn_of_year) / len(bangs) < 0.75
    assert {local_day(row).year for row in turn_of_year} == {2023, 2024, 2025}


def test_valborg_and_the_last_school_day_stand_out(rows):
    harbour = [row for row in rows if row.place_name == "Skanörs hamn"]
    days = Counter((local_day(row).month, local_day(row).day) for row in harbour)
    assert days.most_common(1)[0][0] == (4, 30)
    storvagen = Counter(local_day(row) for row in rows if row.place_name == "Storvägen")
    assert {day for day, _ in storvagen.most_common(3)} == {date(2024, 6, 14), date(2025, 6, 13), date(2026, 6, 12)}


def test_poor_lighting_is_seen_in_the_dark_months(rows):
    months = Counter(local_day(row).month for row in of_type(rows, "dalig_belysning"))
    assert months.total() > 350
    assert sum(months[month] for month in (10, 11, 12, 1, 2, 3)) / months.total() > 0.75


# ---- Hotspots, what was done and what it led to --------------------------------------------------------------------


def test_a_few_places_stand_out_from_the_rest(rows, shown):
    for name, least in (
        ("Stortorget i Vellinge", 250),
        ("Handelsplatsen i västra Höllviken", 300),
        ("Skanörs hamn", 150),
        ("Exempelskolans skolgård", 100),
    ):
        assert len(near(rows, shown[name], 150, *{row.type for row in rows})) >= least


def test_the_school_yard_is_kept_from_the_public(example, shown):
    assert not shown["Exempelskolans skolgård"].published
    assert "Exempelskolans skolgård" not in {place.name for place in places.find(example, access.ANONYMOUS)}


def test_mopeds_left_the_treated_place_and_came_to_the_next(example, rows, shown):
    began = _measure(example, "Bommar vid gångstråket, Östra Halörsvägen").started_on
    treated, neighbour = shown["Gångstråket vid Östra Halörsvägen"], shown["Kungstorpsvägen vid gångtunneln"]
    apart = engine.shape(treated.geom).centroid.distance(engine.shape(neighbour.geom).centroid)
    assert 380 < apart < 420
    for place, low, high in ((treated, 0.1, 0.5), (neighbour, 2.5, 8)):
        found = near(rows, place, 120, "buskorning_moped")
        ratio = per_year(found, began, UNTIL) / per_year(found, START, began)
        assert low < ratio < high, place.name


def test_one_measure_helped_and_another_did_not(example, rows, shown):
    lit = near(rows, shown["Gästisparken"], 80, "otrygg_plats", "dalig_belysning")
    began = _measure(example, "Ny belysning och öppnad sikt i Gästisparken").started_on
    assert per_year(lit, began, UNTIL) < 0.6 * per_year(lit, START, began)
    square = near(rows, shown["Stortorget i Vellinge"], 80, "skadegorelse", "ordningsstorning")
    began = _measure(example, "Starkare belysning på Stortorget").started_on
    assert 0.7 < per_year(square, began, UNTIL) / per_year(square, START, began) < 1.4


def _measure(session, title: str):
    return next(one for one in measures.find(session, COORDINATOR) if one.title == title)


def test_measures_are_planned_under_way_done_and_cancelled(example):
    found = measures.find(example, COORDINATOR)
    status = Counter(one.status for one in found)
    assert status == {"planned": 1, "ongoing": 3, "done": 15, "cancelled": 1}
    assert set(status) == set(MeasureStatus)
    assert all(bool(one.follow_ups) != bool(one.waiver) for one in found)
    stands = measures.standing(found, UNTIL)
    numbers = [len(stands.overdue), len(stands.never), len(stands.waived), len(stands.late)]
    assert numbers == [1, 1, 1, 1]
    assert sum(not one.published for one in found) == 3


def test_promises_are_kept_broken_and_open_and_a_later_change_of_plan_shows(example):
    found = measures.find(example, COORDINATOR)
    promises = [promise for one in found for promise in one.promises]
    assert Counter(promise.kept for promise in promises) == {True: 8, False: 2, None: 2}
    assert {promise.organisation.kind for promise in promises} >= {"business", "police", "municipality"}
    assert sum(len(one.parts) for one in found) == 6
    changes = [(plan.measure.title, change) for one in found for plan in one.follow_ups for change in plan.changes]
    assert [(title, set(change["before"])) for title, change in changes] == [
        ("Bommar vid gångstråket, Östra Halörsvägen", {"comparison_place_ids", "comparison_reason"})
    ]
    assert all(one.catalogue_code and one.dose_planned and one.cost_kronor is not None for one in found)
    assert all(plan.types for one in found for plan in one.follow_ups)


def test_two_measures_on_the_square_overlap_and_warn_each_other(example):
    lit, cleaned = (
        _measure(example, title)
        for title in ("Starkare belysning på Stortorget", "Sanering inom ett dygn vid Stortorget")
    )
    for one, other in ((lit, cleaned), (cleaned, lit)):
        (found,) = [found for found in measures.overlaps(example, COORDINATOR, one) if found.measure.id == other.id]
        assert found.package and [place.name for place in found.places] == ["Stortorget i Vellinge"]


def test_places_stand_in_every_phase_and_some_stepped_back(example, shown):
    assert Counter(place.phase for place in shown.values()) == {
        Phase.SCANNING: 3,
        Phase.ANALYSIS: 3,
        Phase.RESPONSE: 4,
        Phase.ASSESSMENT: 5,
    }
    backs = [move for place in shown.values() for move in place.moves if move.back]
    assert len(backs) == 4
    assert {move.reason for move in backs} == set(StepBackReason) - {StepBackReason.OTHER}
    assert {place.lap for place in shown.values()} == {1, 2}
    assert sum(place.closed_on is not None for place in shown.values()) == 2
    assert sum(not place.published for place in shown.values()) == 3


def test_the_places_have_their_problem_causes_of_every_kind_hours_and_picked_reports(example, shown, vellinge):
    causes = [cause for place in shown.values() for cause in place.causes]
    assert {cause.kind for cause in causes} == set(CauseKind)
    assert [cause.struck_note != "" for cause in causes].count(True) == 1
    laps = {name: [found.lap for found in place.definitions] for name, place in shown.items()}
    assert laps["Stortorget i Vellinge"] == [1, 2]
    assert sum(not found for found in laps.values()) == 1
    assert {one.kind for place in shown.values() for one in place.hours} == set(WatchKind)
    assert {one.belongs for place in shown.values() for one in place.picked} == {True, False}
    square = shown["Stortorget i Vellinge"]
    assert {one.who for one in square.picked} == {"Exempel Planerare"}
    ids = set(places.reports_of(example, COORDINATOR, vellinge, square).ids.tolist())
    assert all((one.report_id in ids) is one.belongs for one in square.picked)


def test_some_places_went_on_anyway_and_said_why(shown):
    anyway = {name: move for name, place in shown.items() for move in place.moves if move.missing}
    assert anyway["Cykelparkeringen i Västra Ingelstad"].missing == ["how_often"]
    assert len(anyway["Strandparkeringen i Ljunghusen"].missing) == 6
    assert len(anyway) == 2
    assert all(move.note for move in anyway.values())
    assert places.state_of(shown["Cykelparkeringen i Västra Ingelstad"], Phase.SCANNING).missing == ("how_often",)
    closed = [place for place in shown.values() if place.closed_on]
    assert all(places.state_of(place, phase).status == "done" for place in closed for phase in Phase)


def test_the_history_was_played_in_order_by_those_who_would_do_it(example, shown):
    for place in shown.values():
        moves = places.laps(place)
        assert [move.on for move in moves] == sorted(move.on for move in moves)
        assert moves[-1].on <= place.updated_on < UNTIL
    who = {move.who for place in shown.values() for move in place.moves}
    assert who == {"Exempel Planerare", "Exempel Trafikgrupp"}


def test_sites_have_from_no_review_to_enough_for_the_public(example):
    found = {site.name: sites.summary(access.ANONYMOUS, site) for site in sites.find(example, COORDINATOR)}
    assert found["Parkstråket"].reviewers == 12
    assert found["Parkstråket"].means["evening"] == pytest.approx(3.0, abs=0.3)
    assert found["Nyckelhålsparken"].reviewers == 7
    assert found["Kajen i Skanörs hamn"].reviewers == 0
    counts = sorted(len(site.reviews) for site in sites.find(example, COORDINATOR))
    assert counts == [0, 1, 2, 4, 7, 12]
    assert set(example.scalars(select(Review.voice))) == set(Voice)


def test_stretches_have_complaints_with_and_without_measurement(example, rows):
    found = {stretch.name: stretch for stretch in traffic.find(example, COORDINATOR)}
    complaints = Counter(row.stretch_id for row in rows if row.kind == ReportKind.TRAFFIC)
    never = [stretch for stretch in found.values() if not stretch.measurements]
    assert len(never) == 7
    assert complaints[found["Östra Fädriften, södra delen"].id] > 40
    high = found["Månstorpsvägen"].measurements[-1]
    low = found["Torsgatan"].measurements[-1]
    assert high.v85 > 70 + 10
    assert low.v85 < 40
    assert complaints[found["Torsgatan"].id] > 30
    assert {stretch.keeper for stretch in found.values()} == set(Keeper)


# ---- People ----------------------------------------------------------------------------------------------------------


def test_there_is_one_example_person_per_role_who_can_sign_in(session, vellinge):
    made = demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    found = {person.username: person for person in session.scalars(select(Person))}
    assert {person.role for person in found.values()} == set(Role) - {Role.PUBLIC}
    assert all(person.example and person.name.startswith("Exempel ") for person in found.values())
    assert [username for username, _ in made.sign_ins] == list(found)
    for username, password in made.sign_ins:
        person = people.sign_in(session, username, password, address="127.0.0.1", secret="s", now=NOW)
        assert person.username == username
    assert len({password for _, password in made.sign_ins}) == 5
    assert all(password not in repr(made) for _, password in made.sign_ins)


# ---- Refusals and removal --------------------------------------------------------------------------------------------


def test_the_same_example_again_changes_nothing(session, vellinge):
    first = demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    before = fingerprint(session)
    again = demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    assert again.already and not first.already
    assert again.counts == first.counts
    assert again.sign_ins == []
    assert fingerprint(session) == before


def test_another_example_on_top_is_refused(session, vellinge):
    demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    with pytest.raises(DatabaseTrouble, match="other_material"):
        demo.fill(session, vellinge, reports=SMALL, until=UNTIL, seed=2)


def test_a_database_with_a_colleague_is_a_real_one(session, vellinge):
    assert demo.is_new(session)
    people.create(
        session, COORDINATOR, username="nils", name="Nils", role=Role.PLANNER, organisation=None,
        password="grönt cykelställ vid muren",
    )  # fmt: skip
    assert not demo.is_new(session)
    with pytest.raises(DatabaseTrouble, match=r"errors\.real"):
        demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    assert not demo.is_trial(session)
    assert session.query(Report).count() == 0


def test_nobody_but_the_command_line_makes_or_removes_an_example(session, vellinge):
    colleague = access.Viewer(None, "samordnare", Role.COORDINATOR)
    with pytest.raises(NotAllowed):
        demo.fill(session, vellinge, reports=SMALL, until=UNTIL, actor=colleague)
    demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    with pytest.raises(NotAllowed):
        demo.remove(session, vellinge, now=NOW, actor=colleague)
    assert session.query(Report).count() == SMALL


def test_another_municipality_has_no_example(embedded, vellinge):
    from dataclasses import replace

    other = replace(vellinge, name="Annanby", code="9999")
    with embedded.writing() as session, pytest.raises(SetUpTrouble, match="other_municipality"):
        demo.fill(session, other, until=UNTIL)


def test_removal_leaves_nothing_but_closed_accounts_and_the_log(session, vellinge):
    made = demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    people.start_session(session, demo_role=Role.POLICE, now=NOW)
    lines = session.query(AuditLine).count()
    gone = demo.remove(session, vellinge, now=NOW)
    assert gone == {name: count for name, count in made.counts.items() if name != "people"}
    left = {name: int(hash_.split()[0]) for name, hash_ in fingerprint(session).items()}
    assert {name: count for name, count in left.items() if count} == {"people": 5, "state": 1}
    assert {person.disabled_at for person in session.scalars(select(Person))} == {NOW}
    assert session.query(AuditLine).count() == lines + 1
    assert access.verify(session) is None
    assert session.get(State, "trial").value == "0"


def test_removal_empties_every_table_that_can_hold_trial_material(session, vellinge):
    """Drafts, handled forms and what belongs to a place or a measure go too; a new table cannot be forgotten."""
    made = demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    place, person = session.query(Place).first(), session.query(Person).first()
    session.add(Draft(person_id=person.id, form="place", object_id="1", fields={"name": ["Kiosken"]}, saved_at=NOW))
    session.add(HandledForm(key="k", address="/platser/1", at=NOW))
    session.add(
        PlaceReport(place_id=place.id, report_id=session.query(Report).first().id, belongs=True, on=UNTIL, who="Anna")
    )
    session.flush()
    assert not demo.is_new(session)
    demo.remove(session, vellinge, now=NOW)
    kept = {"organisations", "people", "sessions", "attempts", "audit", "state"}
    for table in Base.metadata.sorted_tables:
        if table.name not in kept:
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.name
    assert set(made.counts) == {table.name for table in Base.metadata.sorted_tables} - kept | {
        "organisations",
        "people",
    }


def test_a_database_made_real_takes_no_example_and_has_none_to_remove(session, vellinge):
    demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    demo.remove(session, vellinge, now=NOW)
    assert not demo.is_trial(session) and not demo.is_new(session)
    with pytest.raises(DatabaseTrouble, match=r"errors\.real"):
        demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    with pytest.raises(DatabaseTrouble, match="no_trial"):
        demo.remove(session, vellinge, now=NOW)


def test_removal_keeps_a_colleague_and_the_colleagues_organisation(session, vellinge):
    demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
    colleague = people.create(
        session, COORDINATOR, username="nils", name="Nils", role=Role.PLANNER, organisation="vellinge-kommun",
        password="grönt cykelställ vid muren",
    )  # fmt: skip
    gone = demo.remove(session, vellinge, now=NOW)
    assert gone["organisations"] == 8
    assert colleague.disabled_at is None
    assert colleague.organisation.code == "vellinge-kommun"


def test_parts_add_up_to_the_whole():
    for total in (0, 1, 7, 6000, 999_999):
        assert sum(shared_out(total, [3, 1, 4, 1, 5, 9, 2, 6])) == total
