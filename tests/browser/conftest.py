"""A real Chromium against the real server on a trial database, started once per test run."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import databases
import pytest
from served import samverkan, watch_requests

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
SIZES = {"1440": (1440, 900), "1024": (1024, 768), "360": (360, 740)}
REPORTS, FEW_REPORTS = "6000", "1500"
UNTIL = "2026-11-23"


def pytest_collection_modifyitems(items):
    """Everything here drives a browser."""
    for item in items:
        if "browser" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def instance(tmp_path_factory):
    """A trial database as `make run` makes it, smaller."""
    folder = tmp_path_factory.mktemp("instance")
    samverkan("setup", instance=folder, check=True, stdout=subprocess.DEVNULL)
    command = ("demo", "--reports", REPORTS, "--until", UNTIL)
    samverkan(*command, instance=folder, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="session")
def server(instance, identity):
    """The address of the server in demo mode, with a sign-in service."""
    with _serving(instance, provider=identity) as address:
        identity.send_back_to(address)
        yield address


@pytest.fixture
def postgis_server(postgis_template, postgis_url, tmp_path):
    """The address of a server in demo mode on a trial database of PostGIS, a small one: one walk needs no more."""
    with databases.postgis(postgis_template, postgis_url) as database:
        command = ("demo", "--reports", FEW_REPORTS, "--until", UNTIL)
        samverkan(*command, instance=tmp_path, database=database.url, check=True, stdout=subprocess.DEVNULL)
        with _serving(tmp_path, database.url) as address:
            yield address


@pytest.fixture
def copied_instance(instance, tmp_path):
    """A copy of the trial database, for a walk after which the other tests would not find theirs as it was."""
    name = "samverkan.sqlite"
    with closing(sqlite3.connect(instance / name)) as source, closing(sqlite3.connect(tmp_path / name)) as copy:
        source.backup(copy)
    return tmp_path


@contextmanager
def _serving(instance: Path, database: str = "", provider=None) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (instance / "server.log").open("wb")
    arguments = ("serve", "--demo", "--workers", "1", "--port", str(port))
    process = samverkan(
        *arguments, instance=instance, database=database, provider=provider, run=subprocess.Popen, stdout=log,
        stderr=log, start_new_session=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    _wait(f"{address}/halsa", process)
    yield address
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen) -> None:
    for _ in range(200):
        assert process.poll() is None, "the server stopped by itself"
        try:
            urllib.request.urlopen(address, timeout=2).read()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server never answered")


@pytest.fixture
def visit(chromium, server):
    """Open a fresh browser: `visit("/karta", size="360", role="publik", script=False)` gives a watched page."""
    yield from _visiting(chromium, server)


@pytest.fixture
def visit_copy(chromium, copied_instance):
    """The same on a server of its own, on the copy."""
    with _serving(copied_instance) as address:
        yield from _visiting(chromium, address)


@pytest.fixture(params=["embedded", "postgis"])
def visit_on_each(request, chromium):
    """The same on the server of each database."""
    name = "server" if request.param == "embedded" else "postgis_server"
    yield from _visiting(chromium, request.getfixturevalue(name))


def _visiting(chromium, server):
    contexts = []

    def open_page(path="/", **options):
        page = _open(chromium, server, **options)
        contexts.append(page.context)
        page.goto(server + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def leaf(chromium, server):
    """Go on to a page in the browser that this role, size and language already has: nothing there may be kept."""
    pages = {}

    def turn_to(path, **options):
        key = tuple(sorted(options.items()))
        page = pages.get(key) or pages.setdefault(key, _open(chromium, server, **options))
        page.foreign.clear()
        page.faults.clear()
        page.under_way.clear()
        page.goto(server + path)
        return page

    yield turn_to
    for page in pages.values():
        page.context.close()


def _open(chromium, server, *, size="1440", role=None, script=True, language=None, **options):
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=script, locale="sv-SE", **options
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    watch(page, server)
    if role:
        choose_role(page, server, role)
    if language:
        page.goto(f"{server}/sprak/{language}")
    return page


def watch(page, server) -> None:
    """Remember what should never happen: foreign requests, refused scripts, errors in the page."""
    page.foreign, page.faults = [], []
    watch_requests(page)
    page.on("request", lambda r: None if r.url.startswith((server, "blob:")) else page.foreign.append(r.url))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)


def choose_role(page, server, role) -> None:
    """Press the role in the header's switcher."""
    page.goto(f"{server}/hjalp")
    page.locator(".roles > summary").click()
    page.locator(f"form[action$='/demo/roll'] button[value='{role}']").click()
    page.wait_for_load_state()


@pytest.fixture
def keep():
    """Keep a screenshot as an artefact of the run."""

    def save(page, name):
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"{re.sub('[^a-z0-9-]+', '-', name.lower())}.png")

    return save
