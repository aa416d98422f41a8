"""What every test may ask for: a set-up database of each kind, empty at the start of each test."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import sync_playwright

from samverkan_map.db import engine
from samverkan_map.people import passwords

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "tests")]

import databases  # noqa: E402 - found beside this file, once the path above is set

TODAY = date(2026, 11, 23)
CHROMIUM = "/usr/bin/chromium-headless-shell"
"""Debian's Chromium without the windows that nobody sees: a third less to compute for each page."""

HASHER = passwords._HASHER
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Hand the tests out to the workers as `together` says."""
    import together

    return together.Together(config, log)


def pytest_configure():
    """Keep the tests' files in memory where there is room: an embedded database waits for the disk at each commit."""
    if where := databases.quick_folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", where)
    databases.share_compiled()
    # A guess is meant to take long, and the tests sign in thousands of times.
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_collection_finish():
    """What is loaded by now stays: it need not be gone through each time a test's left-overs are let go."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgis_url(tmp_path_factory):
    """A running PostGIS: the one `TEST_DATABASE_URL` names, else a throw-away cluster of this test process."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    import postgis

    # Not under pytest's own folder: that is closed to the unprivileged user the server runs as.
    # In memory a database is copied in a tenth of the time: it is nine hundred files.
    where = databases.quick_folder()
    with tempfile.TemporaryDirectory(prefix="samverkan-postgis-", dir=where, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = postgis.Server(Path(folder) / "cluster").start()
        yield server.url
        server.stop()


@pytest.fixture(scope="session")
def embedded_template(tmp_path_factory):
    """An embedded database file that has been set up once; tests copy it."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    database = engine.Database(f"sqlite:///{path}")
    engine.upgrade(database)
    databases.settled(database)
    return path


@pytest.fixture(scope="session")
def postgis_template(postgis_url):
    """A PostGIS database that has been set up once; tests are made from it."""
    name = databases.new_name("template")
    databases.on_server(postgis_url, f"CREATE DATABASE {name}")
    database = engine.Database(databases.named(postgis_url, name))
    engine.upgrade(database)
    database.close()
    return name


@pytest.fixture(params=["embedded", "postgis"])
def database(request, tmp_path):
    """An empty, set-up database: each test that asks for it runs on both kinds."""
    with databases.copied(request, request.getfixturevalue(f"{request.param}_template"), tmp_path) as database:
        yield database


@pytest.fixture
def embedded(embedded_template, tmp_path):
    """An empty, set-up embedded database only."""
    with databases.embedded(embedded_template, tmp_path) as database:
        yield database


@pytest.fixture
def postgis(postgis_template, postgis_url):
    """An empty, set-up PostGIS database only."""
    with databases.postgis(postgis_template, postgis_url) as database:
        yield database


@pytest.fixture
def session(database):
    """A writing session that is thrown away at the end."""
    with database.writing() as session:
        yield session


@pytest.fixture
def slow_to_guess(monkeypatch):
    """Passwords are hashed as users' are."""
    monkeypatch.setattr(passwords, "_HASHER", HASHER)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def chromium():
    """One real Chromium for all tests that look at pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def identity():
    """One real sign-in service for all tests that need one."""
    import identity_provider

    with identity_provider.running() as provider:
        yield provider


@pytest.fixture(scope="session")
def vellinge():
    """Vellinge's agreement."""
    from samverkan_map import agreement

    return agreement.load(ROOT / "data" / "vellinge")


@pytest.fixture
def today():
    """The day the tests play on."""
    return TODAY
