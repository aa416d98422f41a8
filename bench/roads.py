"""10. Stretches: the ranked list, its map and its files with very many of them, on the embedded database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import shapely
from sqlalchemy import func, insert, select

from bench import asking
from bench.figures import Figure
from bench.workshop import Database, Workshop
from samverkan_map import agreement
from samverkan_map.db import engine
from samverkan_map.db.tables import Delivery, Report, Stretch
from samverkan_map.settings import ROOT
from samverkan_map.vocabulary import Keeper

TITLE = "Stretches: the ranked list and what belongs to it over HTTP, as planner"
STRETCHES, COMPLAINTS, MOST_MS = 20_000, 100_000, 300
PATHS = ("/trafik", "/trafik?keeper=kommun&sort=change", "/trafik?page=300", "/trafik.geojson", "/trafik/karta.js")
METRES, DAYS = (60, 600), 1000
SEED = 2026


def measure(shop: Workshop) -> Iterator[Figure]:
    """Straight roads strewn over the municipality, with most complaints on few of them."""
    stretches, complaints = (500, 2_000) if shop.quick else (STRETCHES, COMPLAINTS)
    database = shop.empty("embedded", complaints)
    shop.command(database, "demo", "--reports", str(shop.few))
    first = _fill(database, stretches, complaints)
    server = shop.serve(database)
    try:
        size = f"{stretches:,} stretches, {complaints:,} complaints"
        cold = asking.get(server.port, PATHS[0]).milliseconds
        yield Figure(f"{size}: {PATHS[0]}, first time", "ms", (cold,))
        for path in (*PATHS, f"/trafik/stracka/{first}"):
            asking.get(server.port, path)
            times = tuple(asking.get(server.port, path).milliseconds for _ in range(shop.times(20, 3)))
            yield Figure(f"{size}: {path}", "ms", times, most=MOST_MS)
    finally:
        server.stop()


def _fill(database: Database, stretches: int, complaints: int) -> int:
    """Put roads and complaints into a database and give the number of the first road."""
    random = np.random.default_rng(SEED)
    land = agreement.load(ROOT / "data" / "vellinge").land
    west, south, east, north = land.bounds
    x, y = random.uniform(west, east, 9 * stretches), random.uniform(south, north, 9 * stretches)
    inside = np.flatnonzero(shapely.contains_xy(land, x, y))[:stretches]
    way, long = random.uniform(0, 2 * np.pi, len(inside)), random.uniform(*METRES, len(inside))
    start = np.stack([x[inside], y[inside]], axis=1)
    end = start + long[:, None] * np.stack([np.cos(way), np.sin(way)], axis=1)
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    opened = engine.Database(database.url)
    with opened.writing() as session:
        before = session.scalar(select(func.max(Stretch.id))) or 0
        last = int(np.datetime64("today", "D").astype(int))
        roads = _delivery(session, "stretches", len(lines))
        session.execute(insert(Stretch), [_road(at, line, roads) for at, line in enumerate(lines)])
        which = np.minimum(random.pareto(1.2, complaints) * 300, len(lines) - 1).astype(int)
        spots = shapely.line_interpolate_point(lines[which], random.uniform(0, 1, complaints), normalized=True)
        days = random.integers(last - DAYS, last, complaints).tolist()
        files = _delivery(session, "reports", complaints)
        rows = zip(days, (which + before + 1).tolist(), spots, strict=True)
        session.execute(insert(Report), [_complaint(at, files, *row) for at, row in enumerate(rows)])
        session.commit()
    opened.close()
    return before + 1


def _delivery(session, kind: str, n: int) -> int:
    row = Delivery(
        at=datetime(2026, 1, 1), who="bench", source="", kind=kind, file_name="bench", file_hash=kind, read=n,
        accepted=n, known=0, refused=0,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _road(at: int, line: shapely.LineString, delivery: int) -> dict[str, object]:
    return {
        "name": f"Gata {at:05d}", "keeper": list(Keeper)[at % len(Keeper)].value, "speed_limit": 40,
        "length_metres": round(line.length, 1), "delivery_id": delivery, "geom": engine.stored(line), "version": 1,
    }  # fmt: skip


def _complaint(at: int, delivery: int, day: int, stretch: int, spot: shapely.Point) -> dict[str, object]:
    return {
        "delivery_id": delivery, "source": "trafikklagomal", "source_ref": f"bench-{at}", "kind": "traffic",
        "type": "fortkorning", "day": day, "weekday": (day + 3) % 7, "hour": at % 24, "precision": "exact",
        "stretch_id": stretch, "geom": engine.stored(spot),
    }  # fmt: skip
