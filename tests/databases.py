"""Databases for tests: copied from one that was set up once, which costs a tenth of setting one up."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from samverkan_map.db import engine
from samverkan_map.db.engine import Database


@contextmanager
def embedded(template: Path, folder: Path) -> Iterator[Database]:
    """A copy of an embedded database file, in a folder of its own."""
    path = folder / "samverkan.sqlite"
    path.write_bytes(template.read_bytes())
    database = engine.Database(f"sqlite:///{path}")
    yield database
    database.close()


@contextmanager
def postgis(template: str, url: str) -> Iterator[Database]:
    """A copy of a PostGIS database of the server, gone afterwards."""
    name = new_name("test")
    on_server(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    database = engine.Database(named(url, name))
    yield database
    database.close()
    # What a test left open is let go while the server still answers: later it fails in the middle of something else.
    gc.collect()
    on_server(url, f"DROP DATABASE {name} WITH (FORCE)")


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
