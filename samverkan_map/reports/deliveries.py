"""Deliveries: each file of reports that was taken in, and how to take it back whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from samverkan_map import access
from samverkan_map.access import Viewer
from samverkan_map.db.tables import Delivery, Report
from samverkan_map.errors import Conflict, NotFound
from samverkan_map.reports import snapshot
from samverkan_map.vocabulary import Permission

KIND = "reports"


@dataclass
class Refused:
    """One row that was not taken in: where it stood, the sentence's key and fields, and the row as it was."""

    row_number: int
    key: str
    fields: dict[str, Any]
    original: list[str]


@dataclass
class Preview:
    """What a file holds: counts of rows, what was recognised and said, and the refused rows."""

    read: int = 0
    accepted: int = 0
    known: int = 0
    left_out: int = 0
    refused: list[Refused] = field(default_factory=list)
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stored: bool = False
    delivery_id: int | None = None
    examples: list[dict[str, Any]] = field(default_factory=list)

    def note(self, key: str, **fields: Any) -> None:
        """Say something once."""
        if (key, fields) not in self.notes:
            self.notes.append((key, fields))

    def count_stored(self, number: int) -> None:
        """So many of the rows that counted as known turned out to be new."""
        self.accepted += number
        self.known -= number

    def reasons(self) -> list[tuple[str, dict[str, Any], int]]:
        """The reasons for refusal with their numbers of rows, most common first."""
        counts: dict[tuple[str, tuple], int] = {}
        for one in self.refused:
            name = (one.key, tuple(sorted((key, str(value)) for key, value in one.fields.items())))
            counts[name] = counts.get(name, 0) + 1
        ordered = sorted(counts.items(), key=lambda item: -item[1])
        return [(key, dict(fields), number) for (key, fields), number in ordered]


def find_deliveries(session: Session, viewer: Viewer) -> Sequence[Delivery]:
    """All deliveries of reports, newest first. Raises NotAllowed or NotFound for those who may not take in reports."""
    if not access.may(viewer, Permission.IMPORT_REPORTS):
        raise access.refusal(viewer, Permission.IMPORT_REPORTS)
    return session.scalars(select(Delivery).where(Delivery.kind == KIND).order_by(Delivery.id.desc())).all()


def get_delivery(session: Session, viewer: Viewer, delivery_id: int) -> Delivery:
    """One delivery. Raises NotFound."""
    if not access.may(viewer, Permission.IMPORT_REPORTS):
        raise access.refusal(viewer, Permission.IMPORT_REPORTS)
    found = session.get(Delivery, delivery_id)
    if found is None or found.kind != KIND:
        raise NotFound("reports.errors.no_delivery", number=delivery_id)
    return found


def undo(session: Session, actor: Viewer, delivery_id: int, *, now: datetime, version: int | None = None) -> int:
    """Take a delivery back whole and give how many reports went; the delivery itself stays in the list.

    Raises NotFound when there is no such delivery or it was taken back already, Conflict when it changed since
    `version`, NotAllowed.
    """
    get_delivery(session, actor, delivery_id)
    # Held until the transaction ends: of two who take it back at once the second finds it done.
    found = session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    access.gate(session, actor, Permission.UNDO_DELIVERY, found)
    if found.undone_at is not None:
        raise NotFound("reports.errors.already_undone", number=delivery_id)
    if version is not None and found.version != version:
        raise Conflict("reports.errors.delivery_changed", number=delivery_id)
    of_it = Report.delivery_id == delivery_id
    gone = session.scalar(select(func.count(Report.id)).where(of_it)) or 0
    session.execute(delete(Report).where(of_it))
    snapshot.drop(session)
    found.undone_at = now
    session.flush()
    return gone
