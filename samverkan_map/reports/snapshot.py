"""A large frame kept as a file beside the embedded database, so that a new process need not read a million rows.

The file holds what the frame holds, no words, and is nothing but a copy: it is made again from the database whenever it
is missing, damaged, of another version or of another database.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.db.tables import AuditLine

LEAST_REPORTS = 100_000
"""Only when so many had to be read is a copy made: fewer take less than a second, and no second copy lies anywhere."""

ENDING = ".frame"
_HEAD = "head"


@dataclass(frozen=True)
class Kept:
    """What a frame is made of, as `frame.Frame` describes it."""

    deliveries: Mapping[int, tuple[int, datetime]]
    words: Mapping[str, tuple[str | None, ...]]
    arrays: Mapping[str, np.ndarray]


def load(session: Session, kinds: Mapping[str, type]) -> Kept | None:
    """What was kept for this database, with arrays of exactly these `kinds`; None when there is nothing to trust, and
    what is not trusted goes."""
    path = _path(session)
    if path is None or not path.exists():
        return None
    with suppress(OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError):
        with np.load(path, allow_pickle=False) as file:
            head = json.loads(file[_HEAD].tobytes())
            arrays = {name: file[name] for name in kinds}
        if _is_of(session, head["audit"]) and _fits(arrays, kinds, head["reports"]):
            deliveries = {number: (version, datetime.fromisoformat(at)) for number, version, at in head["deliveries"]}
            return Kept(deliveries, {name: tuple(words) for name, words in head["words"].items()}, arrays)
    drop(session)
    return None


def save(session: Session, kept: Kept) -> None:
    """Keep a frame for the next process; a disk that is full or read-only only means that there is no copy."""
    path = _path(session)
    if path is None:
        return
    head = {
        "audit": access.audit_head(session),
        "reports": len(kept.arrays["id"]),
        "deliveries": [(number, version, at.isoformat()) for number, (version, at) in kept.deliveries.items()],
        "words": kept.words,
    }
    parts: dict[str, Any] = {_HEAD: np.frombuffer(json.dumps(head).encode(), dtype=np.uint8), **kept.arrays}
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            np.savez(file, **parts)
        fresh.replace(path)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def drop(session: Session) -> None:
    """Take the copy away, as when reports go: what is no longer in the database shall not lie beside it."""
    if path := _path(session):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _path(session: Session) -> Path | None:
    url = make_url(str(session.get_bind().engine.url))
    embedded = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(f"{url.database}{ENDING}") if embedded else None


def _is_of(session: Session, audit: tuple[int, str]) -> bool:
    """Whether the database has come on from the one that was copied: the line that was its last still stands there.

    A restored or another database can have deliveries of the same numbers and versions with other reports.
    """
    number, digest = audit
    there = session.execute(select(AuditLine.hash).where(AuditLine.id == number)).scalar()
    return there == digest


def _fits(arrays: Mapping[str, np.ndarray], kinds: Mapping[str, type], reports: int) -> bool:
    return all(arrays[name].dtype == kind and arrays[name].shape == (reports,) for name, kind in kinds.items())
