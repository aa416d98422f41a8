"""8. The planner's pages: the effect of a measure, a place card, and a thousand effects for the yearly report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle, islice

from bench import asking
from bench.figures import KILO, Figure
from bench.workshop import KINDS, Database, Workshop
from samverkan_map import access, agreement, effects, measures, places
from samverkan_map.db import engine
from samverkan_map.errors import StepNotAllowed
from samverkan_map.settings import ROOT

TITLE = "Follow-up pages and place cards over HTTP, and a thousand effects in one process, as planner"
MOST_EFFECT_MS, MOST_CARD_MS, MOST_THOUSAND_SECONDS = 150, 200, 20
CARD_REPORTS, THOUSAND = 5_000, 1_000


def measure(shop: Workshop) -> Iterator[Figure]:
    """All on both databases at the large size."""
    for kind in KINDS:
        with _Opened(shop.filled(kind, shop.reports)) as opened:
            numbers, card = opened.measures(), opened.card()
            yield opened.thousand(kind, shop.times(THOUSAND, 40))
        server = shop.server(kind, shop.reports)
        many = shop.times(8, 1)
        paths = [f"/atgarder/{number}/uppfoljning" for number in numbers for _ in range(many)]
        times = tuple(asking.get(server.port, path).milliseconds for path in paths)
        yield Figure(f"{kind}: effect page, {len(numbers)} measures", "ms", times, most=MOST_EFFECT_MS)
        place, reports = card
        times = tuple(asking.get(server.port, f"/platser/{place}").milliseconds for _ in range(shop.times(40, 3)))
        yield Figure(f"{kind}: place card, {reports:,} reports", "ms", times, most=MOST_CARD_MS)


class _Opened:
    """A filled database opened in this process, as whoever runs the host."""

    def __init__(self, filled: Database) -> None:
        self.database = engine.Database(filled.url)
        self.agreement = agreement.load(ROOT / "data" / "vellinge")
        self.viewer = access.command_line()

    def __enter__(self) -> _Opened:
        self.session = self.database.reading()
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()
        self.database.close()

    def measures(self) -> list[int]:
        """The measures whose effect can be computed."""
        return sorted({plan.measure_id for plan in self._plans()})

    def _plans(self) -> list:
        found = []
        for one in measures.find(self.session, self.viewer):
            for plan in one.follow_ups:
                try:
                    effects.compute_now(self.session, self.viewer, self.agreement, plan)
                except StepNotAllowed:
                    continue
                found.append(plan)
        return found

    def card(self) -> tuple[int, int]:
        """The place with at least 5,000 reports that has the fewest, or the one with the most; and how many."""
        sizes = {
            place.id: len(places.reports_of(self.session, self.viewer, self.agreement, place))
            for place in places.find(self.session, self.viewer)
        }
        large = {number: size for number, size in sizes.items() if size >= CARD_REPORTS}
        chosen = min(large, key=lambda number: large[number]) if large else max(sizes, key=lambda number: sizes[number])
        return chosen, sizes[chosen]

    def thousand(self, kind: str, many: int) -> Figure:
        """Effects computed one after the other, told per thousand."""
        plans = self._plans()
        begun = time.perf_counter()
        for plan in islice(cycle(plans), many):
            effects.compute_now(self.session, self.viewer, self.agreement, plan)
        seconds = (time.perf_counter() - begun) * THOUSAND / many
        note = f"{many} computed, {seconds / THOUSAND * KILO:.1f} ms each"
        return Figure(f"{kind}: a thousand effects", "s", (seconds,), most=MOST_THOUSAND_SECONDS, note=note)
