"""Densities against exact sums, scikit-learn and the laws that every density keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KernelDensity

from samverkan_map.analysis import density, grid
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")
once = settings(max_examples=30, deadline=None)
kernels = st.sampled_from(density.KERNELS)
seeds = st.integers(0, 2**32 - 1)


def points_around(seed, number=40):
    random = np.random.default_rng(seed)
    return random.normal((2500, 2500), 400, (number, 2)).clip(1100, 3900)


@once
@given(seeds)
def test_the_exact_sum_is_that_of_scikit_learn(seed):
    points = points_around(seed)
    at = np.random.default_rng(seed).uniform(1000, 4000, (20, 2))
    peer = KernelDensity(kernel="gaussian", bandwidth=300, rtol=1e-12).fit(points).score_samples(at)
    assert density.kernel_sum(points, at, 300) == pytest.approx(len(points) * np.exp(peer), rel=1e-9)


def test_a_quartic_hill_holds_one_event_and_ends_at_its_radius():
    step = np.arange(-305, 306, 10.0)
    at = np.array([(x, y) for x in step for y in step])
    found = density.kernel_sum([(0, 0)], at, 300, "quartic")
    assert found.sum() * 100 == pytest.approx(1, abs=1e-4)
    assert (found[np.hypot(*at.T) >= 300] == 0).all() and (found[np.hypot(*at.T) < 299] > 0).all()


@once
@given(seeds, st.sampled_from([(1, 0.02, 0.075), (300, 0.012, 0.05)]))
def test_spread_points_on_a_grid_come_close_to_the_exact_sum(seed, expected):
    number, gaussian, quartic = expected
    points, squares = points_around(seed, number), grid.grid_from(0, 0, 100, 50, 50)
    middle = (np.arange(50) + 0.5) * 100
    at = np.array([(x, y) for y in middle for x in middle])
    for kernel, most in ((density.GAUSSIAN, gaussian), (density.QUARTIC, quartic)):
        exact = density.kernel_sum_per_km2(points, at, 300, kernel).reshape(50, 50)
        found = density.density(grid.spread_counts(points, squares), 100, 300, kernel=kernel, spread=True).per_km2
        assert np.abs(found - exact).max() <= most * exact.max()


@once
@given(seeds, kernels, st.booleans())
def test_no_event_is_lost_and_none_is_invented_far_from_the_edge(seed, kernel, spread):
    points, squares = points_around(seed), grid.grid_from(-2000, -2000, 100, 90, 90)
    counts = grid.spread_counts(points, squares) if spread else grid.counts_on(points, squares)
    found = density.density(counts, 100, 300, kernel=kernel, spread=spread, years=2)
    assert found.per_km2.sum() * 0.01 * 2 == pytest.approx(len(points), rel=2e-3 if spread else 1e-5)
    assert found.per_km2.min() >= 0


@once
@given(st.integers(0, 9), kernels)
def test_an_even_spread_of_events_stays_even_up_to_the_edge_of_a_municipality(each, kernel):
    exists = np.zeros((30, 30), dtype=bool)
    exists[4:20, 6:25] = True
    exists[28, 28] = True
    found = density.density(np.full((30, 30), each), 100, 300, kernel=kernel, exists=exists)
    assert found.per_km2[found.shown] == pytest.approx(100 * each, rel=1e-9)
    assert (found.per_km2[~found.shown] == 0).all()
    assert found.shown[4:20, 6:25].all() and not found.shown[28, 28], "too little of the kernel is known there"


def test_a_cell_above_a_third_of_the_bandwidth_is_refused_and_the_answer_says_what_will_do():
    with pytest.raises(BadNumbers) as refused:
        density.density(np.ones((5, 5)), 101, 300)
    assert (refused.value.key, refused.value.fields["most"]) == ("analysis.errors.cell_above_bandwidth", "100")
    assert density.density(np.ones((5, 5)), 0.1, 0.3).shown.all()


@pytest.mark.parametrize("bad", [[[1, -1]], [[np.nan]], [], [1, 2], None])
def test_counts_that_are_none_are_refused(bad):
    with pytest.raises(BadNumbers):
        density.density(bad, 100, 300)


def test_a_map_without_events_is_a_density_of_nothing():
    for kernel in density.KERNELS:
        assert (density.density(np.zeros((6, 7)), 100, 300, kernel=kernel).per_km2 == 0).all()
    assert density.kernel_sum([], [(0, 0)], 300).tolist() == [0]


def test_a_radius_reaches_exactly_the_cells_whose_middles_it_holds():
    laid = np.random.default_rng(4).integers(0, 5, (30, 40)).astype(float)
    found = density.within_reach(laid, 100, 350)
    rows, columns = np.mgrid[:30, :40]
    for row, column in ((0, 0), (15, 20), (29, 39), (3, 38)):
        near = (rows - row) ** 2 + (columns - column) ** 2 <= 3.5**2
        assert found[row, column] == laid[near].sum()
    assert (density.within_reach(laid, 100, 99) == laid).all()
    assert (density.within_reach(laid, 100, 1e6) == laid.sum()).all()
