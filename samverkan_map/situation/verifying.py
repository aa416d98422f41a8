"""Whether a frozen version is still what both parties approved: worked out again from its counts, and held against the
checksum that both keys were turned for."""

from __future__ import annotations

import json
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from samverkan_map.access import Viewer
from samverkan_map.db.tables import AuditLine, Situation
from samverkan_map.errors import StepNotAllowed
from samverkan_map.situation import approving, keeping
from samverkan_map.situation.canonical import checksum, written
from samverkan_map.situation.document import FORMAT, METHODS, Document, with_figures
from samverkan_map.vocabulary import Permission


class Verified(StrEnum):
    """What came out: it holds; the program counts otherwise now; or what is not as it was frozen."""

    HOLDS = "holds"
    OTHER_METHOD = "other_method"
    CHANGED = "changed"
    FIGURES = "figures"
    KEYS = "keys"
    LOG = "log"

    @property
    def sound(self) -> bool:
        """Whether nothing says that anybody has changed it."""
        return self in (Verified.HOLDS, Verified.OTHER_METHOD)


def read(found: Situation) -> Document:
    """What a closed or frozen version says. Raises StepNotAllowed for a draft."""
    if found.document is None:
        raise StepNotAllowed("situation.errors.not_closed")
    return json.loads(found.document)


def again(document: Document) -> str:
    """The checksum of a document whose figures are worked out again from its counts and nothing else."""
    return checksum(written(with_figures(document)))


def verify(session: Session, viewer: Viewer, number: int) -> Verified:
    """Whether a closed or frozen version holds. Raises NotFound, NotAllowed, StepNotAllowed for a draft."""
    found = keeping.get(session, viewer, number)
    document = read(found)
    if checksum(found.document or "") != found.checksum:
        return Verified.CHANGED
    keys = approving.standing_keys(found)
    if found.frozen_at and len(keys) != len(approving.KEY_OF):
        return Verified.KEYS
    if not all(_in_log(session, key.id, key.checksum) for key in keys.values()):
        return Verified.LOG
    if (document["format"], document["methods"]) != (FORMAT, json.loads(written(METHODS))):
        return Verified.OTHER_METHOD
    return Verified.HOLDS if again(document) == found.checksum else Verified.FIGURES


def _in_log(session: Session, key: int, content: str) -> bool:
    """Whether the log tells that a key was turned for some content: its chain cannot be changed unseen."""
    lines = session.scalars(
        select(AuditLine.details).where(
            AuditLine.action == Permission.APPROVE_SITUATION.value, AuditLine.object_id == str(key)
        )
    )
    return any(json.loads(line).get("content") == content for line in lines)
