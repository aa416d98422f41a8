"""Metres inside, degrees at the door: the promises of `samverkan_map.geometry`."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from samverkan_map import agreement, geometry
from samverkan_map.errors import BadValue
from samverkan_map.settings import ROOT
from samverkan_map.translations import LANGUAGES, text

LON = np.array([13.0175, 12.9597, 12.8430, 13.1336])
LAT = np.array([55.4669, 55.4103, 55.4020, 55.4733])


@pytest.fixture(scope="module")
def land():
    return agreement.load(ROOT / "data" / "vellinge").land


def in_crs(epsg: int) -> tuple[np.ndarray, np.ndarray]:
    return geometry._transformer(4326, epsg).transform(LON, LAT)


def test_malmo_central_station_is_where_the_national_grid_says():
    e, n = geometry.to_metric([13.0038, 15.0], [55.605, 60.0])

    assert np.allclose(e, [374243.7585, 500000.0], atol=0.01)
    assert np.allclose(n, [6163926.5534, 6651411.1902], atol=0.01)


def test_there_and_back_again_is_within_a_millimetre():
    e, n = geometry.to_metric(LON, LAT)
    lon, lat = geometry.to_degrees(e, n)

    assert np.abs(lon - LON).max() < 1e-8
    assert np.abs(lat - LAT).max() < 1e-8


def test_a_position_that_is_none_comes_back_as_infinity_and_not_as_a_place():
    e, n = geometry.to_metric([np.nan, 13.0], [55.4, 91.0])

    assert not np.isfinite(e).any()


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(("epsg", "name"), [(4326, "WGS 84"), (3006, "SWEREF 99 TM"), (3008, "SWEREF 99 13 30")])
def test_each_coordinate_system_is_recognised_from_its_numbers_both_ways_round(land, epsg, name, swapped):
    x, y = in_crs(epsg)

    found = geometry.recognise(*((y, x) if swapped else (x, y)), land)

    assert found == geometry.Recognised(epsg, swapped, name)


def test_a_file_with_some_nonsense_rows_is_still_recognised(land):
    x, y = in_crs(3008)

    found = geometry.recognise([*x, 0, np.nan, 9e9], [*y, 0, 5, 9e9], land)

    assert (found.epsg, found.swapped) == (3008, False)


@pytest.mark.parametrize("epsg", [4326, 3006, 3008])
def test_a_file_of_the_neighbouring_city_is_recognised_although_no_row_is_ours(land, epsg):
    x, y = geometry._transformer(4326, epsg).transform([13.0038, 13.01], [55.605, 55.59])

    assert geometry.recognise(x, y, land).epsg == epsg


@pytest.mark.parametrize(("x", "y"), [([], []), ([np.nan], [np.nan]), ([0.0], [0.0]), ([1e300], [-1e300])])
def test_numbers_that_are_no_positions_are_not_recognised(land, x, y):
    assert geometry.recognise(x, y, land) is None


def test_an_unknown_coordinate_system_is_refused_by_its_number():
    with pytest.raises(BadValue) as refusal:
        geometry.from_crs([1.0], [2.0], 999999)

    assert refusal.value.fields["value"] == 999999


def test_a_bow_tie_is_mended_and_a_crossing_line_kept_and_reported():
    tie = geometry.repair(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    line = geometry.repair(shapely.LineString([(0, 0), (2, 2), (2, 0), (0, 2)]))

    assert (tie.geometry.is_valid, tie.geometry.area, tie.note) == (True, 2.0, "geometry.mended")
    assert (line.geometry.length, line.note) == (pytest.approx(2 + 4 * np.sqrt(2)), "geometry.line_crosses")
    assert geometry.repair(shapely.box(0, 0, 1, 1)).note is None


@pytest.mark.parametrize(
    ("shape", "key"),
    [
        (shapely.Polygon(), "empty"),
        (None, "empty"),
        (shapely.Point(np.inf, 0), "no_position"),
        (shapely.Polygon([(0, 0), (1, 1), (2, 2)]), "no_surface"),
    ],
)
def test_a_shape_that_cannot_be_mended_is_refused_in_a_sentence(shape, key):
    with pytest.raises(BadValue) as refusal:
        geometry.repair(shape)

    assert refusal.value.key == f"geometry.errors.{key}"
    assert all(text(language, refusal.value.key) for language in LANGUAGES)


def test_what_goes_out_is_degrees_with_six_decimals_and_the_outer_ring_anticlockwise():
    out = geometry.to_geojson(shapely.Polygon([(375000, 6148000), (375000, 6149000), (376000, 6149000)]))

    ring = out["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw
    assert all(value == round(value, 6) for position in ring for value in position)
    assert geometry.from_geojson(out).area == pytest.approx(500_000, rel=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [None, [], "Point", {}, {"type": "Blob"}, {"type": "Point", "coordinates": "a"}, {"type": "LineString"}],
)
def test_what_is_no_geometry_is_refused(wrong):
    with pytest.raises(BadValue):
        geometry.from_geojson(wrong)


def test_a_shape_cut_to_its_neighbour_keeps_no_leftover_line():
    assert geometry.clip(shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)).is_empty
    assert geometry.clip(shapely.box(0, 0, 4, 4), shapely.box(2, 0, 9, 9)).area == 8


def test_a_complaint_belongs_to_the_nearest_street_within_reach():
    streets = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 40), (100, 40)])]
    complaints = shapely.points([50, 50, 50], [15, 30, 90])

    index, metres = geometry.snap_to_lines(complaints, streets, within_metres=25)

    assert index.tolist() == [0, 1, -1]
    assert metres.tolist() == [15.0, 10.0, np.inf]


def test_without_streets_no_complaint_is_snapped():
    index, metres = geometry.snap_to_lines(shapely.points([1.0], [1.0]), [], within_metres=25)

    assert (index.tolist(), metres.tolist()) == ([-1], [np.inf])


def test_far_memphis_has_numbers_that_lead_back_to_the_same_place():
    streets = agreement.load(Path(__file__).parent / "data" / "memphis").land
    e, n = geometry.to_metric([-89.942], [35.149])

    assert geometry.to_degrees(e, n)[0][0] == pytest.approx(-89.942, abs=1e-7)
    assert geometry.recognise([35.149], [-89.942], streets).swapped


corners = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=3, max_size=9, unique=True)


@given(corners, st.lists(st.tuples(st.integers(-200, 200), st.integers(-200, 200)), min_size=1, max_size=30))
def test_a_distance_is_the_one_that_geos_measures_whatever_the_shape(shape, positions):
    e, n = np.array(positions, float).T / 7
    points = shapely.points(e, n)
    hull = shapely.convex_hull(shapely.multipoints(shape))
    several = [
        shapely.Point(shape[0]), shapely.multipoints(shape),
        shapely.linestrings(shape), hull, shapely.make_valid(shapely.Polygon(shape)), shapely.buffer(hull, 3),
        shapely.difference(shapely.buffer(hull, 5), shapely.buffer(hull, 2)),
        shapely.multilinestrings([shapely.linestrings(shape), shapely.linestrings(shape[:2])]),
        shapely.union(hull, affinity.translate(hull, 60)), shapely.geometrycollections([shapely.Point(shape[0]), hull]),
    ]  # fmt: skip
    for one in several:
        assert np.allclose(geometry.distances(one, e, n), shapely.distance(one, points), atol=1e-9), one.wkt


def test_a_position_that_is_not_known_has_no_distance():
    assert np.isnan(geometry.distances(shapely.box(0, 0, 1, 1), np.array([np.nan]), np.array([0.5]))).all()
