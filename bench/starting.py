"""6. `make run` for the second time: from the command to the first page."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

from bench import asking, serving
from bench.figures import Figure
from bench.workshop import Database, Workshop, samverkan
from samverkan_map.settings import ROOT

TITLE = "Second start: from the command until the first page has been answered whole"
DEMO_REPORTS = 6000
MOST_SECONDS = 5


def measure(shop: Workshop) -> Iterator[Figure]:
    """With the demo material of a first `make run`, and for comparison with the large database."""
    real = _make_is_up_to_date()
    what = "make run" if real else "samverkan start"
    note = "" if real else "the command that make run ends in: the environment was not made by make here"
    times = shop.times(5, 1)
    first = min(DEMO_REPORTS, shop.reports)
    for reports, most in {first: MOST_SECONDS, shop.reports: None if shop.reports > first else MOST_SECONDS}.items():
        database = shop.filled("embedded", reports)
        seconds = tuple(_start(shop, database, real) for _ in range(times))
        yield Figure(f"{what}, {reports:,} reports", "s", seconds, most=most, note=note)


def _make_is_up_to_date() -> bool:
    """Whether `make run` would go straight to its command, as it does on a second start."""
    done = subprocess.run(["make", "-q", ".venv/run.ready"], cwd=ROOT, capture_output=True, check=False)
    return done.returncode == 0


def _start(shop: Workshop, database: Database, real: bool) -> float:
    port = serving.free_port()
    straight = [samverkan(), "start", "--port", str(port)]
    command = ["make", "-C", str(ROOT), "run", f"PORT={port}"] if real else straight
    begun = time.perf_counter()
    process = serving.launched(command, database.environment, shop.folder)
    try:
        serving.wait_for_port(port, process)
        asking.get(port, "/")
        return time.perf_counter() - begun
    finally:
        serving.stopped(process)
