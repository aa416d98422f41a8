"""A drawn, pasted or typed shape becomes metres, or is refused in words that name what is wrong."""

import json

import pytest
from shapely.geometry import Point

from samverkan_map.errors import BadValue
from samverkan_map.exchange import drawn
from samverkan_map.translations import text

HERE = [12.9558, 55.4098]


def shape(vellinge, found):
    return drawn.shape_of(found if isinstance(found, str) else json.dumps(found), vellinge.land)


def geojson(kind, coordinates, **more):
    return {"type": kind, "coordinates": coordinates, **more}


def named(crs):
    return {"type": "name", "properties": {"name": crs}}


RING = [[[12.95, 55.41], [12.96, 55.41], [12.96, 55.42], [12.95, 55.41]]]


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (geojson("Point", HERE), "Point"),
        (geojson("Point", [*HERE, 12.5]), "Point"),
        (geojson("LineString", [HERE, [12.96, 55.41]]), "LineString"),
        (geojson("Polygon", RING), "Polygon"),
        (geojson("MultiPolygon", [RING]), "MultiPolygon"),
        ({"type": "Feature", "properties": {}, "geometry": geojson("Polygon", RING)}, "Polygon"),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": geojson("Point", HERE)}]}, "Point"),
        (geojson("Point", HERE, crs=named("urn:ogc:def:crs:OGC:1.3:CRS84")), "Point"),
    ],
)
def test_one_shape_is_read_from_whatever_holds_it(vellinge, found, kind):
    assert shape(vellinge, found).geom_type == kind
    assert shape(vellinge, found).distance(Point(370655, 6142302)) < 1500


@pytest.mark.parametrize(
    ("found", "key"),
    [
        ("", "no_geometry"), ("{", "no_geometry"), ("null", "no_geometry"), ("[]", "no_geometry"),
        ('{"type": "Point"}', "no_geometry"), (geojson("Circle", HERE), "no_geometry"),
        (geojson("Point", ["12,9", "55,4"]), "no_geometry"), (geojson("Point", [True, False]), "no_geometry"),
        (geojson("Polygon", HERE), "no_geometry"), (geojson("Polygon", [[HERE, HERE]]), "no_geometry"),
        (geojson("LineString", [HERE]), "no_geometry"),
        (geojson("GeometryCollection", []), "no_geometry"),
        ('{"type": "Point", "coordinates": [NaN, 55.4]}', "no_position"),
        ('{"type": "Point", "coordinates": [12.9, Infinity]}', "no_position"),
        ('{"type": "Point", "coordinates": [1e999, 55.4]}', "no_geometry"),
        (geojson("Point", []), "empty"), (geojson("LineString", []), "empty"), (geojson("MultiPolygon", []), "empty"),
        (geojson("Point", [370655, 6142302]), "other_system"), (geojson("Point", [6142302, 370655]), "other_system"),
        (geojson("Point", HERE[::-1]), "swapped"), (geojson("Point", [1000.0, 2000.0]), "no_position"),
        (geojson("Point", HERE, crs=named("EPSG:3006")), "other_system"),
        (geojson("Point", HERE, crs=named("EPSG:9")), "other_system"),
        (geojson("Point", HERE, crs=7), "other_system"),
        ({"type": "FeatureCollection", "features": []}, "not_one"),
        ({"type": "FeatureCollection", "features": [{"type": "Feature"}] * 2}, "not_one"),
        ('{"type": "Polygon", "coordinates": ' + "[" * 3000 + "]" * 3000 + "}", "too_deep"),
        ("[" * 70_000, "too_long"),
    ],
)  # fmt: skip
def test_what_is_no_shape_here_is_refused_by_what_is_wrong(vellinge, found, key):
    with pytest.raises(BadValue) as refused:
        shape(vellinge, found)
    assert refused.value.key == f"geometry.errors.{key}"
    assert refused.value.fields["field"] == "geometry"


def test_the_wrong_system_is_named(vellinge):
    with pytest.raises(BadValue) as refused:
        shape(vellinge, geojson("Point", [370655, 6142302]))
    assert "SWEREF 99 TM" in text("sv", refused.value.key, **refused.value.fields)


POSITIONS = [
    "12.9558, 55.4098", "55.4098 12.9558", "12,9558 55,4098", "6142302, 370655", "370655;6142302",
    "N 6142302 E 370655",
]  # fmt: skip


@pytest.mark.parametrize("words", POSITIONS)
def test_two_numbers_are_a_position_in_any_system_and_order(vellinge, words):
    assert drawn.point_of(words, vellinge.land).distance(Point(370655, 6142302)) < 90


@pytest.mark.parametrize("words", ["Stortorget", "", "12", "1 2 3", "12.9558, öst", "Östergatan 12, 14", "٣ ٤"])
def test_other_words_are_no_position(vellinge, words):
    assert drawn.point_of(words, vellinge.land) is None


def test_two_numbers_far_from_here_are_refused(vellinge):
    with pytest.raises(BadValue):
        drawn.point_of("1, 2", vellinge.land)
