"""Near repeats against every pair looked at, pointpats, and worlds with and without repeats."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samverkan_map.analysis import near_repeat
from samverkan_map.errors import BadNumbers

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pointpats import Knox

pytestmark = pytest.mark.filterwarnings("error")
once = settings(max_examples=60, deadline=None)
events = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 12)), min_size=2, max_size=25)


def pairs_of(points, metric):
    """(metres, days) of every pair."""
    far = np.abs(points[:, None, :2] - points[None, :, :2])
    metres = far.sum(axis=2) if metric == "manhattan" else np.hypot(far[..., 0], far[..., 1])
    some = np.triu_indices(len(points), 1)
    return metres[some], np.abs(points[:, None, 2] - points[None, :, 2])[some]


@once
@given(events, st.integers(0, 8), st.integers(0, 8))
def test_knox_is_what_looking_at_every_pair_gives(rows, near, soon):
    points = np.array(rows, dtype=float)
    metres, days = pairs_of(points, "euclidean")
    found = near_repeat.knox(points[:, :2], points[:, 2], near, soon)
    both = int(((metres <= near) & (days <= soon)).sum())
    assert (found.both, found.in_space, found.in_time) == (both, (metres <= near).sum(), (days <= soon).sum())
    expected = found.in_space * found.in_time / len(metres)
    assert (found.pairs, found.expected, found.p) == (len(metres), pytest.approx(expected), None)
    assert found.ratio is None if not expected else found.ratio == pytest.approx(both / expected)
    tails = stats.poisson.sf([both - 1, both], expected)
    assert (found.at_least, found.more_than) == pytest.approx(tails, abs=1e-12)


def test_knox_counts_what_pointpats_counts_and_its_tail_holds_the_observed_number():
    random = np.random.default_rng(3)
    points, when = random.random((150, 2)) * 100, random.integers(0, 300, 150).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = Knox(points, when[:, None], delta=15, tau=12, permutations=9)
    found = near_repeat.knox(points, when, 15, 12)
    assert (found.both, found.more_than) == (peer.statistic_, pytest.approx(peer.p_poisson, abs=1e-9))
    assert found.at_least > found.more_than


@once
@given(events, st.sampled_from(["euclidean", "manhattan"]))
def test_the_table_of_bands_is_what_looking_at_every_pair_gives(rows, metric):
    points, far, late = np.array(rows, dtype=float), [0, 0.001, 3, 5, 9], [0, 2, 5, 6]
    metres, days = pairs_of(points, metric)
    found = near_repeat.near_repeat(points[:, :2], points[:, 2], far, late, metric=metric, permutations=0)
    observed = np.histogram2d(metres, days, [far[:-1] + [9 - 1e-9], late[:-1] + [6 - 1e-9]])[0]
    assert (found.observed == observed).all() and found.p is None and not found.repeats.any()
    rows_, columns = (
        np.histogram(one, [*ends[:-1], ends[-1] - 1e-9])[0] for one, ends in ((metres, far), (days, late))
    )
    assert found.expected == pytest.approx(np.outer(rows_, columns) / len(metres))


def burglaries(seed, repeats):
    """Three hundred events anywhere in a year, and some that follow another nearby within a week."""
    random = np.random.default_rng(seed)
    points, when = random.random((300, 2)) * 5000, random.integers(0, 365, 300)
    first = random.integers(0, 300, repeats)
    near = points[first] + random.normal(0, 40, (repeats, 2))
    return np.concatenate([points, near]), np.concatenate([when, when[first] + random.integers(0, 7, repeats)])


def test_repeats_are_reported_in_the_nearest_band_and_chance_is_seldom():
    bands = ([0, 150, 300, 600], [0, 7, 14, 28])
    found = near_repeat.near_repeat(*burglaries(1, 30), *bands, permutations=199)
    assert found.repeats[0, 0] and found.p[0, 0] == pytest.approx(1 / 200) and found.ratio[0, 0] > 2
    again = near_repeat.near_repeat(*burglaries(1, 30), *bands, permutations=199)
    assert (again.p == found.p).all() and (again.permutations, again.seed) == (199, 1)
    p = [near_repeat.near_repeat(*burglaries(seed, 0), *bands, permutations=99).p[0, 0] for seed in range(30)]
    assert sum(one <= 0.05 for one in p) <= 5


def test_shuffled_times_give_about_the_poisson_tail():
    found = near_repeat.knox(*burglaries(4, 4), 200, 7, permutations=499)
    assert found.p == pytest.approx(found.at_least, abs=0.08)


@pytest.mark.parametrize("limits", [[0], [0, 0], [3, 1], [-1, 2], [], [0, np.nan]])
def test_bands_that_do_not_rise_are_refused(limits):
    with pytest.raises(BadNumbers):
        near_repeat.near_repeat([(0, 0), (1, 1)], [1, 2], limits, [0, 1])
    with pytest.raises(BadNumbers):
        near_repeat.near_repeat([(0, 0), (1, 1)], [1, 2], [0, 1], limits)


def test_too_few_events_and_too_many_pairs_are_refused(monkeypatch):
    for points, when in (([], []), ([(0, 0)], [1]), ([(0, 0), (1, 1)], [1])):
        with pytest.raises(BadNumbers):
            near_repeat.knox(points, when, 5, 5)
    monkeypatch.setattr(near_repeat, "MOST_PAIRS", 2)
    with pytest.raises(BadNumbers) as refused:
        near_repeat.knox([(0, 0), (1, 1), (1, 0)] * 3, range(9), 5, 5)
    assert refused.value.key == "analysis.errors.too_many_pairs"
