"""11. Recurring problems: from a question to hot cells, their history and a map, over HTTP on the large database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bench import asking
from bench.figures import Figure
from bench.workshop import KINDS, Workshop
from samverkan_map.reports import snapshot
from samverkan_map.vocabulary import add_months

TITLE = "Recurring problems: question to hot cells with q-values, 24 months of classes and GeoJSON, as planner"
MOST_NEW_MS, MOST_KNOWN_MS = 2500, 500
MOST_MB = 600
PATH = "/aterkommande.geojson?cell=100"
PAGES = ("/aterkommande", "/aterkommande/jamfor", "/aterkommande?method=density", "/aterkommande/utveckling")


def measure(shop: Workshop) -> Iterator[Figure]:
    """Each new question asks for another year, so that no answer to it can have been kept."""
    for kind in KINDS:
        size = f"{kind}, {shop.reports:,}"
        yield from _first_questions(shop, kind, size)
        server = shop.server(kind, shop.reports)
        new = tuple(asking.get(server.port, path).milliseconds for path in _questions(shop.times(8, 2)))
        yield Figure(f"{size}: a new question", "ms", new, most=MOST_NEW_MS, note="reports in memory, no answer kept")
        many = 4 * len(server.workers())
        for path in (PATH, *PAGES):
            begun = asking.get(server.port, path).milliseconds
            for _ in range(many):
                asking.get(server.port, path)
            known = tuple(asking.get(server.port, path).milliseconds for _ in range(shop.times(20, 3)))
            most = MOST_KNOWN_MS if path == PATH else None
            yield Figure(f"{size}: asked again, {path}", "ms", known, most=most, note=f"first time {begun:.0f} ms")
        held = tuple(one.rss for one in server.memory())
        note = f"after all of this; of which its own {max(one.own for one in server.memory()):,.0f} MB"
        yield Figure(f"{size}: largest worker, resident", "MB", held, most=MOST_MB, take="largest", note=note)


def _first_questions(shop: Workshop, kind: str, size: str) -> Iterator[Figure]:
    """Without the copy that lies beside an embedded database, and with it; PostGIS has none."""
    name, many = f"{size}: the first question of a new worker", shop.times(3, 1)
    without = []
    shop.filled(kind, shop.reports)  # filling it leaves a copy
    for _ in range(many):
        for copy in shop.folder.rglob(f"*{snapshot.ENDING}"):
            copy.unlink()
        without.append(_first_of_a_new_worker(shop, kind))
    yield Figure(f"{name}, all read", "ms", tuple(without), note="every report read from the database")
    if kind == "embedded":
        found = tuple(_first_of_a_new_worker(shop, kind) for _ in range(many))
        yield Figure(name, "ms", found, most=MOST_NEW_MS, note="reports from the copy beside the database")


def _first_of_a_new_worker(shop: Workshop, kind: str) -> float:
    server = shop.new_worker(shop.filled(kind, shop.reports))
    try:
        return asking.get(server.port, PATH).milliseconds
    finally:
        server.stop()


def _questions(number: int) -> Iterator[str]:
    month = date.today().replace(day=1)
    for back in range(1, number + 1):
        start, last = add_months(month, -11 - back), add_months(month, -back)
        yield f"{PATH}&from={start:%Y-%m}&to={last:%Y-%m}"
