"""Whatever is given, the answer is a number, a plain None or a refusal with words; never nan and never a warning."""

import math
from datetime import date

import numpy as np
import pytest
import shapely
from hostile_numbers import hostile, numbers_in

from samverkan_map import translations
from samverkan_map.analysis import (
    alarms,
    checks,
    clock,
    clusters,
    concentration,
    density,
    effects,
    false_discovery,
    grid,
    history,
    hit_rate,
    hotspots,
    masking,
    near_repeat,
    scan,
    similarity,
    suppression,
    surveys,
)
from samverkan_map.errors import BadNumbers, BadValue

pytestmark = pytest.mark.filterwarnings("error")

HERE = shapely.Point(370_000, 6_140_000)
MONTHS = (4, 2, 5, 3, 4, 6, 5, 2, 3, 4, 5, 6, 4, 2, 5, 3, 4, 6, 5, 2, 3, 4, 5, 6)
FIT = effects.segmented(MONTHS, 12)
SQUARES = grid.grid_from(0, 0, 100, 2, 2)
MAP = np.array([[1, 2], [3, 4]])
PERIODS = np.array([[1, 0], [0, 0], [1, 1]])
NOTHING = np.zeros((3, 2))
EVENTS = ((0, 0), (1, 1), (0, 1))
GOOD = {
    checks.number: ("field", 1),
    checks.whole: ("field", 1),
    checks.positive: ("field", 1),
    checks.share: ("field", 0.5),
    checks.widening: (2,),
    checks.probability: ("field", 0.5),
    checks.table: ("field", (1, 2), (None,)),
    checks.counts: ("field", (1, 2)),
    effects.rate_ratio: (12, 25, 12, 12),
    effects.rate_ratio_p: (12, 25, 12, 12),
    effects.rate: (4, 2.5),
    effects.gamma_poisson: (12, 25, 12, 12),
    effects.relative_incidence: ((50, 30), (60, 55)),
    effects.e_test_p: (12, 25, 12, 12),
    effects.wdd: ((20, 10), (20, 20), (0, 0), (0, 0)),
    effects.wdd_harm: ((((1, 2), (3, 4)),), (3,)),
    effects.wdd_width: (100, 100),
    effects.wdq: ((120, 80), (90, 80), (400, 400)),
    effects.pooled: (((12, 7), (9, 8)),),
    effects.zones: (((0, 0),), (HERE,), 100, 300),
    effects.ring_areas: (HERE, 100, 300),
    effects.ring_shapes: ((HERE,), 100, 300),
    effects.segmented: (MONTHS, 12),
    effects.slope_allowed: (48, 30),
    effects.overdispersion: (MONTHS,),
    effects.negative_binomial: (FIT,),
    effects.as_r_prints: (FIT,),
    effects.expected_before: (12, (12, 3, 4)),
    effects.chosen_for_height: (12, (12, 3, 4)),
    effects.empirical_bayes: (12, 23.92, 18.64, 1),
    effects.power_at: (50, 0.7, 12, 12),
    effects.smallest_detectable: (50, 12, 12),
    effects.wdd_smallest_detectable: (50, 50),
    effects.effect_verdict: (25, 12, 0.2, 0.9, 0.98),
    effects.displacement_verdict: (0.5, 1.1),
    effects.percent_fewer: (40, 0.4, 0.8),
    effects.percent_more: (40, 1.4, 1.8),
    effects.of_ten: (0.9,),
    effects.before_after_windows: (date(2026, 3, 1), date(2026, 3, 20), 180),
    effects.packages: ((date(2026, 3, 1),),),
    clock.aoristic_week_hours: (("2026-03-02 01:00",), ("2026-03-02 02:30",), "Europe/Stockholm"),
    clock.per_weekday: (np.ones((7, 24)), date(2026, 1, 1), date(2027, 1, 1)),
    clock.day_parts: (np.ones((7, 24)),),
    clock.seasonal_index: (MONTHS, date(2024, 1, 1)),
    concentration.gini: ((3, 2, 0),),
    concentration.place_concentration: ((3, 2, 0),),
    surveys.wilson: (81, 263),
    surveys.weighted_share: ((1, 2), (0, 1)),
    surveys.newcombe: (56, 70, 48, 80),
    surveys.newcombe_paired: (36, 12, 2, 0),
    surveys.scores: ((5, 4, 2),),
    similarity.similarity: (MONTHS, MONTHS),
    effects.surface: (HERE,),
    effects.without: (HERE, HERE),
    similarity.ranked: ((similarity.similarity(MONTHS, MONTHS),),),
    false_discovery.benjamini_hochberg: ((0.01, 0.2),),
    false_discovery.good_by_chance: (40,),
    false_discovery.adjusted: ((0.01, 0.2), (1, 3)),
    grid.grid_over: ((0, 0, 900, 900), 100),
    grid.grid_from: (0, 0, 100, 2, 2),
    grid.cells_of: (EVENTS, SQUARES),
    grid.counts_on: (EVENTS, SQUARES, (1, 2, 1)),
    grid.spread_counts: (EVENTS, SQUARES),
    grid.cells_within: (HERE.buffer(1e9), SQUARES),
    grid.existing: ("exists", MAP > 1, MAP),
    grid.neighbour_sums: (MAP, MAP > 1, "queen"),
    grid.hex_cells: (EVENTS, (1, 2, 3)),
    grid.hex_of: (EVENTS, 100),
    grid.hex_shapes: (EVENTS, 100),
    grid.square_shapes: ((0, 3), SQUARES),
    density.density: (MAP, 100, 300),
    density.within_reach: (MAP, 100, 150),
    clusters.dbscan: (EVENTS, 2, 2),
    density.kernel_sum: (EVENTS, EVENTS, 300, "quartic"),
    density.kernel_sum_per_km2: (EVENTS, EVENTS, 300, "gaussian"),
    hotspots.gi_star: (MAP, MAP > 1),
    hotspots.hot_cells: (MAP, MAP > 1),
    hotspots.binomial_tail: ((0, 1), 2, (0.5, 0.5)),
    hotspots.local_moran: (MAP, MAP > 1),
    hotspots.clusters: (hotspots.hot_cells(MAP), MAP),
    hotspots.outlines: (((1, 2),), (HERE, HERE)),
    hotspots.by_normal: (MAP, MAP / 4),
    history.place_history: (PERIODS,),
    history.mann_kendall: (PERIODS,),
    history.sen_slope: (PERIODS,),
    history.emerging_class: (PERIODS, PERIODS, NOTHING),
    history.compare_periods: (MAP, 10 * MAP, 12, 12),
    scan.poisson_llr: (24, 9.5, 400),
    scan.scan_p: (6, 1, 260),
    scan.scan_p_as_printed: (6, 1, 260, 1),
    scan.permutation_scan: (EVENTS, (1, 2, 3), (2, 2), 3, (1, 2), (1, 2)),
    near_repeat.knox: (EVENTS, (1, 2, 3), 1, 1),
    near_repeat.near_repeat: (EVENTS, (1, 2, 3), (0, 1, 2), (0, 1, 2)),
    hit_rate.hit_rate: ((3, 2, 0), (2, 2, 1), (1, 1, 2)),
    alarms.weekly_z: (13, 6.2),
    alarms.false_alarms: (6.2, 3, 52, 1),
    suppression.suppress: (MAP,),
    suppression.suppress_again: (MAP, MAP > 1),
    masking.donut: (EVENTS, 100, 300, 1),
    masking.snap: (EVENTS, EVENTS, (9, 0, 3)),
    masking.quadtree: (EVENTS, (0, 0), 100, 2),
}


@pytest.mark.parametrize("function", GOOD, ids=lambda function: function.__name__)
def test_a_bad_or_extreme_number_gets_a_number_or_a_refusal_with_words(function):
    known = translations.catalogue("sv")
    assert not any(math.isnan(number) for number in numbers_in(function(*GOOD[function])))
    for arguments in hostile(GOOD[function]):
        try:
            found = function(*arguments)
        except BadNumbers as refusal:
            assert refusal.key in known, refusal.key
            known[refusal.key].format(**refusal.fields)
        else:
            assert not any(math.isnan(number) for number in numbers_in(found)), arguments


def test_every_public_function_stands_in_the_table_above():
    modules = (
        alarms, checks, clock, clusters, concentration, density, false_discovery, grid, history, hit_rate, hotspots,
        masking, near_repeat, scan, similarity, suppression, surveys,
    )  # fmt: skip
    public = {getattr(effects, name) for name in effects.__all__}
    public |= {
        one for module in modules for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__
    }
    assert {one for one in public if not isinstance(one, type) and callable(one) and one.__name__[0] != "_"} == set(
        GOOD
    )


@pytest.mark.parametrize("alpha", [0, 1, -0.05, 5, math.nan, None])
@pytest.mark.parametrize("function", [effects.rate_ratio, effects.rate, effects.wdd_width, surveys.wilson])
def test_a_risk_of_error_that_is_none_is_refused(function, alpha):
    with pytest.raises(BadNumbers):
        function(*GOOD[function], alpha=alpha)


def test_a_refusal_is_an_unusable_value_to_the_pages_and_a_value_error_to_python():
    with pytest.raises(BadValue) as refused:
        effects.rate_ratio(-1, 5)
    assert isinstance(refused.value, ValueError)
    assert (refused.value.key, refused.value.fields) == ("analysis.errors.not_a_count", {"field": "after"})


def test_nothing_that_is_given_is_changed():
    series, weights = np.array(MONTHS, dtype=float), np.ones((7, 24))
    before = series.copy()
    effects.segmented(series, 12)
    concentration.gini(series)
    clock.per_weekday(weights, date(2026, 1, 1), date(2027, 1, 1))
    assert (series == before).all() and (weights == 1).all()
