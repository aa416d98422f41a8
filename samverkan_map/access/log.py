"""Reading the audit log: one's own part of it, the changes of one object, and what changed in a row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import Session

from samverkan_map.access import matrix
from samverkan_map.access.gatekeeping import refusal
from samverkan_map.access.rights import may
from samverkan_map.access.seeing import sees_inside
from samverkan_map.access.viewers import Viewer
from samverkan_map.db.tables import AuditLine, Cause, Person, Place
from samverkan_map.vocabulary import Permission

UNTOLD = frozenset({"version", "updated_on", "geom", "area", "own_geometry", "changes"})
"""Columns that follow from others, or whose change is told in another way."""

PLAIN_CODES = frozenset(
    {"status", "mechanism", "kind", "term", "source", "focus", "type", "forum", "phase", "owner_id", "organisation_id"}
)
"""Columns of codes and numbers, whose values the log may hold; the words of texts never come into its chain."""


def changed(row: Any) -> dict[str, object]:
    """What a row's columns were and are, for the log, before it is flushed: dates, numbers and codes with both values.

    Of texts only the names of their fields are told: what stands in the chain cannot be taken out of it again.
    """
    told: dict[str, object] = {}
    texts = []
    state = inspect(row)
    for name in [*state.mapper.column_attrs.keys(), *(set(state.mapper.relationships.keys()) & {"places", "causes"})]:
        history = state.attrs[name].history
        if name in UNTOLD or not (history.added or history.deleted) or not state.persistent:
            continue
        old, new = (next(iter(values or ()), None) for values in (history.deleted, history.added))
        if name in PLAIN_CODES or isinstance(old if new is None else new, date | bool | int):
            if old != new:
                told |= {f"{name}_from": old, f"{name}_to": new}
        elif old != new:
            texts.append(name)
    return told | ({"changed": ",".join(texts)} if texts else {})


def last_change(session: Session, obj: Any) -> tuple[str, datetime] | None:
    """Who changed an object last and when (UTC), as the log tells it; None when it says nothing."""
    question = select(AuditLine.who, AuditLine.at).where(
        AuditLine.object_kind == obj.__tablename__, AuditLine.object_id == str(obj.id)
    )
    found = session.execute(question.order_by(AuditLine.id.desc()).limit(1)).first()
    return None if found is None else (found.who, found.at)


CHANGES = frozenset(
    {
        Permission.EDIT_PLACE,
        Permission.EDIT_PROBLEM,
        Permission.STEP_PLACE,
        Permission.EDIT_MEASURE,
        Permission.PUBLISH,
        Permission.OFFER_CONTRIBUTION,
        Permission.WRITE_DECISION,
    }
)
"""The actions that the log of one object shows to those who work with it; who read it stays in the audit log."""


def changes_of(session: Session, viewer: Viewer, obj: Any, *, most: int = 20) -> list[AuditLine]:
    """The newest changes of an object, for those who see inside it; nothing for others."""
    if not sees_inside(viewer, obj):
        return []
    about = (AuditLine.object_kind == obj.__tablename__) & (AuditLine.object_id == str(obj.id))
    if isinstance(obj, Place):
        causes = [str(cause.id) for cause in obj.causes]
        about = or_(about, (AuditLine.object_kind == Cause.__tablename__) & AuditLine.object_id.in_(causes))
    question = select(AuditLine).where(about, AuditLine.action.in_([action.value for action in CHANGES]))
    return list(session.scalars(question.order_by(AuditLine.id.desc()).limit(most)))


def find_audit(
    session: Session, viewer: Viewer, *, action: Permission | None = None, page: int = 1, per_page: int = 50
) -> tuple[list[AuditLine], int]:
    """Audit lines, newest first, and how many there are in all: all of them, or those of one's own organisation.

    Raises NotAllowed for the others.
    """
    if not may(viewer, Permission.READ_AUDIT):
        raise refusal(viewer, Permission.READ_AUDIT)
    question = select(AuditLine)
    if matrix.grants()[Permission.READ_AUDIT].allow.get(viewer.role) == "own" and not viewer.on_host:
        # Without an organisation nobody is a colleague: IS NULL would make everybody else without one a colleague.
        if viewer.organisation_id is None:
            return [], 0
        colleagues = select(Person.id).where(Person.organisation_id == viewer.organisation_id)
        question = question.where(AuditLine.person_id.in_(colleagues))
    if action:
        question = question.where(AuditLine.action == action.value)
    return _page(session, question, page, per_page)


def _page(session: Session, question: Any, page: int, per_page: int) -> tuple[list[AuditLine], int]:
    total = session.scalar(select(func.count()).select_from(question.subquery())) or 0
    lines = question.order_by(AuditLine.id.desc()).offset((page - 1) * per_page).limit(per_page)
    return list(session.scalars(lines)), total
