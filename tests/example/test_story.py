"""The places, measures and sites of the example tell a story that holds together."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from example_rows import (
    COORDINATOR,
    START,
    UNTIL,
    near,
    per_year,
)
from sqlalchemy import select

from samverkan_map import access, effects, measures, places, sites, traffic
from samverkan_map.analysis.effects import Finding
from samverkan_map.db import engine
from samverkan_map.db.tables import (
    Review,
)  # fmt: skip
from samverkan_map.vocabulary import (
    CauseKind,
    Keeper,
    MeasureStatus,
    Phase,
    ReportKind,
    StepBackReason,
    Voice,
    WatchKind,
)


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
    ] * 2
    assert all(one.catalogue_code and one.dose_planned and one.cost_kronor is not None for one in found)
    measured_otherwise = {plan.indicator for one in found for plan in one.follow_ups if not plan.types}
    assert measured_otherwise == {"Uppmätt v85", "Andel över gränsen i mätningen"}


def test_every_plan_of_a_finished_measure_can_be_computed_and_every_kind_of_answer_is_shown(example, vellinge):
    """Only two kinds of plan have nothing to show: those counted otherwise, and those whose measure is not done."""
    plans = [plan for one in measures.find(example, COORDINATOR) for plan in one.follow_ups if plan.types]
    done = [plan for plan in plans if plan.measure.status == MeasureStatus.DONE]
    found = Counter(effects.compute_now(example, COORDINATOR, vellinge, plan).result.finding for plan in done)
    assert found.total() == len(done) == 13
    assert set(found) >= {Finding.CLEAR_DECREASE, Finding.CANNOT_TELL, Finding.TOO_FEW}, found


def test_no_plan_promises_a_count_that_is_not_made(example):
    """Reports are counted at the place, all hours and days of the window: an indicator may not say another thing."""
    indicators = [
        plan.indicator for one in measures.find(example, COORDINATOR) for plan in one.follow_ups if plan.types
    ]
    narrower = re.compile(r"klockan|måndag|fredag|lördag|\bjuni\b|meter|v85|\bandel\b|omdöme", re.I)
    assert [words for words in indicators if narrower.search(words)] == []


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
    assert found["Parkstråket"].reviewers == 21, "an organisation counts once"
    assert found["Parkstråket"].means["evening"] == pytest.approx(3.0, abs=0.3)
    assert found["Nyckelhålsparken"].reviewers == 7
    assert found["Kajen i Skanörs hamn"].reviewers == 0
    counts = sorted(len(site.reviews) for site in sites.find(example, COORDINATOR))
    assert counts == [0, 1, 2, 4, 7, 26]
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
