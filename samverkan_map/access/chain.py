"""The audit log as a chain: each line holds the hash of the one before it, so that what was changed shows."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from samverkan_map.access.viewers import Viewer
from samverkan_map.db.tables import AuditLine, Base, State
from samverkan_map.vocabulary import Permission

FIRST_HASH = "0" * 64
LARGEST_DETAIL = 2**53
"""From here on a number is not the same for everybody who reads the log again; infinity and NaN are none at all."""
_PLAIN_DETAIL = re.compile(r"[\w.:/,+\-]{0,100}")


def append(session: Session, actor: Viewer, permission: Permission, obj: Any, details: dict[str, object]) -> None:
    """Write one line at the end of the chain; `details` are counts, codes and dates. Raises ValueError otherwise."""
    last_id, last_hash = _hold_head(session)
    line = {
        "id": last_id + 1,
        # The record says when it was written, not when the caller believes it is.
        "at": datetime.now(UTC).replace(tzinfo=None),
        "person_id": actor.person_id,
        "who": actor.name,
        "action": permission.value,
        "object_kind": "" if obj is None else getattr(obj, "__tablename__", type(obj).__name__.lower()),
        "object_id": "" if getattr(obj, "id", None) is None else str(obj.id),
        "details": _canonical({name: _plain(name, value) for name, value in details.items()}),
    }
    own_hash = _hash(last_hash, line)
    session.execute(_NEW_LINE, line | {"previous_hash": last_hash, "hash": own_hash})
    session.execute(_NEW_HEAD, {"head": f"{line['id']} {own_hash}"})


def _hold_head(session: Session) -> tuple[int, str]:
    """Number and hash of the last line, held until the transaction ends so that two writers make one chain.

    The head stands apart from the log: lines cut off at the end show, too.
    """
    head = session.execute(_HELD_HEAD).scalar()
    if head is None:
        session.execute(_FIRST_HEAD, {"head": f"0 {FIRST_HASH}"})
        head = session.execute(_HELD_HEAD).scalar_one()
    number, last_hash = head.split(" ")
    return int(number), last_hash


_FIRST_HEAD = text("INSERT INTO state (key, value) VALUES ('audit_head', :head) ON CONFLICT (key) DO NOTHING")
_STATE, _LINES = Base.metadata.tables["state"], Base.metadata.tables["audit"]
# Of the tables and not of the classes: every change anywhere waits for these three, and they take a third of the time.
_HELD_HEAD = select(_STATE.c.value).where(_STATE.c.key == "audit_head").with_for_update()
_NEW_HEAD = update(_STATE).where(_STATE.c.key == "audit_head").values(value=bindparam("head"))
_NEW_LINE = insert(_LINES)


def _plain(name: str, value: object) -> object:
    if value is None:
        return value
    if isinstance(value, bool | int | float):
        if abs(value) < LARGEST_DETAIL:
            return value
    elif _PLAIN_DETAIL.fullmatch(str(value)):
        return str(value)
    raise ValueError(f"the audit detail {name!r} is not a count, a code or a date")


def _canonical(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def _hash(previous: str, line: dict[str, Any]) -> str:
    return hashlib.sha256((previous + _canonical({**line, "at": line["at"].isoformat()})).encode()).hexdigest()


def verify(session: Session) -> int | None:
    """The number of the first audit line that is not as it was written, or None when the whole chain holds."""
    columns = AuditLine.__table__.columns
    expected, previous = 1, FIRST_HASH
    for row in session.execute(select(*columns).order_by(AuditLine.id)).yield_per(1000).mappings():
        line = {name: row[name] for name in row if name not in ("previous_hash", "hash")}
        if row["id"] != expected or row["previous_hash"] != previous or row["hash"] != _hash(previous, line):
            return expected
        expected, previous = expected + 1, row["hash"]
    head = session.execute(select(State.value).where(State.key == "audit_head")).scalar()
    return None if (head or f"0 {FIRST_HASH}") == f"{expected - 1} {previous}" else expected


def audit_head(session: Session) -> tuple[int, str]:
    """Number and hash of the last audit line; 0 and no hash before the first."""
    head = session.execute(select(State.value).where(State.key == "audit_head")).scalar() or "0 "
    number, _, digest = head.partition(" ")
    return int(number), digest
