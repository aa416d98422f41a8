"""Hot cells against esda, scipy and scikit-learn, and against maps of nothing but chance."""

import warnings

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.cluster import DBSCAN

from samverkan_map.analysis import false_discovery, grid, hotspots
from samverkan_map.errors import BadNumbers

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import esda
    from libpysal.weights import W

once = settings(max_examples=40, deadline=None)
maps = st.tuples(st.integers(2, 8), st.integers(2, 8), st.integers(0, 2**32 - 1))
contiguities = st.sampled_from([grid.QUEEN, grid.ROOK, grid.HEX])


def drawn(size, most=6, gaps=0.25):
    rows, columns, seed = size
    random = np.random.default_rng(seed)
    exists = random.random((rows, columns)) > gaps
    exists[0, 0] = exists[-1, -1] = True
    return random.integers(0, most, (rows, columns)).astype(float), exists


def esda_weights(exists, contiguity, transform="B"):
    """The same neighbours for esda, without the cell itself."""
    numbers = -np.ones(np.array(exists.shape) + 2, dtype=int)
    numbers[1:-1, 1:-1][exists] = np.arange(exists.sum())
    steps = [step for step in grid.STEPS[contiguity] if step != (0, 0)]
    beside = {
        int(numbers[row + 1, column + 1]): [
            int(numbers[row + 1 + down, column + 1 + across])
            for down, across in steps
            if numbers[row + 1 + down, column + 1 + across] >= 0
        ]
        for row, column in np.argwhere(exists)
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = W(beside, silence_warnings=True)
        made.transform = transform
    return made


@once
@given(maps, contiguities)
def test_gi_star_is_that_of_esda_with_binary_weights(size, contiguity):
    counts, exists = drawn(size)
    found = hotspots.gi_star(counts, exists, contiguity=contiguity)
    if not found.defined.any():
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = esda_weights(exists, contiguity)
        peer = esda.G_Local(counts[exists], weights, transform="B", star=True, permutations=0)
    defined = found.defined[exists]
    assert found.z[exists][defined] == pytest.approx(np.asarray(peer.Zs)[defined], abs=1e-9)
    assert found.p[exists][defined] == pytest.approx(2 * stats.norm.sf(np.abs(peer.Zs))[defined], abs=1e-9)
    assert found.q[exists][defined] == pytest.approx(stats.false_discovery_control(found.p[exists][defined]), abs=1e-12)


@once
@given(maps, contiguities)
def test_hot_cells_have_the_binomial_tail_of_each_cell_and_q_over_the_existing_ones(size, contiguity):
    counts, exists = drawn(size, most=4)
    found = hotspots.hot_cells(counts, exists, contiguity=contiguity)
    around = grid.neighbour_sums(exists, exists, contiguity)
    events = (counts * exists).sum()
    p = stats.binom.sf(found.sums - 1, events, around / exists.sum())
    assert found.p[exists] == pytest.approx(p[exists], abs=1e-12)
    assert found.q[exists] == pytest.approx(stats.false_discovery_control(found.p[exists]), abs=1e-12)
    assert (found.hot == (exists & (found.q <= 0.05))).all()
    assert not found.hot[~exists].any()


@once
@given(maps, st.floats(0.01, 50))
def test_an_exposure_takes_the_place_of_an_even_spread(size, scale):
    counts, exists = drawn(size, most=4)
    people = np.random.default_rng(size[2]).random(counts.shape).round(2) * scale + 0.01
    found = hotspots.hot_cells(counts, exists, exposure=people)
    chance = grid.neighbour_sums(people, exists) / people[exists].sum()
    p = stats.binom.sf(found.sums - 1, (counts * exists).sum(), np.minimum(chance, 1))
    assert found.p[exists] == pytest.approx(p[exists], abs=1e-9)
    even = hotspots.hot_cells(counts, exists, exposure=np.full(counts.shape, scale))
    assert even.p == pytest.approx(hotspots.hot_cells(counts, exists).p, abs=1e-9)


def test_a_neighbourhood_without_people_is_never_hot_however_many_events_it_holds():
    counts, people = np.zeros((9, 9)), np.ones((9, 9))
    people[:4, :4] = 0
    counts[1, 1] = 40
    found = hotspots.hot_cells(counts, exposure=people)
    assert found.unexposed[1, 1] and not found.hot[1, 1] and found.p[1, 1] == 1


@pytest.mark.parametrize("mean", [0.02, 0.3, 3])
def test_maps_of_nothing_but_chance_are_seldom_hot_anywhere(mean):
    random = np.random.default_rng(11)
    maps_with_any = sum(hotspots.hot_cells(random.poisson(mean, (60, 60))).number > 0 for _ in range(60))
    assert maps_with_any <= 6


def test_counts_with_very_many_different_sums_are_tested_all_the_same(monkeypatch):
    counts = np.random.default_rng(3).integers(0, 50, (20, 20))
    before = hotspots.hot_cells(counts)
    monkeypatch.setattr(hotspots, "MOST_KEYS", 5)
    after = hotspots.hot_cells(counts)
    assert (before.p == after.p).all() and (before.q == after.q).all()


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 6)), min_size=1, max_size=20))
def test_a_probability_told_with_how_many_tests_gave_it_has_the_q_of_them_all(pairs):
    p, times = zip(*pairs, strict=True)
    every = false_discovery.adjusted(np.repeat(p, times))
    assert false_discovery.adjusted(p, times) == pytest.approx(every[np.cumsum(times) - 1], abs=1e-12)
    assert every == pytest.approx(stats.false_discovery_control(np.repeat(p, times)), abs=1e-12)


@once
@given(maps, contiguities)
def test_local_moran_is_that_of_esda(size, contiguity):
    counts, exists = drawn(size)
    assume(exists.sum() > 2)  # esda divides by n - 2
    found = hotspots.local_moran(counts, exists, contiguity=contiguity)
    if found.overall is None:
        return
    weights = esda_weights(exists, contiguity, "R")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        local = esda.Moran_Local(counts[exists], weights, permutations=0)
        overall = esda.Moran(counts[exists], weights, permutations=0)
    assert found.by_n_less_1[exists] == pytest.approx(local.Is, abs=1e-9)
    assert found.overall == pytest.approx(overall.I, abs=1e-9)
    assert found.by_n == pytest.approx(found.by_n_less_1 * exists.sum() / (exists.sum() - 1))


def test_a_map_of_equal_cells_says_nothing_and_does_not_divide_by_zero():
    for counts in (np.full((4, 4), 7), np.zeros((4, 4)), np.full((3, 3), 0.1), [[5]]):
        found = hotspots.gi_star(counts)
        assert not found.defined.any() and (found.z == 0).all() and (found.p == 1).all()
        assert hotspots.local_moran(counts).overall is None
    assert hotspots.hot_cells(np.zeros((4, 4))).number == 0
    assert not hotspots.gi_star([[1, 0, 2], [0, 3, 0], [1, 1, 1]]).defined[1, 1], "its neighbours are the whole map"


@once
@given(maps, contiguities)
def test_clusters_are_the_hot_cells_that_touch(size, contiguity):
    counts, exists = drawn(size, most=3)
    hot = np.random.default_rng(size[2]).random(counts.shape) < 0.4
    even = hotspots.hot_cells(counts, exists)
    found = hotspots.clusters(
        hotspots.HotCells(hot & exists, even.p, even.q, even.sums, even.expected, exists, even.unexposed),
        counts, contiguity=contiguity,
    )  # fmt: skip
    cells = np.argwhere(hot & exists)
    assert (found.labels > 0).sum() == len(cells)
    if not len(cells):
        assert found.clusters == ()
        return
    steps = set(grid.STEPS[contiguity])
    apart = [[0 if tuple(b - a) in steps else 9 for b in cells] for a in cells]
    peer = DBSCAN(eps=1, min_samples=1, metric="precomputed").fit(apart).labels_
    ours = found.labels[tuple(cells.T)]
    assert len(set(zip(peer, ours, strict=True))) == len(set(peer)) == len(set(ours)) == len(found.clusters)
    for one in found.clusters:
        assert (one.cells, one.events) == ((found.labels == one.label).sum(), counts[found.labels == one.label].sum())
        assert one.q == even.q[found.labels == one.label].min()
    assert [one.events for one in found.clusters] == sorted((one.events for one in found.clusters), reverse=True)


def test_a_cluster_is_drawn_as_the_union_of_its_cells_squares_or_hexagons():
    squares = grid.grid_from(1000, 2000, 50, 3, 2)
    labels = [[1, 1, 0], [0, 1, 2]]
    one, other = hotspots.outlines(labels, grid.square_shapes(np.arange(6), squares))
    assert one.equals(
        shapely.Polygon([(1000, 2000), (1100, 2000), (1100, 2100), (1050, 2100), (1050, 2050), (1000, 2050)])
    )
    assert other.bounds == (1100, 2050, 1150, 2100)
    laid = grid.hex_cells([(0, 0), (1, 0), (0, 1)], [1, 1, 1])
    (flower,) = hotspots.outlines(laid.exists, grid.hex_shapes(laid.axial, 20))
    assert flower.geom_type == "Polygon" and not flower.interiors
    assert flower.area == pytest.approx(3 * 1.5 * 3**0.5 * 400)


def test_nothing_that_is_given_is_changed():
    counts, exists = drawn((5, 6, 1))
    before = counts.copy(), exists.copy()
    found = hotspots.hot_cells(counts, exists, exposure=counts + 1)
    hotspots.gi_star(counts, exists)
    hotspots.local_moran(counts, exists)
    hotspots.clusters(found, counts)
    assert (counts == before[0]).all() and (exists == before[1]).all()


@pytest.mark.parametrize("counts", [[[1, -1]], [[np.nan, 2]], [[1.5, 2]], [], [3, 4], [[np.inf, 1]]])
def test_counts_that_are_none_are_refused(counts):
    with pytest.raises(BadNumbers):
        hotspots.hot_cells(counts)


@pytest.mark.parametrize(
    "more, key",
    [
        ({"exists": [[0, 0]]}, "no_cells"),
        ({"exists": [[2, 1]]}, "not_yes_or_no"),
        ({"exposure": [[0, 0]]}, "no_exposure"),
        ({"exposure": [[1, -1]]}, "not_a_count"),
        ({"exposure": [[1]]}, "shape"),
        ({"alpha": 0}, "not_a_share"),
        ({"contiguity": "king"}, "unknown_kind"),
    ],
)
def test_a_question_without_a_meaning_is_refused_by_name(more, key):
    with pytest.raises(BadNumbers) as refused:
        hotspots.hot_cells([[1, 2]], **more)
    assert refused.value.key == f"analysis.errors.{key}"
