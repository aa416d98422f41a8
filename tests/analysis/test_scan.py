"""Scans against every window tried one by one, against known worlds, and against simulation."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from samverkan_map.analysis import scan
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")
once = settings(max_examples=60, deadline=None)
events = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(1, 12)), min_size=1, max_size=40)


def one_by_one(points, lengths, sizes, least, last=12):
    """(llr, days, size, column, row) of the best of all windows, the first of equals."""
    best, total = (0.0,), len(points)
    for days, size in itertools.product(sorted(lengths), sorted(sizes)):
        for row, column in itertools.product(range(4 - size + 1), range(5 - size + 1)):
            inside = [(c, r, d) for c, r, d in points if column <= c < column + size and row <= r < row + size]
            cases = sum(d > last - days for _, _, d in inside)
            expected = len(inside) * sum(d > last - days for _, _, d in points) / total
            if cases >= max(least, 1) and cases > expected:
                rest = total - cases
                llr = cases * math.log(cases / expected)
                llr += rest * math.log(rest / (total - expected)) if rest else 0
                if llr > best[0] * (1 + 1e-12):
                    best = llr, days, size, column, row, cases, expected
    return best


@once
@given(
    events,
    st.sets(st.integers(1, 12), min_size=1, max_size=3),
    st.sets(st.integers(1, 4), min_size=1),
    st.integers(0, 3),
)
def test_the_most_striking_window_is_the_best_of_all_windows(points, lengths, sizes, least):
    given_ = np.array(points)
    found = scan.permutation_scan(
        given_[:, :2], given_[:, 2], (4, 5), 12, list(lengths), list(sizes), least_cases=least, permutations=0
    )
    expected = one_by_one(points, lengths, sizes, least)
    if found.window is None:
        assert expected == (0.0,)
        return
    one = found.window
    assert (one.days, one.size, one.column, one.row, one.cases) == expected[1:6]
    assert (one.llr, one.expected) == pytest.approx((expected[0], expected[6]), rel=1e-9)
    assert found.p is None


def a_new_cluster(seed, extra):
    """Two hundred days of events anywhere, and some more in one corner during the last week."""
    random = np.random.default_rng(seed)
    cells = np.concatenate([random.integers(0, 12, (400, 2)), np.full((extra, 2), 3)])
    return cells, np.concatenate([random.integers(1, 201, 400), random.integers(194, 201, extra)])


def test_a_new_cluster_is_found_where_it_is_and_chance_alone_is_seldom_found():
    ask = {"window_days": [7, 14, 28], "window_cells": [1, 2, 3], "permutations": 99}
    found = scan.permutation_scan(*a_new_cluster(1, 9), (12, 12), 200, **ask)
    one = found.window
    assert found.p == 0.01 and one.column <= 3 < one.column + one.size and one.row <= 3 < one.row + one.size
    p = [scan.permutation_scan(*a_new_cluster(seed, 0), (12, 12), 200, **ask, seed=seed).p for seed in range(30)]
    assert sum(one <= 0.05 for one in p) <= 5 and 0.3 < np.mean(p) < 0.7


def test_the_same_seed_gives_the_same_answer_and_the_settings_stand_beside_it():
    ask = (*a_new_cluster(2, 3), (12, 12), 200, [28, 7], [2, 1])
    one, other = (scan.permutation_scan(*ask, permutations=49, seed=8) for _ in range(2))
    assert one == other and (one.seed, one.window_days, one.window_cells) == (8, (7, 28), (1, 2))


@pytest.mark.parametrize(
    "change, key",
    [
        ({"cells": []}, "no_events"),
        ({"cells": [(0, 4), (1, 1)]}, "not_a_cell"),
        ({"cells": [(0.5, 1), (1, 1)]}, "not_a_cell"),
        ({"days": [1]}, "lengths"),
        ({"days": [1, 99]}, "outside_calendar"),
        ({"window_days": [0]}, "not_positive"),
        ({"window_cells": []}, "empty"),
        ({"permutations": 10**6}, "too_large"),
        ({"shape": (5000, 5000)}, "too_many_cells"),
    ],
)
def test_a_search_without_a_meaning_is_refused_by_name(change, key):
    good = {
        "cells": [(0, 0), (1, 1)],
        "days": [1, 2],
        "shape": (3, 3),
        "last_day": 3,
        "window_days": [1],
        "window_cells": [1],
    }
    with pytest.raises(BadNumbers) as refused:
        scan.permutation_scan(**(good | change))
    assert refused.value.key == f"analysis.errors.{key}"


def test_a_window_with_all_events_or_none_expected_has_a_ratio_too():
    assert scan.poisson_llr(7, 2, 7) == pytest.approx(7 * math.log(3.5))
    assert (scan.poisson_llr(2, 0, 9), scan.poisson_llr(0, 0, 9)) == (math.inf, 0)
    with pytest.raises(BadNumbers):
        scan.poisson_llr(8, 1, 7)


@given(st.floats(0.05, 8), st.integers(2, 400))
def test_one_event_in_some_window_is_one_event_at_all(mean, windows):
    assert scan.scan_p(1, mean, windows) == pytest.approx(-math.expm1(-mean * windows), abs=1e-9)


@given(st.floats(0.01, 30), st.integers(2, 400))
def test_more_events_in_a_window_are_never_more_likely(mean, windows):
    chances = [scan.scan_p(least, mean, windows) for least in range(60)]
    assert all(0 <= later <= earlier + 1e-9 for earlier, later in itertools.pairwise(chances))
    assert all(one >= stats.poisson.sf(least - 1, mean) - 1e-9 for least, one in enumerate(chances))


def test_the_chance_of_a_crowded_window_is_what_simulation_gives():
    random, mean, windows, least = np.random.default_rng(6), 1.0, 20, 5
    crowded = 0
    for _ in range(4000):
        when = np.sort(random.random(random.poisson(mean * windows)) * windows)
        crowded += len(when) >= least and (when[least - 1 :] - when[: len(when) - least + 1]).min() <= 1
    assert scan.scan_p(least, mean, windows) == pytest.approx(crowded / 4000, abs=0.025)
