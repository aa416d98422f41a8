"""Files of the sources that were taken in, and how one is taken back whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Delivery
from samverkan_map.errors import NotFound
from samverkan_map.sources.rows import KINDS, TABLES
from samverkan_map.vocabulary import Permission


def find_deliveries(session: Session, viewer: Viewer) -> Sequence[Delivery]:
    """All files of the sources, newest first. Raises NotAllowed."""
    access.check(viewer, Permission.KEEP_SOURCES)
    return session.scalars(select(Delivery).where(Delivery.kind.in_(KINDS)).order_by(Delivery.id.desc())).all()


def is_delivery(session: Session, viewer: Viewer, delivery_id: int) -> bool:
    """Whether this number is a file of the sources. Raises NotAllowed."""
    access.check(viewer, Permission.KEEP_SOURCES)
    ours = select(Delivery.id).where(Delivery.id == delivery_id, Delivery.kind.in_(KINDS))
    return session.scalar(ours) is not None


def get_delivery(session: Session, viewer: Viewer, delivery_id: int) -> Delivery:
    """One file of the sources that was taken in. Raises NotFound, NotAllowed."""
    if not is_delivery(session, viewer, delivery_id):
        raise NotFound("reports.errors.no_delivery", number=delivery_id)
    return session.get_one(Delivery, delivery_id)


def undo(session: Session, actor: Viewer, delivery_id: int, *, now: datetime) -> int:
    """Take a file back whole and give how many figures went; the delivery stays in the list.

    Raises NotFound when there is no such delivery or it was taken back already, NotAllowed.
    """
    get_delivery(session, actor, delivery_id)
    found = session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    access.gate(session, actor, Permission.UNDO_DELIVERY, found)
    if found.undone_at is not None:
        raise NotFound("reports.errors.already_undone", number=delivery_id)
    table = TABLES[found.kind]
    gone = session.scalar(select(func.count(table.id)).where(table.delivery_id == delivery_id)) or 0
    session.execute(delete(table).where(table.delivery_id == delivery_id))
    found.undone_at = now
    session.flush()
    session.expire_all()
    return gone
