"""Build the small map layers of a municipality's folder from its `sources/`: `python scripts/build_geography.py`.

The sub-areas are Voronoi cells of the settlements named as their seeds, within each part of the land (a canal divides
better than a bisector), cut so that they tile the land without gap or overlap. Computed in SWEREF 99 TM, written in
WGS 84 with six decimals. Running it twice gives the same files.
"""

from __future__ import annotations

import csv
import json
import sys
import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from samverkan_map import geometry
from samverkan_map.settings import ROOT

GRID_DEGREES = 1e-6
SMOOTH_STEP_METRES = 350.0
POND_SQUARE_METRES = 3_000_000.0
"""Holes below this size in the land are artefacts of the generalised coast and are not drawn."""

BEACH_METRES = 130.0
STREET_METRES = 260.0
"""How far from its drawn streets a town is shaded as built up."""

LARGEST_DISC_HECTARES = 2_000

SOURCES = {
    "land": "Land polygon: OpenStreetMap contributors (ODbL 1.0) cut by Lantmäteriet's municipality (CC0)",
    "boundary": "Lantmäteriet, Kommun, län och rike (CC0), with territorial sea",
    "ground": "OpenStreetMap contributors (ODbL 1.0), Lantmäteriet (CC0); corners rounded for drawing",
    "areas": "Own division (ODbL 1.0): Voronoi cells of SCB (CC0) and GeoNames (CC BY 4.0) points, cut to the land",
    "area_borders": "Own division (ODbL 1.0), see areas.geojson",
    "labels": "SCB (CC0), GeoNames (CC BY 4.0), own placing (CC0)",
    "stops": "Trafiklab (CC BY)",
    "roads": "Own schematic drawing (CC0): not where the roads really lie",
    "builtup": "Own schematic shading (CC0) from SCB's points and areas (CC0) and the schematic streets",
    "greens": "Own schematic drawing (CC0): not the real outlines",
}


def build(folder: Path) -> dict[str, dict]:
    """Every layer of `folder` as a GeoJSON FeatureCollection by its name, from `agreement.toml` and `sources/`."""
    agreement = tomllib.loads((folder / "agreement.toml").read_text(encoding="utf-8"))
    drawings = tomllib.loads((folder / "sources" / "drawings.toml").read_text(encoding="utf-8"))
    code = agreement["municipality"]["code"]
    land = _municipality(folder, "kommun_land.geojson", code)
    whole = _municipality(folder, "kommun_lantmateriet_incl_sea.geojson", code)
    settlements = _settlements(folder)
    areas = build_areas(land, settlements, {area["code"]: area["seeds"] for area in agreement["areas"]})
    ground = _ground(folder, whole)
    layers = {
        "land": [(shapely.coverage_union_all(list(areas.values())), {"code": code})],
        "boundary": [(whole, {"code": code})],
        "ground": ground,
        "areas": [(shape, {"code": area}) for area, shape in areas.items()],
        "area_borders": _borders(areas),
        "labels": _labels(settlements, drawings, code),
        "stops": _stops(folder, land),
        "roads": _roads(drawings),
        "greens": _greens(drawings, ground[0][0]),
        "builtup": _builtup(folder, drawings, ground),
    }
    return {name: _collection(name, features) for name, features in layers.items()}


def build_areas(land, settlements: gpd.GeoDataFrame, seeds: dict[str, list[str]]) -> dict[str, shapely.Geometry]:
    """The sub-areas (WGS 84) by code: every face of the land goes to the area of its cell's seed.

    `land` is in WGS 84, `settlements` in EPSG:3006 with a column `name`.
    """
    owner = {name: code for code, names in seeds.items() for name in names}
    chosen = settlements[settlements["name"].isin(owner)].drop_duplicates("name", keep="last")
    cells = [cell for part in shapely.get_parts(land) for cell in _cells(part, chosen, owner)]
    edges = [shapely.boundary(land), *(shapely.boundary(cell) for _, cell in cells)]
    lines = shapely.union_all(edges, grid_size=GRID_DEGREES)
    faces = [face for face in shapely.get_parts(shapely.polygonize([lines])) if land.contains(face.point_on_surface())]
    shares: dict[str, list] = {code: [] for code in seeds}
    for face in faces:
        within = face.point_on_surface()
        shares[min(cells, key=lambda cell: cell[1].distance(within))[0]].append(face)
    areas = {code: shapely.coverage_union_all(parts) for code, parts in shares.items()}
    return _without_exclaves(areas, chosen.to_crs(geometry.DEGREES))


def _without_exclaves(areas: dict[str, shapely.Geometry], settlements: gpd.GeoDataFrame) -> dict:
    """A piece cut off from its settlements by water, but not from another area, goes to that area."""
    for code, shape in list(areas.items()):
        for piece in shapely.get_parts(shape):
            border = {other: shapely.intersection(piece, areas[other]).length for other in areas if other != code}
            longest = max(border, key=border.__getitem__)
            if border[longest] > 0 and not settlements.within(piece).any():
                areas[code] = shapely.difference(areas[code], piece)
                areas[longest] = shapely.coverage_union(areas[longest], piece)
    return {code: shapely.normalize(shape) for code, shape in areas.items()}


def _cells(part, settlements: gpd.GeoDataFrame, owner: dict[str, str]) -> list[tuple[str, shapely.Geometry]]:
    """The Voronoi cells of one part of the land, cut to it, each with the area that it belongs to."""
    part = geometry.transform(part, geometry.DEGREES, geometry.METRIC)
    here = settlements[settlements.within(part)]
    if len(here) < 2:
        nearest = settlements.distance(part).idxmin()
        cells, names = [part], [settlements.loc[nearest, "name"]]
    else:
        points = shapely.MultiPoint(list(here.geometry))
        cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=part.envelope, ordered=True))
        names = list(here["name"])
    degrees = [geometry.transform(geometry.clip(cell, part), geometry.METRIC, geometry.DEGREES) for cell in cells]
    return [(owner[name], cell) for name, cell in zip(names, degrees, strict=True)]


def _municipality(folder: Path, file: str, code: str):
    frame = gpd.read_file(folder / "sources" / file)
    return frame.loc[frame["kommunkod"].astype(str) == code, "geometry"].iloc[0]


def _settlements(folder: Path) -> gpd.GeoDataFrame:
    """SCB's points, and those of GeoNames that SCB does not name, in EPSG:3006."""
    scb = gpd.read_file(folder / "sources" / "tatorter_scb_points.geojson")[["name", "mun_code", "pop", "geometry"]]
    with (folder / "sources" / "places_geonames.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["name"] not in set(scb["name"])]
    others = gpd.GeoDataFrame(
        {
            "name": [row["name"] for row in rows],
            "mun_code": [row["kommunkod"] for row in rows],
            "pop": [int(row["population"]) for row in rows],
        },
        geometry=gpd.points_from_xy([float(r["lon"]) for r in rows], [float(r["lat"]) for r in rows]),
        crs=geometry.DEGREES,
    )
    together = gpd.GeoDataFrame(
        {name: [*scb[name], *others[name]] for name in ("name", "mun_code", "pop")},
        geometry=[*scb.geometry, *others.geometry],
        crs=geometry.DEGREES,
    )
    return together.to_crs(geometry.METRIC)


def _ground(folder: Path, whole) -> list[tuple]:
    """The municipality's land and its neighbours', corners rounded, for drawing only."""
    frame = gpd.read_file(folder / "sources" / "land_osm_generalised.geojson").to_crs(geometry.METRIC)
    land = shapely.union_all([rounded(shape) for shape in frame.geometry])
    whole = geometry.transform(whole, geometry.DEGREES, geometry.METRIC)
    parts = {"municipality": geometry.clip(land, whole), "neighbour": shapely.difference(land, whole)}
    return [
        (geometry.transform(shape, geometry.METRIC, geometry.DEGREES), {"kind": kind}) for kind, shape in parts.items()
    ]


def rounded(polygon):
    """A polygon (metres) without ponds that are artefacts, its corners rounded within half of 350 metres."""
    shell = shapely.Polygon(_chaikin(polygon.exterior))
    ponds = [_chaikin(ring) for ring in polygon.interiors if shapely.Polygon(ring).area > POND_SQUARE_METRES]
    return shapely.make_valid(shapely.simplify(shapely.Polygon(shell.exterior, ponds), 6.0))


def _chaikin(line, rounds: int = 3, step: float = SMOOTH_STEP_METRES) -> np.ndarray:
    """Chaikin's corner cutting of a line or ring; no corner moves more than a quarter of `step`."""
    xy = shapely.get_coordinates(shapely.segmentize(line, step))
    closed = bool(line.is_closed)
    for _ in range(rounds):
        before, after = xy[:-1], xy[1:]
        cut = np.column_stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after]).reshape(-1, 2)
        xy = np.vstack([cut, cut[:1]]) if closed else np.vstack([xy[:1], cut, xy[-1:]])
    return xy


def _borders(areas: dict) -> list[tuple]:
    """The lines between two sub-areas, without the coast."""
    pairs = [(a, b) for i, a in enumerate(areas) for b in list(areas)[i + 1 :]]
    lines = ((shapely.intersection(areas[a], areas[b]), {"between": [a, b]}) for a, b in pairs)
    return [(shapely.line_merge(line), properties) for line, properties in lines if line.length > 0]


def _labels(settlements: gpd.GeoDataFrame, drawings: dict, code: str) -> list[tuple]:
    hidden = {*drawings["left_out"], *(label["name"] for label in drawings["labels"])}
    features = []
    for row in settlements.to_crs(geometry.DEGREES).itertuples():
        name = drawings["rename"].get(row.name, row.name)
        inside = row.mun_code == code
        if row.name in hidden or row.mun_code == "" or (not inside and row.pop < 1200):
            continue
        rank = _rank(int(row.pop), inside)
        kind = ("town" if rank <= 2 else "village") if inside else "neighbour"
        features.append((row.geometry, {"name": name, "kind": kind, "rank": rank, "min_zoom": rank + 8}))
        hidden.add(name)
    for label in drawings["labels"]:
        properties = {
            "name": label["name"],
            "kind": label["kind"],
            "rank": label["rank"],
            "min_zoom": label["rank"] + 8,
        }
        features.append((shapely.Point(label["at"]), properties))
    return features


def _rank(population: int, inside: bool) -> int:
    """1 is shown first. A place of one's own municipality counts four times its size."""
    weight = population * (4 if inside else 1)
    return 1 if weight >= 100_000 else 2 if weight >= 20_000 else 3 if weight >= 4_000 else 4


def _stops(folder: Path, land) -> list[tuple]:
    with (folder / "sources" / "bus_stops_line15.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points = [(shapely.Point(float(row["lon"]), float(row["lat"])), row) for row in rows]
    return [(point, {"name": row["name"], "line": "15"}) for point, row in points if point.distance(land) < 0.003]


def _roads(drawings: dict) -> list[tuple]:
    features = []
    for road in drawings["roads"]:
        line = geometry.transform(shapely.LineString(road["points"]), geometry.DEGREES, geometry.METRIC)
        curve = shapely.simplify(shapely.LineString(_chaikin(line, step=5_000.0)), 4.0)
        properties = {key: road[key] for key in ("name", "ref", "class") if key in road} | {"schematic": True}
        features.append((geometry.transform(curve, geometry.METRIC, geometry.DEGREES), properties))
    return features


def _greens(drawings: dict, ground) -> list[tuple]:
    """Green areas cut to the drawn land; a beach is the outermost strip of it."""
    ground = geometry.transform(ground, geometry.DEGREES, geometry.METRIC)
    strip = shapely.difference(ground, shapely.buffer(ground, -BEACH_METRES))
    features = []
    for green in drawings["greens"]:
        ring = geometry.transform(shapely.LinearRing(green["points"]), geometry.DEGREES, geometry.METRIC)
        shape = shapely.Polygon(_chaikin(ring, step=5_000.0))
        shape = shapely.simplify(geometry.clip(shape, strip if green["class"] == "beach" else ground), 2.0)
        properties = {"name": green["name"], "class": green["class"], "schematic": True}
        features.append((geometry.transform(shape, geometry.METRIC, geometry.DEGREES), properties))
    for square in drawings["squares"]:
        features.append((shapely.Point(square["at"]), {"name": square["name"], "class": "square", "schematic": True}))
    return features


def _builtup(folder: Path, drawings: dict, ground: list[tuple]) -> list[tuple]:
    """Where people live, softly: around the drawn streets, and discs as large as SCB's localities that have none."""
    scb = gpd.read_file(folder / "sources" / "tatorter_scb_points.geojson").to_crs(geometry.METRIC)
    streets = shapely.MultiLineString(
        [road["points"] for road in drawings["roads"] if road["class"] == "street" and not road.get("open")]
    )
    towns = shapely.buffer(geometry.transform(streets, geometry.DEGREES, geometry.METRIC), STREET_METRES)
    villages = scb[(scb["area"] <= LARGEST_DISC_HECTARES) & ~scb["name"].isin(drawings["with_streets"])]
    discs = shapely.buffer(villages.geometry.values, np.sqrt(villages["area"].values * 10_000 / np.pi))
    land = geometry.transform(shapely.union_all([shape for shape, _ in ground]), geometry.DEGREES, geometry.METRIC)
    # Closing with a wide brush and opening with a narrow one leaves soft outlines without slits or spikes.
    soft = shapely.buffer(shapely.buffer(shapely.union_all([towns, *discs]), 220.0), -220.0)
    shape = shapely.simplify(geometry.clip(soft, land), 10.0)
    return [(geometry.transform(shape, geometry.METRIC, geometry.DEGREES), {"class": "builtup", "schematic": True})]


def _collection(name: str, features: list[tuple]) -> dict:
    return {
        "type": "FeatureCollection",
        "name": name,
        "source": SOURCES[name],
        "features": [
            {"type": "Feature", "properties": properties, "geometry": _geojson(shape)} for shape, properties in features
        ],
    }


def _geojson(shape) -> dict:
    precise = shapely.transform(shapely.orient_polygons(shape), lambda xy: np.round(xy, 6))
    return json.loads(shapely.to_geojson(precise))


def write(folder: Path) -> None:
    """Write every layer of `folder` beside its `agreement.toml`, one feature per line."""
    for name, collection in build(folder).items():
        lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in collection["features"])
        head = json.dumps({k: v for k, v in collection.items() if k != "features"}, ensure_ascii=False)
        (folder / f"{name}.geojson").write_text(f'{head[:-1]}, "features": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "vellinge")
