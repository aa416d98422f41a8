"""3. Against the page that a folium user writes by hand: the same points inlined, FastMarkerCluster, one file."""

from __future__ import annotations

import csv
import io
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import folium
from folium.plugins import FastMarkerCluster
from playwright.sync_api import Browser

from bench import asking, browser, imports, serving
from bench.figures import KILO, Figure, Unmeasurable
from bench.workshop import Database, Workshop, vendored

TITLE = (
    "Against folium with FastMarkerCluster: the same points inlined in one page, its CDN files served from this machine"
)
POINTS = 100_000
WITHOUT_POSITION = 1.15
"""Some reports have no position, so somewhat more are made than points are needed."""

FEW_DEMO_REPORTS = 100
"""A database that holds only imported reports is no trial one, and demo mode would not show it."""

LEAST_FEWER_BYTES, LEAST_SOONER = 20, 10
LINK = re.compile(r'(?:src|href)="https://([^"]+)"')


def measure(shop: Workshop) -> Iterator[Figure]:
    """Twice, since clustering takes longer or shorter by it: reports gathered as in the demo, and evenly spread."""
    if not shutil.which("npm"):
        raise Unmeasurable("npm is not installed, and the files that folium's page links to come by it")
    wanted = min(POINTS, shop.reports)
    packages = Packages(shop.folder / "npm")
    demo = shop.filled("embedded", round(wanted * WITHOUT_POSITION))
    yield from _compared(shop, packages, demo, "demo", wanted)
    yield from _compared(shop, packages, _spread(shop, wanted), "spread", wanted)


def _spread(shop: Workshop, wanted: int) -> Database:
    """A trial database with a few demo reports and a file of reports evenly spread over the sub-areas."""
    database = shop.empty("embedded", wanted + FEW_DEMO_REPORTS)
    shop.command(database, "demo", "--reports", str(FEW_DEMO_REPORTS))
    file = shop.folder / "spread.csv"
    imports.write_rows(file, wanted)
    shop.command(database, "import", "reports", str(file), "--source", "est")
    return database


def _compared(shop: Workshop, packages: Packages, database: Database, name: str, wanted: int) -> Iterator[Figure]:
    """Bytes and time until usable of both pages, in the same browser, turn and turn about."""
    ours = shop.serve(database)
    port = serving.free_port()
    site = shop.folder / f"folium_{name}"
    process = None
    try:
        points = _points(ours.port)[:wanted]
        absent = build(points, site, packages)
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(site)]
        process = serving.launched(command, {"PYTHONUTF8": "1"}, shop.folder)
        serving.wait_for_port(port, process)
        addresses = {"ours": f"http://127.0.0.1:{ours.port}/", "folium": f"http://127.0.0.1:{port}/map.html"}
        places = f"{len(points):,} points in {len(set(points)):,} places"
        lacks = f"; not to be had, so not counted: {', '.join(absent)}" if absent else ""
        with browser.chromium() as chromium:
            yield from _bytes(chromium, addresses, name, f"{places}{lacks}", database.reports)
            yield from _times(chromium, addresses, name, shop.times(5, 2))
            yield from _times(chromium, addresses, name, shop.times(3, 1), browser.PHONE_LINE)
    finally:
        ours.stop()
        if process:
            serving.stopped(process)


def _bytes(chromium: Browser, addresses: dict[str, str], name: str, points: str, reports: int) -> Iterator[Figure]:
    found = {name: browser.weigh(chromium, address) for name, address in addresses.items()}
    # The file as folium saves it, plain; what it takes from the CDNs, compressed, as they send it.
    theirs = sum(one.body if one.kind == "document" else one.gzipped for one in found["folium"]) / KILO
    ours = sum(one.wire for one in found["ours"]) / KILO
    note = f"the page as saved, its CDN files gzipped, no street tiles; {points}"
    yield Figure(f"{name}: folium, first view", "kB", (theirs,), note=note)
    note = f"{reports:,} reports, {len(found['ours'])} requests, as sent, headers included"
    yield Figure(f"{name}: ours, first view", "kB", (ours,), note=note)
    yield Figure(f"{name}: fewer bytes, as sent", "×", (theirs / ours,), least=LEAST_FEWER_BYTES)
    packed = {name: sum(one.gzipped for one in files) / KILO for name, files in found.items()}
    note = f"folium {packed['folium']:,.0f} kB, ours {packed['ours']:,.0f} kB"
    yield Figure(
        f"{name}: fewer bytes, if every body of both were gzipped", "×", (packed["folium"] / packed["ours"],), note=note
    )


def _times(
    chromium: Browser, addresses: dict[str, str], name: str, times: int, line: browser.Line | None = None
) -> Iterator[Figure]:
    usable: dict[str, list[float]] = {name: [] for name in addresses}
    drawn: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(times):
        for whose, address in addresses.items():
            first, ready = browser.usable_ms(chromium, address, line)
            drawn[whose].append(first)
            usable[whose].append(ready)
    over = f", over {line.down} Mbit/s and {line.wait} ms" if line else ", same machine"
    for whose in reversed(addresses):
        yield Figure(f"{name}{over}: {whose}, first symbol drawn", "ms", tuple(drawn[whose]))
        yield Figure(f"{name}{over}: {whose}, usable (symbols, follows a drag, idle)", "ms", tuple(usable[whose]))
    sooner = statistics.median(usable["folium"]) / statistics.median(usable["ours"])
    yield Figure(f"{name}{over}: sooner usable", "×", (sooner,), least=LEAST_SOONER)


def _points(port: int) -> list[tuple[float, float]]:
    """(lat, lon) of every report with a position, as the map's own CSV gives them."""
    text = asking.get(port, "/karta.csv?layer=problem,traffic,accident,strength").body.decode("utf-8-sig")
    lines = io.StringIO(text)
    header = next(line for line in lines if "lon" in line and "lat" in line)
    names = next(csv.reader([header], delimiter=";" if ";" in header else ","))
    rows = csv.DictReader(lines, names, delimiter=";" if ";" in header else ",")
    return [_point(row) for row in rows if row["lat"] and row["lon"]]


def _point(row: dict[str, str]) -> tuple[float, float]:
    return float(row["lat"].replace(",", ".")), float(row["lon"].replace(",", "."))


# ---- The page and its files ------------------------------------------------------------------------------------------


def build(points: list[tuple[float, float]], folder: Path, packages: Packages) -> list[str]:
    """Write the page into `folder` with the files it links to; say which of those could not be had.

    Raises Unmeasurable when what clusters the points is not to be had: without it there is no page to compare with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "map.html"
    page.write_text(local(by_hand(points)), encoding="utf-8")
    links = dict.fromkeys(LINK.findall(by_hand([])))
    absent = [Path(link).name for link in links if not packages.fetch(link, folder / "cdn" / link)]
    needed = [
        name for name in absent if name in ("leaflet.js", "leaflet.markercluster.js", "leaflet.awesome-markers.js")
    ]
    if needed:
        raise Unmeasurable(f"{', '.join(needed)} could not be fetched with npm")
    return absent


def by_hand(points: list[tuple[float, float]]) -> str:
    """What folium's own example does: a map, the points, nothing else."""
    middle = [statistics.mean(column) for column in zip(*points, strict=True)] if points else [0, 0]
    page = folium.Map(location=middle, zoom_start=11)
    FastMarkerCluster([list(point) for point in points]).add_to(page)
    return page.get_root().render()


def local(page: str) -> str:
    """The page with every foreign address led to this machine, the tiles' too, so that it needs no network.

    >>> local('<script src="https://cdn.example/x.js">')
    '<script src="/cdn/cdn.example/x.js">'
    """
    return page.replace('"https://', '"/cdn/')


def package_of(link: str) -> tuple[str, str] | None:
    """The npm package and the file in it that a CDN link means, or None when the link does not say.

    >>> package_of("cdn.example/npm/leaflet@1.9.3/dist/leaflet.js")
    ('leaflet@1.9.3', 'dist/leaflet.js')
    >>> package_of("cdn.example/ajax/libs/leaflet.markercluster/1.1.0/MarkerCluster.css")
    ('leaflet.markercluster@1.1.0', 'dist/MarkerCluster.css')
    """
    path = urlsplit(f"//{link}").path
    if found := re.fullmatch(r"/npm/((?:@[^/]+/)?[^/@]+@[^/]+)/(.+)", path):
        return found[1], found[2]
    if found := re.fullmatch(r"/ajax/libs/([^/]+)/([^/]+)/(.+)", path):
        return f"{found[1].lower()}@{found[2]}", f"dist/{found[3]}"
    if found := re.fullmatch(r"/([a-z]+)-(\d[\d.]*\d)(\.min)?\.js", path):
        return f"{found[1]}@{found[2]}", f"dist/{found[1]}{found[3] or ''}.js"
    return None


class Packages:
    """npm packages unpacked into a folder, each fetched once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, Path | None] = {}

    def fetch(self, link: str, target: Path) -> bool:
        """Put a linked file, with the pictures and fonts it names, where the page looks for it; say if it worked."""
        source = self._source(link)
        if source is None:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        if source.suffix == ".css":
            _copy_what_it_names(source, target)
        return True

    def _source(self, link: str) -> Path | None:
        known = package_of(link)
        if not known:
            return None
        package, inner = known
        folder = self._unpacked(package)
        if folder and (folder / inner).is_file():
            return folder / inner
        own = vendored() / "leaflet" / Path(inner).name
        return own if package.startswith("leaflet@") and own.is_file() else None

    def _unpacked(self, package: str) -> Path | None:
        """The package at that version, or the newest where that version was never published for npm."""
        if package not in self._known:
            self._known[package] = self._packed(package) or self._packed(package.rpartition("@")[0])
        return self._known[package]

    def _packed(self, package: str) -> Path | None:
        where = self.folder / package.replace("/", "_")
        where.mkdir(parents=True)
        done = subprocess.run(["npm", "pack", "--silent", package], cwd=where, capture_output=True, check=False)
        archive = next(where.glob("*.tgz"), None)
        if done.returncode or archive is None:
            return None
        with tarfile.open(archive) as opened:
            opened.extractall(where, filter="data")
        return where / "package"


def _copy_what_it_names(source: Path, target: Path) -> None:
    for name in re.findall(r"url\([\"']?([^\"')?#:]+)", source.read_text(encoding="utf-8")):
        if (source.parent / name).is_file():
            there = target.parent / name
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source.parent / name, there)
