"""The example as `samverkan demo` makes it, made once."""

from __future__ import annotations

import pytest
from example_rows import (
    COORDINATOR,
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
