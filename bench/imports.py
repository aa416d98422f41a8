"""4. Import of a file with descriptions, end to end, against the bare load of the same file by ogr2ogr."""

from __future__ import annotations

import csv
import random
import shutil
import statistics
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import shapely

from bench.child import Usage, run
from bench.figures import Figure, missing
from bench.workshop import KINDS, Database, Workshop, samverkan
from samverkan_map import agreement, geometry
from samverkan_map.settings import ROOT

TITLE = "Import of reports from CSV, end to end, against a bare ogr2ogr load of the same file, turn and turn about"
ROWS = 200_000
SHARE_OF_SMALL = 10
LEAST_ROWS_PER_SECOND, MOST_TIMES_OGR, MOST_MEMORY_GROWTH = 15_000, 4, 1.25
HEADER = ("kallans_id", "typ", "tid_fran", "lon", "lat", "plats", "beskrivning")
TYPES = (
    "skadegorelse",
    "klotter",
    "nedskrapning",
    "ordningsstorning",
    "otrygg_plats",
    "dalig_belysning",
    "fortkorning",
)
WHO = ("Flera boende", "Personal på platsen", "Fältgruppen", "En förbipasserande", "Föreningen", "Skolans personal")
SAID = ("berättar om", "anmäler", "har sett", "rapporterar", "klagar på", "hör av sig om")
WHAT = (
    "krossade rutor i busskuren", "klotter på gaveln mot parken", "skräp kring bänkarna", "hög musik och skrik",
    "mopeder som kör fort på gångvägen", "släckta lampor längs stigen", "bilar som kör långt över gränsen",
    "avbrutna grenar och nedriven skylt",
)  # fmt: skip
WHERE = ("vid torget", "bakom skolan", "nära strandparkeringen", "utmed Storgatan", "vid hållplatsen", "i parken")
WHEN = (
    "sent på kvällen",
    "efter kl 22.30",
    "på helgerna",
    "under lunchrasten",
    "tredje veckan i rad",
    "de senaste 14 dagarna",
)
SEED = 20260101


def measure(shop: Workshop) -> Iterator[Figure]:
    """Speed on both databases, memory for a small and a large file on both."""
    rows = min(ROWS, shop.reports)
    large, small = shop.folder / "rows.csv", shop.folder / "few_rows.csv"
    write_rows(large, rows)
    write_rows(small, max(1, rows // SHARE_OF_SMALL))
    times = shop.times(3, 1)
    for kind in KINDS:
        ours, bare = [], []
        for _ in range(times):
            ours.append(_import(shop, shop.empty(kind), large))
            if shutil.which("ogr2ogr"):
                bare.append(_bare_load(shop, kind, large))
        yield from _speed(kind, rows, ours, bare)
        little = [_import(shop, shop.empty(kind), small) for _ in range(times)]
        yield from _memory(kind, rows, ours, little)


def _speed(kind: str, rows: int, ours: list[Usage], bare: list[Usage]) -> Iterator[Figure]:
    target = LEAST_ROWS_PER_SECOND if kind == "embedded" else None
    rates = tuple(rows / one.seconds for one in ours)
    yield Figure(f"{kind}: samverkan import, {rows:,} rows", "rows/s", rates, least=target)
    yield Figure(f"{kind}: samverkan import", "s", tuple(one.seconds for one in ours))
    if not bare:
        yield missing(f"{kind}: ogr2ogr", "it is not installed: apt-get install gdal-bin")
        return
    yield Figure(f"{kind}: ogr2ogr", "s", tuple(one.seconds for one in bare))
    times = statistics.median(one.seconds for one in ours) / statistics.median(one.seconds for one in bare)
    yield Figure(f"{kind}: time of ours in times of ogr2ogr", "×", (times,), most=MOST_TIMES_OGR)


def _memory(kind: str, rows: int, ours: list[Usage], little: list[Usage]) -> Iterator[Figure]:
    few = max(1, rows // SHARE_OF_SMALL)
    for count, found in ((few, little), (rows, ours)):
        own = statistics.median(one.peak_own_mb for one in found)
        note = f"of which its own, not pages of files: {own:,.0f} MB"
        yield Figure(f"{kind}: peak memory, {count:,} rows", "MB", tuple(one.peak_mb for one in found), note=note)
    growth = statistics.median(one.peak_mb for one in ours) / statistics.median(one.peak_mb for one in little)
    yield Figure(f"{kind}: peak memory, large file / small", "×", (growth,), most=MOST_MEMORY_GROWTH)


def _import(shop: Workshop, database: Database, file: Path) -> Usage:
    return run([samverkan(), "import", "reports", str(file), "--source", "est"], database.environment, shop.folder)


def _bare_load(shop: Workshop, kind: str, file: Path) -> Usage:
    """The same file, projected and indexed as ours is, into a new database of the same kind, unchecked."""
    if kind == "embedded":
        target = shop.folder / "bare.sqlite"
        target.unlink(missing_ok=True)
        into = ["-f", "SQLite", str(target), "-dsco", "SPATIALITE=YES"]
    else:
        url = shop.empty(kind).url
        place = url.rpartition("@")[2]
        host, _, name = place.partition("/")
        into = [
            "-f",
            "PostgreSQL",
            f"PG:host={host.split(':')[0]} port={host.split(':')[1]} user=postgres dbname={name}",
        ]
    positions = ["-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat"]
    command = ["ogr2ogr", *into, str(file), *positions, "-s_srs", "EPSG:4326", "-t_srs", "EPSG:3006", "-nln", "bare"]
    return run(command, shop.empty("embedded").environment, shop.folder)


def write_rows(file: Path, count: int) -> None:
    """A file of reports as somebody could send it: all rows good, positions within the sub-areas, words that differ."""
    chance = random.Random(SEED)
    begin = datetime(2024, 1, 1)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(HEADER)
        for number, (lon, lat) in enumerate(_positions(count)):
            at = begin + timedelta(minutes=5 * chance.randrange(2 * 365 * 24 * 12))
            # The hour between 2 and 3 does not exist on one night a year.
            at = at.replace(hour=at.hour + 1) if at.hour == 2 else at
            words = f"{chance.choice(WHO)} {chance.choice(SAID)} {chance.choice(WHAT)} {chance.choice(WHERE)}"
            text = f"{words}, {chance.choice(WHEN)}. Det har hänt {chance.randrange(2, 40)} gånger."
            writer.writerow((f"B-{number:07d}", chance.choice(TYPES), f"{at:%Y-%m-%d %H:%M}", lon, lat, "", text))


def _positions(count: int) -> list[tuple[str, str]]:
    """Evenly spread positions (lon, lat in degrees) within the sub-areas."""
    own = agreement.load(ROOT / "data" / "vellinge")
    ground = shapely.union_all([area.shape for area in own.areas.values()])
    shapely.prepare(ground)
    chance = np.random.default_rng(SEED)
    west, south, east, north = ground.bounds
    parts, found = [], 0
    while found < count:
        e, n = chance.uniform(west, east, count), chance.uniform(south, north, count)
        inside = shapely.contains_xy(ground, e, n)
        parts.append(np.column_stack([e[inside], n[inside]]))
        found += int(inside.sum())
    e, n = np.concatenate(parts)[:count].T
    lon, lat = geometry.to_degrees(e, n)
    return [(f"{a:.6f}", f"{b:.6f}") for a, b in zip(lon.tolist(), lat.tolist(), strict=True)]
