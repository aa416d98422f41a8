"""Backups of PostGIS by its own programs, pg_dump and pg_restore."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.engine import Connection

from samverkan_map.errors import BadFile, DatabaseTrouble, SetUpTrouble

SIGNATURE = b"PGDMP"

_NOT_OURS = re.compile(r" (EXTENSION|SCHEMA|ACL) - | TABLE DATA \S+ spatial_ref_sys ")
"""Entries that belong to the server: the extension may be older or newer there, and is not ours to drop."""


def save(connection: Connection, url: str, file: Path) -> None:
    """Dump the database as the open transaction of `connection` sees it. Raises SetUpTrouble, DatabaseTrouble."""
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    plain = ("--format=custom", "--no-owner", "--no-privileges")
    done = _run("pg_dump", *plain, f"--snapshot={snapshot}", f"--file={file}", url=url)
    if done.returncode:
        raise DatabaseTrouble("backup.errors.program_failed", program="pg_dump", reason=_reason(done))


def verify(file: Path) -> str | None:
    """Read a dump from beginning to end and give the migration it stands at, or None when it is not one of ours.

    Raises BadFile when it is not whole.
    """
    _contents(file)
    done = _run("pg_restore", f"--file={os.devnull}", str(file))
    if done.returncode:
        raise BadFile("backup.errors.damaged", file=file)
    done = _run("pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file))
    found = re.search(r"^COPY .*alembic_version .*\n(\w+)\n", done.stdout, re.MULTILINE)
    return found[1] if found else None


def state(file: Path, key: str) -> str | None:
    """What a dump says of the database itself under a key."""
    done = _run("pg_restore", "--data-only", "--table=state", "--file=-", str(file))
    found = re.search(rf"^{re.escape(key)}\t(.*)$", done.stdout, re.MULTILINE)
    return found[1] if found else None


def restore(url: str, file: Path) -> None:
    """Replace the tables of the database by those of the dump, in one transaction. Raises DatabaseTrouble."""
    how = ("--single-transaction", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error")
    with tempfile.NamedTemporaryFile("w", suffix=".list", encoding="utf-8") as wanted:
        wanted.writelines(line for line in _contents(file) if not _NOT_OURS.search(line))
        wanted.flush()
        done = _run("pg_restore", *how, f"--use-list={wanted.name}", str(file), url=url)
    if "lock timeout" in done.stderr:
        raise DatabaseTrouble("database.locked")
    if done.returncode:
        raise DatabaseTrouble("backup.errors.program_failed", program="pg_restore", reason=_reason(done))


def _contents(file: Path) -> list[str]:
    done = _run("pg_restore", "--list", str(file))
    if done.returncode:
        raise BadFile("backup.errors.damaged", file=file)
    return done.stdout.splitlines(keepends=True)


def _run(program: str, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    if shutil.which(program) is None:
        raise SetUpTrouble("backup.errors.no_program", program=program)
    environment = {**os.environ, "LC_ALL": "C", "PGOPTIONS": "-c lock_timeout=10s"}
    if url:
        address = make_url(url).set(drivername="postgresql")
        # The list of processes is open to everybody on the host, so the password goes another way.
        if address.password:
            environment["PGPASSWORD"] = str(address.password)
        arguments = (*arguments, "--dbname", address._replace(password=None).render_as_string())
    return subprocess.run((program, *arguments), env=environment, capture_output=True, text=True, errors="replace")


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if "error:" in line] or done.stderr.splitlines() or ["?"]
    return lines[0].partition("error:")[2].strip() or lines[0].strip()
