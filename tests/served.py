"""The program run as its users run it: commands as processes, on an instance of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from samverkan_map import settings
from samverkan_map.web import create_app

ROOT = Path(__file__).resolve().parent.parent
HEADER = "kallans_id,typ,tid_fran,lon,lat,plats"


def samverkan(*arguments: str, instance: Path, database: str = "", provider=None, run=subprocess.run, **options):
    """Run a command of the program on an instance folder, and on the database of that address instead of its own;
    with a sign-in service when there is one."""
    environment = {**os.environ, "SAMVERKAN_INSTANCE": str(instance), "PYTHONUTF8": "1"}
    environment |= {"SAMVERKAN_DATABASE_URL": database} if database else {}
    # So that the form asks for an address; nobody listens there.
    environment |= {"SAMVERKAN_SMTP": "smtp://127.0.0.1:9", "SAMVERKAN_MAIL_FROM": "karta@kommunen.example"}
    environment |= provider.environment() if provider else {}
    return run([sys.executable, "-m", "samverkan_map.cli", *arguments], env=environment, cwd=ROOT, **options)


def client_of(instance: Path):
    """A client of the program in demo mode on an instance folder, without a server of its own."""
    return create_app(settings.read({"SAMVERKAN_INSTANCE": str(instance)}), demo=True).test_client()


def import_rows(instance: Path, folder: Path, rows: list[str]) -> None:
    """Import rows by the command line while the server runs."""
    path = folder / "rader.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    command = ("import", "reports", str(path), "--source", "est")
    done = samverkan(*command, instance=instance, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def violations(page):
    """What axe finds, with where."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], node["target"], node["html"][:120]) for one in found for node in one["nodes"]]


def watch_requests(page) -> None:
    """Remember which requests are under way, and when that changed last; for `settled`."""
    page.under_way, page.changed = set(), time.monotonic()

    def note(change):
        def noted(request):
            change(request)
            page.changed = time.monotonic()

        return noted

    page.on("request", note(page.under_way.add))
    page.on("requestfinished", note(page.under_way.discard))
    page.on("requestfailed", note(page.under_way.discard))


def settled(page) -> None:
    """Until nothing has been asked for during a tenth of a second: Playwright's own wait takes half a second a page."""
    page.wait_for_load_state()
    until = time.monotonic() + 10
    while page.under_way or time.monotonic() < page.changed + 0.1:
        assert time.monotonic() < until, f"still asking: {[one.url for one in page.under_way]}"
        page.wait_for_timeout(20)


def wait_until(holds) -> None:
    """Wait for what is asked of the page; the content policy lets no test evaluate words as script in it."""
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came about")


def still(page) -> None:
    """Until the map has stopped moving, and its signs are those of where it stands."""
    parts = "[...document.querySelectorAll('#karta .leaflet-map-pane, #karta .mark')]"
    before = None
    for _ in range(50):
        if before == (before := page.evaluate(f"{parts}.map((one) => one.getBoundingClientRect().toJSON())")):
            return
        # Longer than the map waits before it asks.
        page.wait_for_timeout(400)
        settled(page)
    raise AssertionError("the map never stood still")


def wait_for_map(page) -> None:
    """Until a map to draw on can be drawn on."""
    page.locator("[data-draw][data-ready=true]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")


def drawn(page):
    """The shape that the form holds, or None."""
    text = page.locator("#geometry").input_value()
    return json.loads(text) if text else None
