"""Readings that wait in a file beside the database while somebody else writes in it, and come into the log later.

A page must not wait for an import to end, and a reading must not go unlogged. So the line is on the disk before the
page is shown, and goes into the chain in the order it was put, once: how far the file has been taken in stands in the
database, in the transaction that takes it in.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import State
from samverkan_map.errors import NotAllowed, NotFound
from samverkan_map.vocabulary import Permission, Role

TAKEN_IN = "waiting_taken_in"
"""The row of the state table that holds the file's mark and how many of its lines are in the log."""


class Waiting:
    """The file of lines that wait. Several processes and threads may use it at once."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / "waiting_readings.jsonl"
        self._lock = instance / "waiting_readings.lock"

    def there(self) -> bool:
        """Whether lines may be waiting."""
        return self.path.exists()

    def count(self, session: Session) -> int:
        """How many lines wait."""
        mark, lines = self._read()
        return len(lines) - _taken_in(session, mark)

    def put(self, viewer: Viewer, permission: Permission, details: Mapping[str, object]) -> None:
        """Let a reading wait; it is on the disk when this returns. Raises OSError."""
        line = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"), "person_id": viewer.person_id, "name": viewer.name,
            "role": viewer.role, "organisation_id": viewer.organisation_id, "action": permission, "details": details,
        }  # fmt: skip
        with self.held():
            self._append(json.dumps(line, ensure_ascii=False, default=str))

    def _append(self, line: str) -> None:
        new = not self.path.exists()
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            # Half a line is left of one that was never promised: the process died before its page was shown.
            end = file.read().rfind(b"\n") + 1
            file.seek(end)
            file.truncate()
            mark = "" if end else json.dumps({"mark": secrets.token_hex(8)}) + "\n"
            file.write(f"{mark}{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        if new:
            _to_disk(self.path.parent)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else puts or takes in lines meanwhile."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def take_in(self, session: Session) -> None:
        """Put the waiting lines into the log. The caller holds the file, commits, and only then forgets it."""
        mark, lines = self._read()
        for line in lines[_taken_in(session, mark) :]:
            _take_in(session, line)
        if mark:
            session.merge(State(key=TAKEN_IN, value=f"{mark} {len(lines)}"))
            session.flush()

    def forget(self) -> None:
        """Throw the lines away after they have been taken in."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> tuple[str, list[dict[str, Any]]]:
        try:
            whole = self.path.read_bytes()
        except FileNotFoundError:
            return "", []
        first, *lines = whole[: whole.rfind(b"\n") + 1].splitlines() or [b'{"mark": ""}']
        return json.loads(first)["mark"], [json.loads(line) for line in lines]


def _take_in(session: Session, line: dict[str, Any]) -> None:
    viewer = Viewer(line["person_id"], line["name"], Role(line["role"]), line["organisation_id"])
    told = {"read_at": line["at"], **line["details"]}
    try:
        access.gate(session, viewer, Permission(line["action"]), **told)
    except (NotAllowed, NotFound):
        # The rules have changed since, but the reading has been done.
        told |= {"person": line["person_id"], "late": line["action"]}
        access.gate(session, access.command_line(), Permission.SET_UP, **told)


def _taken_in(session: Session, mark: str) -> int:
    """How many lines of the file with this mark are in the log: the process may have died before it forgot them."""
    state = session.get(State, TAKEN_IN, populate_existing=True)
    taken, _, number = (state.value if state else "").partition(" ")
    return int(number) if mark and taken == mark else 0


def _to_disk(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
