"""Backups by the database's own interface: taken while others write, verified before they replace anything.

A backup of the embedded database is one SQLite file, of PostGIS one file of pg_dump; both are readable by their owner
only. How PostGIS does it stands in `dump`.
"""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from samverkan_map.db import dump, engine
from samverkan_map.db.engine import Database
from samverkan_map.db.tables import Base
from samverkan_map.errors import BadFile, BadValue, DatabaseTrouble

COUNTED = ("reports", "places", "measures", "sites", "people", "audit")
"""The tables whose numbers of rows a backup tells."""

_SQLITE = b"SQLite format 3\x00"
_IN_USE = b"\x02\x02"
"""What a SQLite file has at byte 18 while it is a program's living database (WAL); a backup never has."""


def save(database: Database, file: Path, *, overwrite: bool = False) -> dict[str, int]:
    """Write a verified backup to `file` and give how many rows of each of `COUNTED` it holds.

    With `overwrite` an older backup of that name is replaced, in one step and not before the new one is whole.
    Raises BadValue (the file cannot be written, is there already, or is something else than a backup), DatabaseTrouble,
    SetUpTrouble.
    """
    file = Path(file)
    _refuse_target(database, file, overwrite)
    revision = engine.revision(database)
    if revision not in known_revisions():
        raise DatabaseTrouble("database.newer" if revision else "database.not_set_up")
    with _written_beside(file) as temporary:
        if database.embedded:
            return _save_embedded(_file_of(database), temporary)
        with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            found = counts(connection)
            dump.save(connection, database.url, temporary)
        dump.verify(temporary)
        return found


def restore(database: Database, file: Path, *, other_purpose: bool = False) -> dict[str, int]:
    """Put the content of a backup in the database's place and give how many rows of each of `COUNTED` it holds.

    The backup is read through and found whole first; then the content changes in one transaction. The old content of
    an embedded database stays beside it as `<name>.before-restore`, with a number when there is one already. Everybody
    is signed out. Only with `other_purpose` does a backup of invented material replace a real database, or the other
    way round.
    Raises BadFile (no backup, a damaged one, one of another kind, purpose or of a newer program), DatabaseTrouble,
    SetUpTrouble.
    """
    file = Path(file)
    _refuse_kind(database, file)
    if database.embedded:
        _verified(file)
    else:
        _refuse_revision(file, dump.verify(file))
    if not other_purpose:
        _refuse_purpose(database, file)
    if database.embedded:
        _restore_embedded(_file_of(database), file)
    else:
        with database.engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
        dump.restore(database.url, file)
    with database.writing() as session:
        # Whoever was let in then is not let in now: neither a person nor a screen.
        for name in ("sessions", "meeting_screens"):
            session.execute(Base.metadata.tables[name].delete())
        session.commit()
        return counts(session.connection())


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each of `COUNTED` has."""
    tables = Base.metadata.tables
    return {name: connection.execute(select(func.count()).select_from(tables[name])).scalar_one() for name in COUNTED}


def kept_file(database: Database) -> Path | None:
    """Where the content before the last restore is kept, or None when there is no such file."""
    live = _file_of(database)
    kept = live.parent.glob(f"{live.name}.before-restore*") if database.embedded else ()
    return max(kept, key=lambda file: (file.stat().st_mtime_ns, file.name), default=None)


def _file_of(database: Database) -> Path:
    return Path(database.engine.url.database or "")


def _refuse_target(database: Database, file: Path, overwrite: bool) -> None:
    if database.embedded and file.resolve() == _file_of(database).resolve():
        raise BadValue("backup.errors.same_file", field="file", file=file)
    if file.exists() and not _is_old_backup(file):
        raise BadValue("backup.errors.in_the_way", field="file", file=file)
    if file.exists() and not overwrite:
        raise BadValue("backup.errors.there_already", field="file", file=file)


def _is_old_backup(file: Path) -> bool:
    start = _start_of(file) if file.is_file() else b""
    return start.startswith(dump.SIGNATURE) or (start.startswith(_SQLITE) and start[18:20] != _IN_USE)


def _start_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(100)
    except FileNotFoundError as error:
        raise BadFile("backup.errors.missing", file=file) from error
    except OSError as error:
        raise BadFile("backup.errors.unreadable", file=file) from error


def _refuse_kind(database: Database, file: Path) -> None:
    start = _start_of(file)
    wanted, other = (_SQLITE, dump.SIGNATURE) if database.embedded else (dump.SIGNATURE, _SQLITE)
    if start.startswith(other):
        raise BadFile("backup.errors.other_kind", file=file)
    if not start.startswith(wanted):
        raise BadFile("backup.errors.not_a_backup", file=file)
    if database.embedded and file.resolve() == _file_of(database).resolve():
        raise BadFile("backup.errors.same_file", file=file)


def _refuse_purpose(database: Database, file: Path) -> None:
    """An empty or ruined database may become either: it is to be replaced by what the backup is."""
    here = _holds_trial(database)
    if here is None or here == (there := _was_trial(database, file)):
        return
    raise BadFile("backup.errors.trial_over_real" if there else "backup.errors.real_over_trial", file=file)


def _holds_trial(database: Database) -> bool | None:
    """Whether the database holds invented material; None when it holds nothing, or nothing that can be read."""
    try:
        with database.reading() as session:
            if not any(counts(session.connection()).values()):
                return None
            return session.scalar(text("SELECT value FROM state WHERE key = 'trial'")) == "1"
    except DBAPIError:
        return None


def _was_trial(database: Database, file: Path) -> bool:
    if not database.embedded:
        return dump.state(file, "trial") == "1"
    with _troubles(), closing(_opened(file, "ro")) as connection:
        found = connection.execute("SELECT value FROM state WHERE key = 'trial'").fetchone()
    return bool(found) and found[0] == "1"


def _refuse_revision(file: Path, revision: str | None) -> None:
    if revision is None:
        raise BadFile("backup.errors.not_a_backup", file=file)
    if revision not in known_revisions():
        raise BadFile("backup.errors.newer", file=file)


def known_revisions() -> set[str]:
    """Every migration this program knows."""
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory(str(Path(__file__).parent / "migrations")).walk_revisions()}


@contextmanager
def _written_beside(file: Path) -> Iterator[Path]:
    """A new file for its owner only that takes the place of `file` once it is whole and on the disk."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise BadValue("backup.errors.cannot_write", field="file", file=file) from error
    try:
        yield temporary
        _to_disk(temporary)
        temporary.replace(file)
        _to_disk(file.parent)
    except OSError as error:
        raise BadValue("backup.errors.cannot_write", field="file", file=file) from error
    finally:
        for name in (temporary, temporary.with_name(f"{temporary.name}-journal")):
            name.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


# ---- Pictures beside it --------------------------------------------------------------------------------------------


def pictures_of(file: Path) -> Path:
    """Where the pictures that belong to a backup are kept: beside it, because neither kind of database holds files."""
    return file.with_name(f"{file.name}.pictures.zip")


def save_pictures(folder: Path, file: Path) -> int:
    """Keep all pictures of a folder beside a backup that was just written, and give how many.

    Everything that the backup names is there, but for what was taken away since; what came since goes along unnamed.
    Raises BadValue (cannot be written).
    """
    archive = pictures_of(file)
    with _written_beside(archive) as temporary, zipfile.ZipFile(temporary, "w") as opened:
        for picture in sorted(folder.glob("*.jpg")):
            # One that is taken away at this moment is not to be kept.
            with suppress(FileNotFoundError):
                opened.write(picture, picture.name)
        kept = len(opened.namelist())
    if not kept:
        archive.unlink()
    return kept


def check_pictures(file: Path) -> None:
    """Raises BadFile when there are pictures beside a backup, and they cannot all be read."""
    archive = pictures_of(file)
    try:
        if archive.exists():
            with zipfile.ZipFile(archive) as opened:
                if opened.testzip():
                    raise BadFile("backup.errors.damaged", file=archive)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadFile("backup.errors.damaged", file=archive) from error


def restore_pictures(file: Path, folder: Path, names: Collection[str]) -> set[str]:
    """Put those of the named pictures that stand beside a backup into a folder; gives all the named that are there."""
    archive = pictures_of(file)
    if archive.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with zipfile.ZipFile(archive) as opened:
            for name in set(names).intersection(opened.namelist()):
                _put(folder / name, opened.read(name))
    return {name for name in names if (folder / name).exists()}


def _put(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


# ---- The embedded database ---------------------------------------------------------------------------------------


def _save_embedded(live: Path, temporary: Path) -> dict[str, int]:
    with _troubles():
        _copy_as_file(live, temporary)
    return _verified(temporary)


def _restore_embedded(live: Path, file: Path) -> None:
    with closing(_opened(file, "ro")) as source:
        # Opened first: the backup may be what the last restore kept, and then its name goes to another file now.
        _keep_old(live)
        with _troubles(), closing(_opened(live, "rwc")) as target:
            _copy(source, target)
            target.execute("PRAGMA journal_mode=WAL")
            target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    live.chmod(0o600)


def _keep_old(live: Path) -> None:
    """Keep the old content beside the database; a file so damaged that it cannot be copied is moved there as it is."""
    if not live.exists():
        return
    kept = _free_name(live)
    driver = engine.embedded_driver()
    try:
        with _written_beside(kept) as temporary:
            _copy_as_file(live, temporary)
    except driver.OperationalError as error:
        raise _trouble(error) from error
    except driver.DatabaseError:
        for ending in ("-wal", "-shm"):
            live.with_name(live.name + ending).unlink(missing_ok=True)
        live.replace(kept)


def _free_name(live: Path) -> Path:
    """Nothing that an earlier restore kept is written over."""
    kept, number = live.with_name(f"{live.name}.before-restore"), 1
    while kept.exists():
        number += 1
        kept = live.with_name(f"{live.name}.before-restore-{number}")
    return kept


def _copy_as_file(live: Path, file: Path) -> None:
    with closing(_opened(live, "rw")) as source, closing(_opened(file, "rw")) as target:
        _copy(source, target)
        target.execute("PRAGMA journal_mode=DELETE")


def _opened(path: Path, mode: str) -> Any:
    connection = engine.embedded_driver().connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=engine.LOCK_WAIT_SECONDS
    )
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _copy(source: Any, target: Any) -> None:
    source.backup(target, progress=_impatient())


def _impatient() -> Callable[[int, int, int], None]:
    """Python would ask a locked database again for ever; this ends it after the time everybody waits for a lock."""
    end = time.monotonic() + engine.LOCK_WAIT_SECONDS

    def progress(status: int, _remaining: int, _total: int) -> None:
        if status not in (0, 101) and time.monotonic() > end:
            raise DatabaseTrouble("database.locked")

    return progress


def _verified(file: Path) -> dict[str, int]:
    """The numbers of rows of a backup that is whole, ours, and of a version this program knows. Raises BadFile."""
    driver = engine.embedded_driver()
    try:
        with closing(_opened(file, "ro")) as connection:
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not {"alembic_version", "state", *COUNTED} <= names:
                raise BadFile("backup.errors.not_a_backup", file=file)
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise BadFile("backup.errors.damaged", file=file)
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            _refuse_revision(file, revision and revision[0])
            return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED}
    except driver.DatabaseError as error:
        raise BadFile("backup.errors.damaged", file=file) from error


@contextmanager
def _troubles() -> Iterator[None]:
    try:
        yield
    except engine.embedded_driver().Error as error:
        raise _trouble(error) from error


def _trouble(error: Exception) -> Exception:
    return engine.translate(DBAPIError("backup", None, error)) or DatabaseTrouble("database.damaged")
