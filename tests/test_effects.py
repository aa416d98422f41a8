"""Effects: the counts are those of the plan, the words are those the counts carry, and a kept set never changes."""

from datetime import date, datetime, timedelta

import builders
import pytest
from shapely.geometry import LineString, Point

from samverkan_map import access, effects, geometry, measures, places
from samverkan_map.analysis.effects import Finding, Moved
from samverkan_map.db.tables import Effect
from samverkan_map.effects import candidates
from samverkan_map.errors import NotAllowed, NotFound, StepNotAllowed
from samverkan_map.vocabulary import MeasureStatus, Mechanism, NextStep, Phase, Role, Verdict

PARK, OTHER = builders.HOLLVIKEN, builders.VELLINGE
LARGE = (13.03, 55.45)
NOW = datetime(2026, 11, 23, 12, 0)
BEGAN, IN_PLACE = date(2025, 9, 1), date(2025, 9, 20)
BEFORE, AFTER = date(2024, 10, 1), date(2025, 10, 1)
"""Days inside the windows of a year: before ends when the measure begins, after begins when it is in place."""


class Village:
    """Reports put out one by one, then taken in as a file."""

    def __init__(self, session, agreement, folder):
        self.session, self.agreement, self.folder, self.rows = session, agreement, folder, []

    def reports(self, n, at, first, *, east=0.0, kind="skadegorelse", every=1):
        e, w = (float(value) for value in geometry.to_metric(*at))
        for number in range(n):
            day = first + timedelta(days=number * every)
            self.rows.append(f"R{len(self.rows)},{kind},{day}T12:00,{e + east:.2f},{w:.2f}")

    def known(self, first=date(2023, 1, 1), last=date(2026, 11, 20)):
        """One report far away on the first and the last day, so that the days between are known."""
        for day in (first, last):
            self.reports(1, (13.08, 55.43), day, kind="klotter")

    def settle(self):
        file = builders.a_file(self.folder, self.rows, "kallans_id,typ,tid_fran,e,n", f"{len(self.rows)}.csv")
        assert builders.take_in(self.session, self.agreement, file).stored


@pytest.fixture
def village(session, vellinge, tmp_path):
    return Village(session, vellinge, tmp_path)


def a_place(village, at=PARK, **words):
    return builders.a_place(village.session, village.agreement, at=at, today=date(2024, 1, 1), **words)


def a_measure(village, *at_places, began=BEGAN, in_place=IN_PLACE, title="Ny belysning", **planned):
    """A measure that was started and finished, with its plan."""
    session, host = village.session, builders.COORDINATOR
    measure = measures.attach(
        session, host, village.agreement, title=title, mechanism=Mechanism.INCREASE_RISK, summary="Tätare lampor.",
        owner_id=at_places[0].owner_id, planned_start=began, today=date(2024, 6, 1),
        place_ids=[place.id for place in at_places],
    )  # fmt: skip
    compared = planned.pop("comparison_places", [])
    words = {"types": ["skadegorelse"], "comparison_reason": "Lika stor och lika upplyst."} | planned
    plan = measures.plan_follow_up(
        session, host, village.agreement, measure.id, indicator="Skadegörelse", window_months=12,
        due_on=began + timedelta(days=390), today=date(2024, 6, 1), **words,
        comparison_place_ids=[place.id for place in compared],
    )  # fmt: skip
    measures.move(session, host, measure.id, MeasureStatus.ONGOING, on=began)
    if in_place:
        measures.move(session, host, measure.id, MeasureStatus.DONE, on=in_place)
    session.flush()
    return plan


def answer(village, plan, role=Role.PLANNER):
    return effects.compute_now(village.session, builders.viewer(role), village.agreement, plan)


def test_the_counts_are_those_of_equal_windows_without_the_installation(village):
    village.known()
    village.reports(25, PARK, BEFORE, every=9)
    village.reports(5, PARK, BEGAN)  # while it was being put in place: counts for neither
    village.reports(12, PARK, AFTER, every=9)
    village.settle()
    found = answer(village, a_measure(village, a_place(village)))
    assert (found.asked.before.start, found.asked.before.end) == (date(2024, 9, 1), BEGAN)
    assert (found.asked.after.start, found.asked.after.end) == (date(2025, 9, 21), date(2026, 9, 21))
    assert found.result.treated == (25, 12)
    assert found.result.ratio.ratio == pytest.approx(0.48)
    assert found.result.ratio.high >= 0.99  # never narrower than the exact interval of the counts alone
    assert found.asked.finished


def test_a_clear_fall_against_a_steady_comparison_is_said_to_be_beyond_it(village):
    village.known()
    village.reports(60, PARK, BEFORE, every=5)
    village.reports(12, PARK, AFTER, every=20)
    village.reports(60, OTHER, BEFORE, every=5)
    village.reports(58, OTHER, AFTER, every=5)
    village.settle()
    park, other = a_place(village), a_place(village, OTHER, name="Stadsparken")
    plan = a_measure(village, park, comparison_places=[other], comparison_reason="Lika stor park.")
    result = answer(village, plan).result
    assert (result.treated, result.comparison) == ((60, 12), (60, 58))
    assert result.finding is Finding.CLEAR_DECREASE
    assert result.beyond_comparison is True
    assert result.wdd.total == pytest.approx((12 - 60) - (58 - 60))
    assert result.relative.ratio == pytest.approx((12 / 60) / (58 / 60))


def test_a_fall_that_the_comparison_shares_is_not(village):
    village.known()
    for at in (PARK, OTHER):
        village.reports(40, at, BEFORE, every=5)
        village.reports(20, at, AFTER, every=5)
    village.settle()
    park, other = a_place(village), a_place(village, OTHER, name="Stadsparken")
    assert answer(village, a_measure(village, park, comparison_places=[other])).result.beyond_comparison is False


def test_few_events_are_too_few_to_tell_and_so_is_nothing_at_all(village):
    village.known()
    village.reports(5, PARK, BEFORE)
    village.reports(1, PARK, AFTER)
    village.settle()
    park, empty = a_place(village), a_place(village, OTHER, name="Tomma platsen")
    assert answer(village, a_measure(village, park)).result.finding is Finding.TOO_FEW
    nothing = answer(village, a_measure(village, empty)).result
    assert nothing.finding is Finding.TOO_FEW
    assert nothing.treated == (0, 0)
    assert nothing.ratio.undecidable


def test_the_ring_counts_what_moved_next_door_and_only_that(village):
    village.known()
    village.reports(30, PARK, BEFORE, every=5)
    village.reports(4, PARK, AFTER, every=5)
    village.reports(6, PARK, BEFORE, east=120)  # the place is a circle of 40 m, so 80 m outside it
    village.reports(30, PARK, AFTER, east=120)
    village.reports(30, PARK, AFTER, east=300)  # beyond the ring of 200 m
    village.settle()
    result = answer(village, a_measure(village, a_place(village))).result
    assert result.ring == (6, 30)
    assert result.moved is Moved.SIGN
    assert answer(village, a_measure(village, a_place(village, name="Utan ring"), ring_metres=0)).result.ring is None


def test_between_two_measures_at_work_the_ring_is_cut_half_way(village):
    village.known()
    village.reports(7, PARK, AFTER, east=130)  # 90 m from the first place, 30 m from the second
    village.reports(3, PARK, AFTER, east=60)  # 20 m from the first
    village.settle()
    park = a_place(village)
    e, n = (float(value) for value in geometry.to_metric(*PARK))
    lon, lat = (float(value) for value in geometry.to_degrees(e + 200, n))
    neighbour = a_place(village, (lon, lat), name="Grannen")
    plan = a_measure(village, park)
    assert answer(village, plan).result.ring == (0, 10)
    a_measure(village, neighbour, title="Grannens åtgärd")
    assert answer(village, plan).result.ring == (0, 3)


@pytest.mark.parametrize(
    ("shape", "east", "belongs"),
    [
        (lambda e, n: Point(e, n), 49.0, True),
        (lambda e, n: Point(e, n), 51.0, False),
        (lambda e, n: LineString([(e, n - 80), (e, n + 80)]), 24.0, True),
        (lambda e, n: LineString([(e, n - 80), (e, n + 80)]), 26.0, False),
        (lambda e, n: Point(e, n).buffer(100), 99.0, True),
        (lambda e, n: Point(e, n).buffer(100), 101.0, False),
    ],
)
def test_what_belongs_to_a_point_a_stretch_and_an_area(village, shape, east, belongs):
    village.known()
    village.reports(1, PARK, AFTER, east=east)
    village.settle()
    e, n = (float(value) for value in geometry.to_metric(*PARK))
    place = a_place(village)
    places.edit(
        village.session, builders.COORDINATOR, village.agreement, place.id, name=place.name, focus=place.focus,
        type=place.type, forum=place.forum, summary=place.summary, owner_id=place.owner_id, today=date(2024, 1, 2),
        shape=shape(e, n),
    )  # fmt: skip
    assert answer(village, a_measure(village, place, ring_metres=0)).result.treated == (0, int(belongs))


def test_measures_within_six_months_are_one_package_and_later_ones_a_caution(village):
    village.known()
    village.reports(30, PARK, BEFORE, every=5)
    village.reports(20, PARK, AFTER + timedelta(days=90), every=5)
    village.settle()
    park = a_place(village)
    plan = a_measure(village, park)
    a_measure(village, park, began=date(2025, 11, 1), in_place=date(2025, 11, 10), title="Klippta buskar")
    together = answer(village, plan)
    assert len(together.asked.package) == 2
    assert (together.asked.started, together.asked.in_place) == (BEGAN, date(2025, 11, 10))
    assert ("package", {"titles": "Klippta buskar"}) in together.result.cautions
    later = a_measure(village, park, began=date(2026, 6, 1), in_place=date(2026, 6, 10), title="Ny bänk")
    assert ("other_started_after", {"title": "Ny bänk", "on": "2026-06-01"}) in answer(village, plan).result.cautions
    assert len(answer(village, later).asked.package) == 1


def test_a_patrol_is_counted_while_it_goes_on_and_a_lamp_when_it_is_lit(village):
    village.known()
    village.reports(20, PARK, AFTER, every=3)
    village.settle()
    plan = a_measure(village, a_place(village), in_place=None)
    with pytest.raises(StepNotAllowed) as refusal:
        answer(village, plan)
    assert refusal.value.key == "effects.errors.not_in_place"
    plan.measure.works_while_ongoing = True
    assert answer(village, plan).asked.after.start == BEGAN + timedelta(days=1)


def test_an_unfinished_window_is_looked_at_with_windows_equally_short_and_says_so(village):
    village.known()
    village.reports(10, PARK, date(2026, 4, 15))
    village.settle()
    found = answer(village, a_measure(village, a_place(village), began=date(2026, 4, 1), in_place=date(2026, 4, 10)))
    days = (date(2026, 11, 21) - date(2026, 4, 11)).days
    assert found.asked.days == days == found.asked.after.days == found.asked.before.days
    assert ("unfinished", {"days": days, "wanted": 365}) in found.result.cautions
    assert found.asked.same_season


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"began": date(2026, 11, 1), "in_place": date(2026, 11, 5)}, "too_early"),
        ({"began": date(2023, 6, 1), "in_place": date(2023, 6, 10)}, "before_data"),
    ],
)
def test_what_cannot_be_computed_is_said_in_a_sentence(village, change, key):
    village.known()
    village.settle()
    with pytest.raises(StepNotAllowed) as refusal:
        answer(village, a_measure(village, a_place(village), **change))
    assert refusal.value.key == f"effects.errors.{key}"


def test_an_indicator_that_reports_do_not_tell_is_followed_up_in_another_way(village):
    village.known()
    village.settle()
    plan = a_measure(village, a_place(village))
    plan.types = []
    with pytest.raises(StepNotAllowed) as refusal:
        answer(village, plan)
    assert refusal.value.key == "effects.errors.no_types"


def test_a_plan_from_before_accidents_were_kept_apart_counts_the_rest_and_says_so(village):
    village.known()
    village.reports(25, PARK, BEFORE, every=9)
    village.reports(40, PARK, BEFORE, every=9, kind="trafikolycka")
    village.reports(12, PARK, AFTER, every=9)
    village.settle()
    plan = a_measure(village, a_place(village))
    plan.types = ["skadegorelse", "trafikolycka", "trygg_plats"]
    found = answer(village, plan)
    assert (found.result.treated, found.types) == ((25, 12), ["skadegorelse"])
    assert ("accidents_apart", {"types": ["trafikolycka"]}) in found.result.cautions
    assert effects.card(found)[0]["types"] == ["skadegorelse"]
    host = builders.viewer(Role.PLANNER)
    assert candidates.suggest(village.session, host, village.agreement, plan).events == 25


def test_without_any_report_nothing_is_computed(village):
    with pytest.raises(StepNotAllowed) as refusal:
        answer(village, a_measure(village, a_place(village)))
    assert refusal.value.key == "effects.errors.no_reports"


def test_a_place_that_stands_out_is_held_against_what_it_should_have_had(village):
    """Forty squares with a few reports each, and one with many that falls back: most of that would have come anyway."""
    village.known()
    for number in range(40):
        village.reports(4, PARK, BEFORE, east=400 + 150 * number, every=20)
    village.reports(16, PARK, BEFORE, every=10)
    village.reports(8, PARK, AFTER, every=10)
    village.settle()
    result = answer(village, a_measure(village, a_place(village))).result
    assert result.chosen_for_height
    assert result.expected.expected < 16
    assert result.expected.theta > result.ratio.ratio
    unmarked = answer(village, a_measure(village, a_place(village, OTHER, name="Annan"))).result
    assert unmarked.expected is None


def test_a_small_comparison_makes_the_expectation_less_certain_than_a_large_one(village):
    """The trend of ten events is itself mostly chance, and that goes into what was to be expected."""
    village.known()
    for number in range(40):
        village.reports(4, PARK, BEFORE, east=400 + 150 * number, every=20)
    village.reports(16, PARK, BEFORE, every=10)
    village.reports(16, PARK, AFTER, every=10)
    for at, n in ((OTHER, 10), (LARGE, 100)):
        village.reports(n, at, BEFORE, every=3)
        village.reports(n, at, AFTER, every=3)
    village.settle()
    park = a_place(village)
    widths = []
    for at in (OTHER, LARGE):
        compared = a_place(village, at, name=f"Jämförd {len(widths)}")
        found = answer(village, a_measure(village, park, comparison_places=[compared])).result.expected
        widths.append(found.expected_high - found.expected_low)
    assert widths[0] > 1.2 * widths[1]


def test_bursts_widen_the_interval_and_never_narrow_it(village):
    village.known()
    for month in range(1, 13):
        if month % 3 == 0:
            village.reports(18, PARK, date(2024, month, 2))
            village.reports(12, PARK, date(2026, month, 2)) if month < 9 else None
    village.settle()
    result = answer(village, a_measure(village, a_place(village))).result
    exact = (result.treated[1], result.treated[0])
    assert result.dispersion_measured > 1.5
    from samverkan_map.analysis.effects import rate_ratio

    assert result.ratio.high > rate_ratio(*exact).high
    assert result.ratio.low < rate_ratio(*exact).low


def test_a_report_that_was_picked_counts_and_one_that_was_refused_does_not(village):
    village.known()
    village.reports(1, PARK, AFTER)
    village.reports(1, PARK, AFTER, east=900)
    village.settle()
    from sqlalchemy import select

    from samverkan_map.db.tables import PlaceReport, Report

    inside, outside = village.session.scalars(
        select(Report.id).where(Report.type == "skadegorelse").order_by(Report.source_ref)
    )
    park = a_place(village)
    plan = a_measure(village, park)
    assert answer(village, plan).result.treated == (0, 1)
    for number, belongs in ((inside, False), (outside, True)):
        park.picked.append(PlaceReport(report_id=number, belongs=belongs, on=date(2026, 1, 1), who="test"))
    village.session.flush()
    result = answer(village, plan).result
    assert result.treated == (0, 1)
    assert result.ring == (0, 0)


def test_a_kept_set_stays_as_it_was_when_new_reports_come(village):
    village.known()
    village.reports(25, PARK, BEFORE, every=9)
    village.reports(12, PARK, AFTER, every=9)
    village.settle()
    plan = a_measure(village, a_place(village))
    planner = builders.viewer(Role.PLANNER)
    first = effects.keep(village.session, planner, village.agreement, plan.id, now=NOW)
    again = effects.keep(village.session, planner, village.agreement, plan.id, now=NOW)
    assert again is first
    village.rows = village.rows[:1]
    village.reports(9, PARK, AFTER + timedelta(days=5))
    village.rows = [row.replace("R", "S", 1) for row in village.rows]
    village.settle()
    second = effects.keep(village.session, planner, village.agreement, plan.id, now=NOW)
    assert second.id != first.id
    village.session.expire_all()
    kept = village.session.get(Effect, first.id)
    assert kept.result["treated"] == [25, 12]
    assert village.session.get(Effect, second.id).result["treated"] == [25, 21]
    assert kept.data_version != second.data_version


def test_the_verdict_is_the_persons_own_and_may_send_the_place_back(village):
    village.known()
    village.reports(25, PARK, BEFORE, every=9)
    village.settle()
    park = a_place(village)
    for phase in (Phase.ANALYSIS, Phase.RESPONSE, Phase.ASSESSMENT):
        places.step(
            village.session, builders.COORDINATOR, park.id, phase, today=date(2026, 1, 1), anyway=True, note="Prov."
        )
    plan = a_measure(village, park)
    found = effects.judge(
        village.session, builders.viewer(Role.PLANNER), village.agreement, plan.id, Verdict.DID_NOT_HELP,
        note="Bråken är kvar trots ljuset.", next_step=NextStep.BACK_TO_ANALYSIS, now=NOW,
    )  # fmt: skip
    assert (found.verdict, found.next_step) == ("did_not_help", "back_to_analysis")
    assert park.phase == Phase.ANALYSIS and park.lap == 2
    assert found.effects[-1].wording == Finding.CLEAR_DECREASE


def test_the_figures_are_for_those_who_see_such_reports(village):
    village.known()
    village.settle()
    plan = a_measure(village, a_place(village, published=True))
    measures.publish(village.session, builders.COORDINATOR, plan.measure_id, today=date(2026, 1, 1))
    for role in (Role.PUBLIC, Role.BUSINESS, Role.TRAFFIC_GROUP):
        with pytest.raises(NotFound):
            answer(village, plan, role)
    with pytest.raises((NotAllowed, NotFound)):
        effects.keep(village.session, access.ANONYMOUS, village.agreement, plan.id, now=NOW)


def test_candidates_are_judged_on_the_time_before_and_the_alike_comes_first(village):
    village.known()
    for month in range(1, 13):
        village.reports(3 + month % 4, PARK, date(2024, month, 3))
        village.reports(4 + month % 4, OTHER, date(2024, month, 3))
        village.reports(1, (13.03, 55.45), date(2024, month, 3), kind="skadegorelse")
    village.settle()
    park, alike, quiet = (
        a_place(village),
        a_place(village, OTHER, name="Lik"),
        a_place(village, (13.03, 55.45), name="Tyst"),
    )
    e, n = (float(value) for value in geometry.to_metric(*PARK))
    near = a_place(village, tuple(map(float, geometry.to_degrees(e + 150, n))), name="Granne")
    plan = a_measure(village, park)
    found = candidates.suggest(village.session, builders.viewer(Role.PLANNER), village.agreement, plan)
    ordered = [one.place.id for one in found.candidates if one.place]
    assert ordered.index(alike.id) < ordered.index(quiet.id)
    assert ordered[-1] == near.id
    assert [one.too_near for one in found.candidates if one.place and one.place.id == near.id] == [True]
    assert found.months.end == date(2025, 9, 1)
    assert {one.area for one in found.candidates if one.area} == set(village.agreement.areas)


def test_among_many_measures_it_is_said_how_many_look_good_by_chance(village):
    village.known()
    village.reports(40, PARK, BEFORE, every=5)
    village.reports(2, PARK, AFTER, every=5)
    village.settle()
    plans = [a_measure(village, a_place(village)), a_measure(village, a_place(village, OTHER, name="Tyst"))]
    listed = effects.of_many(village.session, builders.viewer(Role.PLANNER), village.agreement, plans)
    assert listed.stands_out == {plans[0].id}
    assert listed.good_by_chance == pytest.approx(0.05)
