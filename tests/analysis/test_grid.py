"""Cells, masks and sums over neighbours."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from samverkan_map.analysis import grid
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")
once = settings(max_examples=60, deadline=None)
maps = st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))


def drawn(size, most=6, gaps=0.3):
    """Counts and existing cells (at least one) of a random map."""
    rows, columns, seed = size
    random = np.random.default_rng(seed)
    exists = random.random((rows, columns)) > gaps
    exists[random.integers(rows), random.integers(columns)] = True
    return random.integers(0, most, (rows, columns)).astype(float), exists


STENCILS = {
    "queen": np.ones((3, 3)),
    "rook": np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]),
    "hex": np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]])[::-1],
}


@once
@given(maps, st.sampled_from(sorted(STENCILS)))
def test_sums_over_neighbours_are_those_of_a_filter_over_the_cells_that_exist(size, contiguity):
    values, exists = drawn(size)
    expected = ndimage.correlate(values * exists, STENCILS[contiguity], mode="constant") * exists
    assert (grid.neighbour_sums(values, exists, contiguity) == expected).all()


def test_the_six_neighbours_of_a_hexagon_are_those_it_touches():
    around = [(q, r) for q in range(-2, 3) for r in range(-2, 3)]
    shapes = grid.hex_shapes(around, 50)
    middle = shapes[around.index((0, 0))]
    touching = {cell for cell, shape in zip(around, shapes, strict=True) if shape.distance(middle) < 1e-6}
    assert touching == {(column, row) for row, column in grid.STEPS["hex"]}


@once
@given(st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=1, max_size=30))
def test_a_point_lies_in_the_hexagon_it_is_given(points):
    shapes = grid.hex_shapes(grid.hex_of(points, 70), 70)
    assert max(shapely.distance(shapes, shapely.points(points))) < 1e-6


@once
@given(st.lists(st.tuples(st.integers(-50, 450), st.integers(-50, 350)), max_size=60))
def test_every_point_is_counted_in_the_one_half_open_cell_that_holds_it(points):
    squares = grid.grid_from(0, 0, 100, 4, 3)
    found = grid.counts_on(points, squares)
    for row in range(3):
        for column in range(4):
            held = [100 * column <= x < 100 * (column + 1) and 100 * row <= y < 100 * (row + 1) for x, y in points]
            assert found[row, column] == sum(held)


@once
@given(st.lists(st.tuples(st.floats(100, 300), st.floats(100, 300)), min_size=1, max_size=30))
def test_spread_points_keep_their_number_and_their_middle(points):
    squares = grid.grid_from(0, 0, 50, 8, 8)
    found = grid.spread_counts(points, squares)
    middle = (np.arange(8) + 0.5) * 50
    assert found.sum() == pytest.approx(len(points))
    assert (found.sum(axis=0) @ middle, found.sum(axis=1) @ middle) == pytest.approx(np.sum(points, axis=0))


millimetres = st.integers(-(10**9), 10**9).map(lambda one: one / 1000)
sides = st.integers(0, 5 * 10**7).map(lambda one: one / 1000)


@given(millimetres, millimetres, sides, sides, st.sampled_from([100, 250, 1000]))
def test_a_grid_begins_on_a_multiple_of_its_cell_and_covers_the_box(west, south, width, height, cell):
    found = grid.grid_over((west, south, west + width, south + height), cell)
    assert (found.west % cell, found.south % cell) == (0, 0)
    corners = [(west, south), (west + width, south + height)]
    assert (grid.cells_of(corners, found) >= 0).all()
    assert found.west + cell > west and found.south + cell > south


def test_weights_are_summed_and_points_outside_left_out():
    squares = grid.grid_from(0, 0, 10, 2, 1)
    assert grid.counts_on([(5, 5), (15, 5), (99, 5)], squares, [2, 0.5, 9]).tolist() == [[2, 0.5]]


def test_the_cells_of_a_municipality_are_those_whose_middle_lies_in_it():
    squares = grid.grid_from(0, 0, 100, 3, 3)
    corner = shapely.Polygon([(0, 0), (290, 0), (0, 290)])
    assert grid.cells_within(corner, squares).sum() == 3
    assert grid.cells_within(corner, squares, touching=True).sum() == 6
    with pytest.raises(BadNumbers) as refused:
        grid.cells_within(shapely.box(900, 900, 950, 950), squares)
    assert refused.value.key == "analysis.errors.no_cells"


@pytest.mark.parametrize("cell, key", [(0.1, "too_many_cells"), (0, "not_positive"), (np.nan, "not_a_number")])
def test_a_cell_that_is_no_use_is_refused_by_name(cell, key):
    with pytest.raises(BadNumbers) as refused:
        grid.grid_over((0, 0, 20_000, 20_000), cell)
    assert (refused.value.key, refused.value.fields["field"]) == (f"analysis.errors.{key}", "cell_metres")


@pytest.mark.parametrize(
    "axial, counts", [([(0, 0), (0, 0)], [1, 2]), ([(0.5, 0)], [1]), ([(0, 0), (9e6, 9e6)], [1, 2])]
)
def test_hexagons_named_twice_broken_or_worlds_apart_are_refused(axial, counts):
    with pytest.raises(BadNumbers):
        grid.hex_cells(axial, counts)


def test_negative_counts_and_numbers_that_are_none_are_refused():
    for bad in ([1, -1], [np.nan, 1], [], [1], [[1, 2]]):
        with pytest.raises(BadNumbers):
            grid.hex_cells([(0, 0), (1, 0)], bad)
    with pytest.raises(BadNumbers):
        grid.neighbour_sums([[1, 2]], [[0, 0]])
    with pytest.raises(BadNumbers):
        grid.neighbour_sums([[1, 2]], contiguity="king")
