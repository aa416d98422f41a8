"""A real Chromium: what a page weighs on a cold cache, and when a map can be used."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from bench.asking import zipped
from bench.figures import Unmeasurable

VIEWPORT = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
SLOWEST_MS = 180_000
DRAG_PIXELS = 160

WATCH = """
window.firstSymbol = new Promise((done) => {
  const look = () => {
    if (document.querySelector('.leaflet-marker-icon')) done(performance.now());
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""
"""Runs before the page's own scripts: notes when the first symbol of the map stands in the page."""

PANE_X = "new DOMMatrix(getComputedStyle(document.querySelector('.leaflet-map-pane')).transform).m41"

MOVED = f"""
(from) => new Promise((done) => {{
  const look = () => Math.abs({PANE_X} - from) < {DRAG_PIXELS // 2}
    ? requestAnimationFrame(look)
    : requestAnimationFrame(() => requestIdleCallback(() => done(performance.now())));
  look();
}})
"""
"""When the map has followed the drag, that frame is drawn, and the main thread has nothing left to do."""


@dataclass(frozen=True)
class Line:
    """A connection and the device at its end: Mbit/s down and up, milliseconds there and back, times slower."""

    down: float
    up: float
    wait: float
    slower: float = 1


PHONE_LINE = Line(1.6, 0.75, 150)
"""What browsers' own tools mean by a slow 4G connection."""


@dataclass(frozen=True)
class Loaded:
    """One file of a page: bytes of its body unpacked and compressed, and what went over the wire with its headers."""

    address: str
    kind: str
    body: int
    gzipped: int
    wire: int


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without window. Raises Unmeasurable when it is not there."""
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not program:
        raise Unmeasurable("Chromium is not installed: apt-get install chromium-headless-shell")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=options)
        try:
            yield browser
        finally:
            browser.close()


def weigh(browser: Browser, address: str, *, with_map: bool = True) -> list[Loaded]:
    """Every file of a first view on a cold cache, up to the moment when the network is quiet."""
    with _fresh_page(browser) as page:
        answers, wire = [], {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: wire.update({event["requestId"]: event}))
        seen: dict[str, str] = {}
        session.on(
            "Network.responseReceived", lambda event: seen.update({event["requestId"]: event["response"]["url"]})
        )
        page.on("response", lambda answer: answers.append(answer))
        page.goto(address, wait_until="load", timeout=SLOWEST_MS)
        if with_map:
            page.evaluate("window.firstSymbol")
        page.wait_for_load_state("networkidle", timeout=SLOWEST_MS)
        over_the_wire: dict[str, int] = {}
        for number, event in wire.items():
            url = seen.get(number, "")
            over_the_wire[url] = over_the_wire.get(url, 0) + int(event["encodedDataLength"])
        # What came from the cache the second time has an answer too, and its bytes are counted once.
        once = {answer.url: answer for answer in answers if answer.ok}
        return [_loaded(answer, over_the_wire) for answer in once.values()]


def _loaded(answer, over_the_wire: dict[str, int]) -> Loaded:
    body = answer.body()
    wire = over_the_wire.get(answer.url, len(body))
    return Loaded(answer.url, answer.request.resource_type, len(body), zipped(body), wire)


def usable_ms(browser: Browser, address: str, line: Line | None = None) -> tuple[float, float]:
    """Milliseconds from the start of the navigation, on a cold cache: first symbol drawn, and map usable.

    Usable: symbols are drawn, the map has followed a drag of the mouse, and the main thread is idle. Without a `line`
    nothing lies between server and browser.
    """
    with _fresh_page(browser) as page:
        if line:
            slow_down(page, line)
        page.goto(address, wait_until="commit", timeout=SLOWEST_MS)
        drawn = page.evaluate("window.firstSymbol")
        box = page.locator(".leaflet-container").bounding_box()
        x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.3
        start = page.evaluate(PANE_X)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - DRAG_PIXELS, y)
        page.mouse.up()
        return drawn, page.evaluate(MOVED, start)


def slow_down(page: Page, line: Line) -> None:
    """Put a line between the page and everything it asks for, and slow its device down."""
    session = page.context.new_cdp_session(page)
    down, up = (megabits * 1e6 / 8 for megabits in (line.down, line.up))
    session.send("Network.enable")
    conditions = {"offline": False, "latency": line.wait, "downloadThroughput": down, "uploadThroughput": up}
    session.send("Network.emulateNetworkConditions", conditions)
    session.send("Emulation.setCPUThrottlingRate", {"rate": line.slower})


@contextmanager
def phone(browser: Browser, line: Line) -> Iterator[Page]:
    """A page on a phone at the end of a line: nothing cached, nobody known."""
    context = browser.new_context(viewport=PHONE, locale="sv-SE", is_mobile=True, has_touch=True)
    context.set_default_timeout(SLOWEST_MS)
    try:
        page = context.new_page()
        slow_down(page, line)
        yield page
    finally:
        context.close()


@contextmanager
def _fresh_page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own: nothing cached, nobody known."""
    context = browser.new_context(viewport=VIEWPORT, locale="sv-SE")
    context.set_default_timeout(SLOWEST_MS)
    context.add_init_script(WATCH)
    try:
        yield context.new_page()
    finally:
        context.close()
