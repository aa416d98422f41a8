"""Imports under hardship: killed, crowded, on a full disk, at a locked or read-only database. Nothing half, ever."""

import contextlib
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from samverkan_map import access, cli
from samverkan_map.db import engine
from samverkan_map.db.tables import AuditLine, Delivery, Report

ROOT = Path(__file__).resolve().parent.parent
ROWS = 12_000
NOBODY = 65534


@pytest.fixture
def file(tmp_path):
    """A file of `ROWS` reports."""
    return a_file(tmp_path / "rapporter.csv", ROWS)


def a_file(path: Path, number: int) -> Path:
    lines = ["kallans_id,typ,tid_fran,lon,lat,beskrivning"]
    words = "Rutor krossade vid parken under kvällen. " * 3
    lines += [
        f"r{n},skadegorelse,2025-03-{n % 28 + 1:02d} 21:15,12.9{n % 97:02d},55.4{n % 50:02d},{words}"
        for n in range(number)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def command(url: str, file: Path, folder: Path) -> dict:
    """What starts `samverkan import reports` in a process of its own. Rows off the coast are refused, so partial."""
    arguments = ["import", "reports", str(file), "--source", "medborgarrapport", "--partial"]
    return {
        "args": [sys.executable, "-m", "samverkan_map.cli", *arguments],
        "env": {**os.environ, "SAMVERKAN_DATABASE_URL": url, "SAMVERKAN_INSTANCE": str(folder)},
        "cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True,
    }  # fmt: skip


def taken_in(url: str, file: Path, folder: Path, **more) -> subprocess.CompletedProcess:
    done = subprocess.run(**command(url, file, folder), **more)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def state(database) -> tuple[int, int, int]:
    """Reports, deliveries, audit lines; and the chain and every page are whole."""
    with database.reading() as session:
        assert access.verify(session) is None
        if database.embedded:
            assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert session.execute(text("SELECT CheckSpatialIndex('reports', 'geom')")).scalar() == 1
        found = tuple(
            session.scalar(select(func.count()).select_from(table)) for table in (Report, Delivery, AuditLine)
        )
    database.close()
    return found


def full_count(database, file, tmp_path) -> int:
    """How many rows of the file an undisturbed import stores."""
    assert taken_in(database.url, file, tmp_path).returncode in (0, 3)
    number = state(database)[0]
    assert number > ROWS / 2
    _clear(database)
    return number


def _clear(database) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM reports"))
        session.execute(text("DELETE FROM deliveries"))
        session.commit()


def killed_rounds(database, file, tmp_path, rounds: int, *, seed: int) -> None:
    whole, chance, killed = full_count(database, file, tmp_path), random.Random(seed), 0
    for number in range(rounds):
        before = state(database)
        process = subprocess.Popen(**command(database.url, file, tmp_path))
        while process.poll() is None and not _writes(database):
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        process.communicate()
        killed += process.returncode == -9
        _settled(database)
        after = state(database)
        assert after in (before, (whole, 1, before[2] + 1)), f"round {number} left half an import: {after}"
        assert taken_in(database.url, file, tmp_path).returncode in (0, 3)
        assert state(database) == (whole, 1, before[2] + 1)
        _clear(database)
    assert killed > rounds / 2, "hardly any round was killed while it ran"


def _writes(database) -> bool:
    """Whether an import has begun to write."""
    if database.embedded:
        with contextlib.closing(sqlite3.connect(database.engine.url.database, timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
        return False
    question = text("SELECT count(*) FROM pg_locks WHERE relation = 'reports'::regclass AND mode = 'RowExclusiveLock'")
    with database.engine.connect() as connection:
        return connection.execute(question).scalar() > 0


def _settled(database) -> None:
    """Wait until PostGIS has noticed that the other end is gone and has taken the work back."""
    if database.embedded:
        return
    question = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(100):
        with database.engine.connect() as connection:
            if connection.execute(question).scalar() == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the killed import still holds its connection after ten seconds")


def test_an_import_killed_in_the_middle_leaves_nothing_half_and_runs_again(database, file, tmp_path):
    killed_rounds(database, file, tmp_path, 3 if database.embedded else 2, seed=1)


@pytest.mark.long
def test_two_hundred_killed_imports_leave_nothing_half(embedded, file, tmp_path):
    killed_rounds(embedded, file, tmp_path, 200, seed=2)


def test_two_imports_of_the_same_file_at_once_store_each_row_once(database, file, tmp_path):
    both = [subprocess.Popen(**command(database.url, file, tmp_path)) for _ in range(2)]
    answers = [process.communicate() for process in both]
    number, deliveries, lines = state(database)
    assert (deliveries, lines) == (1, 2), "the line of the import, and of the public figures that began with it"
    assert [process.returncode for process in both] == [3, 3]
    told = sorted(out[out.index("Lästa") :].splitlines()[0] for out, _ in answers)
    refused = ROWS - number
    assert told == [
        f"Lästa {ROWS}, godkända 0, redan kända {number}, nekade {refused}, utelämnade 0.",
        f"Lästa {ROWS}, godkända {number}, redan kända 0, nekade {refused}, utelämnade 0.",
    ]
    assert all("Traceback" not in err for _, err in answers)


# ---- A full disk -------------------------------------------------------------------------------------------------


class Disk:
    """A folder that holds so many bytes: a small disk of its own where one may be mounted, else a limit per file."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self.most = folder, 2_000_000
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
        self.mounted = subprocess.run(mount, capture_output=True).returncode == 0

    def limits(self) -> dict:
        """What to start a process with so that it meets the limit."""
        if self.mounted:
            return {}
        return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (self.most, self.most))}

    def make_room(self) -> None:
        """A hundred megabytes more."""
        self.most += 100_000_000
        if self.mounted:
            subprocess.run(["mount", "-o", "remount,size=120m", str(self.folder)], check=True)

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", str(self.folder)], check=True)


def test_a_full_disk_is_said_keeps_what_was_there_and_the_next_import_goes_in(embedded_template, tmp_path):
    disk = Disk(tmp_path / "disk", 9)
    shutil.copy(embedded_template, disk.folder / "samverkan.sqlite")
    database = engine.Database(f"sqlite:///{disk.folder}/samverkan.sqlite")
    try:
        few, many = a_file(tmp_path / "fa.csv", 100), a_file(tmp_path / "manga.csv", 20_000)
        assert taken_in(database.url, few, tmp_path).returncode in (0, 3)
        before = state(database)
        full = taken_in(database.url, many, tmp_path, **disk.limits())
        assert full.returncode == 1
        assert full.stderr.strip() == "Disken är full. Frigör plats och försök igen. Det som var sparat finns kvar."
        assert state(database) == before
        disk.make_room()
        assert taken_in(database.url, many, tmp_path, **disk.limits()).returncode in (0, 3)
        assert state(database)[0] > 10_000
    finally:
        database.close()
        disk.close()


def test_a_backup_on_a_full_disk_is_said_and_leaves_nothing(embedded, tmp_path):
    disk = Disk(tmp_path / "disk", 2)
    try:
        how = command(embedded.url, tmp_path, tmp_path)
        how["args"][3:] = ["backup", str(disk.folder / "kopia")]
        done = subprocess.run(**how, **disk.limits())
        assert done.returncode == 1
        assert done.stderr.startswith("Disken är full.")
        assert list(disk.folder.iterdir()) == []
    finally:
        disk.close()


# ---- Locked and read-only ----------------------------------------------------------------------------------------


def test_a_database_locked_for_more_than_ten_seconds_is_said(embedded, file, tmp_path):
    with embedded.writing() as session:
        session.execute(text("DELETE FROM attempts"))
        start = time.monotonic()
        done = taken_in(embedded.url, file, tmp_path)
        assert time.monotonic() - start > 10
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Någon annan skriver i databasen just nu. Försök igen om en stund. Ingenting har ändrats."
    )
    assert state(embedded) == (0, 0, 0)


def test_an_import_waits_for_a_writer_that_ends_soon(embedded, file, tmp_path):
    with embedded.writing() as session:
        session.execute(text("DELETE FROM attempts"))
        process = subprocess.Popen(**command(embedded.url, file, tmp_path))
        time.sleep(5)
        assert process.poll() is None
    process.communicate()
    assert process.returncode == 3
    assert state(embedded)[1:] == (1, 2)


def test_a_file_that_may_only_be_read_is_said(embedded, tmp_path):
    folder = Path(tempfile.mkdtemp(prefix="samverkan-read-only-"))
    try:
        folder.chmod(0o777)
        state(embedded)
        shutil.copy(tmp_path / "samverkan.sqlite", folder / "samverkan.sqlite")
        (folder / "samverkan.sqlite").chmod(0o444)
        file = a_file(folder / "in.csv", 10)
        code, said = _as_somebody_else(folder, ["import", "reports", str(file), "--source", "medborgarrapport"])
        assert code == 1
        assert said.strip() == ("Databasen går bara att läsa. Kontrollera rättigheterna på filen och mappen instance.")
    finally:
        shutil.rmtree(folder)


def _as_somebody_else(folder: Path, arguments: list[str]) -> tuple[int, str]:
    """Run a command as a user who owns nothing in the folder; root lends the name nobody."""
    said = folder / "said"
    said.touch()
    said.chmod(0o666)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        os.environ |= {
            "SAMVERKAN_DATABASE_URL": f"sqlite:///{folder}/samverkan.sqlite",
            "SAMVERKAN_INSTANCE": str(folder),
        }
        with said.open("w") as file, contextlib.redirect_stderr(file):
            try:
                cli.main(arguments)
            except SystemExit as end:
                code = end.code
            except BaseException as error:
                file.write(repr(error))
                code = 99
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said.read_text()
