"""12. Reports from residents: two hundred sent at once, none lost, none doubled; and one over a slow line."""

from __future__ import annotations

import asyncio
import html
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, Page
from sqlalchemy import func, select

from bench import browser
from bench.figures import KILO, Figure, p95
from bench.serving import Server
from bench.workshop import KINDS, Database, Workshop, samverkan
from samverkan_map.db import engine
from samverkan_map.db.tables import Letter
from samverkan_map.web.inbox.sending import QUICKEST_SECONDS

TITLE = "Reports from residents: many at the same moment through the trusted proxy header, two workers; one on a phone"
AT_ONCE, MOST_P95_MS = 200, 1000
SLOWER, MOST_FORM_KB, MOST_WALK_S = 4, 100, 60
ADDRESS = "/rapportera"

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@dataclass(frozen=True)
class Sent:
    """One report sent: how long its answer took, its status, and where its receipt is."""

    milliseconds: float
    status: int
    receipt: str


def measure(shop: Workshop) -> Iterator[Figure]:
    """On both databases; the screens before the last one are filled in beforehand, as two hundred people would."""
    for kind in KINDS:
        database = shop.empty(kind)
        server = serve(shop, database)
        try:
            many = shop.times(AT_ONCE, 20)
            requests = filled_in(server.port, many)
            before = processor(server)
            found = at_once(server.port, requests)
            spent, kept = processor(server) - before, stored(database)
            alone = list(_on_a_phone(server.port, shop.times(3, 1))) if kind == KINDS[0] else []
        finally:
            server.stop()
        times = tuple(one.milliseconds for one in found)
        yield Figure(f"{kind}: p95 of {many} at once", "ms", (p95(times),), most=MOST_P95_MS)
        yield Figure(f"{kind}: processor time of the workers for each", "ms", (spent / many * KILO,))
        yield Figure(f"{kind}: the one that waited longest", "ms", (max(times),))
        receipts = {one.receipt for one in found if one.status == 303}
        once = min(len(receipts), many - abs(many - kept))
        yield Figure(f"{kind}: with a receipt, and stored once", "reports", (once,), least=many)
        yield from alone


def _on_a_phone(port: int, repeats: int) -> Iterator[Figure]:
    """One report from the first screen to the receipt, by somebody who never hesitates, over a slow line."""
    line = replace(browser.PHONE_LINE, slower=SLOWER)
    with browser.chromium() as chromium:
        files = browser.weigh(chromium, f"http://127.0.0.1:{port}{ADDRESS}", with_map=False)
        seconds = tuple(_walk(chromium, port, line) for _ in range(repeats))
    largest = sorted(files, key=lambda one: -one.wire)[:5]
    heaviest = ", ".join(f"{Path(urlsplit(one.address).path).name} {one.wire / KILO:.0f}" for one in largest)
    weight = sum(one.wire for one in files) / KILO
    yield Figure("report form, in all, as sent", "kB", (weight,), most=MOST_FORM_KB, note=f"largest in kB: {heaviest}")
    what = f"{line.down} Mbit/s, {line.wait} ms, {line.slower} times slower: from the address to the receipt"
    yield Figure(what, "s", seconds, most=MOST_WALK_S, note=f"of which {QUICKEST_SECONDS} s that nobody may be below")


def _walk(chromium: Browser, port: int, line: browser.Line) -> float:
    with browser.phone(chromium, line) as page:
        begun = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}{ADDRESS}", wait_until="load")
        page.locator("#lista").select_option(index=1)
        _press(page, "Fortsätt")
        page.locator("input[name=vad]").first.check()
        page.locator("#text").fill("Skräp kring bänkarna vid torget.")
        opened = time.perf_counter()
        _press(page, "Fortsätt")
        time.sleep(max(0.0, opened + QUICKEST_SECONDS - time.perf_counter()))
        _press(page, "Skicka rapporten")
        page.locator(".code").wait_for()
        return time.perf_counter() - begun


def _press(page: Page, name: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name, exact=True).click()


def serve(shop: Workshop, database: Database) -> Server:
    """A server that believes one proxy about where its visitors are."""
    environment = database.environment | {"SAMVERKAN_PROXIES": "1"}
    return Server(samverkan(), environment, shop.folder, "--workers", "2", demo=False).start()


def processor(server: Server) -> float:
    """Seconds that the workers have computed so far."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in server.workers()]
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def stored(database: Database) -> int:
    """How many letters there are."""
    opened = engine.Database(database.url)
    with opened.reading() as session:
        found = session.scalar(select(func.count(Letter.id))) or 0
    opened.close()
    return found


def filled_in(port: int, many: int) -> list[bytes]:
    """So many reports, each filled in from an address of its own up to its last press."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: _fill_in(port, number), range(many)))
    # Nobody is believed to have read all that in no time.
    time.sleep(QUICKEST_SECONDS + 0.2)
    return found


def _fill_in(port: int, number: int) -> bytes:
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"X-Forwarded-For": _address(number), "Content-Type": "application/x-www-form-urlencoded"}
    what = {"steg": "vad", "vad": "skrap", "text": f"Skräp vid ruta {number} av torget."}
    connection.request("GET", ADDRESS, headers=headers)
    page = connection.getresponse().read().decode()
    for step in ({"lista": _in_list(page)}, what):
        connection.request("POST", ADDRESS, urlencode(dict(_fields(page)) | step), headers)
        page = connection.getresponse().read().decode()
    connection.close()
    body = urlencode(dict(_fields(page)) | {"steg": "skicka"})
    head = f"POST {ADDRESS} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Forwarded-For: {_address(number)}\r\n"
    head += f"Content-Type: {headers['Content-Type']}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return (head + body).encode()


def _address(number: int) -> str:
    return f"198.51.{100 + number // 250}.{1 + number % 250}"


def _in_list(page: str) -> str:
    """The first stop, square or street of the list."""
    return html.unescape(re.findall(r'<option value="([^"|]+\|[^"]+)">', page)[-1])


def _fields(page: str) -> list[tuple[str, str]]:
    form = page[page.index('action="/rapportera"') :]
    return [(name, html.unescape(value)) for name, value in _HIDDEN.findall(form)]


def at_once(port: int, requests: list[bytes]) -> list[Sent]:
    """Send them all in the same moment. One thread asks, so that asking costs the server hardly any of its cores."""

    async def run() -> list[Sent]:
        return list(await asyncio.gather(*(_send(port, request) for request in requests)))

    return asyncio.run(run())


async def _send(port: int, request: bytes) -> Sent:
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = (await reader.read()).decode("utf-8", "replace")
    writer.close()
    location = re.search(r"\r\nLocation: (\S+)", answer)
    return Sent((time.perf_counter() - begun) * KILO, int(answer[9:12] or 0), location[1] if location else "")
