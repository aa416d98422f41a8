"""Stretches of road in numbers: rates, the long run, ranked lists, concentration, snapping, network density."""

import heapq
import math

import numpy as np
import pytest
import shapely
from hostile_numbers import hostile, numbers_in
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from samverkan_map import translations
from samverkan_map.analysis import effects, streets
from samverkan_map.analysis.streets import bayes, concentration, density, nodes, rates, snapping
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")
once = settings(max_examples=60, deadline=None)

CROSS = [
    shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(100, 0), (200, 0)]),
    shapely.LineString([(100, 0), (100, 100)]),
]  # fmt: skip
STAR = streets.network([(0, 1), (1, 2), (1, 3)], [100, 100, 100])


# ---- rates


def test_a_stretch_of_99_metres_has_counts_and_a_score_but_no_rate_until_it_is_merged_with_its_street():
    lengths, severe, complaints = [99, 301, 100], [1, 0, 0], [4, 4, 2]
    events, weights = {"severe": severe, "complaint": complaints}, {"severe": 50}
    short, long, just = streets.segment_rates(lengths, events, weights, 2)
    assert (short.events, short.complaints, short.epdo, short.severe) == (1, 4, 50, 1)
    assert (short.events_per_km_year, short.complaints_per_km_year, short.epdo_per_km_year) == (None, None, None)
    assert just.complaints_per_km_year == pytest.approx(10)
    put = streets.merged_by_name(["Storgatan", "Storgatan ", "Lillgatan"])
    events = {kind: put.total(values) for kind, values in events.items()}
    storgatan, _ = streets.segment_rates(put.total(lengths), events, weights, 2)
    assert put.names == ["Storgatan", "Lillgatan"]
    assert storgatan.events_per_km_year == pytest.approx(1 / 0.4 / 2)
    assert storgatan.complaints_per_km_year == pytest.approx(8 / 0.4 / 2)


def test_complaints_are_never_added_to_accidents_and_weigh_nothing_unless_a_weight_says_so():
    events = {"slight": [2], "complaint": [100]}
    without, with_weight = ({"slight": 10}, {"slight": 10, "complaint": 0.2})
    assert streets.segment_rates([1000], events, without, 1)[0].epdo == 20
    found = streets.segment_rates([1000], events, with_weight, 1)[0]
    assert (found.epdo, found.events_per_km_year, found.complaints_per_km_year) == (40, 2, 100)


def test_the_house_words_for_severity_can_be_used_instead():
    events = {"dodsfall": [1, 0], "lindrig": [0, 3]}
    one, other = streets.segment_rates(
        [500, 500], events, {"dodsfall": 100, "lindrig": 5}, 1, severe=("dodsfall", "svar")
    )
    assert ((one.severe, one.epdo), (other.severe, other.epdo)) == ((1, 100), (0, 15))


def test_a_severity_without_a_weight_is_refused_by_name():
    with pytest.raises(BadNumbers) as refused:
        streets.segment_rates([500], {"svar": [1]}, {"lindrig": 5}, 1)
    assert refused.value.fields == {"field": "weights", "kind": "svar"}


def test_a_trend_is_the_exact_ratio_and_the_houses_own_words():
    pairs = [(24, 9), (17, 21), (9, 9), (0, 0), (5, 0), (60, 20)]
    found = streets.trends(*zip(*pairs, strict=True))
    for (now, before), one in zip(pairs, found, strict=True):
        ratio = effects.rate_ratio(now, before)
        assert (one.ratio, one.low, one.high) == (ratio.ratio, ratio.low, ratio.high)
        assert one.difference == now - before
    words = [one.finding.value for one in found]
    assert words == [
        "tydlig_okning", "gar_inte_att_avgora", "gar_inte_att_avgora", "for_fa_handelser", "for_fa_handelser",
        "tydlig_okning",
    ]  # fmt: skip
    p = [effects.rate_ratio_p(*pair).central for pair in pairs]
    assert [one.q for one in found] == pytest.approx(stats.false_discovery_control(p))


def test_a_trend_of_unequal_periods_compares_rates():
    (found,) = streets.trends([20], [20], 6, 12)
    assert found.ratio == pytest.approx(2) and found.low > 1


# ---- the long run


@once
@given(
    st.floats(0.01, 50), st.floats(0.05, 20), st.floats(0.05, 10),
    st.lists(st.integers(0, 60), min_size=1, max_size=8),
)  # fmt: skip
def test_the_estimate_with_flow_is_the_gamma_posterior_and_the_manuals_other_form(mu, phi, km, seen):
    found = streets.with_flow(mu, phi, km, seen)
    predicted, shape = mu * km * len(seen), phi * km
    assert found.weight == pytest.approx(1 / (1 + predicted / shape))
    posterior = stats.gamma(shape + sum(seen), scale=1 / (shape / predicted + 1))
    assert (found.total, found.sd) == (pytest.approx(posterior.mean()), pytest.approx(posterior.std()))
    assert found.excess == pytest.approx(found.total - predicted)


def test_a_model_may_say_another_number_for_each_year():
    yearly, mean = streets.with_flow([2, 3, 4], 2.0, 1.5, [5, 1, 2]), streets.with_flow(3, 2.0, 1.5, [5, 1, 2])
    assert (yearly.total, yearly.sd) == (pytest.approx(mean.total), pytest.approx(mean.sd))
    with pytest.raises(BadNumbers, match="lengths"):
        streets.with_flow([2, 3], 2.0, 1.5, [5, 1, 2])


@once
@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0.1, 20)), min_size=1, max_size=30))
def test_the_estimate_without_flow_is_the_posterior_of_its_own_prior(rows):
    events, exposure = map(np.array, zip(*rows, strict=True))
    found = streets.without_flow(events, exposure)
    b, a = found.mean, found.between
    assert b == pytest.approx(events.sum() / exposure.sum()) and a >= 0
    if a > 1e-9 * b**2 and b:
        posterior = stats.gamma(b**2 / a + events, scale=1 / (b / a + exposure))
        assert found.rate == pytest.approx(posterior.mean(), rel=1e-6)
        assert found.variance == pytest.approx(posterior.var(), rel=1e-6)
    if a == 0:
        assert found.rate == pytest.approx(np.full(len(rows), b)) and (found.variance == 0).all()


def test_no_events_at_all_is_a_rate_of_zero_everywhere():
    found = streets.without_flow([0, 0], [1.0, 2.0])
    assert found.rate.tolist() == [0, 0] and found.mean == 0


def test_shrunken_rates_foretell_the_next_period_better_than_raw_ones():
    random = np.random.default_rng(4)
    exposure = random.uniform(0.1, 3, 400)
    true = random.gamma(1.5, 2, 400)
    found = streets.without_flow(random.poisson(true * exposure), exposure)
    assert ((found.rate - true) ** 2).mean() < 0.75 * ((found.raw - true) ** 2).mean()


# ---- ranked lists


def test_places_of_two_stretches_are_as_likely_as_integration_says():
    means, variances = [6.0, 5.0], [6.0, 2.0]
    one, other = streets.rank_intervals(means, variances, draws=40_000)
    first, second = (
        stats.gamma(m * m / v, scale=v / m) for m, v in zip(means, variances, strict=True)
    )  # fmt: skip
    exact = integrate.quad(lambda x: first.pdf(x) * second.cdf(x), 0, np.inf)[0]
    assert one.p_first == pytest.approx(exact, abs=0.01) and other.p_first == pytest.approx(1 - exact, abs=0.01)
    assert (one.place, other.place, one.group, other.group) == (1, 2, 1, 1)


def test_the_intervals_hold_the_true_place_about_as_often_as_they_say():
    random, held = np.random.default_rng(11), []
    for _ in range(30):
        true, exposure = random.gamma(2, 2, 40), random.uniform(0.5, 4, 40)
        smooth = streets.without_flow(random.poisson(true * exposure), exposure)
        found = streets.rank_intervals(smooth.rate, smooth.variance, alpha=0.1, draws=1000)
        place = stats.rankdata(-true, method="ordinal")
        held += [one.low <= p <= one.high for one, p in zip(found, place, strict=True)]
    assert 0.87 < np.mean(held) < 0.98


def test_equal_estimates_share_their_place_and_stretches_that_chance_explains_share_all_of_them():
    found = streets.rank_intervals([3, 8, 3, 1], [1, 1, 1, 1])
    assert [(one.place, one.tied) for one in found] == [(2, True), (1, False), (2, True), (4, False)]
    smooth = streets.without_flow([5, 4, 5, 6], [1, 1, 1, 1])
    found = streets.rank_intervals(smooth.rate, smooth.variance)
    assert {(one.place, one.tied, one.low, one.high, one.group) for one in found} == {(1, True, 1, 4, 1)}


def test_far_apart_stretches_make_groups_and_the_seed_decides_the_draws():
    means, variances = [100, 96, 20, 19, 1], [25, 25, 4, 4, 0.1]
    found = streets.rank_intervals(means, variances)
    assert [one.group for one in found] == [1, 1, 2, 2, 3]
    assert found == streets.rank_intervals(means, variances)
    assert found != streets.rank_intervals(means, variances, seed=7)


def test_stretches_can_be_ranked_by_how_much_more_they_have_than_their_traffic_explains():
    busy, quiet = streets.with_flow(20, 5, 2, [41] * 5), streets.with_flow(1, 5, 2, [9] * 5)
    means, variances = [busy.total, quiet.total], [busy.variance, quiet.variance]
    assert [one.place for one in streets.rank_intervals(means, variances)] == [1, 2]
    expected = [busy.expected, quiet.expected]
    assert [one.place for one in streets.rank_intervals(means, variances, above=expected)] == [2, 1]


# ---- concentration


@once
@given(
    st.lists(st.tuples(st.floats(50, 5000), st.integers(0, 40)), min_size=1, max_size=25),
    st.sampled_from([0.1, 0.5, 0.7, 0.9, 1]),
)
def test_the_high_injury_network_is_the_first_stretches_that_reach_the_target(rows, target):
    lengths, scores = map(np.array, zip(*rows, strict=True))
    found = streets.high_injury_network(lengths, scores, target)
    assert sorted(found.order.tolist()) == list(range(len(rows)))
    assert (np.diff(found.per_km[found.order]) <= 0).all()
    if not scores.sum():
        assert (found.selected, found.share_of_score, found.share_of_length) == ([], None, 0)
        return
    assert scores[found.selected].min() > 0
    assert scores[found.selected].sum() >= target * scores.sum() * (1 - 1e-9)
    assert scores[found.selected[:-1]].sum() < target * scores.sum()
    assert found.share_of_length == pytest.approx(lengths[found.selected].sum() / lengths.sum())


def test_stretches_with_equal_scores_keep_their_order():
    assert streets.high_injury_network([100, 100, 200], [1, 1, 2], 0.5).order.tolist() == [0, 1, 2]


@once
@given(
    st.floats(10, 4000), st.floats(20, 900), st.floats(20, 400),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9)), max_size=20),
)  # fmt: skip
def test_every_window_holds_what_lies_in_it(length, window, step, rows):
    at = np.array([share * length for share, _ in rows])
    score = np.array([one for _, one in rows], dtype=float)
    found = streets.sliding_windows(length, at, score, window, step)
    assert found.start[0] == 0 and found.end[-1] == pytest.approx(length)
    last = len(found.start) - 1
    for index, (start, end) in enumerate(zip(found.start, found.end, strict=True)):
        inside = (at >= start) & ((at < end) | (index == last))
        assert (found.events[index], found.score[index]) == (inside.sum(), pytest.approx(score[inside].sum()))


# ---- joints and snapping


def test_lines_meet_where_they_end_and_a_bridge_is_no_junction():
    assert streets.joints(CROSS).junctions.tolist() == [1]
    bridge = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(50, -50), (50, 50)])]
    assert streets.joints(bridge).junctions.size == 0
    side = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(50, 0.3), (50, 50)])]
    found = streets.joints(side)
    assert found.xy[found.junctions].tolist() == [[50, 0.3]]
    ring = [shapely.LineString([(0, 0), (50, 50), (100, 0), (0, 0)]), shapely.LineString([(0, 0), (-90, 0)])]
    assert streets.joints(ring).degree.max() == 3


def test_each_point_gets_its_nearest_line_as_a_search_through_all_of_them_finds():
    random = np.random.default_rng(3)
    starts = random.uniform(0, 2000, (150, 2))
    lines = [shapely.LineString([a, a + b]) for a, b in zip(starts, random.uniform(-300, 300, (150, 2)), strict=True)]
    points = random.uniform(0, 2000, (400, 2))
    found = streets.snap(points, lines, within_metres=40, junction_metres=0)
    metres = np.array([[line.distance(shapely.Point(p)) for line in lines] for p in points])
    nearest = metres.min(axis=1)
    assert ((found.line >= 0) == (nearest <= 40)).all()
    on = found.line >= 0
    assert found.line[on].tolist() == metres.argmin(axis=1)[on].tolist()
    assert found.distance[on] == pytest.approx(nearest[on]) and np.isinf(found.distance[~on]).all()
    second = np.sort(metres, axis=1)[:, 1]
    assert found.doubtful.tolist() == (on & (second - nearest <= 5)).tolist()
    known = on & (second <= 40)
    assert found.second[known] == pytest.approx(second[known])


def test_a_point_beyond_the_stated_distance_belongs_nowhere():
    found = streets.snap([(50, -30), (50, -30.1)], CROSS, within_metres=30)
    assert found.line.tolist() == [0, -1] and not found.doubtful.any()


def test_a_point_in_a_junction_belongs_to_it_or_is_drawn_among_its_arms():
    points = [(100, -8)] * 300 + [(30, 2)]
    apart = streets.snap(points, CROSS)
    assert set(apart.junction[:300].tolist()) == {0} and set(apart.line[:300].tolist()) == {-1}
    assert apart.junctions.tolist() == [[100, 0]] and not apart.doubtful.any()
    drawn = streets.snap(points, CROSS, junctions_apart=False)
    shares = np.bincount(drawn.line[:300], minlength=3) / 300
    assert (np.abs(shares - 1 / 3) < 0.1).all() and drawn.line[300] == 0
    again = streets.snap(points, CROSS, junctions_apart=False)
    assert (again.line == drawn.line).all() and drawn.seed == again.seed == 2026
    other = streets.snap(points, CROSS, junctions_apart=False, seed=5)
    assert (other.line != drawn.line).any()


def test_a_point_equally_near_to_two_streets_is_drawn_and_doubtful():
    lines = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 20), (100, 20)])]
    found = streets.snap([(50, 10)] * 200, lines)
    assert 60 < (found.line == 0).sum() < 140
    assert found.doubtful.all() and set(found.doubt) == {streets.Doubt.RIVAL}


def test_two_pieces_of_one_street_are_no_rivals():
    lines = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(100, 0), (200, 0)])]
    assert streets.snap([(99, 3)], lines).doubtful.tolist() == [True]
    found = streets.snap([(99, 3)], lines, streets=["Storgatan", "storgatan"])
    assert found.doubtful.tolist() == [False] and np.isinf(found.second).all()


def test_a_road_of_a_class_that_does_not_fit_is_doubtful():
    lines = [shapely.LineString([(0, 0), (200, 0)])]
    how = {"classes": ["cykelväg"], "fitting": [{"gata"}, {"cykelväg"}, None]}
    found = streets.snap([(50, 1)] * 3, lines, **how)
    assert found.doubt == [streets.Doubt.ROAD_CLASS, streets.Doubt.NONE, streets.Doubt.NONE]
    with pytest.raises(BadNumbers, match="lengths"):
        streets.snap([(50, 1)], lines, **how)


def test_where_along_its_line_a_point_lies_is_kept():
    found = streets.snap([(30, 2), (700, 700)], CROSS)
    assert found.along[0] == 30 and math.isnan(found.along[1])


def test_no_points_are_no_answers():
    found = streets.snap([], CROSS)
    assert found.line.shape == found.junction.shape == (0,) and found.doubt == []


@pytest.mark.parametrize(
    "lines", [[], [shapely.Point(1, 2)], [shapely.LineString([(1, 1), (1, 1)])], ["a"], [shapely.LineString()], None]
)
def test_what_is_no_line_with_a_length_is_refused(lines):
    for function in (streets.joints, streets.network_of, lambda one: streets.snap([(0, 0)], one)):
        with pytest.raises(BadNumbers):
            function(lines)


# ---- network density


def a_town(seed, side=4):
    """A grid of streets with some missing, so that there are crossings, bends and dead ends."""
    random = np.random.default_rng(seed)
    ways = [((i, j), (i + 1, j)) for i in range(side - 1) for j in range(side)]
    ways += [((i, j), (i, j + 1)) for i in range(side) for j in range(side - 1)]
    kept = [way for way in ways if random.random() < 0.8]
    return streets.network(
        [[a[0] * side + a[1], b[0] * side + b[1]] for a, b in kept], random.uniform(40, 120, len(kept))
    )


@pytest.mark.parametrize("kernel", streets.Kernel)
@pytest.mark.parametrize("seed", range(4))
def test_the_mass_of_an_event_is_exactly_one_however_the_streets_branch_or_end(seed, kernel):
    town, random = a_town(seed), np.random.default_rng(seed)
    pieces = streets.lixels(town, 0.25)
    for edge in random.integers(0, len(town.lengths), 4).tolist():
        for position in (0.0, float(town.lengths[edge]), float(town.lengths[edge] * random.random())):
            event = (edge, position)
            assert streets.network_mass(town, event, 150, kernel=kernel) == pytest.approx(1, abs=1e-12)
            seen = streets.network_density(town, [event], pieces.at, 150, kernel=kernel)
            assert float(seen @ pieces.length) == pytest.approx(1, abs=2e-3)


def test_the_printed_kernel_loses_what_lies_beyond_a_dead_end_and_the_simple_one_counts_twice():
    assert streets.network_mass(STAR, (0, 30), 60, dead_ends=streets.DeadEnd.LOST) == pytest.approx(1 - 0.125)
    pieces = streets.lixels(STAR, 0.1)
    simple = streets.network_density_simple(STAR, [(0, 80)], pieces.at, 60) @ pieces.length
    assert simple == pytest.approx(1 + 0.5 * (40 / 60) ** 2, abs=1e-3)


def test_in_a_tree_the_density_is_the_kernel_over_the_shares_of_the_one_way_there():
    random = np.random.default_rng(6)
    edges = [(int(random.integers(0, node)), node) for node in range(1, 25)]
    lengths = random.uniform(50, 200, len(edges))
    tree, width = streets.network(edges, lengths), 260.0
    at = np.stack([np.arange(24), lengths / 3], axis=1)
    event = (10, 20.0)
    found = streets.network_density(tree, [event], at, width, dead_ends=streets.DeadEnd.LOST)
    expected = [(1 - d / width) / width * part if d < width else 0 for d, part in one_way(edges, lengths, event, at)]
    assert found == pytest.approx(expected)


def one_way(edges, lengths, event, at):
    """For each place its distance from the event in a tree, and the share after all nodes on the way."""
    degree = np.bincount(np.ravel(edges))
    reached, waiting = {}, []
    for node, metres in zip(edges[event[0]], (event[1], lengths[event[0]] - event[1]), strict=True):
        heapq.heappush(waiting, (metres, node, event[0], 1.0))
    while waiting:
        metres, node, came, part = heapq.heappop(waiting)
        for index, pair in enumerate(edges):
            if index != came and node in pair:
                share = part / (degree[node] - 1)
                reached[index] = (metres, node, share)
                other = pair[0] if pair[1] == node else pair[1]
                heapq.heappush(waiting, (metres + lengths[index], other, index, share))
    for edge, position in at:
        index = int(edge)
        if index == event[0]:
            yield abs(position - event[1]), 1.0
        else:
            metres, node, share = reached[index]
            yield metres + (position if edges[index][0] == node else lengths[index] - position), share


def test_the_simple_density_is_the_kernel_of_the_shortest_way_as_scipy_finds_it():
    town = a_town(9)
    event, width = (3, float(town.lengths[3] / 4)), 200.0
    middles = town.lengths / 2
    n = int(town.edges.max()) + 1
    middle = n + 1 + np.arange(len(middles))
    one, two, long = [*town.edges[:, 0], *town.edges[:, 1]], [*middle, *middle], [*middles, *middles]
    one += [n, n, n]
    two += [*town.edges[3], middle[3]]
    long += [event[1], town.lengths[3] - event[1], abs(middles[3] - event[1])]
    graph = coo_array((long, (one, two)), shape=(n + 1 + len(middles),) * 2).tocsr()
    metres = dijkstra(graph, directed=False, indices=n)[middle]
    at = np.stack([np.arange(len(middles)), middles], axis=1)
    found = streets.network_density_simple(town, [event], at, width)
    assert found == pytest.approx(np.maximum(0, 1 - metres / width) / width)


def test_an_event_at_a_node_goes_out_equally_whichever_edge_names_it():
    at = streets.lixels(STAR, 10).at
    three = [streets.network_density(STAR, [event], at, 60) for event in ((0, 100), (1, 0), (2, 0))]
    assert (three[0] == three[1]).all() and (three[1] == three[2]).all()
    arms = three[0].reshape(3, 10)
    assert arms[0][::-1] == pytest.approx(arms[1]) and arms[1] == pytest.approx(arms[2])


def test_weights_and_events_add_up():
    at = streets.lixels(STAR, 5).at
    one, other = (streets.network_density(STAR, [event], at, 80) for event in ((0, 20), (2, 70)))
    assert streets.network_density(STAR, [(0, 20), (2, 70)], at, 80, weights=[2, 0.5]) == pytest.approx(
        2 * one + 0.5 * other
    )


def test_no_events_are_a_density_of_zero_and_no_places_no_answer():
    assert streets.network_density(STAR, [], [(0, 5), (1, 5)], 60).tolist() == [0, 0]
    assert streets.network_density_simple(STAR, [(0, 5)], [], 60).shape == (0,)


def test_a_drawn_town_and_its_table_are_the_same_network():
    drawn = streets.network_of(CROSS)
    assert drawn.lengths.tolist() == STAR.lengths.tolist()
    at = streets.lixels(drawn, 20).at
    assert (streets.network_density(drawn, [(0, 80)], at, 60) == streets.network_density(STAR, [(0, 80)], at, 60)).all()


@pytest.mark.parametrize(
    "words, key",
    [
        ({"events": [(3, 10)]}, "no_such_edge"), ({"events": [(0.5, 10)]}, "no_such_edge"),
        ({"events": [(0, 101)]}, "off_line"), ({"at": [(0, -1)]}, "off_line"),
        ({"bandwidth_metres": 0}, "not_positive"), ({"bandwidth_metres": 1e6}, "too_many_ways"),
        ({"kernel": "hat"}, "unknown_kind"), ({"dead_ends": "kept"}, "unknown_kind"),
        ({"weights": [1, 2]}, "lengths"),
    ],
)  # fmt: skip
def test_a_question_about_no_place_in_the_network_is_refused(words, key):
    given = {"events": [(0, 10)], "at": [(1, 5)], "bandwidth_metres": 60} | words
    with pytest.raises(BadNumbers) as refused:
        streets.network_density(STAR, **given)
    assert refused.value.key == f"analysis.errors.{key}"


# ---- whatever is given


def _rates(lengths, severe, slight, complaints, weight, years, least):
    events = {"severe": severe, "slight": slight, "complaint": complaints}
    return streets.segment_rates(lengths, events, {"severe": weight, "slight": 1}, years, least_metres=least)


GOOD = {
    streets.segment_rates: (_rates, ((400, 90), (1, 0), (2, 1), (3, 4), 50, 5, 100)),
    streets.severity_score: (lambda n, w: streets.severity_score({"a": n}, {"a": w}), (1, 3)),
    streets.trends: (streets.trends, ((24, 3), (9, 2), 1, 1)),
    streets.merged_by_name: (streets.merged_by_name, (("a", "b"),)),
    streets.lengths_of: (streets.lengths_of, ((1, 2),)),
    streets.with_flow: (streets.with_flow, (2.4, 2.05, 1.8, (12, 7))),
    streets.without_flow: (streets.without_flow, ((1, 2), (3, 4))),
    streets.rank_intervals: (lambda m, v: streets.rank_intervals(m, v, draws=100), ((3, 2), (1, 1))),
    streets.high_injury_network: (streets.high_injury_network, ((1, 2), (3, 4), 0.7)),
    streets.sliding_windows: (streets.sliding_windows, (1000, (1, 2), (3, 4), 500, 100)),
    streets.lines_of: (streets.lines_of, (CROSS,)),
    streets.joints: (lambda metres: streets.joints(CROSS, together_metres=metres), (0.5,)),
    streets.snap: (
        lambda points, reach, rival, close: streets.snap(
            points, CROSS, within_metres=reach, rival_metres=rival, junction_metres=close
        ).distance,
        (((1, 2), (30, 4)), 30, 5, 20),
    ),
    streets.network: (streets.network, (((0, 1), (1, 2)), (100, 50))),
    streets.network_of: (streets.network_of, (CROSS,)),
    streets.lixels: (lambda metres: streets.lixels(STAR, metres), (10,)),
    streets.network_density: (
        lambda events, at, metres: streets.network_density(STAR, events, at, metres), (((0, 20),), ((1, 5),), 60),
    ),
    streets.network_density_simple: (
        lambda events, at, metres: streets.network_density_simple(STAR, events, at, metres),
        (((0, 20),), ((1, 5),), 60),
    ),
    streets.network_mass: (lambda event, metres: streets.network_mass(STAR, event, metres), ((0, 20), 60)),
}  # fmt: skip


@pytest.mark.parametrize("function", GOOD, ids=lambda function: function.__name__)
def test_a_bad_or_extreme_number_gets_a_number_or_a_refusal_with_words(function):
    known = translations.catalogue("sv")
    call, good = GOOD[function]
    assert not any(math.isnan(number) for number in numbers_in(call(*good)))
    for arguments in hostile(good):
        try:
            found = call(*arguments)
        except BadNumbers as refusal:
            known[refusal.key].format(**refusal.fields)
        else:
            assert not any(math.isnan(number) for number in numbers_in(found)), arguments


def test_every_public_function_stands_in_the_table_above():
    modules = (bayes, concentration, density, nodes, rates, snapping)
    public = {
        one for module in modules for name, one in vars(module).items()
        if getattr(one, "__module__", "") == module.__name__ and not isinstance(one, type) and name[0] != "_"
    }  # fmt: skip
    assert {one for one in public if callable(one)} == set(GOOD) <= {getattr(streets, name) for name in streets.__all__}
