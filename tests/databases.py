"""Databases for tests: copied from one that was set up once, which costs a tenth of setting one up."""

from __future__ import annotations

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import text

from samverkan_map.db import engine
from samverkan_map.db.engine import Database

ROOM = 4_000_000_000
"""Bytes that must be free in memory before files are put there."""


_of_each_kind: dict = {}


def share_compiled() -> None:
    """Let all databases of a kind share what is compiled for one, as all requests to one server do: compiling the same
    questions anew for every test's database was a tenth of the tests' work."""
    create = engine.create_engine

    def sharing(url, **options):
        made = create(url, query_cache_size=5000, **options)
        first = _of_each_kind.setdefault(made.dialect.name, made)
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
        return made

    engine.create_engine = sharing


def quick_folder() -> str | None:
    """Where many short-lived files go: in memory where there is room for them, else (None) where they usually go."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if roomy else None


@contextmanager
def embedded(template: Path, folder: Path) -> Iterator[Database]:
    """A copy of an embedded database file, in a folder of its own."""
    path = folder / "samverkan.sqlite"
    shutil.copyfile(template, path)
    database = engine.Database(f"sqlite:///{path}")
    yield database
    database.close()


@contextmanager
def postgis(template: str, url: str) -> Iterator[Database]:
    """A copy of a PostGIS database of the server, gone afterwards."""
    name = new_name("test")
    on_server(url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    database = engine.Database(named(url, name))
    yield database
    database.close()
    # What a test left open is let go while the server still answers: later it fails in the middle of something else.
    gc.collect()
    # What is alive now stays, and going through it again after each test took longer than many tests.
    gc.freeze()
    on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


def copied(request, template: Path | str, folder: Path) -> AbstractContextManager[Database]:
    """A copy of a template of the kind, `embedded` or `postgis`, that the fixture of `request` runs on."""
    if request.param == "embedded":
        return embedded(Path(template), folder)
    return postgis(str(template), request.getfixturevalue("postgis_url"))


def settled(database: Database) -> None:
    """Close an embedded database with all of it in its one file, ready to be copied."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def new_name(kind: str) -> str:
    """A database name that nobody has used."""
    return f"{kind}_{uuid.uuid4().hex[:12]}"


def named(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return url.rsplit("/", 1)[0] + "/" + name


def on_server(url: str, statement: str) -> None:
    """Carry out a statement that stands outside transactions."""
    server = engine.Database(url)
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    server.close()
