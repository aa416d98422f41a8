"""5. Memory of the server's workers after requests."""

from __future__ import annotations

from collections.abc import Iterator

from bench import asking
from bench.figures import Figure
from bench.pages import LISTS
from bench.workshop import KINDS, Workshop

TITLE = "Memory per worker after map, list and table requests"
MOST_MB = 600


def measure(shop: Workshop) -> Iterator[Figure]:
    """Every worker of both servers."""
    for kind in KINDS:
        server = shop.server(kind, shop.reports)
        for path in LISTS.values():
            asking.get(server.port, path)
        found = server.memory()
        whose = f"{kind}, {shop.reports:,}: largest of {len(found)} workers"
        rss = tuple(one.rss for one in found)
        note = f"of which its own, not pages of files: {max(one.own for one in found):,.0f} MB"
        yield Figure(f"{whose}, resident", "MB", rss, most=MOST_MB, take="largest", note=note)
        pss = tuple(one.pss for one in found)
        yield Figure(f"{whose}, fair share (PSS)", "MB", pss, most=MOST_MB, take="largest")
        first = (server.first_answer_ms / 1000,)
        yield Figure(f"{kind}, {shop.reports:,}: first map data after a start", "s", first)
