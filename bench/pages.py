"""2. The map page: what a first view weighs, and how long the server takes for lists and tables."""

from __future__ import annotations

from collections.abc import Iterator

from bench import asking, browser
from bench.figures import KILO, Figure
from bench.workshop import KINDS, Workshop

TITLE = "Map page: first view in Chromium on a cold cache, and list pages from the server, as planner"
MOST_FIRST_VIEW_KB, MOST_SCRIPT_KB, MOST_LIST_MS = 400, 130, 150
LISTS = {
    "map with list": "/karta",
    "list, page 3": "/karta?visa=lista&page=3",
    "list, 12 months, area": "/karta?visa=lista&period=12m&area=hollviken",
    "list, type, oldest first": "/karta?visa=lista&type=fortkorning&sort=oldest",
    "list, weekday, hour": "/karta?visa=lista&weekday=4-5&hour=18-23",
    "table": "/karta?visa=tabell",
    "table, page 500": "/karta?visa=tabell&page=500",
    "list, text search": "/karta?visa=lista&q=moped",
}


def measure(shop: Workshop) -> Iterator[Figure]:
    """First view on the embedded database; lists on both."""
    yield from _first_view(shop)
    for kind in KINDS:
        server = shop.server(kind, shop.reports)
        for name, path in LISTS.items():
            many = shop.times(20, 3)
            times = tuple(asking.get(server.port, path).milliseconds for _ in range(many))
            yield Figure(f"{kind}, {shop.reports:,}: {name}", "ms", times, most=MOST_LIST_MS, note=path)


def _first_view(shop: Workshop) -> Iterator[Figure]:
    address = f"http://127.0.0.1:{shop.server('embedded', shop.reports).port}/"
    with browser.chromium() as chromium:
        files = browser.weigh(chromium, address)
    scripts = [one for one in files if one.kind == "script"]
    heaviest = ", ".join(
        f"{one.address.rpartition('/')[2].partition('?')[0] or '/'} {one.wire / KILO:.0f}"
        for one in sorted(files, key=lambda one: -one.wire)[:6]
    )
    note = f"{len(files)} requests; largest in kB: {heaviest}"
    yield _sum("first view, transferred", (one.wire for one in files), MOST_FIRST_VIEW_KB, note)
    yield _sum("first view, every body gzipped", (one.gzipped for one in files))
    squeezed = any(one.wire < one.body for one in scripts)
    note = "" if squeezed else "compressed by the bench for comparison; the server sends it uncompressed"
    yield _sum(f"JavaScript gzipped, {len(scripts)} files", (one.gzipped for one in scripts), MOST_SCRIPT_KB, note)
    yield _sum("JavaScript as sent", (one.wire for one in scripts))


def _sum(what: str, sizes: Iterator[int], most: float | None = None, note: str = "") -> Figure:
    return Figure(what, "kB", (sum(sizes) / KILO,), most=most, note=note)
