"""The example as `samverkan demo` makes it, made once."""

from __future__ import annotations

from pathlib import Path

import databases
import pytest
from example_rows import (
    COORDINATOR,
    SMALL,
    UNTIL,
)
from sqlalchemy import select

from samverkan_map import demo, places
from samverkan_map.db import engine
from samverkan_map.db.tables import (
    Report,
)  # fmt: skip


@pytest.fixture(scope="session")
def example(embedded_template, vellinge, tmp_path_factory):
    """A session on the example as `samverkan demo` makes it; for reading only."""
    path = tmp_path_factory.mktemp("example") / "example.sqlite"
    path.write_bytes(embedded_template.read_bytes())
    database = engine.Database(f"sqlite:///{path}")
    with database.writing() as session:
        demo.fill(session, vellinge, until=UNTIL)
        session.commit()
    with database.reading() as session:
        yield session
    database.close()


@pytest.fixture(scope="session")
def rows(example):
    """All reports of the example."""
    return example.scalars(select(Report).order_by(Report.id)).all()


@pytest.fixture(scope="session")
def shown(example):
    """All places of the example by name."""
    return {place.name: place for place in places.find(example, COORDINATOR)}


@pytest.fixture(scope="session")
def small_embedded(embedded_template, vellinge, tmp_path_factory):
    """A small example in an embedded database file, made once, and what was made; tests copy it."""
    with databases.embedded(embedded_template, tmp_path_factory.mktemp("small")) as database:
        made = _small(database, vellinge)
        databases.settled(database)
        return Path(database.engine.url.database), made


@pytest.fixture(scope="session")
def small_postgis(postgis_template, postgis_url, vellinge):
    """The same in a PostGIS database."""
    name = databases.new_name("small")
    databases.on_server(postgis_url, f"CREATE DATABASE {name} TEMPLATE {postgis_template}")
    database = engine.Database(databases.named(postgis_url, name))
    made = _small(database, vellinge)
    database.close()
    return name, made


def _small(database, vellinge):
    with database.writing() as session:
        made = demo.fill(session, vellinge, reports=SMALL, until=UNTIL)
        session.commit()
    return made


@pytest.fixture(params=["embedded", "postgis"])
def filled(request, tmp_path):
    """A writing session on the small example, thrown away at the end, and what was made."""
    template, made = request.getfixturevalue(f"small_{request.param}")
    with databases.copied(request, template, tmp_path) as database, database.writing() as session:
        yield session, made
