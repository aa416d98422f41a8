"""13. The situation picture: composed from all reports, opened again, compared, and made into a PDF."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date, timedelta

from bench import asking
from bench.figures import KILO, Figure
from bench.workshop import KINDS, Database, Workshop
from samverkan_map import agreement, situation
from samverkan_map.db import engine
from samverkan_map.reports import frame as frames
from samverkan_map.settings import ROOT
from samverkan_map.situation.asked import Gathering
from samverkan_map.situation.document import Document, compose
from samverkan_map.vocabulary import Period, add_months

TITLE = "The situation picture: composed, compared and printed, in one process and over HTTP, as planner"
MOST_COMPOSE_SECONDS, MOST_COMPARE_MS, MOST_PDF_SECONDS = 5, 1000, 3
FROZEN, DRAFT = "/lagesbild/1", "/lagesbild/2"
COMPARISON = "/lagesbild/jamfor?tidigare=1&senare=2"
TOGETHER = (f"{FROZEN}.pdf", f"{FROZEN}/atgardsplan.pdf", f"{FROZEN}/uppfoljning/bra.pdf")
"""Papers that make more than thirty pages and twelve maps when they are laid on each other."""
MONTHS = 12

_PAGE = re.compile(rb"/Type\s*/Page\b")


def measure(shop: Workshop) -> Iterator[Figure]:
    """On both databases at the large size; the demo holds a frozen version and one that is being written."""
    for kind in KINDS:
        size = f"{kind}, {shop.reports:,}"
        filled = shop.filled(kind, shop.reports)
        yield from _in_one_process(filled, size, shop.times(4, 2))
        yield from _over_http(shop, filled, size)


def _in_one_process(filled: Database, size: str, many: int) -> Iterator[Figure]:
    """Each version is about another year, so that no answer to it can have been kept."""
    database, known = engine.Database(filled.url), agreement.load(ROOT / "data" / "vellinge")
    try:
        with database.reading() as session:
            frames.current(session)
            made: list[Document] = []
            seconds = []
            for period in _years(many):
                begun = time.perf_counter()
                made.append(compose(Gathering(session, known, period, date.today())))
                seconds.append(time.perf_counter() - begun)
    finally:
        database.close()
    count = sum(len(found) for found in situation.read_figures(made[0]).values())
    note = f"{count} figures; reports in memory, no answer kept"
    yield Figure(f"{size}: composing a version", "s", tuple(seconds), most=MOST_COMPOSE_SECONDS, note=note)
    times = []
    for later, earlier in zip(made, made[1:], strict=False):
        begun = time.perf_counter()
        situation.compare(earlier, later)
        times.append((time.perf_counter() - begun) * KILO)
    yield Figure(f"{size}: comparing two versions", "ms", tuple(times), most=MOST_COMPARE_MS)


def _years(many: int) -> Iterator[Period]:
    end = (date.today() - timedelta(days=1)).replace(day=1)
    for back in range(many):
        yield Period(add_months(end, -MONTHS - back), add_months(end, -back))


def _over_http(shop: Workshop, filled: Database, size: str) -> Iterator[Figure]:
    server = shop.new_worker(filled)
    try:
        first = asking.get(server.port, DRAFT).milliseconds / KILO
        yield Figure(f"{size}: the page of a draft, first request of a new worker", "s", (first,))
        many = shop.times(8, 2)
        for name, path, most in (
            ("the page of a draft, composed again", DRAFT, None),
            ("the page of a frozen version, verified", FROZEN, None),
            ("the page that compares it with the draft", COMPARISON, MOST_COMPARE_MS),
        ):
            times = tuple(asking.get(server.port, path).milliseconds for _ in range(many))
            yield Figure(f"{size}: {name}", "ms", times, most=most)
        for name, path in (("a frozen version", FROZEN), ("a draft, composing included", DRAFT)):
            answers = [asking.get(server.port, f"{path}.pdf") for _ in range(many)]
            seconds = tuple(one.milliseconds / KILO for one in answers)
            most = MOST_PDF_SECONDS if path == FROZEN else None
            note = f"{len(_PAGE.findall(answers[0].body))} pages, {len(answers[0].body) / KILO:,.0f} kB"
            yield Figure(f"{size}: PDF of {name}", "s", seconds, most=most, note=note)
        yield _together(server.port, size, many)
    finally:
        server.stop()


def _together(port: int, size: str, many: int) -> Figure:
    """Several papers of a frozen version one after the other, as the one long paper that nobody has."""
    seconds, pages = [], 0
    for _ in range(many):
        answers = [asking.get(port, path) for path in TOGETHER]
        seconds.append(sum(one.milliseconds for one in answers) / KILO)
        pages = sum(len(_PAGE.findall(one.body)) for one in answers)
    what = f"{size}: PDFs of a frozen version, action plan and follow-up"
    return Figure(what, "s", tuple(seconds), most=MOST_PDF_SECONDS, note=f"{pages} pages in all")
