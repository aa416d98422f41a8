"""The reports of the example could have been entered by people, at the times people would have."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import numpy as np
from example_rows import (
    LOCAL,
    local_day,
    of_type,
)
from sqlalchemy import select

from samverkan_map import screening
from samverkan_map.db import engine
from samverkan_map.db.tables import (
    Delivery,
    FollowUp,
)  # fmt: skip
from samverkan_map.demo.material import read
from samverkan_map.vocabulary import (
    ReportKind,
    Verdict,
)

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
    assert {one.source for one in found if one.kind == "reports"} == {
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
