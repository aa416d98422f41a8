"""1. The map data request: every zoom, the common filters, few and many reports, both databases."""

from __future__ import annotations

import math
import random
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from bench import asking
from bench.asking import Answer
from bench.figures import KILO, Figure
from bench.serving import Server
from bench.workshop import KINDS, Workshop
from samverkan_map import agreement, geometry
from samverkan_map.settings import ROOT

TITLE = "Map data request (/karta/rutor.geojson over HTTP, a 1440 × 900 view as the page asks for it, as planner)"
ZOOMS = range(11, 18)
WIDTH, HEIGHT = 1440, 900
PADDING = 0.15
STEP_DEGREES = 0.01
MOST_MS, MOST_KB, MOST_GROWTH = 100, 60, 2
FILTERS = {
    "no filter": "",
    "12 months": "period=12m",
    "kind": "kind=traffic",
    "type": "type=fortkorning",
    "area": "area=hollviken",
    "weekday": "weekday=4-5",
    "hour": "hour=18-23",
    "focus": "focus=trygga-unga",
    "kind, 12 months": "kind=problem&period=12m",
    "type, area, 12 months, weekday, hour": "type=skadegorelse,klotter&area=vellinge&period=12m&weekday=4-6&hour=22-02",
}
TEXT = "q=moped"
Spot = tuple[float, float]


@dataclass
class Run:
    """The answers of one database: by (zoom, filter), and those of the text search."""

    answers: dict[tuple[int, str], list[Answer]] = field(default_factory=lambda: defaultdict(list))
    texts: list[Answer] = field(default_factory=list)

    def times(self, zoom: int | None = None, name: str | None = None) -> tuple[float, ...]:
        """The milliseconds of every answer, or of one zoom level or filter."""
        return tuple(
            one.milliseconds
            for (z, n), found in self.answers.items()
            for one in found
            if zoom in (None, z) and name in (None, n)
        )

    def slowest(self) -> tuple[int, str]:
        """The zoom level and filter with the highest median."""
        return max(self.answers, key=lambda key: statistics.median(self.times(*key)))

    def zipped(self, zoom: int) -> float:
        """Median compressed bytes at a zoom level without filter."""
        return statistics.median(one.gzipped for one in self.answers[zoom, "no filter"])


def measure(shop: Workshop) -> Iterator[Figure]:
    """The figures of both databases."""
    for kind in KINDS:
        many = _run(shop, shop.server(kind, shop.reports))
        yield from _figures(kind, shop.reports, many)
        if shop.few == shop.reports:
            continue
        few = _run(shop, shop.server(kind, shop.few))
        shop.stop_server(kind, shop.few)
        yield from _figures(kind, shop.few, few)
        yield from _growth(kind, shop, few, many)


def _run(shop: Workshop, server: Server) -> Run:
    names = dict(list(FILTERS.items())[: shop.times(len(FILTERS), 3)])
    spots = dense_spots(server.port, shop.times(5, 2))
    asked = [(zoom, name, spot) for zoom in ZOOMS for name in names for spot in spots]
    # In no order, so that a slow moment of the machine does not fall on one zoom level.
    random.Random(1).shuffle(asked)
    run = Run()
    for zoom, name, spot in asked:
        run.answers[zoom, name].append(asking.get(server.port, address(spot, zoom, names[name])))
    run.texts = [asking.get(server.port, address(spot, zoom, TEXT)) for zoom in (11, 14) for spot in spots]
    return run


def _figures(kind: str, reports: int, run: Run) -> Iterator[Figure]:
    whose = f"{kind}, {reports:,}"
    yield Figure(f"{whose}: all zooms and filters", "ms", run.times(), most=MOST_MS)
    zoom, name = run.slowest()
    yield Figure(f"{whose}: slowest pair, zoom {zoom}, {name}", "ms", run.times(zoom, name), most=MOST_MS)
    for at in (ZOOMS[0], ZOOMS[-1]):
        yield Figure(f"{whose}: zoom {at}, all filters", "ms", run.times(at), most=MOST_MS)
    yield Figure(f"{whose}: text search {TEXT}", "ms", tuple(one.milliseconds for one in run.texts), most=MOST_MS)
    answers = [one for found in run.answers.values() for one in found]
    squeezed = all(one.compressed_by_server for one in answers)
    yield Figure(
        f"{whose}: largest answer, gzip",
        "kB",
        tuple(one.gzipped / KILO for one in answers),
        most=MOST_KB,
        take="largest",
        note="" if squeezed else "compressed by the bench for comparison; the server sends it uncompressed",
    )
    yield Figure(f"{whose}: largest answer, as sent", "kB", tuple(one.sent / KILO for one in answers), take="largest")


def _growth(kind: str, shop: Workshop, few: Run, many: Run) -> Iterator[Figure]:
    up = tuple(many.zipped(zoom) / few.zipped(zoom) for zoom in ZOOMS)
    sizes = f"{shop.reports:,} / {shop.few:,}"
    each = ", ".join(f"{zoom}: {ratio:.2f}" for zoom, ratio in zip(ZOOMS, up, strict=True))
    yield Figure(f"{kind}: bytes at {sizes}, largest", "×", up, most=MOST_GROWTH, take="largest", note=f"zoom {each}")
    down = tuple(1 / ratio for ratio in up)
    yield Figure(f"{kind}: the other way round, largest", "×", down, most=MOST_GROWTH, take="largest")


def dense_spots(port: int, count: int) -> list[Spot]:
    """The middles (lon, lat) of the cells with the most reports, as the map itself counts them."""
    own = agreement.load(ROOT / "data" / "vellinge")
    w, s, e, n = geometry.transform(own.land, geometry.METRIC, geometry.DEGREES).bounds
    found = orjson.loads(asking.get(port, f"/karta/rutor.geojson?z=13&bbox={w:.4f},{s:.4f},{e:.4f},{n:.4f}").body)
    densest = sorted(found["features"], key=lambda one: -one["properties"]["n"])[:count]
    return [tuple(one["geometry"]["coordinates"]) for one in densest]


def address(spot: Spot, zoom: int, query: str) -> str:
    """What the page asks for when its map shows `spot` at a zoom level: padded, and rounded outwards."""
    bbox = ",".join(f"{value:.4f}" for value in view(spot, zoom))
    return f"/karta/rutor.geojson?{query}{'&' if query else ''}z={zoom}&bbox={bbox}"


def view(spot: Spot, zoom: int) -> tuple[float, float, float, float]:
    """The box (west, south, east, north in degrees) of a padded view around a spot.

    >>> view((12.95, 55.41), 17)
    (12.93, 55.4, 12.97, 55.42)
    """
    lon, lat = spot
    side = 256 * 2**zoom
    x = (lon + 180) / 360 * side
    y = (0.5 - math.atanh(math.sin(math.radians(lat))) / (2 * math.pi)) * side
    across, down = WIDTH * (0.5 + PADDING), HEIGHT * (0.5 + PADDING)
    west, east = ((x + way * across) / side * 360 - 180 for way in (-1, 1))
    south, north = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + way * down) / side)))) for way in (1, -1))
    outwards = (math.floor(west / STEP_DEGREES), math.floor(south / STEP_DEGREES))
    inwards = (math.ceil(east / STEP_DEGREES), math.ceil(north / STEP_DEGREES))
    return tuple(round(steps * STEP_DEGREES, 4) for steps in (*outwards, *inwards))  # type: ignore[return-value]
