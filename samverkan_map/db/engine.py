"""Opens the embedded database or PostGIS; every difference between the two has a name here."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

# These two and pyogrio must be here before SpatiaLite is (`_load_spatialite`).
import pyproj  # noqa: F401
import shapely  # noqa: F401
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, create_engine, event, func, literal_column, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from samverkan_map.db.tables import SRID, Measure, Place, Site
from samverkan_map.errors import Conflict, DatabaseTrouble, Refusal, SetUpTrouble
from samverkan_map.settings import Settings

LOCK_WAIT_SECONDS = 10
PRAGMAS = (
    "foreign_keys=ON",
    "synchronous=FULL",
    f"busy_timeout={LOCK_WAIT_SECONDS * 1000}",
    "cache_size=-32768",  # 32 MB: with the default of 2 MB a large import reads its own index back again and again
    # What a changed row was lies in its page until something is written there, and a backup would take it along.
    "secure_delete=FAST",
)


class Database:
    """One open database. `reading()` and `writing()` give sessions; nobody but the door commits them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.embedded = url.startswith("sqlite")
        self.engine = _open_embedded(url) if self.embedded else _open_postgis(url)
        self._writing_engine = self.engine.execution_options(samverkan_write=True)

    def reading(self) -> Session:
        """A session for questions."""
        return Session(self.engine, expire_on_commit=False)

    def writing(self, *, wait: float = LOCK_WAIT_SECONDS) -> Session:
        """A session for changes; the embedded database takes its write lock at once, so that two writers queue.

        `wait` is how many seconds another writer is waited for before the database counts as locked.
        """
        return Session(self._writing_engine.execution_options(samverkan_wait=wait), expire_on_commit=False)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """Open the database that the settings name. Raises SetUpTrouble when its driver or extension is missing."""
    if settings.embedded_file:
        settings.embedded_file.parent.mkdir(parents=True, exist_ok=True)
    return Database(settings.database_url)


def embedded_driver() -> Any:
    """The DB-API module that can load extensions: Python's own where it was built so, otherwise the pysqlite3 wheel."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3
    try:
        from pysqlite3 import dbapi2
    except ImportError as error:
        raise SetUpTrouble("setup.no_loadable_sqlite") from error
    return dbapi2


def _open_embedded(url: str) -> Engine:
    # Last in, first out: each connection has a page cache of its own, and a few warm ones are better than many.
    engine = create_engine(
        url, module=embedded_driver(), connect_args={"timeout": LOCK_WAIT_SECONDS}, pool_use_lifo=True,
        hide_parameters=True,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transaction handling would begin late and commit at surprising places.
        connection.isolation_level = None
        _load_spatialite(connection)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("samverkan_write"):
            connection.exec_driver_sql("BEGIN")
            return
        # Set anew each time: the connection may come from somebody who waited for less.
        wait = options.get("samverkan_wait", LOCK_WAIT_SECONDS)
        connection.exec_driver_sql(f"PRAGMA busy_timeout={round(wait * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _load_spatialite(connection: Any) -> None:
    # mod_spatialite is loaded with its symbols visible to all: whoever loads PROJ or GEOS after it gets its versions,
    # and the process dies. pyogrio brings its own too; it comes here, not above, because PostGIS need not wait for it.
    import pyogrio  # noqa: F401

    connection.enable_load_extension(True)
    try:
        connection.load_extension("mod_spatialite")
    except Exception as error:
        raise SetUpTrouble("setup.no_spatialite") from error
    finally:
        connection.enable_load_extension(False)


def _open_postgis(url: str) -> Engine:
    # Parallel plans and just-in-time compilation cost more than they give on questions of a few milliseconds.
    options = "-c timezone=UTC -c jit=off -c max_parallel_workers_per_gather=0"
    options += f" -c lock_timeout={LOCK_WAIT_SECONDS}s"
    engine = create_engine(url, connect_args={"options": options}, pool_pre_ping=True, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        wait = connection.get_execution_options().get("samverkan_wait", LOCK_WAIT_SECONDS)
        if wait != LOCK_WAIT_SECONDS:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(wait * 1000)}")

    return engine


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database from where it is to `revision`. Raises DatabaseTrouble when it is newer than the program."""
    from alembic import command
    from alembic.util import CommandError

    if database.embedded:
        _prepare_embedded_file(database)
    else:
        with database.engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    try:
        with database._writing_engine.begin() as connection:
            command.upgrade(migration_config(connection), revision)
    except CommandError as error:
        raise DatabaseTrouble("database.newer") from error


def migration_config(connection: Connection) -> Any:
    """Alembic's configuration for an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def revision(database: Database) -> str | None:
    """Which migration the database stands at, or None when it has never been set up."""
    from alembic.runtime.migration import MigrationContext

    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Which migration the program brings."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


def _prepare_embedded_file(database: Database) -> None:
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        known = cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'spatial_ref_sys'").fetchone()[0]
        if not known:
            cursor.execute("SELECT InitSpatialMetaData(1)")  # 1: in one transaction; without it this takes 15 seconds
        cursor.close()
    finally:
        raw.close()


class bbox_hit(ColumnElement):
    """Whether the box of a geometry column touches the box `(min_e, min_n, max_e, max_n)`, by the spatial index.

    Its type is deliberately not Boolean: SQLAlchemy would render `(…) = 1`, which turns SQLite's index off.
    """

    inherit_cache = False
    type = NullType()

    def __init__(self, column: Any, box: Sequence[float]) -> None:
        self.table_name = column.class_.__tablename__
        self.column_name = column.key
        self.box = tuple(float(value) for value in box)


@compiles(bbox_hit, "sqlite")
def _bbox_hit_embedded(element: bbox_hit, _compiler: Any, **_: Any) -> str:
    w, s, e, n = element.box
    index = f"idx_{element.table_name}_{element.column_name}"
    touching = f"xmin <= {e!r} AND xmax >= {w!r} AND ymin <= {n!r} AND ymax >= {s!r}"
    return f"{element.table_name}.id IN (SELECT pkid FROM {index} WHERE {touching})"


@compiles(bbox_hit, "postgresql")
def _bbox_hit_postgis(element: bbox_hit, _compiler: Any, **_: Any) -> str:
    w, s, e, n = element.box
    column = f"{element.table_name}.{element.column_name}"
    return f"{column} && ST_MakeEnvelope({w!r}, {s!r}, {e!r}, {n!r}, {SRID})"


def inside(column: Any, geometry: BaseGeometry) -> list[ColumnElement]:
    """Conditions for rows whose geometry lies inside or on the border of `geometry` (EPSG:3006), index first."""
    return [bbox_hit(column, geometry.bounds), func.ST_Intersects(column, stored(geometry)) == literal_column("TRUE")]


def within_distance(column: Any, geometry: BaseGeometry, metres: float) -> list[ColumnElement]:
    """Conditions for rows at most `metres` from `geometry` (EPSG:3006), index first."""
    w, s, e, n = geometry.bounds
    box = (w - metres, s - metres, e + metres, n + metres)
    return [bbox_hit(column, box), func.ST_Distance(column, stored(geometry)) <= metres]


def stored(geometry: BaseGeometry) -> WKBElement:
    """A shapely geometry in EPSG:3006 as the database takes it."""
    return from_shape(geometry, srid=SRID)


def shape(value: WKBElement | None) -> BaseGeometry | None:
    """What the database gives back as a shapely geometry in EPSG:3006."""
    return None if value is None else to_shape(value)


def mark_changed(row: Place | Site | Measure, on: date) -> None:
    """Let a row's version rise although perhaps only rows that belong to it change, so that a second saver is told."""
    row.updated_on = on
    flag_modified(row, "updated_on")


def overwrite_what_goes(session: Session) -> None:
    """Let what this connection deletes be overwritten in the file: SQLite otherwise leaves the bytes in free pages.

    PostGIS does so by its own vacuum.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def translate(error: Exception) -> Refusal | None:
    """The sentence for a fault of the database itself (locked, full, read-only, gone) or for a row that somebody else
    changed in the same moment; None for another fault."""
    if isinstance(error, StaleDataError):
        return Conflict("errors.sentence_409")
    words = str(getattr(error, "orig", "")).lower()
    for pattern, key in _TROUBLES:
        if re.search(pattern, words):
            return DatabaseTrouble(key)
    return None


_TROUBLES = (
    (r"database is locked|database table is locked|lock timeout|deadlock", "database.locked"),
    (r"disk is full|no space left|disk i/o error", "database.full"),
    (r"readonly|read-only", "database.read_only"),
    (r"no such table|does not exist|no such column", "database.not_set_up"),
    (r"not a database|malformed", "database.damaged"),
    (r"unable to open|could not connect|connection refused|connection failed|server closed", "database.unreachable"),
)
