"""History against scipy, pymannkendall and the words of its definitions."""

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samverkan_map.analysis import effects, false_discovery, history
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")
once = settings(max_examples=60, deadline=None)
series = st.lists(st.integers(-3, 3), min_size=2, max_size=30)


@once
@given(series)
def test_a_trend_is_that_of_scipy_and_of_pymannkendall_ties_and_all(values):
    found = history.mann_kendall(values)
    if len(set(values)) == 1:
        assert (float(found.s), float(found.z), float(found.p), bool(found.varied)) == (0, 0, 1, False)
        return
    assert found.tau_b == pytest.approx(stats.kendalltau(np.arange(len(values)), values).statistic, abs=1e-12)
    assert history.sen_slope(values) == pytest.approx(stats.theilslopes(values).slope, abs=1e-12)
    if len(values) > 2:
        peer = pymannkendall.original_test(values)
        assert (found.s, found.variance, found.tau_a) == pytest.approx((peer.s, peer.var_s, peer.Tau), abs=1e-9)
        assert (found.z, found.p) == pytest.approx((peer.z, peer.p), abs=1e-9)


def test_many_cells_at_once_are_the_same_as_one_by_one():
    random = np.random.default_rng(5)
    stack = random.integers(0, 4, (12, 70, 61)).astype(float)
    stack[:, 0, 0] = 2
    found, slopes = history.mann_kendall(stack), history.sen_slope(stack)
    for row, column in ((0, 0), (3, 4), (69, 60), (35, 9)):
        one = history.mann_kendall(stack[:, row, column])
        for name in ("s", "variance", "z", "p", "tau_a", "tau_b"):
            assert getattr(found, name)[row, column] == getattr(one, name), name
        assert slopes[row, column] == history.sen_slope(stack[:, row, column])


def test_a_single_period_has_no_trend_and_no_slope():
    found = history.mann_kendall([7])
    assert (float(found.s), float(found.z), float(found.p), found.tau_a, found.tau_b) == (0, 0, 1, None, None)
    with pytest.raises(BadNumbers):
        history.sen_slope([7])


def five_by_words(hot, recent=0.2, low=0.1, high=0.8):
    n = len(hot)
    late = hot[n - max(1, int(recent * n + 1e-9)) :]
    older = hot[: n - len(late)]
    before = sum(older) / len(older) if older else 0
    if sum(hot) / n >= high - 1e-9:
        return "persistent"
    if before < low and any(late) and sum(late) / len(late) >= low - 1e-9:
        return "emerging"
    if before >= low - 1e-9 and sum(late) / len(late) < low - 1e-9:
        return "former"
    return "intermittent" if sum(hot) / n >= low - 1e-9 else "none"


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_the_five_words_follow_their_rules(hot):
    assert str(history.place_history(hot)) == five_by_words(hot)


def side_by_words(on, off, way):
    n, last = len(on), on[-1]
    run = next((length for length in range(n + 1) if length == n or not on[n - 1 - length]), n)
    most = sum(on) >= 0.9 * n - 1e-9
    if last and sum(on) == 1:
        return "new"
    if run >= 2 and run == sum(on) and not most:
        return "consecutive"
    if most and last:
        return {1: "intensifying", 0: "persistent", -1: "diminishing"}[way]
    if last:
        return "oscillating" if any(off) else "sporadic"
    return "historical" if most else None


def seventeen_by_words(z):
    hot, cold = [one > 1.96 for one in z], [one < -1.96 for one in z]
    trend = history.mann_kendall(z)
    way = int(np.sign(trend.z)) if trend.p <= 0.05 else 0
    for word, found in (("hot", side_by_words(hot, cold, way)), ("cold", side_by_words(cold, hot, -way))):
        if found:
            return f"{found} {word}"
    return "none"


levels = st.sampled_from([-3.0, -2.5, -1.0, 0.0, 1.0, 2.0, 2.5, 3.0, 3.5])
runs = st.lists(st.tuples(levels, st.integers(1, 9)), min_size=1, max_size=4).map(
    lambda parts: [level for level, times in parts for _ in range(times)]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(runs, st.lists(levels, min_size=1, max_size=12)))
def test_the_seventeen_classes_follow_their_words(z):
    values = np.array(z)
    found = str(history.emerging_class(values, values > 1.96, values < -1.96))
    assert found == seventeen_by_words(z)
    turned = str(history.emerging_class(-values, values < -1.96, values > 1.96))
    if not {"historical"} & {found.split()[0], turned.split()[0]}:
        opposite = {"hot": "cold", "cold": "hot", "none": "none"}
        assert turned.split() == [*found.split()[:-1], opposite[found.split()[-1]]]


def test_every_one_of_the_seventeen_classes_can_be_had():
    up = np.linspace(2, 4, 10)
    wave = np.array([2.4, 2.6] * 5)
    old = np.append(wave[:9], 0)
    on_off = np.array([2.5, 0, 2.4, 0, 0, 2.3, 0, 0, 0, 2.2])
    cold_once = np.where(np.arange(10) == 1, -2.5, on_off)
    new = np.append(np.zeros(9), 3)
    lately = np.append(np.zeros(7), [3, 3, 3])
    hot = np.column_stack([new, lately, up, wave, up[::-1], on_off, cold_once, old])
    z = np.column_stack([np.zeros(10), hot, -hot])
    assert history.emerging_class(z, z > 1.96, z < -1.96).tolist() == history.CLASSES.tolist()


@once
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12),
    st.sampled_from([(1, 1), (12, 6)]),
)
def test_a_change_between_two_periods_is_the_ratio_of_effects_over_the_whole_map(pairs, lengths):
    before, after = np.array(pairs).T
    found = history.compare_periods(before[None], after[None], *lengths)
    p = []
    for place, (old, new) in enumerate(pairs):
        assert bool(found.judged[0, place]) == (old + new >= 10)
        if old + new < 10:
            assert (found.ratio[0, place], found.q[0, place], found.way[0, place]) == (1, 1, 0)
            continue
        peer = effects.rate_ratio(new, old, lengths[1], lengths[0])
        mine = [getattr(found, name)[0, place] for name in ("ratio", "low", "high")]
        assert mine == pytest.approx([peer.ratio, peer.low, peer.high], rel=1e-9)
        p.append(effects.rate_ratio_p(new, old, lengths[1], lengths[0]).central)
    if p:
        q = false_discovery.benjamini_hochberg(p).q
        assert found.p[found.judged] == pytest.approx(p, abs=1e-9)
        assert found.q[found.judged] == pytest.approx(q, abs=1e-9)


def test_cells_outside_the_municipality_are_not_compared():
    found = history.compare_periods([[40, 40]], [[4, 4]], exists=[[1, 0]])
    assert found.way.tolist() == [[-1, 0]]


@pytest.mark.parametrize("bad", [[], [[]], [2, 1], [np.nan, 1], "x", None, 7])
def test_periods_that_are_none_are_refused(bad):
    with pytest.raises(BadNumbers):
        history.place_history(bad)


def test_a_cell_cannot_be_hot_and_cold_and_shapes_must_agree():
    with pytest.raises(BadNumbers):
        history.emerging_class([1, 2], [1, 0], [1, 0])
    with pytest.raises(BadNumbers):
        history.emerging_class([1, 2], [1, 0, 0], [0, 0, 0])
