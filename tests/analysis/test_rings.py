"""Where a measure works, where the problem may have moved to, and where neither reaches."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from samverkan_map.analysis import effects
from samverkan_map.errors import BadNumbers

pytestmark = pytest.mark.filterwarnings("error")

SQUARE = shapely.Point(370_000, 6_140_000)
STREET = shapely.LineString([(370_150, 6_139_900), (370_350, 6_140_120)])
SCHOOL = shapely.box(369_700, 6_140_050, 369_860, 6_140_200)
metres = st.floats(-600, 600)


def test_a_point_on_the_edge_belongs_to_the_inner_zone():
    points = [(370_100, 6_140_000), (370_100.01, 6_140_000), (370_000, 6_140_300), (370_213, 6_140_212)]
    found = effects.zones(points, [SQUARE], 100, 300)
    assert found.zone.tolist() == ["treated", "catchment", "catchment", "outside"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(metres, metres), min_size=1, max_size=30))
def test_the_drawn_rings_hold_the_points_that_the_zones_give_them(offsets):
    sites = [SQUARE, STREET, SCHOOL]
    points = np.array(offsets) + (370_000, 6_140_000)
    found = effects.zones(points, sites, 50, 250)
    shapes = effects.ring_shapes(sites, 50, 250)
    for point, site, zone in zip(points, found.site, found.zone, strict=True):
        spot = shapely.Point(point)
        edges = [shapely.boundary(shape) for ring in shapes for shape in (ring.treated, ring.catchment)]
        if min(shapely.distance(spot, edge) for edge in edges) < 1:
            continue
        inside = {
            (index, name)
            for index, ring in enumerate(shapes)
            for name, shape in (("treated", ring.treated), ("catchment", ring.catchment))
            if shapely.intersects(shape, spot)
        }
        assert inside == (set() if zone == "outside" else {(site, zone)})


def test_two_rings_share_no_surface_even_when_the_sites_overlap():
    school = shapely.box(369_800, 6_140_100, 369_960, 6_140_250)
    for sites in ([SQUARE, STREET, SCHOOL], [SCHOOL, school], [SQUARE, SQUARE], [SCHOOL, SQUARE, school]):
        rings = effects.ring_shapes(sites, 50, 250)
        parts = [shape for ring in rings for shape in (ring.treated, ring.catchment)]
        whole = shapely.union_all(shapely.buffer(np.array(sites), 250, quad_segs=64))
        assert sum(shapely.area(part) for part in parts) == pytest.approx(shapely.area(whole), rel=1e-3)
        assert shapely.area(shapely.union_all(parts)) == pytest.approx(shapely.area(whole), rel=1e-3)


KINDS = {
    "point": shapely.Point(0, 0),
    "line": shapely.LineString([(0, 0), (300, 40)]),
    "circle": shapely.Point(0, 0).buffer(80),
    "box": shapely.box(-50, -60, 90, 70),
    "two boxes": shapely.MultiPolygon([shapely.box(0, 0, 50, 50), shapely.box(200, 0, 260, 50)]),
    "points": shapely.MultiPoint([(0, 0), (90, 30)]),
    "inside": shapely.Point(10, 10).buffer(20),
    "around": shapely.Point(0, 0).buffer(400).difference(shapely.Point(0, 0).buffer(100)),
    "mixed": shapely.GeometryCollection([shapely.box(0, 0, 40, 40), shapely.LineString([(40, 0), (100, 0)])]),
}


@pytest.mark.parametrize("there", KINDS)
@pytest.mark.parametrize("here", KINDS)
def test_a_ring_is_a_surface_or_nothing_whatever_shapes_meet(here, there):
    """Circles in circles and the same outline twice: there cells cross each other by less than a number can say."""
    for reach in (0.1, 50):
        place = shapely.buffer(KINDS[here], reach)
        ring = effects.ring_shapes([place, KINDS[there]], 0, 200)[0].catchment
        cut = effects.without(ring, place)
        assert cut.geom_type in ("Polygon", "MultiPolygon") and cut.is_valid
        assert shapely.area(shapely.intersection(cut, place)) < 1


def test_two_lamps_are_cut_at_the_bisector():
    one, other = effects.ring_shapes([SQUARE, shapely.Point(370_200, 6_140_000)], 50, 300)
    assert one.catchment.bounds[2] == pytest.approx(370_100)
    assert other.catchment.bounds[0] == pytest.approx(370_100)
    assert shapely.area(one.catchment) == pytest.approx(shapely.area(other.catchment))


def test_the_area_of_a_ring_is_that_of_true_circles_around_a_point_and_nearly_so_around_a_line():
    found = effects.ring_areas(SQUARE, 100, 300)
    assert (found.treated, found.catchment) == (math.pi * 100**2, math.pi * (300**2 - 100**2))
    long = effects.ring_areas(STREET, 100, 300)
    assert long.treated == pytest.approx(math.pi * 100**2 + 200 * STREET.length, rel=1e-3)


@pytest.mark.parametrize(
    "points, sites, inner, outer",
    [
        ([(1, 2, 3)], [SQUARE], 100, 300),
        ([(math.nan, 2)], [SQUARE], 100, 300),
        ([(1, 2)], [], 100, 300),
        ([(1, 2)], [shapely.Polygon()], 100, 300),
        ([(1, 2)], [SQUARE], 300, 300),
        ([(1, 2)], [SQUARE], 0, 300),
        ([(1, 2)], [SQUARE], -1, 300),
    ],
)
def test_rings_that_cannot_be_are_refused(points, sites, inner, outer):
    with pytest.raises(BadNumbers):
        effects.zones(points, sites, inner, outer)


def test_a_street_may_be_its_own_treated_zone_and_no_points_give_no_zones():
    found = effects.zones([STREET.coords[0], (370_150, 6_139_880)], [STREET], 0, 100)
    assert found.zone.tolist() == ["treated", "catchment"]
    assert effects.zones([], [SQUARE], 100, 300).zone.tolist() == []
