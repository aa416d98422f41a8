"""What every test may ask for: a set-up database of each kind, empty at the start of each test."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import uuid
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import text

from samverkan_map.db import engine

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "tests")]

TODAY = date(2026, 11, 23)
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def postgis_url(tmp_path_factory):
    """A running PostGIS: the one `TEST_DATABASE_URL` names, else a throw-away cluster of this test process."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    import postgis

    # Not under pytest's own folder: that is closed to the unprivileged user the server runs as.
    with tempfile.TemporaryDirectory(prefix="samverkan-postgis-", ignore_cleanup_errors=True) as folder:
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
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgis_template(postgis_url):
    """A PostGIS database that has been set up once; tests are made from it."""
    name = make_database(postgis_url, "template")
    database = engine.Database(named(postgis_url, name))
    engine.upgrade(database)
    database.close()
    return name


@pytest.fixture(params=["embedded", "postgis"])
def database(request):
    """An empty, set-up database: each test that asks for it runs on both kinds."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def embedded(embedded_template, tmp_path):
    """An empty, set-up embedded database only."""
    with embedded_from(embedded_template, tmp_path) as database:
        yield database


@pytest.fixture
def postgis(postgis_template, postgis_url):
    """An empty, set-up PostGIS database only."""
    with postgis_from(postgis_template, postgis_url) as database:
        yield database


@contextmanager
def embedded_from(template: Path, folder: Path):
    """An embedded database with what is in the template file, until the test is over."""
    path = folder / "samverkan.sqlite"
    path.write_bytes(template.read_bytes())
    database = engine.Database(f"sqlite:///{path}")
    yield database
    database.close()


@contextmanager
def postgis_from(template: str, url: str):
    """A PostGIS database with what is in the template database, until the test is over."""
    name = make_database(url, "test", template=template)
    database = engine.Database(named(url, name))
    yield database
    database.close()
    # What a test left open is let go while the server still answers: later it fails in the middle of something else.
    gc.collect()
    _on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


def make_database(url: str, prefix: str, *, template: str | None = None) -> str:
    """Make a database of its own name on the server; its name."""
    name = f"{prefix}_{uuid.uuid4().hex[:12]}"
    _on_server(url, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    return name


def named(url: str, name: str) -> str:
    """The address of a database on the server."""
    return url.rsplit("/", 1)[0] + "/" + name


def _on_server(url: str, statement: str) -> None:
    server = engine.Database(url)
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    server.close()


@pytest.fixture
def session(database):
    """A writing session that is thrown away at the end."""
    with database.writing() as session:
        yield session


@pytest.fixture(scope="session")
def chromium():
    """One real Chromium for all tests that look at pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def vellinge():
    """Vellinge's agreement."""
    from samverkan_map import agreement

    return agreement.load(ROOT / "data" / "vellinge")


@pytest.fixture
def today():
    """The day the tests play on."""
    return TODAY
